"""What a figure draws is told from what is behind it on both pages, or it is named."""

from collections.abc import Callable, Iterator
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from sitegen.figures.contrast import blurred, contrast
from sitegen.figures.ink import record
from sitegen.figures.palettes import STYLE
from sitegen.figures.svg import to_svg

Draw = Callable[[Axes], object]


@pytest.fixture(autouse=True)
def styled() -> Iterator[None]:
    with plt.rc_context(STYLE):
        yield


def found(draw: Draw) -> str | None:
    figure = Figure()
    draw(figure.add_subplot())
    to_svg(figure)
    return blurred(figure, record(figure))


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ((0, 0, 0), (1, 1, 1), 21.0),
        ((1, 1, 1), (1, 1, 1), 1.0),
        ((0x76 / 255,) * 3, (1, 1, 1), 4.54),  # the palest gray for text on white, as WCAG has it
        ((1, 0, 0), (1, 1, 1), 4.0),
    ],
)
def test_contrast_is_that_of_wcag(
    first: tuple[float, float, float], second: tuple[float, float, float], expected: float
) -> None:
    assert expected == pytest.approx(contrast(first, second), abs=0.01)
    assert contrast(first, second) == contrast(second, first)


def table(axes: Axes, edge: str, face: str) -> None:
    made = axes.table([["1", "2"], ["3", "4"]], loc="center")
    for cell in made.get_celld().values():
        cell.set(edgecolor=edge, facecolor=face)


DRAWS: dict[str, Callable[[Axes, object], object]] = {
    "line": lambda axes, colour: axes.plot([1, 2], [3, 4], color=colour),
    "points": lambda axes, colour: axes.plot([1, 2], [3, 4], "o", color=colour),
    "scattered points": lambda axes, colour: axes.scatter([1, 2], [3, 4], color=colour),
    "area": lambda axes, colour: axes.fill_between([1, 2], [3, 4], facecolor=colour),
    "bars": lambda axes, colour: axes.bar([1, 2], [3, 4], color=colour),
    "contours": lambda axes, colour: axes.contour([[1, 2], [3, 4]], colors=[colour]),
    "hatches": lambda axes, colour: axes.fill_between(
        [1, 2], [3, 4], hatch="/", facecolor="none", edgecolor=colour
    ),
    "title": lambda axes, colour: (
        axes.plot([1, 2], [3, 4]) and axes.set_title("A title", color=colour)
    ),
    "formula": lambda axes, colour: (
        axes.plot([1, 2], [3, 4]) and axes.text(1, 3, "$x^2$", color=colour)
    ),
    "label of a tick": lambda axes, colour: (
        axes.plot([1, 2], [3, 4]) and axes.tick_params(labelcolor=colour)
    ),
}
ON_DARK = ["k", "#111", "navy"]
ON_LIGHT = ["white", "#eee"]


@pytest.mark.parametrize(
    ("colour", "page"),
    [*((colour, "dark") for colour in ON_DARK), *((colour, "light") for colour in ON_LIGHT)],
    ids=str,
)
@pytest.mark.parametrize("kind", DRAWS)
def test_a_fixed_colour_that_one_page_swallows_is_a_fault(
    kind: str, colour: object, page: str
) -> None:
    message = found(lambda axes: DRAWS[kind](axes, colour)) or ""
    assert f"in {to_hex(colour)} has a contrast of" in message
    assert f"on a {page} page" in message


@pytest.mark.parametrize("colour", [None, "C0", "C5"])
@pytest.mark.parametrize("kind", DRAWS)
def test_colours_of_the_style_stand_out(kind: str, colour: str | None) -> None:
    assert found(lambda axes: DRAWS[kind](axes, colour or "C1")) is None


