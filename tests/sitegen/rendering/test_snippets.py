"""The boxes of snippets say what the contract of pages says of them."""

from pathlib import Path

import pytest

from sitegen.common.html import Node, attribute, find, parse
from sitegen.pages.contract import Page, read
from sitegen.pages.sources import page_files
from sitegen.rendering.snippets import WHERE, mark_outputs, mark_snippets

PYTHON = '<div class="language-python highlight"><pre><code>x</code></pre></div>\n'
OUTPUT = (
    '<div class="language-text highlight"><span class="filename">Output</span><pre></pre></div>\n'
)
ERROR = OUTPUT.replace("Output", "Error")
FIGURE = '<p class="figure"><img src="a.svg#only-light"></p>\n'


def marked(html: str) -> Node:
    content = find(parse(f"<article>{html}</article>"), "article")
    mark_outputs(content)
    mark_snippets(content)
    return content


def said(content: Node) -> list[tuple[str, str, bool]]:
    return [
        (
            attribute(box, "data-snippet"),
            attribute(box, "data-run"),
            "data-raises" in box.attributes,
        )
        for box in content.css("[data-snippet]")
    ]


def test_snippets_are_numbered_and_say_where_they_run() -> None:
    reason = '<p><em class="not-live" data-run="{}">Why.</em></p>\n'
    content = marked(
        PYTHON + reason.format("build") + PYTHON + f"<details>{PYTHON}</details>"
        + reason.format("nowhere") + PYTHON + "<p>Prose.</p>" + PYTHON
    )  # fmt: skip
    assert [
        ("1", "browser", False),
        ("2", "build", False),
        ("3", "browser", False),
        ("4", "nowhere", False),
        ("5", "browser", False),
    ] == said(content)
    assert [] == content.css(".not-live[data-run]")


def test_a_snippet_raises_whose_outputs_have_an_error() -> None:
    content = marked(
        PYTHON + OUTPUT + PYTHON + ERROR + PYTHON + FIGURE + ERROR + PYTHON + "<p>No.</p>" + ERROR
    )
    assert [False, True, True, False] == [raises for _, _, raises in said(content)]


def test_code_of_notebooks_and_signatures_is_no_snippet() -> None:
    content = marked(
        f'<div class="notebook">{PYTHON}</div>'
        + PYTHON.replace("highlight", "doc-signature highlight")
        + PYTHON.replace("language-python", "language-pycon")
    )
    assert [] == said(content)


def test_titles_say_what_they_are() -> None:
    content = marked(OUTPUT + ERROR + OUTPUT.replace("Output", "Output of pip"))
    kinds = [attribute(title, "class") for title in content.css(".filename")]
    assert ["filename output", "filename error", "filename"] == kinds


def pages_with_snippets() -> list[Page]:
    return [page for path in page_files(Path("docs")) if (page := read(path)).snippets]


@pytest.mark.parametrize("page", pages_with_snippets(), ids=lambda page: page.path.as_posix())
def test_the_site_says_what_the_contract_says(page: Page, site: Path) -> None:
    inside = page.path.relative_to("docs").with_suffix("")
    folder = inside.parent if inside.name == "index" else inside
    tree = parse((site / folder / "index.html").read_text(encoding="utf-8"))
    boxes = tree.css("[data-snippet]")
    assert [snippet.source.strip() for snippet in page.snippets] == [
        find(box, "code").text().strip() for box in boxes
    ]
    wanted = []
    for number, snippet in enumerate(page.snippets, start=1):
        mark = "skip" if snippet.skip_reason else "not in the browser"
        reason = snippet.skip_reason or snippet.not_live_reason
        where = WHERE[mark] if reason else "browser"
        wanted.append((str(number), where, snippet.error is not None))
    assert wanted == said(find(tree, "article"))
