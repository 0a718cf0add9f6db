"""The search shows formulas as text that can be read."""

import json
import re
from pathlib import Path

import pytest

from sitegen.rendering.text.formula_text import formulas_as_text, readable


@pytest.mark.parametrize(
    ("tex", "expected"),
    [
        (r"x^2 + 10^{-3}", "x² + 10⁻³"),
        (r"x_i^{(k)}", "x_i^(k)"),
        (r"x_{\max}", "x_max"),
        (r"\frac{\partial f}{\partial x_i}", "∂f/∂x_i"),
        (r"\tfrac{a+b}{2}", "(a + b)/2"),
        (r"-a + b = -c", "−a + b = −c"),
        (r"e^{-x^2/2}", "e^(−x²/2)"),
        (r"\sqrt{2}\sqrt{1+x}", "√2√(1 + x)"),
        (r"\sqrt[3]{x}", "³√x"),
        (r"\hat\beta, \bar x", "β\u0302, x\u0304"),
        (r"\nabla f^\top \mathbf d", "∇f⊤d"),
        (r"\lVert w \rVert_2 \le t", "∥w∥_2 ≤ t"),
        (r"\log x + \operatorname{soft}(x)", "log x + soft(x)"),
        (r"\lim_{h \to 0} f'(h)", "lim_(h → 0)f′(h)"),
        (r"\sum_{i=1}^n i", "∑_(i = 1)ⁿi"),
        (r"\begin{pmatrix} a & b \\ c & d \end{pmatrix}", "(a, b; c, d)"),
        (r"\begin{aligned} a &= b \\ c &= d \end{aligned}", "a = b; c = d"),
        (r"\text{the loss } < 5\,\%", "the loss < 5 %"),
    ],
)
def test_a_formula_can_be_read_as_text(tex: str, expected: str) -> None:
    assert expected == readable(tex)


def test_formulas_of_a_page_are_replaced_and_code_is_left_alone() -> None:
    page = (
        r'<p>If <span class="arithmatex">\(x &lt; y\)</span> then</p>'
        '<div class="arithmatex">\\[\nz\n= 1\\]</div><pre>re.split(r"\\(a\\)", x)</pre>'
    )
    entry = r'If \(x &lt; y\) then \[ z = 1\] <pre>re.split(r"\(a\)", x)</pre>'
    expected = r'If x &lt; y then z = 1 <pre>re.split(r"\(a\)", x)</pre>'
    assert expected == formulas_as_text(entry, page)


def test_the_index_of_the_site_has_no_tex(site: Path) -> None:
    index = json.loads((site / "search/search_index.json").read_text(encoding="utf-8"))
    texts = [entry[name] for entry in index["docs"] for name in ("title", "text")]
    prose = [re.sub(r"<(pre|code)>.*?</\1>", "", text, flags=re.DOTALL) for text in texts]
    assert [] == [text for text in prose if re.search(r"\\[(\[]|\\[a-z]+\{", text)]
    assert any("∇f" in text for text in prose)
