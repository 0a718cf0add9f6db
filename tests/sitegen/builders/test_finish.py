"""A site of another builder gets figures, assets and finished pages."""

from pathlib import Path

import pytest

from sitegen.builders.finish import finish
from sitegen.common.html import attribute, parse
from sitegen.live.wheel import wheel

FIGURE = "tutorials/figures/line.svg"
PAGE = """\
<!doctype html>
<html><head><title>A page</title></head><body><article>
<h1>A page</h1>
<p>A parabola <span class="arithmatex">\\(x^2\\)</span>.</p>
</article></body></html>
"""
PAGES = ["index.html", "tutorials/first/index.html", "tutorials/first/far/below.html"]


@pytest.fixture
def site(build_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A site without figures, which have been drawn."""
    figure = build_folder / ".cache/pages/site" / FIGURE
    figure.parent.mkdir(parents=True)
    figure.write_text("<svg/>", encoding="utf-8")
    for name in PAGES:
        page = build_folder / "site" / name
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(PAGE, encoding="utf-8")
    (build_folder / "site/tutorials/data.txt").write_text(PAGE, encoding="utf-8")
    (build_folder / "docs").mkdir()
    (build_folder / "docs/index.md").write_text("# Home\n", encoding="utf-8")
    (build_folder / "mkdocs.yml").write_text("site_name: Ours\nnav: [{Home: index.md}]\n", "utf-8")
    monkeypatch.chdir(build_folder)
    return build_folder / "site"


def test_figures_assets_and_pages_are_finished(site: Path) -> None:
    assert 3 == finish(site)
    package = wheel()
    assert package.file.read_bytes() == (site / package.uri).read_bytes()
    assert "<svg/>" == (site / FIGURE).read_text(encoding="utf-8")
    sheet = (site / "assets/katex/katex.min.css").read_text(encoding="utf-8")
    assert "fonts/KaTeX_Main-Regular.woff2" in sheet
    assert ".ttf" not in sheet
    assert PAGE == (site / "tutorials/data.txt").read_text(encoding="utf-8"), "this is no page"
    assert (site / "index.md").read_text(encoding="utf-8").startswith("# Home\n")
    assert "[Home](" in (site / "llms.txt").read_text(encoding="utf-8")
    for name in PAGES:
        tree = parse((site / name).read_text(encoding="utf-8"))
        assert 1 == len(tree.css(".arithmatex .katex"))
        fonts = [attribute(link, "href") for link in tree.css("link[rel=preload]")]
        assert any("KaTeX_Math-Italic" in font for font in fonts)
        assert [] == [font for font in fonts if not (site / name).parent.joinpath(font).is_file()]


def test_a_page_that_cannot_be_finished_stays_as_it_was(site: Path) -> None:
    wrong = PAGE.replace("x^2", r"\frac{1")
    (site / "index.html").write_text(wrong, encoding="utf-8")
    with pytest.raises(ValueError, match="bad formula"):
        finish(site)
    assert wrong == (site / "index.html").read_text(encoding="utf-8")
