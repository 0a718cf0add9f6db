"""Slimming takes nothing away that is seen, read out or searched."""

import io
import re
from contextlib import closing
from pathlib import Path
from typing import Any

import material
import pytest
from fontTools.ttLib import TTFont

from sitegen.assets.fonts.letters_in_use import seen_in
from sitegen.assets.fonts.subsetting import subset_fonts
from sitegen.assets.material_script import mended
from sitegen.assets.stylesheet import STYLES, one_sheet

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


def test_one_sheet_has_the_rules_that_may_apply_and_no_others(tmp_path: Path) -> None:
    (tmp_path / "assets/fonts").mkdir(parents=True)
    sheets = {
        "assets/theme.css": """
            :root { --ink: #123; --ink-of-nothing: var(--paper); --paper: #fff; --moved: 0 }
            p, .gone p { color: var(--ink) }
            .note, .unknown { margin: 0 }
            [dir=rtl] p { margin: 1px }
            #unknown { color: red }
            @media print { .unknown { color: red } }
            .made-by-script:not(.unknown) { color: blue }
            @keyframes turn { from { rotate: 0deg } }
        """,
        "assets/own/own.css": """
            @font-face { font-family: F; src: url("fonts/f.woff2") }
            :is(.note, .unknown) > :is(p, ul) { max-width: 30em }
            img[src$="#only-dark"] { display: none }
            .live-run { color: green; background: url("data:image/png;base64,AAAA") }
        """,
    }
    for name, css in sheets.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(css, encoding="utf-8")
    script = tmp_path / "assets/a.js"
    script.write_text('"made-by-script"; "--moved"', encoding="utf-8")
    one_sheet(tmp_path, list(sheets), {"p", "note", "img", "ul"})
    one = (tmp_path / STYLES).read_text(encoding="utf-8")
    assert not any((tmp_path / name).exists() for name in sheets)
    for kept in ("p{color:var(--ink)}", ".note{margin:0}", ".made-by-script:not(.unknown)", ".live-run",
                 ":is(.note,.unknown)>:is(p,ul)", "#only-dark", "url(own/fonts/f.woff2)", "--ink:", "--moved:",
                 "@keyframes turn", "data:image/png;base64,AAAA"):  # fmt: skip
        assert kept in one, kept
    for left_out in ("gone", "rtl", "#unknown", "@media", "--paper", "--ink-of-nothing"):
        assert left_out not in one, left_out
    assert one.index(".note{") < one.index("@font-face")


def test_one_sheet_is_made_again_for_other_words(tmp_path: Path) -> None:
    sheet = tmp_path / "assets/a.css"
    sheet.parent.mkdir()
    for words in ({"p"}, {"ul"}, {"p"}):
        sheet.write_text("p{color:red}ul{color:tan}", encoding="utf-8")
        one_sheet(tmp_path, ["assets/a.css"], words)
        one = (tmp_path / STYLES).read_text(encoding="utf-8")
        assert ("red" in one, "tan" in one) == ("p" in words, "ul" in words)


# What readers would see of a rule that is missing, for each element and what stands before and after it.
SEEN = """() => [...document.querySelectorAll("body *:not(.katex *)")].flatMap(element =>
    [null, "::before", "::after"].map(part => {
        const style = getComputedStyle(element, part);
        return [element.className, part, style.display, style.visibility, style.position, style.color,
            style.backgroundColor, style.margin, style.padding, style.border, style.outline, style.font,
            style.textDecoration, style.textAlign, style.whiteSpace, style.overflow, style.listStyle,
            style.maskImage, style.content, style.opacity, style.boxShadow, style.zIndex, style.float].join(" ")
    }))"""
BEFORE_ALL = """css => {
    const sheet = document.createElement("style");
    sheet.textContent = css;
    document.head.prepend(sheet);
}"""


