"""The slope of a function along a line from differences with many steps, and how sure it is.

One step size can't tell truncation from rounding, nor a kink from a curve. With a ladder of them,
the estimates of neighbouring steps say how far they can be trusted.
"""

from collections.abc import Callable
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "FEW",
    "MANY",
    "Slope",
    "best",
    "noise_and_precision",
    "random_direction",
    "reach",
    "slope",
]

Array: TypeAlias = NDArray[np.float64]
Evaluate: TypeAlias = Callable[[Array], Any]

# The steps fall by this factor. With an integer, a step that is near a multiple of the period of
# the function would be followed, on all rungs above, by others. None of the steps is a power of
# two, whose values would be rounded too kindly.
_RATIO = 3.7
FEW = 0.6 * _RATIO ** -np.arange(1.0, 6.0)
# Down to 3.6e-11, where only rounding is left.
MANY = 0.6 * _RATIO ** -np.arange(19.0)
_SPACINGS = (1e-12, 1e-10, 1e-8, 1e-6, 1e-4, 1e-2)


class Slope(NamedTuple):
    """The derivative along a line; arrays if the function returns arrays.

    ``error`` is what the value may be off by, and ``noise`` the part of it that rounding causes.
    ``scale`` is the largest one-sided slope over the step: about the size of the derivative, or,
    where this vanishes, of its change.
    """

    value: Any
    error: Any
    noise: Any
    scale: Any


def reach(x: Array) -> Array:
    """Return the scale of the steps in each variable: its size, or 1 for a zero."""
    size = np.abs(x)
    # A part of a subnormal number is no longer exact.
    return np.where(size > np.finfo(np.float64).tiny / FEW[-1], size, 1.0)


def best(first: Slope, second: Slope) -> Slope:
    """Return the one with the smaller error, entry by entry."""
    better = second.error < first.error
    return Slope(*(np.where(better, b, a)[()] for a, b in zip(first, second, strict=True)))


def slope(
    evaluate: Evaluate,
    x: Array,
    direction: Array,
    steps: Array,
    *,
    base: Any,
    noise: Any,
    eps: float,
    forward: bool = False,
) -> Slope:
    """Return the derivative of ``evaluate(x + t * direction)`` at t = 0.

    ``base`` is the value at x, ``noise`` the error of a value, ``eps`` the relative error of a
    coordinate. Of all pairs of neighbouring steps the one with the smallest error is taken.
    """
    t = steps.reshape(-1, *(1,) * np.ndim(base))
    with np.errstate(all="ignore"):
        up = np.array([_value(evaluate, x + step * direction, base) for step in steps])
        ahead = (up - base) / t
        if forward:
            estimates, order, jump = ahead, 1, np.zeros_like(ahead)
            behind = ahead
        else:
            down = np.array([_value(evaluate, x - step * direction, base) for step in steps])
            behind = (base - down) / t
            estimates, order, jump = (up - down) / (2 * t), 2, ahead - behind
        # Richardson's extrapolation removes the first term of the error. What it changes from one
        # pair of steps to the next is mostly the error of the former.
        factor = _RATIO**order
        values = (factor * estimates[1:] - estimates[:-1]) / (factor - 1)
        settling = np.abs(np.diff(values, axis=0))
        # The one-sided slopes differ by h f'', which the extrapolation removes, and by what a kink
        # adds. Its half is how far the slopes on both sides are from their mean.
        kink = np.abs(_RATIO * jump[1:] - jump[:-1])[1:] / (_RATIO - 1) / 2
        # The coordinates are rounded as well, and so is the step.
        rounding = 2 * (noise + eps * np.abs(estimates)) / t
        size = np.maximum(np.abs(ahead[1:-1]), np.abs(behind[1:-1]))
        errors = settling + kink + rounding[2:]
        # Nothing is known from steps so long that the estimates do not settle, ...
        unsettled = (settling > 0.5 * size) & (settling > 4 * rounding[2:])
        errors = np.where(np.isfinite(errors) & ~unsettled, errors, np.inf)
        # ... nor from those that agree by chance, which shorter ones contradict.
        for k in range(len(errors) - 1):
            margin = 2 * (errors[k + 1 :] + errors[k])
            contradicted = (np.abs(values[k + 2 :] - values[k + 1]) > margin).any(axis=0)
            errors[k] = np.where(contradicted, np.inf, errors[k])
        rung = np.argmin(errors, axis=0, keepdims=True)

        def chosen(rungs: Array) -> Any:
            return np.take_along_axis(rungs, rung, axis=0)[0]

        return Slope(
            chosen(values[1:]),
            chosen(errors),
            chosen(rounding[2:]),
            chosen(size),
        )


def noise_and_precision(evaluate: Evaluate, x: Array, base: Any, eps: float) -> tuple[Any, float]:
    """Return the error of a value, and the relative precision of the arithmetic behind it.

    ``eps`` is the precision of the type of the values; that of the arithmetic may be worse. From the differences of high order of values so close together that they lie on a line but for
    their noise. See J. J. Moré, S. M. Wild, "Estimating computational noise", SIAM Journal on
    Scientific Computing 33(3), 1292-1314 (2011).
    """
    direction = random_direction(x)
    lines = (direction, direction / reach(x) * np.maximum(1, np.abs(x)))
    with np.errstate(all="ignore"):
        for step in (spacing * line for line in lines for spacing in _SPACINGS):
            values = np.array([_value(evaluate, x + j * step, base) for j in range(8)])
            # Where most are equal, they are too close to show how they are rounded.
            if np.mean(np.diff(values, axis=0) != 0) > 0.5:
                break
        else:
            return eps * np.abs(base), eps
        for kind in (np.float32, np.float16):
            if np.array_equal(values, values.astype(kind)):
                eps = max(eps, float(np.finfo(kind).eps))
        observed = [
            np.sqrt(share) * np.abs(np.diff(values, n=n, axis=0)).max(axis=0)
            for n, share in ((3, 1 / 20), (4, 1 / 70), (5, 1 / 252))
        ]
        # nan beyond the domain: fmax passes over it.
        return np.fmax(eps * np.abs(base), np.fmax.reduce(observed)), eps


def random_direction(x: Array) -> Array:
    """Return a direction, always the same, in which no variable stands still or stands out."""
    rng = np.random.default_rng(0)
    return np.asarray(reach(x) * rng.uniform(0.5, 1, x.shape) * rng.choice([-1.0, 1.0], x.shape))


def emerges(evaluate: Evaluate, x: Array, direction: Array, base: float, noise: float) -> bool:
    """Say whether a function that is constant near x grows out of its noise farther away.

    A variable of small weight does, in steps of a few times the noise. One without weight changes
    nothing anywhere, and one that is cut off by a threshold changes much at once.
    """
    with np.errstate(all="ignore"):
        for step in 0.6 * 8.0 ** np.arange(10):
            points = (x + step * direction, x - step * direction)
            change = max(abs(_value(evaluate, point, base) - base) for point in points)
            if change != 0:
                # A cubic grows by 8**3 from one step to the next.
                return bool(change <= 8**3 * noise)
    return False


def _value(evaluate: Evaluate, x: Array, base: Any) -> Any:
    """Return the value at a point that may lie outside the domain of the function: then nan."""
    try:
        return evaluate(x)
    except (ArithmeticError, ValueError):
        return np.full(np.shape(base), np.nan)[()]
