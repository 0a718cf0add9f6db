"""The merged style sheet lacks no rule that applies to something."""

import re
from contextlib import closing
from pathlib import Path
from typing import Any

import material
import pytest

from sitegen.assets.stylesheet import STYLES, merge_style_sheets

NODE_MODULES = Path(__file__).parents[3] / "node_modules"


def test_the_merged_sheet_has_the_rules_that_may_apply_and_no_others(tmp_path: Path) -> None:
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
    script = tmp_path / "assets/scripts/a.js"
    script.parent.mkdir()
    script.write_text('"made-by-script"; "--moved"', encoding="utf-8")
    merge_style_sheets(tmp_path, list(sheets), {"p", "note", "img", "ul"})
    one = (tmp_path / STYLES).read_text(encoding="utf-8")
    assert not any((tmp_path / name).exists() for name in sheets)
    for kept in ("p{color:var(--ink)}", ".note{margin:0}", ".made-by-script:not(.unknown)", ".live-run",
                 ":is(.note,.unknown)>:is(p,ul)", "#only-dark", "url(own/fonts/f.woff2)", "--ink:", "--moved:",
                 "@keyframes turn", "data:image/png;base64,AAAA"):  # fmt: skip
        assert kept in one, kept
    for left_out in ("gone", "rtl", "#unknown", "@media", "--paper", "--ink-of-nothing"):
        assert left_out not in one, left_out
    assert one.index(".note{") < one.index("@font-face")


def test_the_sheet_is_merged_again_for_other_words(tmp_path: Path) -> None:
    sheet = tmp_path / "assets/a.css"
    sheet.parent.mkdir()
    for words in ({"p"}, {"ul"}, {"p"}):
        sheet.write_text("p{color:red}ul{color:tan}", encoding="utf-8")
        merge_style_sheets(tmp_path, ["assets/a.css"], words)
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
    katex = NODE_MODULES / "katex/dist/katex.min.css"
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
