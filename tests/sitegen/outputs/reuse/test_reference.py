"""Docstrings as text are those that Python finds."""

import inspect
from pathlib import Path

import pytest

import calcguide.autodiff
import calcguide.losses
from sitegen.outputs.reuse.reference import Reference

MODULE = '''\
"""A module."""

__all__ = ["Shape", "area", "LIMIT"]

LIMIT = 3


class Shape:
    """A shape."""

    def turn(self, angle: float = 90.0) -> None:
        """Turn it."""

    def _hidden(self) -> None:
        """Nobody sees this."""


def area(shape: Shape, *, unit: str = "m") -> float:
    """Return the area."""


def other() -> None:
    """Not public."""
'''


@pytest.fixture
def reference(tmp_path: Path) -> Reference:
    (tmp_path / "package").mkdir()
    (tmp_path / "package/__init__.py").write_text("", encoding="utf-8")
    (tmp_path / "package/module.py").write_text(MODULE, encoding="utf-8")
    return Reference(tmp_path, "package")


def test_a_module_shows_what_is_public_and_has_a_docstring(reference: Reference) -> None:
    assert (
        "### `package.module.Shape`\n\n```text\nShape\n\nA shape.\n\n"
        "Shape.turn(angle: float = 90.0) -> None\n\nTurn it.\n```\n\n"
        "### `package.module.area`\n\n```text\n"
        "area(shape: Shape, *, unit: str = 'm') -> float\n\nReturn the area.\n```"
    ) == reference.of("package.module").replace('"', "'")


def test_members_are_shown_in_the_order_asked_for(reference: Reference) -> None:
    shown = reference.of("package.module", ["area", "Shape"])
    assert shown.index("module.area") < shown.index("module.Shape")
    assert "```text\nLIMIT = 3\n```" in reference.of("package.module.LIMIT")


@pytest.mark.parametrize("module", [calcguide.losses, calcguide.autodiff], ids=lambda m: m.__name__)
def test_each_public_function_of_the_package_has_the_docstring_that_python_finds(
    module: object,
) -> None:
    shown = Reference().of(module.__name__)  # type: ignore[attr-defined]
    for name in module.__all__:  # type: ignore[attr-defined]
        docstring = inspect.getdoc(getattr(module, name))
        assert docstring is not None
        assert docstring.strip() in shown