def test_opacity_counts() -> None:
    def dot(colour: str, alpha: float) -> str | None:
        return found(lambda axes: axes.scatter([1, 2], [3, 4], color=colour, alpha=alpha))

    def line(colour: str, alpha: float) -> str | None:
        return found(lambda axes: axes.plot([1, 2], [3, 4], color=colour, alpha=alpha))

    assert line("gray", 0.5) is None, "it is faint on both pages, and seen on both"
    assert "on a dark page" in (line("black", 0.5) or "")
    assert "on a light page" in (line("gray", 0.1) or "")
    assert "on a light page" in (dot("gray", 0.1) or "")
    faint = found(lambda axes: axes.plot([1, 2], [3, 4]) and axes.text(1, 3, "words", alpha=0.3))
    assert "the text 'words'" in (faint or "")


def shaded(axes: Axes, colour: str) -> None:
    axes.contourf([[1.0, 2.0], [3.0, 4.0]])
    axes.plot([0.1, 0.6], [0.2, 0.1], color=colour)


GROUNDED: dict[str, Draw] = {
    "translucent band": lambda axes: axes.fill_between([1, 2], [3, 4], color="gray", alpha=0.2),
    "gray line on a band": lambda axes: (
        axes.fill_between([0, 9], [9, 9], alpha=0.25) and axes.plot([1, 2], [3, 4], color="gray")
    ),
    "colour map": lambda axes: axes.pcolormesh([[1, 2], [3, 4]]),
    "points of a colour map": lambda axes: axes.scatter([1, 2], [3, 4], c=[1, 2]),
    "white line on a colour map": lambda axes: shaded(axes, "white"),
    "white number on a dark cell": lambda axes: (
        axes.imshow([[0, 1]], cmap="gray") and axes.text(0, 0, "1", color="white")
    ),
    "black number on a bright cell": lambda axes: (
        axes.imshow([[0, 1]], cmap="gray") and axes.text(1, 0, "1", color="black")
    ),
    "white gaps between bars": lambda axes: axes.bar([1, 2], [3, 4], edgecolor="white"),
    "points with a black edge": lambda axes: axes.scatter([1, 2], [3, 4], edgecolor="black"),
    "hollow points": lambda axes: axes.plot([1, 2], [3, 4], "o", markerfacecolor="white"),
    "pale band": lambda axes: axes.fill_between([1, 2], [3, 4], color="lightgray"),
    "black word on a gray bar": lambda axes: (
        axes.barh([1], [5], color="gray") and axes.text(1, 1, "word", color="black")
    ),
}


@pytest.mark.parametrize("name", GROUNDED)
def test_what_counts_is_the_ground(name: str) -> None:
    assert found(GROUNDED[name]) is None


UNGROUNDED: dict[str, Draw] = {
    "contours in a colour map": lambda axes: axes.contour([[1, 2], [3, 4]]),
    "white number on a bright cell": lambda axes: (
        axes.imshow([[0, 1]], cmap="gray") and axes.text(1, 0, "1", color="white")
    ),
    "number on a cell": lambda axes: axes.imshow([[0, 1]], cmap="gray") and axes.text(1, 0, "1"),
    "table on white": lambda axes: table(axes, edge="C0", face="white"),
}


UNGROUNDED |= {
    "arrows in the black of Matplotlib": lambda axes: axes.quiver([1, 2], [3, 4], [1, 1], [1, 2]),
    "table in the white of Matplotlib": lambda axes: axes.table([["1", "2"]]),
    "black points with a black edge": lambda axes: axes.scatter([1], [2], c="k", edgecolor="k"),
}


@pytest.mark.parametrize("colour", ["C0", "#111111"])
def test_a_surface_in_shades_is_seen_if_some_of_them_are(colour: str) -> None:
    figure = plt.figure()
    x, y = np.meshgrid(np.linspace(-1, 1, 9), np.linspace(-1, 1, 9))
    axes: Any = figure.add_subplot(projection="3d")
    axes.plot_surface(x, y, x * y, color=colour)
    to_svg(figure)
    assert ("C0" == colour) == (blurred(figure, record(figure)) is None)
    plt.close(figure)


@pytest.mark.parametrize("name", UNGROUNDED)
def test_what_its_ground_swallows_is_a_fault(name: str) -> None:
    assert "has a contrast of" in (found(UNGROUNDED[name]) or "")
