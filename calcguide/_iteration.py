"""The loop that all optimizers share, and what it takes from its caller."""

import inspect
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from calcguide._checks import as_array, as_integer, as_number, as_scalar
from calcguide.results import History, IntermediateResult, OptimizeResult, Status

__all__ = ["Function", "Vector", "as_vector", "bind", "iterate", "value_and_gradient"]

Vector: TypeAlias = NDArray[np.float64]
Function: TypeAlias = Callable[..., Any]
# From a point and its number to the value, the gradient and the norm that is to become small.
Visit: TypeAlias = Callable[[Vector, int], tuple[Any, Vector, float]]
# From a point, its value and its gradient to the next point, or to the reason why there is none.
Advance: TypeAlias = Callable[[Vector, float, Vector], Vector | Status]


def iterate(
    visit: Visit,
    advance: Advance,
    x0: ArrayLike,
    *,
    maxiter: int = 1000,
    gtol: float = 1e-6,
    atol: float = 0.0,
    tol: float | None = None,
    callback: Callable[..., object] | None = None,
    **unsupported: object,
) -> OptimizeResult:
    """Go from point to point until the gradient is small, the limit is reached, or all fails.

    A method brings two functions: ``visit`` evaluates a point, ``advance`` leads on from it. The
    options are those of `calcguide.gradient_descent.Options`.
    """
    x = as_array(x0, "x0", ndim=(0, 1)).reshape(-1)
    maxiter = as_integer(maxiter, "maxiter", least=0)
    gtol = as_number(gtol if tol is None else tol, "gtol" if tol is None else "tol", least=0)
    atol = as_number(atol, "atol", least=0)
    report = _reporter(callback)
    _refuse(unsupported)

    points: list[Vector] = []
    values: list[float] = []
    norms: list[float] = []
    jac = x
    status = Status.ITERATION_LIMIT
    tolerance = 0.0
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
            points.append(x)
            values.append(value)
            norms.append(norm)
            jac = grad
            if k == 0:
                tolerance = max(gtol * norm, atol)
            elif report is not None and report(x, value, grad, k):
                status = Status.STOPPED_BY_CALLBACK
                break
            if norm <= tolerance:
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
    history = History(np.array(points), np.array(values), np.array(norms))
    return OptimizeResult(
        x=points[-1].copy(),
        fun=float(values[-1]),
        jac=jac,
        nit=len(points) - 1,
        nfev=visits,
        njev=visits,
        status=status,
        history=history,
    )


def value_and_gradient(
    fun: Function, jac: Function | bool | None, args: object
) -> tuple[Function, Function]:
    """Return the function and its gradient, both as functions of the point alone."""
    if not callable(fun):
        raise TypeError(f"fun must be callable as fun(x, *args), got {type(fun).__name__}")
    if jac is True:
        return _split(bind(fun, args))
    if callable(jac):
        return bind(fun, args), bind(jac, args)
    raise ValueError(
        f"jac must be a function that returns the gradient, or True, got {jac!r}; "
        "calcguide.derivatives.gradient approximates it: jac=lambda x: gradient(fun, x)"
    )


def bind(function: Function, args: object) -> Function:
    arguments = args if isinstance(args, tuple) else (args,)
    # Without further arguments the bare function is the faster one.
    return (lambda x: function(x, *arguments)) if arguments else function


def as_vector(value: ArrayLike, like: Vector, name: str) -> Vector:
    """Return a copy of what the function ``name`` has returned, if it has the right shape."""
    # A copy, for a function may use one buffer for all its calls.
    vector: Vector = np.array(value, np.float64)
    if vector.shape != like.shape:
        raise ValueError(f"{name} must return shape {like.shape}, got shape {vector.shape}")
    return vector


def _split(fun: Function) -> tuple[Function, Function]:
    """Split a function that returns value and gradient in two, and call it once a point."""
    known: Vector | None = None
    value: Any = None
    grad: Any = None

    def value_at(x: Vector) -> Any:
        nonlocal known, value, grad
        # The same array, or, from a line search, another one with the same numbers.
        if known is None or not (x is known or np.array_equal(x, known)):
            value, grad = fun(x)
            known = x
        return value

    def gradient_at(x: Vector) -> Any:
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
