"""All that a figure draws is noted, where it is and in which colour, and nothing that is not seen."""

from collections.abc import Callable

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sitegen.figures.ink import Ink, draws, record


def noted(draw: Callable[[Axes], object]) -> list[Ink]:
    """What is drawn in axes of 2 by 2 inches, from 0 to 1, that have neither ticks nor frame."""
    figure = Figure(figsize=(2, 2), facecolor="none")
    axes = figure.add_axes((0, 0, 1, 1))
    axes.axis("off")
    draw(axes)
    axes.set(xlim=(0, 1), ylim=(0, 1))
    return record(figure)


def test_a_line_has_its_place_its_width_and_its_colour() -> None:
    (ink,) = noted(lambda axes: axes.plot([0.25, 0.75], [0.5, 0.5], color=(1, 0, 0, 0.5), lw=4))
    assert ("line", (1, 0, 0, 0.5)) == (ink.kind, ink.colour)
    assert ink.box is not None
    assert (34, 70, 110, 74) == pytest.approx(ink.box.extents)


def test_a_filled_shape_is_an_area_and_its_edge_a_line() -> None:
    area, edge = noted(lambda axes: axes.fill([0, 1, 1], [0, 0, 1], fc="blue", ec="red", alpha=0.5))
    assert ("area", (0, 0, 1, 0.5)) == (area.kind, area.colour)
    assert ("line", (1, 0, 0, 0.5)) == (edge.kind, edge.colour)
    assert area.covers(np.array([100.0, 20.0]))
    assert not area.covers(np.array([20.0, 100.0]))


@pytest.mark.parametrize(
    "draw",
    [
        lambda axes: axes.plot([0, 1], [0, 1], alpha=0),
        lambda axes: axes.plot([0, 1], [0, 1], visible=False),
        lambda axes: axes.plot([0, np.nan], [np.nan, 1]),
        lambda axes: axes.plot([], [], "o"),
        lambda axes: axes.plot([2, 3], [2, 3]),
        lambda axes: axes.fill([0, 1, 1], [0, 0, 1], fc="none", ec="none"),
        lambda axes: axes.text(0.5, 0.5, " "),
        lambda axes: axes.scatter([], []),
    ],
)
def test_what_is_not_seen_is_not_there(draw: Callable[[Axes], object]) -> None:
    assert [] == [ink for ink in noted(draw) if ink.box is not None]


def test_a_text_has_a_box_that_turns_with_it() -> None:
    flat, turned = (
        noted(lambda axes, angle=angle: axes.text(0.2, 0.2, "a few words", rotation=angle))[0]
        for angle in (0, 90)
    )
    assert "a few words" == flat.words == turned.words
    assert flat.box is not None
    assert turned.box is not None
    assert flat.box.width > 3 * flat.box.height
    assert (flat.box.width, flat.box.height) == pytest.approx(turned.box.size[::-1])


def test_labels_of_ticks_say_to_which_axis_they_belong() -> None:
    figure = Figure()
    axes = figure.add_subplot()
    axes.plot([0, 1], [0, 1])
    axes.set(title="A title", xticks=[0, 1], yticks=[0, 1])
    axes.xaxis.set_ticks([0.5], labels=["half"], minor=True)
    named = [(ink.words, ink.axis) for ink in record(figure) if ink.kind == "text"]
    assert ("A title", None) in named
    axis_of_half = dict(named)["half"]
    counts = [sum(axis == one for _, axis in named) for one in {axis for _, axis in named} - {None}]
    assert [2, 3] == sorted(counts)
    assert 3 == sum(axis == axis_of_half for _, axis in named)


def test_an_image_has_the_colour_of_each_place() -> None:
    (ink,) = noted(
        lambda axes: axes.imshow(
            [[0, 1], [1, 0]],
            cmap="gray",
            extent=(0, 1, 0, 1),
            interpolation="nearest",
            aspect="auto",
        )
    )
    assert "image" == ink.kind
    assert (0, 0, 0, 1) == ink.colour_at(np.array([36.0, 108.0])), "the first row is above"
    assert (1, 1, 1, 1) == ink.colour_at(np.array([36.0, 36.0]))


def test_one_artist_can_be_asked_whether_it_draws() -> None:
    figure = Figure()
    axes = figure.add_subplot()
    (seen,), (unseen,) = axes.plot([0, 1], [0, 1]), axes.plot([np.nan], [1])
    record(figure)
    assert draws(seen, figure)
    assert not draws(unseen, figure)
