"""Names in code break after underscores and dots alone, and numbers nowhere."""

import pytest

from sitegen.common.html import find, inside, parse
from sitegen.rendering.text.line_breaks import NO_BREAK, place_breaks


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<code>gradient_descent</code>", "<code>gradient_<wbr>descent</code>"),
        ("<code>regularization</code>", "<code>regularization</code>"),
        ("<code>x_0</code>", "<code>x_0</code>"),
        ("<code>f(scipy.optimize.minimize)</code>", "<code>f(scipy.<wbr>optimize.<wbr>minimize)</code>"),
        ("<code>__name__ == long__name__x</code>", "<code>__name__ == long__<wbr>name__<wbr>x</code>"),
        ("<pre><code>gradient_descent 800 000</code></pre>", "<pre><code>gradient_descent 800 000</code></pre>"),
        ("gradient_descent", "gradient_descent"),
        ("fill 800 000 GB, or 1 000 000", "fill 800~000~GB, or 1~000~000"),
        ("in 12 ms, 3 s, 45 % and 5 steps", "in 12~ms, 3~s, 45~% and 5 steps"),
        ("of 2019 120 and 0.5 125", "of 2019 120 and 0.5 125"),
        (r'<span class="arithmatex">\(10 000\)</span>', r'<span class="arithmatex">\(10 000\)</span>'),
        ("<b>10 000</b> &lt; <code>10 000</code>", "<b>10~000</b> &lt; <code>10 000</code>"),
    ],
)  # fmt: skip
def test_lines_break_where_readers_expect_it(html: str, expected: str) -> None:
    tree = parse(f"<article>{html}</article>")
    content = find(tree, "article")
    place_breaks(tree, content)
    assert expected.replace("~", NO_BREAK) == inside(content).replace("&nbsp;", NO_BREAK)
