"""A figure is at fault where something is missing, cut off or cannot be seen, and only there."""

from collections.abc import Callable, Iterator

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sitegen.figures.palettes import STYLE
from sitegen.figures.review import fault
from sitegen.figures.svg import to_svg

Draw = Callable[[Axes], object]


@pytest.fixture(autouse=True)
def styled() -> Iterator[None]:
    with plt.rc_context(STYLE):
        yield


def found(draw: Draw) -> str | None:
    figure = Figure()
    draw(figure.add_subplot())
    return fault(figure, to_svg(figure))


SOUND: dict[str, Draw] = {
    "line": lambda axes: axes.plot([1, 2], [3, 4]),
    "line with a gap": lambda axes: axes.plot([1, np.nan, 3], [3, 4, 5]),
    "points": lambda axes: axes.scatter([1, 2], [3, 4]),
    "bars": lambda axes: axes.bar([1, 2], [3, 4]),
    "image": lambda axes: axes.imshow([[1, 2], [3, 4]]),
    "line in gray": lambda axes: axes.plot([1, 2], [3, 4], color="gray"),
    "hollow points": lambda axes: axes.plot([1, 2], [3, 4], "o", markerfacecolor="none"),
    "hatched bars": lambda axes: axes.bar([1, 2], [3, 4], hatch="/"),
    "formula": lambda axes: axes.plot([1, 2], [3, 4]) and axes.text(1, 3, r"$\frac{x^2}{2}$"),
    "legend": lambda axes: axes.plot([1, 2], [3, 4], label="up") and axes.legend(),
    "title that fits": lambda axes: axes.plot([1, 2], [3, 4]) and axes.set_title("A title"),
}


@pytest.mark.parametrize("name", SOUND)
def test_a_sound_figure_has_no_fault(name: str) -> None:
    assert found(SOUND[name]) is None


EMPTY: dict[str, Draw] = {
    "nothing": lambda axes: None,
    "title alone": lambda axes: axes.set_title("A title"),
    "line of no points": lambda axes: axes.plot([], []),
    "line of NaN": lambda axes: axes.plot([1, 2], [np.nan, np.nan]),
    "line without a finite point": lambda axes: axes.plot([np.nan, 2], [3, np.inf]),
}


@pytest.mark.parametrize("name", EMPTY)
def test_axes_without_anything_in_them_are_a_fault(name: str) -> None:
    assert "the figure is empty" in (found(EMPTY[name]) or "")


def test_a_figure_is_empty_without_axes_or_with_one_empty_among_others() -> None:
    figure = Figure()
    assert "the figure is empty" in (fault(figure, to_svg(figure)) or "")
    left, _ = figure.subplots(1, 2)
    left.plot([1, 2], [3, 4])
    assert "the figure is empty" in (fault(figure, to_svg(figure)) or "")


@pytest.mark.parametrize(
    ("x", "y"), [(-1, 0.5), (2, 0.5), (0.5, -1), (0.5, 2)], ids=["left", "right", "below", "above"]
)
def test_what_reaches_beyond_an_edge_is_measured(x: float, y: float) -> None:
    """A square of an inch around a point of the figure, in fractions of its 4 by 4 inches."""
    figure = Figure(figsize=(4, 4), layout="none")
    axes = figure.add_subplot()
    axes.plot([0, 1], [0, 1])
    square = plt.Rectangle((x - 1 / 8, y - 1 / 8), 1 / 4, 1 / 4, transform=figure.transFigure)
    figure.add_artist(square)
    # Its centre is 4 inches beyond the edge, and half of it is an inch across.
    assert "something reaches 4.50 inches beyond its edge" in (fault(figure, to_svg(figure)) or "")


@pytest.mark.parametrize(("beyond", "is_fault"), [(0.04, False), (0.06, True)])
def test_a_hair_beyond_the_edge_is_no_fault(beyond: float, is_fault: bool) -> None:
    figure = Figure(figsize=(4, 4), layout="none")
    figure.add_subplot().plot([0, 1], [0, 1])
    bar = plt.Rectangle(
        (0.5, 0.5), 0.5 + beyond / 4, 0.1, linewidth=0, transform=figure.transFigure
    )
    figure.add_artist(bar)
    assert is_fault == ("cut off" in (fault(figure, to_svg(figure)) or ""))


DRAWS: dict[str, Callable[[Axes, object], object]] = {
    "line": lambda axes, colour: axes.plot([1, 2], [3, 4], color=colour),
    "points": lambda axes, colour: axes.plot([1, 2], [3, 4], "o", color=colour),
    "area": lambda axes, colour: axes.fill_between([1, 2], [3, 4], facecolor=colour),
    "bars": lambda axes, colour: axes.bar([1, 2], [3, 4], color=colour),
    "title": lambda axes, colour: (
        axes.plot([1, 2], [3, 4]) and axes.set_title("A title", color=colour)
    ),
    "formula": lambda axes, colour: (
        axes.plot([1, 2], [3, 4]) and axes.text(1, 3, "$x^2$", color=colour)
    ),
}


@pytest.mark.parametrize(
    ("colour", "expected"),
    [("k", "#000000"), ("white", "#ffffff"), ((0, 0, 0), "#000000"), ("#fff", "#ffffff")],
    ids=str,
)
@pytest.mark.parametrize("kind", DRAWS)
def test_fixed_black_and_white_are_a_fault(kind: str, colour: object, expected: str) -> None:
    message = found(lambda axes: DRAWS[kind](axes, colour)) or ""
    assert "in a fixed black or white" in message
    assert expected in message
