"""Find faults in a drawn figure: empty axes, parts cut off, colours that vanish, labels that overlap."""

from collections import defaultdict
from itertools import chain, pairwise

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.transforms import Bbox

from sitegen.figures.contrast import blurred
from sitegen.figures.ink import DPI, Ink, draws, record

__all__ = ["fault"]

CONTENT = ("lines", "patches", "collections", "images", "texts", "tables", "artists", "child_axes")
HAIR = 0.05  # inches that a drawing may reach beyond its figure
TOUCH = (
    1.0  # points by which the boxes of two labels may overlap: they are higher than their letters
)


def fault(figure: Figure) -> str | None:
    """Say what is wrong with a figure, if anything is, after it has been drawn."""
    drawn = record(figure)
    if not any(ink.box for ink in drawn) or any(_is_empty(axes, figure) for axes in figure.axes):
        return "the figure is empty: nothing is drawn in one of its axes; draw there, or remove the axes"
    if overhang := _overhang(figure, drawn):
        return (
            f"the figure is cut off: something reaches {overhang:.2f} inches beyond its edge; "
            "shorten the text, or make the figure larger"
        )
    if words := _overlap(drawn):
        return (
            f"the labels {words[0]!r} and {words[1]!r} of an axis overlap; "
            "set fewer ticks, shorten or turn the labels, or make the figure larger"
        )
    if what := blurred(figure, drawn):
        return what
    return None


def _is_empty(axes: Axes, figure: Figure) -> bool:
    """Whether axes have ticks and a frame, and nothing in them, nor in others that stand in the same place."""
    if not (axes.axison and axes.get_visible()):
        return False
    same = (other for other in figure.axes if np.allclose(other.bbox.bounds, axes.bbox.bounds))
    return not any(draws(artist, figure) for other in same for artist in _content(other))


def _content(axes: Axes) -> chain[Artist]:
    return chain.from_iterable(getattr(axes, name) for name in CONTENT)


def _overhang(figure: Figure, drawn: list[Ink]) -> float:
    """How far the drawing reaches beyond the figure, if by more than a hair, in inches."""
    width, height = figure.get_size_inches() * DPI

    def beyond(box: Bbox | None) -> float:
        return 0.0 if box is None else max(-box.x0, -box.y0, box.x1 - width, box.y1 - height)

    # Most is clipped to axes within the figure, and need not be measured.
    free = (ink for ink in drawn if ink.clip is None or beyond(ink.clip) > 0)
    overhang = max((beyond(ink.box) / DPI for ink in free), default=0.0)
    return overhang if overhang > HAIR else 0.0


def _overlap(drawn: list[Ink]) -> tuple[str, str] | None:
    """Two labels of one axis that overlap, if there are any."""
    labels = defaultdict[int, list[Ink]](list)
    for ink in drawn:
        if ink.axis is not None:
            labels[ink.axis].append(ink)
    for same in labels.values():
        for place, label in enumerate(same):
            for other in same[:place]:
                if _meet(label, other):
                    return other.words, label.words
    return None


def _meet(first: Ink, second: Ink) -> bool:
    """Whether two boxes, upright or turned, overlap: no line along a side of either lies between them."""
    for box in (first.points, second.points):
        for start, end in pairwise(box[:3]):
            along = (end - start) / np.hypot(*(end - start))
            one, other = first.points @ along, second.points @ along
            if min(one.max(), other.max()) - max(one.min(), other.min()) <= TOUCH:
                return False
    return True
