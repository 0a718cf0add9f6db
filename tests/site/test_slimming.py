"""Slimming takes nothing away that is seen, read out or searched."""

import io
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from sitegen.slimming import mended, rounded, without_unseen

FONTS = Path(__file__).parents[2] / "node_modules"


def letters(font: Path) -> set[str]:
    return set(map(chr, TTFont(io.BytesIO(font.read_bytes())).getBestCmap()))


@pytest.fixture
def small_site(tmp_path: Path) -> Path:
    """A site of one page that shows one formula, with three fonts."""
    formula = (
        '<span class="katex-html" aria-hidden="true"><span class="mord mathnormal">θ</span>'
        '<span class="mrel">≤</span><span class="mord mathbb">R</span></span>'
    )
    (tmp_path / "index.html").write_text(f"<p>Déjà vu {formula}</p>", encoding="utf-8")
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
    before = sum(font.stat().st_size for font in small_site.rglob("*.woff2"))
    subset_fonts(small_site, tmp_path / "cache")
    assets = small_site / "assets"
    assert {"θ"} == letters(assets / "KaTeX_Math-Italic.woff2")
    others = letters(assets / "KaTeX_Main-Regular.woff2")
    assert "≤" in others
    assert not {"<", "x"} & others
    assert {"R"} == letters(assets / "KaTeX_AMS-Regular.woff2")
    for style in ("normal", "italic"):
        text = letters(assets / f"source-sans-3-latin-wght-{style}.woff2")
        assert {*"Déjà vu", *"search"} <= text
        assert "ß" not in text
    assert sum(font.stat().st_size for font in assets.rglob("*.woff2")) < before / 3


def test_the_same_letters_give_the_same_bytes(small_site: Path, tmp_path: Path) -> None:
    originals = {font: font.read_bytes() for font in small_site.rglob("*.woff2")}
    made = []
    for cache in ("one", "two"):
        for font, content in originals.items():
            font.write_bytes(content)
        subset_fonts(small_site, tmp_path / cache)
        made.append([font.read_bytes() for font in originals])
    assert made[0] == made[1]


def test_fonts_follow_the_pages_of_the_next_build(small_site: Path, tmp_path: Path) -> None:
    font = small_site / "assets/source-sans-3-latin-wght-normal.woff2"
    originals = {font: font.read_bytes() for font in small_site.rglob("*.woff2")}
    for word in ("Déjà", "Größe", "Größe", "Déjà"):
        for path, content in originals.items():
            path.write_bytes(content)
        (small_site / "index.html").write_text(f"<p>{word}</p>", encoding="utf-8")
        subset_fonts(small_site, tmp_path / "cache")
        assert set("éàöß") & set(word) == set("éàöß") & letters(font)


def test_every_letter_of_the_site_is_in_its_font(site: Path) -> None:
    """What KaTeX sets, in the fonts that the pages of the site use."""
    main = letters(site / "assets/katex/fonts/KaTeX_Main-Regular.woff2")
    assert set("0123456789=+(),.") <= main
    assert set("xyzwθ") <= letters(site / "assets/katex/fonts/KaTeX_Math-Italic.woff2")


def test_what_is_not_seen_is_left_out_and_the_text_stays() -> None:
    code = '<span class="n">x</span> <span class="o">=</span> <span class="mi">1</span>'
    assert 'x = <span class="mi">1</span>' == without_unseen(code)
    formula = '<math><mi>x</mi><annotation encoding="application/x-tex">x</annotation></math>'
    assert "<math><mi>x</mi></math>" == without_unseen(formula)


def test_an_unknown_script_of_the_theme_is_refused(site: Path) -> None:
    with pytest.raises(ValueError, match="Material's script has changed"):
        mended("somethingElse()")
    (bundle,) = site.glob("assets/javascripts/bundle.*.min.js")
    with pytest.raises(ValueError, match="occurs 0 times"):
        mended(bundle.read_text(encoding="utf-8"))


def test_drawings_lose_digits_that_no_screen_shows() -> None:
    svg = '<path d="M 1.234567 2.5&#10;L 10 0.123456" transform="scale(0.015625)"/>'
    expected = '<path d="M 1.23 2.5&#10;L 10 0.12" transform="scale(0.015625)"/>'
    assert expected == rounded(svg)
