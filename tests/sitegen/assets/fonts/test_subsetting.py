"""Fonts keep the letters that pages show."""

import io
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from sitegen.assets.fonts.letters_in_use import seen_in
from sitegen.assets.fonts.subsetting import subset_fonts

FONTS = Path(__file__).parents[4] / "node_modules"


def slim_fonts(site: Path, cache: Path) -> None:
    subset_fonts(site, seen_in(site))


def letters(font: Path) -> set[str]:
    return set(map(chr, TTFont(io.BytesIO(font.read_bytes())).getBestCmap()))


@pytest.fixture
def small_site(tmp_path: Path) -> Path:
    """A site of one page that shows one formula, with three fonts."""
    formula = (
        '<span class="katex-html" aria-hidden="true"><span class="mord mathnormal">θ</span>'
        '<span class="mrel">≤</span><span class="mord mathbb">R</span></span>'
    )
    (tmp_path / "index.html").write_text(f"<p>Déjà vu {formula} <em>né</em></p>", encoding="utf-8")
    folder = tmp_path / "assets"
    folder.mkdir()
    for pattern in ("katex/dist/fonts/KaTeX_Ma*-*.woff2", "katex/dist/fonts/KaTeX_AMS*.woff2",
                    "@fontsource-variable/source-sans-3/files/*-latin-wght-*.woff2"):  # fmt: skip
        for font in FONTS.glob(pattern):
            (folder / font.name).write_bytes(font.read_bytes())
    return tmp_path


def test_fonts_keep_the_letters_that_are_shown_and_no_others(
    small_site: Path, tmp_path: Path
) -> None:
    before = {font: font.stat().st_size for font in small_site.rglob("*.woff2")}
    slim_fonts(small_site, tmp_path / "cache")
    assets = small_site / "assets"
    assert {"θ"} == letters(assets / "KaTeX_Math-Italic.woff2")
    others = letters(assets / "KaTeX_Main-Regular.woff2")
    assert "≤" in others
    assert not {"<", "x"} & others
    assert {"R"} == letters(assets / "KaTeX_AMS-Regular.woff2")
    for style, shown in (("normal", "Déjà né"), ("italic", "né")):
        text = letters(assets / f"source-sans-3-latin-wght-{style}.woff2")
        assert {*shown, *"search"} <= text
        assert "ß" not in text
        assert ("à" in text) == (style == "normal")
    after = {font: font.stat().st_size for font in before}
    unused = {"KaTeX_Main-Bold.woff2", "KaTeX_Math-BoldItalic.woff2"}
    assert unused <= {font.name for font in before if after[font] == before[font]}
    used = [font for font in before if after[font] != before[font]]
    assert sum(after[font] for font in used) < sum(before[font] for font in used) / 3


def test_the_same_letters_give_the_same_bytes(small_site: Path, tmp_path: Path) -> None:
    originals = {font: font.read_bytes() for font in small_site.rglob("*.woff2")}
    made = []
    for cache in ("one", "two"):
        for font, content in originals.items():
            font.write_bytes(content)
        slim_fonts(small_site, tmp_path / cache)
        made.append([font.read_bytes() for font in originals])
    assert made[0] == made[1]


def test_fonts_follow_the_pages_of_the_next_build(small_site: Path, tmp_path: Path) -> None:
    font = small_site / "assets/source-sans-3-latin-wght-normal.woff2"
    originals = {font: font.read_bytes() for font in small_site.rglob("*.woff2")}
    for word in ("Déjà", "Größe", "Größe", "Déjà"):
        for path, content in originals.items():
            path.write_bytes(content)
        (small_site / "index.html").write_text(f"<p>{word}</p>", encoding="utf-8")
        slim_fonts(small_site, tmp_path / "cache")
        assert set("éàöß") & set(word) == set("éàöß") & letters(font)


def test_every_letter_of_the_site_is_in_its_font(site: Path) -> None:
    """What KaTeX sets, in the fonts that the pages of the site use."""
    main = letters(site / "assets/katex/fonts/KaTeX_Main-Regular.woff2")
    assert set("0123456789=+(),.") <= main
    assert set("xyzwθ") <= letters(site / "assets/katex/fonts/KaTeX_Math-Italic.woff2")
