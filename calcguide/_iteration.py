"""The loop that all optimizers share, and what it takes from its caller."""

import inspect
from collections.abc import Callable, Sequence
from math import hypot, inf, sqrt
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from calcguide._checks import as_array, as_bool, as_integer, as_number, as_scalar
from calcguide._functions import Function, as_tuple, as_vector, bind, bind_vector, detach
from calcguide.results import History, IntermediateResult, OptimizeResult, Status

__all__ = ["Function", "Vector", "euclidean_norm", "iterate", "value_and_gradient"]

Vector: TypeAlias = NDArray[np.float64]
# From a point and its number to the value, the gradient and its Euclidean norm.
Visit: TypeAlias = Callable[[Vector, int], tuple[Any, Vector, float]]
# From a point, its value and its gradient to the next point, or to the reason why there is none.
Advance: TypeAlias = Callable[[Vector, float, Vector], Vector | Status]


def iterate(
    visit: Visit,
    advance: Advance,
    x0: ArrayLike,
    *,
    maxiter: int = 1000,
    gtol: float = 1e-5,
    tol: float | None = None,
    callback: Callable[..., object] | None = None,
    return_all: bool = True,
    **unsupported: object,
) -> OptimizeResult:
    """Go from point to point until the gradient is small, the limit is reached, or all fails.

    A method brings two functions: ``visit`` evaluates a point, ``advance`` leads on from it. The
    options are those of `calcguide.gradient_descent.Options`.
    """
    x = as_array(x0, "x0", ndim=(0, 1)).reshape(-1)
    maxiter = as_integer(maxiter, "maxiter", least=0)
    gtol = as_number(gtol if tol is None else tol, "gtol" if tol is None else "tol", least=0)
    return_all = as_bool(return_all, "return_all")
    report = _reporter(callback)
    _refuse(unsupported)

    points: list[Vector] = []
    values: list[float] = []
    norms: list[float] = []
    last = jac = x
    status = Status.ITERATION_LIMIT
    # The largest magnitude in a vector of n numbers is at least its Euclidean norm / sqrt(n). The
    # norm is needed anyway; the magnitudes are looked at only when it is this small.
    near = 1.001 * gtol * sqrt(x.size)
    # Zero times a finite number is zero, anything else is nan: one comparison tells for them all.
    by_zeros = np.zeros_like(x).dot

    with np.errstate(all="ignore"):
        for k in range(maxiter + 1):
            value, grad, norm = visit(x, k)
            if not isinstance(value, float):
                value = as_scalar(value, "fun")
            if value * 0.0 + norm * 0.0 + by_zeros(x) != 0.0:
                if k == 0:
                    raise ValueError(
                        "the function and its gradient must be finite at x0, "
                        f"got {value} and a gradient of norm {norm}"
                    )
                status = Status.NOT_FINITE
                break
            last = x
            if return_all:
                points.append(x)
            values.append(value)
            norms.append(norm)
            jac = grad
            if k > 0 and report is not None and report(x, value, grad, k):
                status = Status.STOPPED_BY_CALLBACK
                break
            if norm <= near and np.abs(grad).max() <= gtol:
                status = Status.CONVERGED
                break
            # After the last step that is allowed, where to go next need not be found out.
            if k < maxiter:
                following = advance(x, value, grad)
                if isinstance(following, Status):
                    status = following
                    break
                x = following

    visits = k + 1
    kept = np.concatenate(points) if return_all else np.empty(0)
    history = History(kept.reshape(-1, x.size), np.array(values), np.array(norms))
    return OptimizeResult(
        x=last.copy(),
        fun=float(values[-1]),
        jac=jac,
        nit=len(values) - 1,
        nfev=visits,
        njev=visits,
        status=status,
        history=history,
    )


def value_and_gradient(
    fun: Function, jac: Function | bool | None, args: object
) -> tuple[Function, Function]:
    """Return the function and its gradient, both as functions of the point alone.

    The gradient is a new array of floats of the shape of the point.
    """
    if not callable(fun):
        raise TypeError(f"fun must be callable as fun(x, *args), got {type(fun).__name__}")
    if jac is True:
        return _split(fun, as_tuple(args))
    if callable(jac):
        return bind(fun, args, "fun"), bind_vector(jac, args, "jac")
    raise ValueError(
        f"jac must be a function that returns the gradient, or True, got {jac!r}; "
        "calcguide.derivatives.gradient approximates it: jac=lambda x: gradient(fun, x)"
    )


def euclidean_norm(vector: Vector) -> float:
    """Return the norm; where the squares overflow or underflow, the slower way that does not."""
    square = vector.dot(vector)
    return sqrt(square) if 1e-290 < square < inf else hypot(*vector)


def _split(fun: Function, arguments: tuple[Any, ...]) -> tuple[Function, Function]:
    """Split a function that returns value and gradient in two, and call it once a point."""
    known: Vector | None = None
    value: Any = None
    grad: Vector

    def value_at(x: Vector) -> Any:
        nonlocal known, value, grad
        # The same array, or, from a line search, another one with the same numbers.
        if known is None or not (x is known or np.array_equal(x, known)):
            pair = fun(x.copy(), *arguments)
            if not isinstance(pair, tuple | list) or len(pair) != 2:
                raise ValueError(
                    "fun must return the pair of value and gradient where jac is True, "
                    f"got {type(pair).__name__}"
                )
            value, grad = detach(pair[0], "fun"), as_vector(pair[1], x, "jac")
            known = x
        return value

    def gradient_at(x: Vector) -> Vector:
        value_at(x)
        return grad

    return value_at, gradient_at


def _reporter(
    callback: Callable[..., object] | None,
) -> Callable[[Vector, float, Vector, int], bool] | None:
    """Return a function that calls the callback and says whether it wants to stop."""
    if callback is None:
        return None
    if not callable(callback):
        raise TypeError(f"callback must be callable, got {type(callback).__name__}")
    # SciPy's rule: the name of the only parameter decides.
    wants_result = _parameters(callback) == ["intermediate_result"]

    def report(x: Vector, value: float, grad: Vector, nit: int) -> bool:
        try:
            if wants_result:
                result = IntermediateResult(x=x.copy(), fun=float(value), jac=grad.copy(), nit=nit)
                callback(intermediate_result=result)
            else:
                callback(x.copy())
        except StopIteration:
            return True
        return False

    return report


def _parameters(callback: Callable[..., object]) -> Sequence[str]:
    try:
        return list(inspect.signature(callback).parameters)
    except ValueError:  # some built-in functions have no signature
        return []


def _refuse(options: dict[str, object]) -> None:
    """Refuse what SciPy hands on to every method and these don't support, if it was given."""
    for name in ("hess", "hessp", "bounds", "constraints"):
        if options.pop(name, None) not in (None, (), []):
            raise ValueError(f"{name} must be left out: this method does not support it")
    if options:
        raise TypeError(f"unknown option {', '.join(map(repr, options))}")
