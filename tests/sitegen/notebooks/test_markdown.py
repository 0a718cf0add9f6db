"""The prose of a page in the Markdown of notebooks."""

import json
import re
from collections.abc import Callable
from typing import Any

from sitegen.live.wheel import Wheel
from sitegen.notebooks.addresses import SITE
from sitegen.notebooks.cells import to_open
from sitegen.pages.contract import Page

Derive = Callable[..., dict[str, Any]]


def prose(notebook: dict[str, Any]) -> list[str]:
    return [
        "".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "markdown"
    ]


def test_prose_is_that_of_notebooks(derived: Derive) -> None:
    cells = prose(derived())
    assert cells[0].startswith("# A sample\n\nSee [the errata]("), "the front matter is left out"
    site = SITE
    assert f"[the errata]({site}errata/#a1-1)" in cells[0]
    assert f"[above]({site}tutorials/sample/#a-sample)" in cells[0]
    assert f'[the home page]({site} "Home"),\n[NumPy](https://numpy.org)' in cells[0]
    assert "`[no](link.md)`." in cells[0], "code stays, attributes go"
    assert cells[0].endswith("> **Mind the ½**\n>\n> Here it is\n> $$ a = b $$")
    assert "> And on it goes." == cells[1]
    assert cells[2].startswith("*A line that rises by < 2*")
    assert "*This snippet is not run: it takes a night.*\n```python\nimport stats" in cells[3]
    assert cells[3].endswith("```console\n$ make serve\n# not a heading\n```")


def test_nothing_is_left_that_only_the_site_understands(
    page: Page, svg: str, package: Wheel
) -> None:
    names = [figure.name for snippet in page.snippets for figure in snippet.figures]
    uri = page.path.relative_to("docs").as_posix()
    notebook = json.loads(to_open(page, uri, dict.fromkeys(names, svg), package))
    text = "\n\n".join(prose(notebook))
    text = re.sub(r"(?s)^```.*?^```$|`[^`\n]+`", "", text, flags=re.MULTILINE)
    foreign = re.compile(
        r"^ *(?:!!!|\?\?\?|=== \"|:::|--8<--|\[\^|: {3})|\{:? *[.#]|<!--|\[\^[^\]]+\]|</?div|\0|\]\((?!https?://)[^)]*\)"
        r"|^    \S",  # what is still indented is taken for code
        re.MULTILINE,
    )
    assert [] == [text[m.start() - 40 : m.end() + 40] for m in foreign.finditer(text)]
