"""The tape: what is written down while a function runs, and how it is read backwards."""

import itertools
from collections.abc import Callable
from typing import Any

__all__ = ["Tape", "sweep", "unbroadcast"]


class Tape(list[list[tuple[int, tuple[int, ...], Callable[[Any], Any]]]]):
    """For each variable, in the order of their birth: its parents, their shapes, the pullbacks.

    An entry knows values but no variables, so that nothing refers back to the tape and all is
    freed as soon as it is done with.
    """

    __slots__ = ("inputs", "level")

    _levels = itertools.count()

    def __init__(self) -> None:
        self.level = next(self._levels)
        self.inputs: list[Any] = []

    def add_input(self, value: Any) -> int:
        """Put an input on the tape, and return its place."""
        self.append([])
        self.inputs.append(value)
        return len(self) - 1


def sweep(tape: Tape, last: int, seed: Any, inputs: int) -> list[Any]:
    """Read the tape backwards; return the adjoints of the inputs, None for those without effect."""
    adjoints: list[Any] = [None] * (last + 1)
    adjoints[last] = seed
    for index in range(last, inputs - 1, -1):
        g = adjoints[index]
        if g is None:
            continue
        adjoints[index] = None
        for parent, shape, pullback in tape[index]:
            contribution = pullback(g)
            if contribution.shape != shape:
                contribution = unbroadcast(contribution, shape)
            so_far = adjoints[parent]
            # Never in place: both may be shared with other variables.
            adjoints[parent] = contribution if so_far is None else so_far + contribution
    return (adjoints + [None] * inputs)[:inputs]


def unbroadcast(g: Any, shape: tuple[int, ...]) -> Any:
    """Sum over the axes along which an array of the shape was repeated."""
    new = g.ndim - len(shape)
    if new == 1 and 1 not in shape:  # such as a bias that was added to each sample
        return g.sum(axis=0)
    stretched = [new + i for i, n in enumerate(shape) if n == 1]
    return g.sum(axis=(*range(new), *stretched)).reshape(shape)
