"""The letters that a font keeps are those that a browser sets in it."""

from collections import defaultdict
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from sitegen.assets.fonts.formula_fonts import SHEET, set_texts
from sitegen.common.html import find, parse
from sitegen.rendering.formulas import render

FORMULAS = [
    r"x^2 + \mathbf{B} + \mathcal{C} + \mathbb{R} + \mathit{it} + \mathrm{d}x + \boldsymbol{w}",
    r"\text{plain \textbf{bold} \textit{slanted}} + \mathtt{t} + \mathsf{s} + \mathfrak{f} + \mathscr{S}",
    r"\sum_{i=1}^n \int_0^1 \Bigl( \biggl[ \left\{ \begin{matrix} 1\\2\\3\\4\\5\\6 \end{matrix} \right\| \biggr]",
    r"\sqrt{\frac{\partial f}{\partial \theta}} \operatorname*{arg\,min}_{w \in \mathbb{R}} \bar x",
]
FILES = {
    ("normal", "400"): "Regular",
    ("normal", "700"): "Bold",
    ("italic", "400"): "Italic",
    ("italic", "700"): "BoldItalic",
}
SET = """() => {
  const found = [], walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const parent = walker.currentNode.parentElement;
    if (!parent.closest(".katex-html")) continue;
    const style = getComputedStyle(parent);
    const family = style.fontFamily.split(",")[0].replaceAll('"', "");
    found.push([family, style.fontStyle, style.fontWeight, walker.currentNode.data]);
  }
  return found;
}"""


def by_browser(browser: Any, html: str) -> dict[str, set[str]]:
    letters = defaultdict[str, set[str]](set)
    with closing(browser.new_page()) as page:
        page.set_content(f"<style>{SHEET.read_text(encoding='utf-8')}</style>{html}")
        for family, style, weight, text in page.evaluate(SET):
            name = f"{family.removeprefix('KaTeX_')}-{FILES[style, weight]}"
            letters[name].update(text)
    return letters


def by_us(html: str) -> dict[str, set[str]]:
    letters = defaultdict[str, set[str]](set)
    for text, fonts in set_texts(find(parse(html), "body")):
        for font in fonts:
            letters[font].update(text.text())
    return letters


def test_letters_have_the_fonts_that_a_browser_gives_them(browser: Any) -> None:
    html = "".join(f"<p>{render(tex, display=True)} and words</p>" for tex in FORMULAS)
    ours = by_us(html)
    assert len(ours) > 12
    assert ours == by_browser(browser, html)


@pytest.mark.parametrize("name", ["tutorials/gradients-and-hessians", "errata"])
def test_so_it_is_on_pages(site: Path, browser: Any, name: str) -> None:
    html = (site / name / "index.html").read_text(encoding="utf-8")
    body = html[html.index("<article") : html.index("</article>")]
    ours = by_us(body)
    assert ours
    assert ours == by_browser(browser, body)
