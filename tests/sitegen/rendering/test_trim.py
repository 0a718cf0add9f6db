"""What nobody sees is left out of pages, and nothing else."""

from sitegen.common.html import find, inside, parse
from sitegen.rendering.trim import trim, trim_space


def trimmed(html: str) -> str:
    tree = parse(html)
    trim(tree)
    return inside(find(tree, "body"))


def without_space(html: str) -> str:
    tree = parse(html)
    trim_space(find(tree, "html"))
    return inside(find(tree, "body"))


def test_what_is_not_seen_is_left_out_and_the_text_stays() -> None:
    code = '<span class="n">x</span> <span class="o">=</span> <span class="mi">1</span>'
    assert 'x = <span class="mi">1</span>' == trimmed(code)
    formula = '<math><mi>x</mi><annotation encoding="application/x-tex">x</annotation></math>'
    assert "<math><mi>x</mi></math>" == trimmed(formula)
    spaces = '<math xmlns="http://www.w3.org/1998/Math/MathML"></math><svg xmlns="http://www.w3.org/2000/svg"></svg>'
    assert "<math></math><svg></svg>" == trimmed(spaces)
    block = '<pre><span></span><code>a<span class="k"></span></code></pre>'
    assert '<pre><code>a<span class="k"></span></code></pre>' == trimmed(block)
    other = '<span class="n other">x</span><span class="katex-strut" style="height:1em"></span>'
    assert other == trimmed(other)


def test_sizes_lose_digits_that_no_screen_shows() -> None:
    assert '<i style="top:-3.063em"> 0.12345em</i>' == trimmed(
        '<i style="top:-3.06333em"> 0.12345em</i>'
    )
    assert '<i style="height:1em;top:2.5px"></i>' == trimmed(
        '<i style="height:1em;top:2.5px; "></i>'
    )


def test_space_that_browsers_show_as_one_is_one() -> None:
    html = "<ul>\n    <li>a  b\n      c</li>\n\n\n    <!-- d --> <li> e </li></ul>"
    assert "<ul>\n<li>a  b\nc</li>\n <li> e </li></ul>" == without_space(html)
    assert "<p>a\N{NO-BREAK SPACE}\nb</p>".replace("\N{NO-BREAK SPACE}", "&nbsp;") == without_space(
        "<p>a\N{NO-BREAK SPACE}  \n  b</p>"
    )


def test_space_in_code_scripts_and_tex_stays() -> None:
    for html in (
        "<pre>a\n    b\n\n\n<code>c\n    d</code></pre>",
        "<p><code>a\n   b</code></p>",
        "<textarea>a\n   b</textarea>",
        "<p></p><script>`a\n   b`</script><style>a\n   b</style>",
        '<div class="arithmatex">\\[a % note\n   b\\]</div>',
    ):
        assert html == without_space(html)
