"""A build that takes unchanged pages as they were makes the same site as one from nothing."""

import re
import shutil
import zlib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[4]
LINKS = """\
# First

With a formula $x^2$ and a link to [what is told there](../cases/index.md#there).

```python
print(1.5)
```

```text title="Output"
1.5
```
"""
DRAWS = """\
```python
import matplotlib.pyplot as plt

plt.plot([1, 2], [3, 4])
plt.show()
```

![A line that rises](figures/line.svg)
"""
TARGET = "# Cases\n\nSome prose.\n\n## There\n\nMore of it.\n"


@pytest.fixture
def site(small_site: Any) -> Any:
    small_site.write("tutorials/first.md", LINKS)
    small_site.write("cases/index.md", TARGET)
    return small_site


def files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def kept(site: Any) -> dict[Path, int]:
    """What is kept, and when it was written."""
    return {path: path.stat().st_mtime_ns for path in (site.root / ".cache/kept").rglob("*-*")}


def addresses(paths: Iterable[Path]) -> list[str]:
    """The pages that are in files of the cache."""
    pages = (zlib.decompress(path.read_bytes()).decode(errors="replace") for path in paths)
    return sorted(re.findall(r'rel="canonical" href="[^"]*/calcguide/([^"]*)"', "".join(pages)))


def build(site: Any) -> dict[str, bytes]:
    done = site.build()
    assert 0 == done.returncode, done.stderr
    return files(site.site)


def test_only_what_has_changed_is_rendered_and_the_site_is_the_same(site: Any) -> None:
    first, before = build(site), kept(site)
    assert ["", "cases/", "tutorials/first/"] == addresses(before)
    assert first == build(site)
    assert before == kept(site), "an unchanged page was rendered"

    site.write("cases/index.md", TARGET.replace("More of it", "Even more"))
    warm, after = build(site), kept(site)
    assert ["cases/"] == addresses(after.keys() - before.keys())
    assert b"Even more" in warm["cases/index.html"]
    assert b"Even more" in warm["search/search_index.json"]
    assert b"output" in warm["search/search_index.json"].lower()
    shutil.rmtree(site.root / ".cache/kept")
    assert warm == build(site)


def test_a_page_that_runs_while_others_are_rendered_is_shown_as_it_is_now(site: Any) -> None:
    for page, name in (("index", "home"), ("tutorials/first", "first"), ("cases/index", "cases")):
        site.write(f"{page}.md", f"# Page {name}\n\n{DRAWS.replace('line', name)}")
    first = build(site)
    path = site.docs / "tutorials/first.md"
    path.write_text(path.read_text(encoding="utf-8").replace("[3, 4]", "[4, 3]"), encoding="utf-8")
    warm = build(site)
    changed = {name for name in warm if warm[name] != first.get(name)}
    assert {"tutorials/figures/first.svg", "tutorials/figures/first-dark.svg"} <= changed
    assert not any("home" in name or "cases" in name for name in changed)
    for folder in ("pages", "kept"):
        shutil.rmtree(site.root / ".cache" / folder)
    assert warm == build(site)


def test_a_page_that_others_name_is_named_anew_by_all(site: Any) -> None:
    build(site)
    before = kept(site)
    site.write("cases/index.md", TARGET.replace("# Cases", "# All cases"))
    build(site)
    assert addresses(before) == addresses(kept(site).keys() - before.keys())


def test_a_page_is_cited_as_the_citation_file_says_now(site: Any) -> None:
    assert b"<summary>Cite this page</summary>" in build(site)["tutorials/first/index.html"]
    before = kept(site)
    path = site.root / "CITATION.cff"
    text = path.read_text(encoding="utf-8")
    path.unlink()  # a link to ours
    path.write_text(text.replace("title: ", "title: Another guide # "), encoding="utf-8")
    page = build(site)["tutorials/first/index.html"].decode()
    assert "howpublished = {Another guide}" in page
    assert '<meta name="DC.isPartOf" content="Another guide">' in page
    assert addresses(before) == addresses(kept(site).keys() - before.keys())


def test_other_settings_render_all_pages_anew(site: Any) -> None:
    build(site)
    before = kept(site)
    path = site.root / "mkdocs.yml"
    path.write_text(path.read_text(encoding="utf-8") + "\ncopyright: Ours\n", encoding="utf-8")
    assert b"Ours" in build(site)["tutorials/first/index.html"]
    assert addresses(before) == addresses(kept(site).keys() - before.keys())


def test_a_link_that_breaks_fails_the_build_though_its_page_is_as_it_was(site: Any) -> None:
    build(site)
    site.write("cases/index.md", TARGET.replace("## There", "## Elsewhere"))
    for _ in range(2):  # what has warned must warn again
        done = site.build()
        assert 1 == done.returncode
        assert "does not contain an anchor '#there'" in done.stderr