@pytest.mark.parametrize(
    ("path", "width", "scheme"),
    [
        ("", 1280, "dark"),
        ("cases/sentiment/", 390, "light"),
        ("reference/newton/", 1280, "light"),
        ("notebooks/cases/sentiment/", 390, "dark"),
    ],
)
def test_no_rule_that_is_left_out_would_be_seen(
    path: str, width: int, scheme: str, browser: Any, address: str
) -> None:
    """With all sheets before ours nothing changes: what they have more applies to nothing."""
    theme = Path(material.__file__).parent / "templates/assets/stylesheets"
    katex = FONTS / "katex/dist/katex.min.css"
    paths = [*sorted(theme.glob("main.*.min.css")), *sorted(theme.glob("palette.*.min.css")), katex]
    sheets = "".join(sheet.read_text(encoding="utf-8") for sheet in paths)
    sheets = re.sub(r'@font-face ?{[^}]*}|@charset "[^"]*";', "", sheets)
    look = {"viewport": {"width": width, "height": 800}, "color_scheme": scheme}
    with closing(browser.new_page(**look, reduced_motion="reduce")) as page:
        page.goto(address + path, wait_until="networkidle")
        page.evaluate(SEEN)  # asks for fonts of what has not been laid out
        page.evaluate("document.fonts.ready")
        ours = page.evaluate(SEEN)
        page.evaluate(BEFORE_ALL, sheets)
        assert ours == page.evaluate(SEEN)
    assert len(ours) > 500


def test_a_place_on_the_page_is_gone_to_without_another_page(browser: Any, address: str) -> None:
    """What a reader has run or written on a page stays, and so does what has the focus."""
    with closing(browser.new_page(viewport={"width": 1280, "height": 800})) as page:
        page.goto(f"{address}tutorials/vector-calculus/", wait_until="networkidle")
        page.evaluate("document.querySelector('article').dataset.mark = 'mine'")
        fetched: list[str] = []
        page.on("request", lambda request: fetched.append(request.url))
        places = page.locator(".md-sidebar--secondary .md-nav__link:visible")
        seen = []
        for number in (1, 3):
            places.nth(number).click()
            page.locator(":target").wait_for()
            page.wait_for_timeout(500)
            seen.append((page.url, page.evaluate("scrollY")))
        page.go_back()
        page.wait_for_function(f"Math.abs(scrollY - {seen[0][1]}) < 3")
        assert seen[0][0] == page.url
        assert 0 < seen[0][1] < seen[1][1]
        assert "mine" == page.evaluate("document.querySelector('article').dataset.mark")
        assert [] == [url for url in fetched if url.endswith("/")]
        page.locator(".md-tabs__link", has_text="Errata").click()
        page.get_by_role("heading", level=1, name="Errata").wait_for()
        assert page.evaluate("document.querySelector('article').dataset.mark") is None
        assert 0 == page.evaluate("scrollY")


def test_code_gets_its_button_when_it_comes_into_view(browser: Any, address: str) -> None:
    """Material's own part of the script, with our changes to how it is told."""
    button = "article pre:has(> code) [data-clipboard-target]"
    last = "[...document.querySelectorAll('article pre > code')].at(-1)"
    with closing(browser.new_page(viewport={"width": 1280, "height": 800})) as page:
        page.goto(f"{address}errata/")
        page.locator(button).first.wait_for(state="attached")
        assert page.locator(button).count() < page.locator("article pre > code").count() / 4
        page.evaluate(f"{last}.scrollIntoView()")
        page.wait_for_function(f"{last}.parentElement.querySelector('[data-clipboard-target]')")


def test_an_unknown_script_of_the_theme_is_refused(site: Path) -> None:
    with pytest.raises(ValueError, match="Material's script has changed"):
        mended("somethingElse()")
    (bundle,) = site.glob("assets/javascripts/bundle.*.min.js")
    with pytest.raises(ValueError, match="occurs 0 times"):
        mended(bundle.read_text(encoding="utf-8"))
