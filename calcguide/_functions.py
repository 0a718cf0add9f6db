"""How a function of the caller is called: it shares no array with the code that calls it."""

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from calcguide._checks import as_real, refuse_masked

__all__ = ["Function", "as_tuple", "as_vector", "bind", "bind_vector", "detach"]

Function: TypeAlias = Callable[..., Any]
Vector: TypeAlias = NDArray[np.float64]


def bind(function: Function, args: object, name: str) -> Callable[[NDArray[Any]], Any]:
    """Return ``function`` as a function of the point alone that shares no memory with its caller.

    It is handed a copy of the point, into which it may write, and what it returns is copied, so
    that it may return one and the same array each time.
    """
    arguments = as_tuple(args)

    def call(x: NDArray[Any]) -> Any:
        value = function(x.copy(), *arguments)
        return value if isinstance(value, float) else detach(value, name)

    return call


def bind_vector(function: Function, args: object, name: str) -> Callable[[Vector], Vector]:
    """Return the same for a function whose values are vectors of floats of the point's shape."""
    arguments = as_tuple(args)

    def call(x: Vector) -> Vector:
        return as_vector(function(x.copy(), *arguments), x, name)

    return call


def detach(value: Any, name: str) -> NDArray[Any]:
    """Return what the function ``name`` has returned as an array of its own."""
    refuse_masked(value, name)
    try:
        return np.array(value)
    except ValueError as error:
        raise ValueError(f"{name} must return numbers with equal rows, {error}") from error


def as_vector(value: ArrayLike, like: Vector, name: str) -> Vector:
    """Return what the function ``name`` has returned as a new array of floats, shaped ``like``."""
    # The fast lane: this is called in every step of every optimizer.
    if type(value) is np.ndarray and value.dtype.char == "d":
        vector = value.copy()
    else:
        vector = as_real(value, f"the value of {name}").copy()
    if vector.shape != like.shape:
        raise ValueError(f"{name} must return shape {like.shape}, got shape {vector.shape}")
    return vector


def as_tuple(args: object) -> tuple[Any, ...]:
    """Return further arguments as a tuple; SciPy, too, takes a single one without brackets."""
    return args if isinstance(args, tuple) else (args,)