@pytest.mark.parametrize(
    "damage",
    [
        Path.unlink,
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(path.read_bytes()[:-20]),
        lambda path: path.write_bytes(path.read_bytes()[:-1] + b"?"),
    ],
    ids=["lost", "empty", "truncated", "altered"],
)
def test_what_is_damaged_in_the_cache_is_made_again(
    site: Any, damage: Callable[[Path], object]
) -> None:
    site.write("tutorials/first.md", LINKS + DRAWS)
    first = build(site)
    cached = [
        path
        for folder in (site.root / ".cache").iterdir()
        if folder.name != "live"
        for path in folder.rglob("*.*" if folder.name == "pages" else "*")
        if path.is_file()
    ]
    assert {"kept", "cards", "formulas", "fonts", "letters", "pages"} <= {
        path.relative_to(site.root / ".cache").parts[0] for path in cached
    }
    for path in cached:
        damage(path)
    assert first == build(site)


NAV = """\
nav:
  - Shapes: reference/shapes.md
  - Other: reference/other.md
  - News: news.md
"""
DOCSTRINGS = "plugins:\n  - search\n  - mkdocstrings: {handlers: {python: {paths: [.]}}}\n"
SHAPES = """\
def area(side):
    \"\"\"Return the area of a square.\"\"\"
    return side**2
"""


@pytest.fixture
def reference(site: Any) -> Any:
    """A site that shows docstrings of its own package, and a piece of another file."""
    config = (site.root / "mkdocs.yml").read_text(encoding="utf-8")
    config = config.replace("plugins: [search]\n", DOCSTRINGS).replace("nav:\n", NAV)
    (site.root / "mkdocs.yml").write_text(config, encoding="utf-8")
    package = site.root / "calcguide"
    package.mkdir()
    (package / "__init__.py").write_text("", encoding="utf-8")
    (package / "shapes.py").write_text(SHAPES, encoding="utf-8")
    (package / "other.py").write_text("x = 1\n", encoding="utf-8")
    (site.root / "NEWS.md").write_text("Nothing yet.\n", encoding="utf-8")
    site.write("reference/shapes.md", "# Shapes\n\n::: calcguide.shapes\n")
    site.write("reference/other.md", "# Other\n\nAs [`area`][calcguide.shapes.area].\n")
    site.write("news.md", '# News\n\n--8<-- "NEWS.md"\n')
    return site


def test_pages_with_docstrings_are_kept_until_the_package_changes(reference: Any) -> None:
    first, before = build(reference), kept(reference)
    assert {"news/", "reference/other/", "reference/shapes/"} <= set(addresses(before))
    assert b"calcguide.shapes.area" in zlib.decompress(first["objects.inv"].split(b"\n", 4)[4])
    assert first == build(reference)
    assert before == kept(reference), "an unchanged page was rendered"

    reference.write("reference/other.md", "# Other\n\nSee [`area`][calcguide.shapes.area].\n")
    warm, after = build(reference), kept(reference)
    assert ["reference/other/"] == addresses(after.keys() - before.keys())
    assert b'href="../shapes/#calcguide.shapes.area"' in warm["reference/other/index.html"]
    shutil.rmtree(reference.root / ".cache/kept")
    assert warm == build(reference)

    before = kept(reference)
    path = reference.root / "calcguide/shapes.py"
    path.write_text("# A comment.\n" + SHAPES, encoding="utf-8")
    build(reference)
    assert before == kept(reference), "a comment is shown nowhere"
    path.write_text(SHAPES.replace("a square", "any square"), encoding="utf-8")
    warm, after = build(reference), kept(reference)
    shown = ["reference/other/", "reference/shapes/"]
    assert shown == addresses(after.keys() - before.keys())
    assert b"any square" in warm["reference/shapes/index.html"]


def test_a_page_with_a_piece_of_another_file_is_kept_until_that_changes(reference: Any) -> None:
    build(reference)
    before = kept(reference)
    (reference.root / "NEWS.md").write_text("Something.\n", encoding="utf-8")
    warm, after = build(reference), kept(reference)
    assert ["news/"] == addresses(after.keys() - before.keys())
    assert b"Something." in warm["news/index.html"]


NOTEBOOKS = """\
plugins:
  - search
  - mkdocs-jupyter: {include: ["shown/notebooks/*/*.ipynb"], ignore: ["*.md"], execute: false}
not_in_nav: /notebooks/
"""


def test_notebooks_converted_while_pages_run_are_as_those_converted_in_their_turn(
    site: Any,
) -> None:
    config = (site.root / "mkdocs.yml").read_text(encoding="utf-8")
    config = config.replace("plugins: [search]\n", NOTEBOOKS)
    config = config.replace("nav:\n", "nav:\n  - Second: tutorials/second.md\n")
    (site.root / "mkdocs.yml").write_text(config, encoding="utf-8")
    # The second page is awaited when the notebook of the first is there.
    slow = DRAWS.replace("plt.show()", "import time\n\ntime.sleep(5)\nplt.show()")
    site.write("tutorials/second.md", f"# Second\n\n{slow}")
    first = build(site)
    assert b"print" in first["notebooks/tutorials/first/index.html"]
    assert b"Notebook: First" in first["notebooks/tutorials/first/index.html"]
    for folder in ("kept", "mkdocs-jupyter"):
        shutil.rmtree(site.root / ".cache" / folder)
    assert first == build(site)
