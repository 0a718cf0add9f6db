"""Formulas reach the HTML of a page as KaTeX renders them."""

import re
from pathlib import Path

import pytest

from sitegen.common.html import find, parse, write
from sitegen.rendering import formulas
from sitegen.rendering.formulas import render, render_formulas


def test_formulas_become_html_and_mathml() -> None:
    tree = parse(r'<p><span class="arithmatex">\(x &lt; \nabla f\)</span></p>')
    render_formulas(tree)
    html = write(tree)
    assert '<span class="katex">' in html
    assert "<math" in html
    assert r"x &lt; \nabla f</annotation>" in html
    assert r"\(" not in html


def test_node_starts_only_for_a_formula_that_is_new(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def started() -> None:
        raise AssertionError("Node was started")

    monkeypatch.setattr(formulas.RENDERED, "folder", tmp_path)
    render.cache_clear()
    first = render("x^2 + 1", display=True)
    render.cache_clear()
    monkeypatch.setattr(formulas, "_katex", started)
    assert first == render("x^2 + 1", display=True)
    for tex, display in (("x^2 + 1", False), ("x^2 + 2", True)):
        with pytest.raises(AssertionError, match="Node was started"):
            render(tex, display=display)
    monkeypatch.setattr(formulas.RENDERED, "environment", ["another KaTeX"])
    render.cache_clear()
    with pytest.raises(AssertionError, match="Node was started"):
        render("x^2 + 1", display=True)
    render.cache_clear()


def test_a_bad_formula_is_refused_with_its_source() -> None:
    with pytest.raises(ValueError, match=r"bad formula .*frac.*expected"):
        render(r"\frac{1", display=False)
    assert "katex" in render("x", display=False), "the renderer goes on after an error"


@pytest.mark.parametrize(
    "tex",
    [
        r"\href{https://example.org}{x}", r"\href{javascript:x}{x}", r"\url{https://example.org}",
        r"\includegraphics{x.png}", r"\frac{1}{\url{a}}", r"\htmlClass{a}{x}", r"\unknown", "☃",
    ],
)  # fmt: skip
def test_a_command_that_katex_does_not_render_is_refused(tex: str) -> None:
    with pytest.raises(ValueError, match=rf"^bad formula {re.escape(repr(tex))}: "):
        render(tex, display=False)


def test_red_is_a_colour_like_others() -> None:
    assert "#cc0000" in render(r"\textcolor{#cc0000}{x}", display=False)


def test_displayed_formulas_are_told_from_those_in_a_line() -> None:
    tree = parse(
        r'<div class="arithmatex">\[a'
        "\n"
        r'\]</div><p><span class="arithmatex">\(a\)</span></p>'
        '<p class="arithmatex">no formula</p>'
    )
    render_formulas(tree)
    assert render("a", display=True) == (find(tree, "div.arithmatex").inner_html)
    assert render("a", display=False) == (find(tree, "span.arithmatex").inner_html)
    assert "no formula" == find(tree, "p.arithmatex").text()
