"""A build that takes unchanged pages as they were makes the same site as one from nothing."""

import shutil
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[3]
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


def kept(site: Any) -> dict[str, int]:
    """When each page was kept."""
    folder = site.root / ".cache/kept"
    return {
        path.relative_to(folder).as_posix(): path.stat().st_mtime_ns
        for path in folder.rglob("*.pickle")
    }


def build(site: Any) -> dict[str, bytes]:
    done = site.build()
    assert 0 == done.returncode, done.stderr
    return files(site.site)


def test_only_what_has_changed_is_rendered_and_the_site_is_the_same(site: Any) -> None:
    first, before = build(site), kept(site)
    assert "tutorials/first.md.pickle" in before
    assert first == build(site)
    assert before == kept(site), "an unchanged page was rendered"

    site.write("cases/index.md", TARGET.replace("More of it", "Even more"))
    warm, after = build(site), kept(site)
    changed = {name for name in before if before[name] != after[name]}
    assert {"cases/index.md.pickle"} == changed
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
    after = kept(site)
    assert [] == [name for name in before if before[name] == after[name]]


def test_other_settings_render_all_pages_anew(site: Any) -> None:
    build(site)
    before = kept(site)
    path = site.root / "mkdocs.yml"
    path.write_text(path.read_text(encoding="utf-8") + "\ncopyright: Ours\n", encoding="utf-8")
    after = build(site), kept(site)
    assert b"Ours" in after[0]["tutorials/first/index.html"]
    assert [] == [name for name in before if before[name] == after[1][name]]


def test_files_of_the_cache_are_linked_and_never_changed_in_place(site: Any) -> None:
    build(site)
    cards = list((site.root / ".cache/cards").glob("*.png"))
    before = {card: card.read_bytes() for card in cards}
    assert any(card.stat().st_nlink > 1 for card in cards)
    site.write("cases/index.md", TARGET.replace("Some prose", "Other words"))
    for options in ([], ["--dirty"]):
        site.build(*options)
        assert before == {card: card.read_bytes() for card in cards}


def test_a_link_that_breaks_fails_the_build_though_its_page_is_as_it_was(site: Any) -> None:
    build(site)
    site.write("cases/index.md", TARGET.replace("## There", "## Elsewhere"))
    for _ in range(2):  # what has warned must warn again
        done = site.build()
        assert 1 == done.returncode
        assert "does not contain an anchor '#there'" in done.stderr
