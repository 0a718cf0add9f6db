"""The sweep: how the tape is read backwards, in time that is proportional to its length."""

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np

from calcguide.autodiff.primitives import recorded
from calcguide.autodiff.tape import Tape, unbroadcast
from calcguide.autodiff.variable import Variable

__all__ = ["Look", "Piece", "Place", "sweep"]


class Place:
    """A part of an array: an index, after views such as the transpose.

    Attributes
    ----------
    index : index
        The index of the part.
    looks : tuple of callable
        The views through which the array is seen before it is indexed, the first one first.
    flat : bool
        Whether the first view has another shape, and so is one of contiguous memory only.
    """

    __slots__ = ("flat", "index", "looks")

    def __init__(self, index: Any, looks: tuple[Any, ...] = (), *, flat: bool = False) -> None:
        self.index = index
        self.looks = looks
        self.flat = flat

    def read(self, whole: Any) -> Any:
        """Return the part of an array, or of a variable."""
        for look in self.looks:
            whole = look(whole)
        return whole[self.index]

    def add(self, whole: Any, g: Any) -> None:
        """Add an array to the part."""
        for look in self.looks:
            whole = look(whole)
        if _picks_once(self.index):
            whole[self.index] += g
        else:
            np.add.at(whole, self.index, g)


class Piece:
    """A contribution to a part of an array: what the pullback of an index returns.

    Written out, it would be an array of zeros but for that part, and to read an array row by row
    would cost a whole array for each row. So the pieces of an array are gathered, and are written
    into one array of zeros when the sweep arrives there.
    """

    __slots__ = ("g", "place")

    shape = None  # so that it is never taken for an array of the shape that is wanted

    def __init__(self, g: Any, place: Place) -> None:
        self.g = g
        self.place = place


class Look:
    """The pullback of a view. Pieces of the view are passed on as pieces of what is seen.

    Attributes
    ----------
    look : callable
        It returns the view of an array.
    pullback : callable
        It maps the adjoint of the view to that of the array, or to a piece of it.
    flat : bool
        Whether it has another shape, and so is a view of contiguous memory only.
    """

    __slots__ = ("flat", "look", "pullback")

    def __init__(
        self, look: Callable[[Any], Any], pullback: Callable[[Any], Any], *, flat: bool = False
    ) -> None:
        self.look = look
        self.pullback = pullback
        self.flat = flat

    def __call__(self, g: Any) -> Any:  # noqa: D102 -- a pullback, as the others are
        return self.pullback(g)

    def passes(self, pieces: list[Piece]) -> bool:
        """Whether it can be looked through: no piece asks for memory that is contiguous."""
        return self.flat or not any(piece.place.flat for piece in pieces)

    def through(self, piece: Piece) -> Piece:
        """Return a piece of the view as a piece of the array."""
        place = piece.place
        return Piece(piece.g, Place(place.index, (self.look, *place.looks), flat=self.flat))


# For a variable of which parts were used: its shape, and its pieces.
Parts: TypeAlias = dict[int, tuple[tuple[int, ...], list[Piece]]]


def sweep(tape: Tape, last: int, seed: Any, inputs: int) -> list[Any]:
    """Read the tape backwards; return the adjoints of the inputs, None for those without effect."""
    adjoints: list[Any] = [None] * max(last + 1, inputs)
    adjoints[last] = seed
    parts: Parts = {}
    for index in range(last, inputs - 1, -1):
        if index in parts:
            _settle(index, parts, adjoints, tape)
        g = adjoints[index]
        if g is None:
            continue
        adjoints[index] = None
        for parent, shape, pullback in tape[index]:
            contribution = pullback(g)
            if contribution.shape != shape:
                if type(contribution) is Piece:
                    parts.setdefault(parent, (shape, []))[1].append(contribution)
                    continue
                contribution = unbroadcast(contribution, shape)
            so_far = adjoints[parent]
            # Never in place: both may be shared with other variables.
            adjoints[parent] = contribution if so_far is None else so_far + contribution
    for index in list(parts):
        _settle(index, parts, adjoints, tape)
    return adjoints[:inputs]


def _settle(index: int, parts: Parts, adjoints: list[Any], tape: Tape) -> None:
    """Pass the pieces of a variable on if it is a view, or add them to its adjoint."""
    shape, pieces = parts.pop(index)
    if shape and len(tape[index]) == 1:
        parent, parent_shape, look = tape[index][0]
        if type(look) is Look and look.passes(pieces):
            of_parent = parts.setdefault(parent, (parent_shape, []))[1]
            of_parent.extend(map(look.through, pieces))
            return
    whole = _gather(*(p.g for p in pieces), places=[p.place for p in pieces], shape=shape)
    g = adjoints[index]
    adjoints[index] = whole if g is None else g + whole


@recorded
def _gather(*gs: Any, places: list[Place], shape: tuple[int, ...]) -> Any:
    if Variable in map(type, gs):  # of an outer tape
        value = _gather(*gs, places=places, shape=shape)
    else:
        value = np.zeros(shape)
        for place, g in zip(places, gs, strict=True):
            place.add(value, g)
    return value, *(place.read for place in places)


def _picks_once(index: Any) -> bool:
    """Whether an index takes no element twice: whole numbers in an array may."""
    if type(index) is tuple:
        return all(map(_picks_once, index))
    return not isinstance(index, np.ndarray) or index.dtype == bool
