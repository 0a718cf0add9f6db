"""The build runs a page only when it must, and its figures reach the HTML."""

import io
import re
import sys
from collections.abc import Callable
from pathlib import Path

import matplotlib.pyplot as plt
import pytest
from markdown import Markdown
from matplotlib.figure import Figure

from sitegen.figures.palettes import PALETTES, STYLE
from sitegen.figures.svg import rounded, to_svg
from sitegen.pages.linting import lint
from sitegen.runs.run import build

PAGE = """\
# A line

Some prose.

```python
import matplotlib.pyplot as plt

print(1.5)
plt.plot([1, 2], [3, 4], label="up")
plt.legend()
plt.show()
```

```text title="Output"
1.5
```

![A line that rises](figures/NAME.svg)
"""


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    folder = tmp_path / "docs" / "tutorials"
    folder.mkdir(parents=True)
    for name in ("first", "second"):
        (folder / f"{name}.md").write_text(PAGE.replace("NAME", name), encoding="utf-8")
    (tmp_path / "docs" / "prose.md").write_text("# Nothing runs here\n", encoding="utf-8")
    return tmp_path / "docs"


def silent(message: str) -> None:
    """Take progress messages and drop them."""


def change(docs: Path, name: str, old: str, new: str) -> None:
    path = docs / "tutorials" / f"{name}.md"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_only_what_has_changed_is_run(docs: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"

    def executed() -> list[str]:
        report = build(docs, cache, silent)
        assert [] == report.problems
        return sorted(report.executed)

    assert ["tutorials/first.md", "tutorials/second.md"] == executed()
    assert [] == executed()
    change(docs, "first", "Some prose.", "Other prose, and a new line.\n")
    assert [] == executed()
    change(docs, "first", "[3, 4]", "[3, 5]")
    assert ["tutorials/first.md"] == executed()
    (cache / "site/tutorials/figures/second-dark.svg").unlink()
    assert ["tutorials/second.md"] == executed()
    (cache / "drawn/tutorials/figures/second.svg").unlink()
    assert ["tutorials/second.md"] == executed()
    change(docs, "second", "figures/second.svg", "figures/renamed.svg")
    assert ["tutorials/second.md"] == executed()
    assert sorted(path.name for path in cache.glob("site/tutorials/figures/*")) == [
        "first-dark.svg",
        "first.svg",
        "renamed-dark.svg",
        "renamed.svg",
    ]


def test_a_page_with_a_wrong_output_is_reported_at_every_build(docs: Path, tmp_path: Path) -> None:
    change(docs, "first", "\n1.5\n", "\n1.6\n")
    for _ in range(2):
        report = build(docs, tmp_path / "cache", silent)
        assert ["first.md"] == [Path(problem.path).name for problem in report.problems]
        assert "first.md" in " ".join(report.executed)


def test_a_page_that_ends_its_process_is_reported(docs: Path, tmp_path: Path) -> None:
    change(docs, "first", "print(1.5)", "import os\n\nos._exit(3)")
    report = build(docs, tmp_path / "cache", silent)
    assert ["first.md"] == [Path(problem.path).name for problem in report.problems]
    assert "with exit code 3" in report.problems[0].message
    assert ["tutorials/first.md", "tutorials/second.md"] == sorted(report.executed)


def test_figures_are_the_same_bytes_each_time_and_differ_by_palette(
    docs: Path, tmp_path: Path
) -> None:
    build(docs, tmp_path / "one", silent)
    build(docs, tmp_path / "two", silent)
    light = (tmp_path / "one/site/tutorials/figures/first.svg").read_bytes()
    dark = (tmp_path / "one/site/tutorials/figures/first-dark.svg").read_bytes()
    assert light == (tmp_path / "two/site/tutorials/figures/first.svg").read_bytes()
    assert light != dark
    for palette, content in (("light", light), ("dark", dark)):
        text = content.decode()
        assert not any(marker in text for marker in PALETTES[palette])
        assert PALETTES[palette][next(iter(PALETTES[palette]))] in text


def as_saved(figure: Figure) -> str:
    """What Matplotlib itself saves."""
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    return buffer.getvalue()


@pytest.mark.parametrize("projection", [None, "3d"])
def test_a_figure_is_drawn_as_matplotlib_saves_it(projection: str | None) -> None:
    def drawn(draw: Callable[[Figure], str]) -> str:
        with plt.rc_context(STYLE):
            figure = plt.figure(facecolor="C3")
            flat, other = figure.add_subplot(121), figure.add_subplot(122, projection=projection)
            mappable = flat.contourf([[0, 1], [2, 3]])
            flat.set(aspect="equal", title="A long title", xlabel="$x^2$")
            flat.plot([0.2, 0.8], [0.1, 0.9], label="up")
            flat.legend()
            figure.colorbar(mappable, ax=flat)
            other.plot([0, 1], [0, 1])
            figure.suptitle("Both")
            try:
                return draw(figure)
            finally:
                plt.close(figure)

    svg = drawn(to_svg)
    assert len(svg) > 20_000
    assert drawn(as_saved).endswith(svg)


def test_the_site_gets_drawings_with_fewer_digits_than_were_drawn(
    docs: Path, tmp_path: Path
) -> None:
    build(docs, tmp_path, silent)
    name = "tutorials/figures/first.svg"
    drawn, shown = (tmp_path / folder / name for folder in ("drawn", "site"))
    assert rounded(drawn.read_text(encoding="utf-8")) == shown.read_text(encoding="utf-8")
    assert shown.stat().st_size < drawn.stat().st_size


def contrast(first: str, second: str) -> float:
    """The contrast ratio of WCAG 2.2 (its section 'contrast ratio')."""

    def luminance(colour: str) -> float:
        channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    darker, lighter = sorted([luminance(first), luminance(second)])
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("palette", PALETTES)
def test_every_colour_stands_out_on_its_ground(palette: str) -> None:
    ink, _, paper, *cycle = PALETTES[palette].values()
    assert contrast(ink, paper) >= 7
    assert [] == [colour for colour in cycle if contrast(colour, paper) < 3]


def test_a_figure_becomes_two_images_of_known_size(docs: Path, tmp_path: Path) -> None:
    build(docs, tmp_path / "cache", silent)
    site = str(tmp_path / "cache" / "site")
    markdown = Markdown(
        extensions=["sitegen.rendering.markdown_extension"],
        extension_configs={"sitegen.rendering.markdown_extension": {"folder": site}},
    )
    html = markdown.convert("![A line](figures/first.svg)")
    images = re.findall(r"<img [^>]*>", html)
    assert 2 == len(images)
    for image, source in zip(
        images, ["first.svg#only-light", "first-dark.svg#only-dark"], strict=True
    ):
        assert f'src="figures/{source}"' in image
        assert 'alt="A line"' in image
        assert 'width="557"' in image
        assert 'height="355"' in image
        assert 'loading="lazy"' in image


def test_a_figure_that_was_not_drawn_stops_the_build(tmp_path: Path) -> None:
    markdown = Markdown(
        extensions=["sitegen.rendering.markdown_extension"],
        extension_configs={"sitegen.rendering.markdown_extension": {"folder": str(tmp_path)}},
    )
    with pytest.raises(FileNotFoundError, match=r"figures/lost\.svg has not been drawn"):
        markdown.convert("![A line](figures/lost.svg)")


def test_lint_names_the_line_of_the_page(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "page.md"
    page.write_text("# A\n\n```python\nimport os\n\nx = [1,2]\n```\n", encoding="utf-8")
    assert 1 == lint([page])
    printed = capsys.readouterr().out
    assert f"{page}:4:8: F401" in printed
    assert "+x = [1, 2]" in printed
    lint([page], fix=True)
    assert "x = [1, 2]" in page.read_text(encoding="utf-8")


def test_the_engine_imports_no_builder() -> None:
    """Only the hook knows MkDocs, so that another builder can take its place."""
    root = Path(sys.modules["sitegen"].__file__ or "").parent
    importers = [path.name for path in root.glob("*.py") if "import mkdocs" in path.read_text()
                 or "from mkdocs" in path.read_text()]  # fmt: skip
    assert ["hook.py"] == importers
