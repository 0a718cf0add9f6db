"""The tape: what is written down while a function runs."""

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np

__all__ = ["LARGE", "Tape", "unbroadcast"]

# From this number of elements on, an array of floats is not copied, but watched: new memory would
# take longer than most of what is done with it.
LARGE = 2**14

# Odd, so that no change of a single word is lost in a sum modulo 2**64.
WEIGHTS = 2 * np.random.default_rng(0).integers(2**63, size=256, dtype=np.uint64) + np.uint64(1)


class Tape(list[list[tuple[int, tuple[int, ...], Callable[[Any], Any]]]]):
    """For each variable, in the order of their birth: its parents, their shapes, the pullbacks.

    An entry knows values but no variables, so that nothing refers back to the tape and all is
    freed as soon as it is done with.
    """

    __slots__ = ("inputs", "level", "watched")

    _levels = itertools.count()

    def __init__(self) -> None:
        self.level = next(self._levels)
        self.inputs: list[Any] = []
        self.watched: dict[tuple[int, int], tuple[Any, int]] = {}

    def add_input(self, value: Any) -> int:
        """Put an input on the tape, and return its place."""
        self.append([])
        self.inputs.append(value)
        return len(self) - 1

    def keep(self, array: Any) -> Any:
        """Return an array as it is now, for pullbacks to read after the function has ended.

        It is a copy, or a large array itself: `check` finds out whether it has changed.
        """
        if array.size < LARGE or array.dtype.kind != "f" or not array.flags.forc:
            return array.copy("K")
        memory = (array.__array_interface__["data"][0], array.nbytes)
        if memory in self.watched:
            _compare(*self.watched[memory])
        else:
            self.watched[memory] = array, _fingerprint(array)
        return array

    def check(self) -> None:
        """Refuse large arrays that were changed after the function had used them."""
        for array, fingerprint in self.watched.values():
            _compare(array, fingerprint)


def _compare(array: Any, fingerprint: int) -> None:
    if _fingerprint(array) != fingerprint:
        raise TypeError(
            f"an array of shape {array.shape} was changed in place after it was used, "
            "which cannot be differentiated: build a new one"
        )


def _fingerprint(array: Any) -> int:
    """Return a number that is another one, but for a chance of 2**-60, if the elements are."""
    data = array.ravel("K").view(np.uint8)
    # Words that begin amid a number: in the last bit of a word a change is lost if there are two,
    # and there, without the offset, are the signs.
    rows = (data.size - 2) // 2048
    start, end = data[:2], data[2 + 2048 * rows :]
    words = data[2 : 2 + 2048 * rows].view(np.uint64).reshape(rows, 256)
    sums = np.einsum("ij,j->i", words, WEIGHTS)
    return hash((start.tobytes(), sums.tobytes(), end.tobytes()))


def unbroadcast(g: Any, shape: tuple[int, ...]) -> Any:
    """Sum over the axes along which an array of the shape was repeated."""
    new = g.ndim - len(shape)
    if new == 1 and 1 not in shape:  # such as a bias that was added to each sample
        return g.sum(axis=0)
    stretched = [new + i for i, n in enumerate(shape) if n == 1]
    return g.sum(axis=(*range(new), *stretched)).reshape(shape)
