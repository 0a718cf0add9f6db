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
    return reviewed(figure)


def reviewed(figure: Figure) -> str | None:
    to_svg(figure)
    return fault(figure)


SOUND: dict[str, Draw] = {
    "line": lambda axes: axes.plot([1, 2], [3, 4]),
    "line with a gap": lambda axes: axes.plot([1, np.nan, 3], [3, 4, 5]),
    "points": lambda axes: axes.scatter([1, 2], [3, 4]),
    "bars": lambda axes: axes.bar([1, 2], [3, 4]),
    "image": lambda axes: axes.imshow([[1, 2], [3, 4]]),
    "line in gray": lambda axes: axes.plot([1, 2], [3, 4], color="gray"),
    "hollow points": lambda axes: axes.plot([1, 2], [3, 4], "o", markerfacecolor="none"),
    "hatched bars": lambda axes: axes.bar([1, 2], [3, 4], hatch="/"),
    "box plot": lambda axes: axes.boxplot([1, 2, 3, 4, 30]),
    "error bars": lambda axes: axes.errorbar([1, 2], [3, 4], [1, 1], capsize=3),
    "colour bar": lambda axes: axes.figure.colorbar(axes.imshow([[1, 2], [3, 4]])),
    "shaded mesh": lambda axes: axes.pcolormesh([[1, 2], [3, 4]], shading="gouraud"),
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
    assert "the figure is empty" in (reviewed(figure) or "")
    left, _ = figure.subplots(1, 2)
    left.plot([1, 2], [3, 4])
    assert "the figure is empty" in (reviewed(figure) or "")


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
    assert "something reaches 4.50 inches beyond its edge" in (reviewed(figure) or "")


@pytest.mark.parametrize(("beyond", "is_fault"), [(0.04, False), (0.06, True)])
def test_a_hair_beyond_the_edge_is_no_fault(beyond: float, is_fault: bool) -> None:
    figure = Figure(figsize=(4, 4), layout="none")
    figure.add_subplot().plot([0, 1], [0, 1])
    bar = plt.Rectangle(
        (0.5, 0.5), 0.5 + beyond / 4, 0.1, linewidth=0, transform=figure.transFigure
    )
    figure.add_artist(bar)
    assert is_fault == ("cut off" in (reviewed(figure) or ""))


def turned_labels(axes: Axes) -> None:
    axes.bar(["a long name", "another name", "a third name"], [1, 2, 3])
    axes.tick_params(axis="x", labelrotation=45)


SOUND |= {
    "text alone": lambda axes: axes.text(0.5, 0.5, "words"),
    "table": lambda axes: table(axes, edge="C0", face="none"),
    "table alone": lambda axes: (axes.axis("off"), table(axes, edge="C0", face="none")),
    "axes switched off": lambda axes: axes.plot([1, 2], [3, 4]) and axes.axis("off"),
    "arrow": lambda axes: axes.annotate("", (0, 0), (1, 1), arrowprops={"arrowstyle": "->"}),
    "second scale": lambda axes: axes.plot([1, 2], [3, 4]) and axes.twinx(),
    "inset alone": lambda axes: axes.inset_axes((0.2, 0.2, 0.6, 0.6)).plot([1, 2], [3, 4]),
    "labels that are turned": turned_labels,
}


def table(axes: Axes, edge: str, face: str) -> None:
    made = axes.table([["1", "2"], ["3", "4"]], loc="center")
    for cell in made.get_celld().values():
        cell.set(edgecolor=edge, facecolor=face)


def test_axes_switched_off_may_stay_empty_among_others() -> None:
    figure = Figure()
    left, right = figure.subplots(1, 2)
    left.plot([1, 2], [3, 4])
    right.axis("off")
    assert reviewed(figure) is None
    left.cla()
    left.axis("off")
    assert "the figure is empty" in (reviewed(figure) or "")


def test_text_of_a_figure_without_axes_is_something() -> None:
    figure = Figure()
    figure.text(0.5, 0.5, "words")
    assert reviewed(figure) is None


def test_the_panes_of_axes_in_space_are_not_cut_off() -> None:
    """Their background patch is larger than the figure, and drawn in no colour."""
    figure = Figure()
    axes = figure.add_subplot(projection="3d")
    axes.plot([1, 2], [3, 4], [5, 6])
    assert reviewed(figure) is None


def test_what_a_frame_cuts_off_does_not_reach_beyond_the_figure() -> None:
    assert (
        found(lambda axes: axes.plot([0, 1e3], [0, 1e3]) and axes.set(xlim=(0, 1), ylim=(0, 1)))
        is None
    )


@pytest.mark.parametrize("minor", [False, True], ids=["major", "minor"])
@pytest.mark.parametrize("along", ["x", "y"])
def test_labels_of_an_axis_that_overlap_are_a_fault(along: str, minor: bool) -> None:
    def draw(axes: Axes) -> None:
        axes.plot([0, 1], [0, 1])
        axis = axes.xaxis if along == "x" else axes.yaxis
        axis.set_ticks([])
        axis.set_ticks([0.5, 0.501], labels=["one label", "another"], minor=minor)

    assert "the labels 'one label' and 'another' of an axis overlap" in (found(draw) or "")


def test_a_label_overlaps_minor_ones_of_its_axis_alone() -> None:
    def draw(axes: Axes) -> None:
        axes.plot([0, 1], [0, 1])
        axes.xaxis.set_ticks([0.5], labels=["here"])
        axes.yaxis.set_ticks([0.5], labels=["here, too"])
        axes.xaxis.set_ticks([0.51], labels=["minor"], minor=True)

    message = found(draw) or ""
    assert "'minor'" in message
    assert "'here'" in message
