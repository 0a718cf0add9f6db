"""What is known of the pages is what they show."""

from pathlib import Path

from sitegen.assets.fonts.letters_in_use import early_fonts, seen_in
from sitegen.common.html import find, parse

FORMULA = (
    '<span class="katex"><span class="katex-mathml"><math><mi>m</mi></math></span>'
    '<span class="katex-html" aria-hidden="true"><span class="mord mathnormal">θ</span>'
    '<span class="mord mathbb">R</span></span></span>'
)
PAGE = f"""<!doctype html><title>T</title><script>var s = "$"</script><style>a {{ color: §red }}</style>
<p class="note big" data-x="y-z">a &lt; &eacute; <em>it<b>al</b></em></p><!-- # -->
{FORMULA}<annotation>tex</annotation>"""


def test_letters_are_those_that_are_shown(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(PAGE, encoding="utf-8")
    seen = seen_in(tmp_path)
    assert set("Ta<éitalθRm") == {letter for letter in seen["text"] if not letter.isspace()}
    assert set("ital") == seen["italic"]
    assert {"θ"} == seen["Math-Italic"]
    assert {"R"} == seen["AMS-Regular"]
    assert {"note", "big", "y-z", "data-x", "em", "b", "class", "katex"} <= seen["words"]
    assert not {"color", "var"} & seen["words"]


def test_all_pages_count(tmp_path: Path) -> None:
    for name, text in (("a.html", "<p>ab"), ("b/c.html", "<i>cd"), ("d.txt", "xyz")):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    seen = seen_in(tmp_path)
    assert set("abcd") == seen["text"]
    assert set("cd") == seen["italic"]


def test_fonts_of_the_first_screen_come_early() -> None:
    content = find(
        parse(f"<article><p>12345</p>{FORMULA}<p>123 <em>x</em></p></article>"), "article"
    )
    math = [f"assets/katex/fonts/KaTeX_{font}.woff2" for font in ("AMS-Regular", "Math-Italic")]
    italic = "assets/fonts/source-sans-3-latin-wght-italic.woff2"
    assert [] == early_fonts(content, 5)
    assert math[1:] == early_fonts(content, 6)
    assert math == early_fonts(content, 10), "letters for screen readers are not counted"
    assert [italic, *math] == early_fonts(content, 11)
