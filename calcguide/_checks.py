"""Checks of what callers pass in: each failure names the argument, what came and what is wanted."""

from numbers import Integral, Real
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = [
    "as_array",
    "as_bool",
    "as_integer",
    "as_number",
    "as_real",
    "as_scalar",
    "refuse_masked",
    "same_length",
]


def as_real(
    value: ArrayLike, name: str, *, ndim: int | tuple[int, ...] | None = None
) -> NDArray[np.float64]:
    """Return ``value`` as a float array of real numbers, or say what is wrong with it.

    It may be ``value`` itself, and hold inf or nan: what a diverging run says is to come out.
    """
    refuse_masked(value, name)
    try:
        array: NDArray[Any] = np.asarray(value)
    except ValueError as error:
        raise ValueError(f"{name} must be an array of numbers with equal rows, {error}") from error
    if array.dtype.kind not in "buif":
        raise TypeError(f"{name} must be an array of real numbers, got dtype {array.dtype}")
    wanted = (ndim,) if isinstance(ndim, int) else ndim
    if wanted is not None and array.ndim not in wanted:
        dims = " or ".join(f"{n}-D" for n in wanted)
        raise ValueError(f"{name} must be {dims}, got shape {array.shape}")
    return array.astype(np.float64, copy=False)


def as_array(
    value: ArrayLike,
    name: str,
    *,
    ndim: int | tuple[int, ...] | None = None,
    copy: bool = True,
    empty: bool = False,
) -> NDArray[np.float64]:
    """Return a new float array of finite real numbers, or say what is wrong with ``value``.

    Without ``copy`` it may be ``value`` itself, for those who only read it. With ``empty`` it may
    hold no numbers at all.
    """
    result = as_real(value, name, ndim=ndim)
    if result.size == 0 and not empty:
        raise ValueError(f"{name} must not be empty, got shape {result.shape}")
    if not np.isfinite(result).all():
        where = tuple(int(i) for i in np.argwhere(~np.isfinite(result))[0])
        place = f" at index {where[0] if len(where) == 1 else where}" if where else ""
        raise ValueError(f"{name} must be finite, got {result[where]}{place}")
    return result.copy() if copy else result


def as_number(
    value: object,
    name: str,
    *,
    above: float | None = None,
    least: float | None = None,
    below: float | None = None,
    most: float | None = None,
) -> float:
    """Return ``value`` as a finite float within the bounds: ``above`` and ``below`` are strict."""
    # A bool is an Integral to Python, but never what is meant by a number here.
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, Real):
        raise TypeError(f"{name} must be a real number, got {type(value).__name__}")
    try:
        number = float(value)
    except OverflowError:
        raise ValueError(f"{name} must be within the range of floats, got {value}") from None
    bounds = [
        (">", above, above is None or number > above),
        (">=", least, least is None or number >= least),
        ("<", below, below is None or number < below),
        ("<=", most, most is None or number <= most),
    ]
    if not np.isfinite(number) or not all(fulfilled for _, _, fulfilled in bounds):
        wanted = [f"{sign} {limit:g}" for sign, limit, _ in bounds if limit is not None]
        raise ValueError(f"{name} must be {' and '.join(['finite', *wanted])}, got {number:g}")
    return number


def as_integer(value: object, name: str, *, least: int) -> int:
    """Return ``value`` as an int that is at least ``least``."""
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, Integral):
        raise TypeError(f"{name} must be an integer, got {type(value).__name__}")
    if value < least:
        raise ValueError(f"{name} must be >= {least}, got {value}")
    return int(value)


def as_bool(value: object, name: str) -> bool:
    """Return ``value`` as a bool if it is one: a string or a number in its place is a mistake."""
    if not isinstance(value, (bool, np.bool_)):
        raise TypeError(f"{name} must be True or False, got {type(value).__name__}")
    return bool(value)


def as_scalar(value: Any, name: str) -> float:
    """Return the one real number that the function ``name`` has returned, be it in an array."""
    # The first line is the fast lane: this is called in every step of every optimizer.
    if not isinstance(value, float):
        array = np.asarray(value)
        if array.size != 1 or array.dtype.kind not in "buif":
            raise ValueError(
                f"{name} must return one real number, "
                f"got dtype {array.dtype} and shape {array.shape}"
            )
        value = array.item()
    return float(value)


def refuse_masked(value: object, name: str) -> None:
    """Refuse an array with masked entries: without its mask, what was masked would come back."""
    if isinstance(value, np.ma.MaskedArray) and np.ma.is_masked(value):
        count = np.count_nonzero(np.ma.getmaskarray(value))
        raise TypeError(f"{name} must not be masked, got {count} masked entries: fill or drop them")


def same_length(
    first: NDArray[Any], first_name: str, second: NDArray[Any], second_name: str
) -> None:
    """Refuse two arrays whose first axes differ, instead of letting them broadcast."""
    if len(first) != len(second):
        raise ValueError(
            f"{first_name} and {second_name} must have the same length, "
            f"got shapes {first.shape} and {second.shape}"
        )
