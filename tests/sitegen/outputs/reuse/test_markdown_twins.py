"""A twin is the page as anybody's Markdown: its code and outputs to the letter, its links absolute."""

import re
from pathlib import Path
from urllib.parse import urljoin

import pytest
from markdown import markdown

from sitegen.common.html import attribute, parse
from sitegen.outputs.reuse.markdown_twins import LICENSE, Twin, twin, twins
from sitegen.outputs.reuse.reference import Reference
from sitegen.pages.contract import read

DOCS = Path("docs")
HOME = "https://calcguide.github.io/calcguide/"
PAGE = """\
---
title: The sample
description: >-
  What it
  says
hide: [navigation]
---

# A sample { #top }

See [the errata](../errata.md#a1-1), [below](#end) and `[no](link.md)`. <!-- source: the article -->

<div class="box" markdown>
!!! tip "Mind the ½"

    Here it is. { .lead }

</div>

<!-- skip: it takes a night -->
```python
print("<!-- kept -->")  # ::: not.a.docstring
```

<!-- not in the browser: a library is missing -->
```python
print(1)


```

```text title="Output"
1
```

![A line](figures/line.svg)

??? question "Solution"

    ```python
    print(2)
    ```

## The end { #end }
"""
EXPECTED = f"""\
# A sample

> What it says

Published at <{HOME}tutorials/sample/>. {LICENSE}

See [the errata]({HOME}errata/#a1-1), [below]({HOME}tutorials/sample/#end) and `[no](link.md)`.

**Mind the ½**

Here it is.

*This snippet is not run: it takes a night.*
```python
print("<!-- kept -->")  # ::: not.a.docstring
```

```python
print(1)


```

```text title="Output"
1
```

![A line]({HOME}tutorials/figures/line.svg)

**Solution**

```python
print(2)
```

## The end
"""


def test_a_page_becomes_markdown_that_stands_by_itself() -> None:
    made = twin(PAGE, "tutorials/sample.md", Reference())
    assert EXPECTED == made.text
    assert ("The sample", "What it says") == (made.title, made.description)
    assert f"{HOME}tutorials/sample.md" == made.address


def test_a_page_without_front_matter_is_named_by_its_heading() -> None:
    made = twin("# Ours\n\nProse.\n", "index.md", Reference())
    assert ("Ours", "") == (made.title, made.description)
    assert f"# Ours\n\nPublished at <{HOME}>. {LICENSE}\n\nProse.\n" == made.text


def test_docstrings_and_pieces_of_other_files_are_put_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "log.txt").write_text("one\ntwo\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    page = (
        '# P\n\n--8<-- "log.txt:2:"\n\n::: calcguide.losses\n    options:\n      members: [huber]\n'
    )
    made = twin(page, "reference/p.md", Reference()).text
    assert "\n\ntwo\n\n### `calcguide.losses.huber`\n\n```text\nhuber(" in made
    assert "\none\n" not in made
    assert "calcguide.losses.sigmoid" not in made


@pytest.fixture(scope="module")
def ours() -> dict[str, Twin]:
    return twins(DOCS)


def test_each_page_has_a_twin_where_its_source_is(ours: dict[str, Twin]) -> None:
    assert {path.relative_to(DOCS).as_posix() for path in DOCS.rglob("*.md")} == set(ours)


def test_a_twin_has_each_snippet_and_output_of_its_page(ours: dict[str, Twin]) -> None:
    """Sybil, which tests the pages, reads the twins as well."""
    for uri, made in ours.items():
        page, copied = read(DOCS / uri), read(DOCS / uri, made.text)
        assert [s.source for s in page.snippets] == [s.source for s in copied.snippets], uri
        assert [s.promises for s in page.snippets] == [s.promises for s in copied.snippets], uri


def test_links_of_twins_lead_to_pages_and_files_that_are_published(ours: dict[str, Twin]) -> None:
    pages = {f"{HOME}{uri.removesuffix('index.md').replace('.md', '/')}" for uri in ours}
    drawn = {
        urljoin(HOME + uri, f"figures/{figure.name}.svg")
        for uri in ours
        for snippet in read(DOCS / uri).snippets
        for figure in snippet.figures
    }
    files = {f"{HOME}{path.relative_to(DOCS).as_posix()}" for path in DOCS.rglob("*.*")}
    known = pages | drawn | files | {f"{HOME}feed.xml"}
    lost, n_links = {}, 0
    for uri, made in ours.items():
        tree = parse(markdown(made.text, extensions=["fenced_code", "tables"]))
        links = [attribute(node, "href") for node in tree.css("a[href]")]
        links += [attribute(node, "src") for node in tree.css("img")]
        n_links += len(links)
        assert [] == [link for link in links if not re.match("https?:|mailto:", link)], uri
        if wrong := {link.partition("#")[0] for link in links if link.startswith(HOME)} - known:
            lost[uri] = wrong
    assert {} == lost
    assert n_links > 300


def test_nothing_is_left_that_only_the_site_understands(ours: dict[str, Twin]) -> None:
    for uri, made in ours.items():
        prose = re.sub(r"^ *(`{3,}).*?^ *\1 *$", "", made.text, flags=re.MULTILINE | re.DOTALL)
        prose = re.sub(r"`[^`]+`|\$\$?[^$]+\$\$?", "", prose)
        left = re.findall(
            r"^(?:!!!|\?\?\?|:::|<div|\|\|\|).*|<!--.*|\{:? *[.#].*|--8<--", prose, re.M
        )
        assert [] == left, uri
