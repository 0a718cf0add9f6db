"""Formulas are rendered once, as HTML with MathML."""

from pathlib import Path

import pytest

from sitegen.rendering import formulas
from sitegen.rendering.formulas import render, render_page


def test_formulas_become_html_and_mathml() -> None:
    html = render_page(r'<p><span class="arithmatex">\(x &lt; \nabla f\)</span></p>')
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
