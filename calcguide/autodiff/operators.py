"""The differential operators: each runs a function on variables, and then reads the tape."""

import functools
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from calcguide.autodiff.sweep import sweep
from calcguide.autodiff.tape import Tape
from calcguide.autodiff.variable import REAL, Variable, real, told

__all__ = ["grad", "hvp", "jacobian", "value_and_grad"]


def grad(fun: Callable[..., Any]) -> Callable[..., Any]:
    r"""Return the function that computes the gradient of a function.

    Parameters
    ----------
    fun : callable
        `fun(x, *args) -> float`, written with the operations listed at the top of this module.

    Returns
    -------
    callable
        `gradient(x, *args)`, the partial derivatives with respect to `x`: an array of its shape.
        `x` may also be a list or tuple of arrays, nested too; the gradient is then built alike. A
        list of numbers alone is an array. A named tuple always counts as a tuple of arrays.

    Raises
    ------
    ValueError
        On calling it, if `fun` does not return one number.
    TypeError
        On calling it, if `x` or a constant of `fun` does not hold real numbers or is an array of a
        type of its own (a masked array, a matrix), or if `fun` returns something else, changes a
        variable in place, or takes it out of the reach of the tape, as `float(x)` does.
    NotImplementedError
        On calling it, if `fun` uses an operation without a rule.

    Notes
    -----
    One run of `fun` and one reading of the tape, for any number of variables: a small multiple of
    the cost of `fun` [1]. Gradients are exact to rounding. They can be differentiated again:
    `grad` may be nested.

    `fun` may change its plain arrays after it has used them, as in `weight *= 0.5`: what the
    gradient needs of them is copied. Large ones are not copied, which would take longer than what
    is done with them. If one of them has changed at the end, there is a TypeError.

    Where there is no derivative, a convention holds:

    - 0 for `abs` and `linalg.norm` at 0, where the second derivative of the norm is nan
    - equal shares for the arguments among which `maximum`, `minimum`, `max` or `min` has a tie, so
      that `np.maximum(x, 0)` has the derivative ½ at 0, and for those that are the same infinity
      in `logaddexp`
    - 0 for `x**0` at 0, and by the exponent for `0**y` with `y >= 0`; nan by the exponent where
      the base is negative
    - nan where an infinite derivative meets a factor 0, as in `np.sqrt(x)**2` at 0. For the length
      of a vector use `np.linalg.norm`, not `np.sqrt(np.sum(x**2))`.

    `np.where(condition, x, y)` selects, it does not protect: both sides are computed, and where
    the one that is not selected has an infinite derivative, the gradient is nan. Guard the
    argument instead: `np.sqrt(np.where(x > 0, x, 1))`.

    References
    ----------
    [1] A. Griewank, A. Walther, "Evaluating Derivatives", 2nd ed., SIAM, chapter 3 (2008).

    Examples
    --------
    >>> import numpy as np
    >>> from calcguide.autodiff import grad
    >>> def loss(w, X, y):
    ...     return np.mean((np.tanh(X @ w) - y) ** 2)
    >>> X = np.array([[1.0, 2.0], [3.0, -1.0]])
    >>> grad(loss)(np.zeros(2), X, np.array([1.0, 0.0]))
    array([-1., -2.])

    Nested, for the second derivative of $x^3$ at 2:

    >>> float(grad(grad(lambda x: x**3))(2.0))
    12.0
    """
    evaluate = value_and_grad(fun)

    @functools.wraps(fun)
    def gradient(x: Any, *args: Any, **kwargs: Any) -> Any:
        return evaluate(x, *args, **kwargs)[1]

    return gradient


def value_and_grad(fun: Callable[..., Any]) -> Callable[..., tuple[Any, Any]]:
    r"""Return the function that computes a function and its gradient in one run.

    Parameters
    ----------
    fun : callable
        `fun(x, *args) -> float`, as for `grad`.

    Returns
    -------
    callable
        `evaluate(x, *args) -> (value, gradient)`. It can be passed to an optimizer with
        `jac=True`.

    Raises
    ------
    ValueError, TypeError, NotImplementedError
        On calling it, as for `grad`.

    Examples
    --------
    >>> from calcguide.autodiff import value_and_grad
    >>> value, gradient = value_and_grad(lambda x: (x @ x - 10) ** 2)([1.0, 2.0])
    >>> value, gradient
    (25.0, array([-20., -40.]))
    """
    _require_callable(fun)

    @functools.wraps(fun)
    def evaluate(x: Any, *args: Any, **kwargs: Any) -> tuple[Any, Any]:
        tape = Tape()
        value = fun(_track(x, tape), *args, **kwargs)
        inputs = len(tape.inputs)
        last = _of_tape(value, tape)
        shape = np.shape(value if last is None else last.value)
        if shape != ():
            raise ValueError(
                f"fun must return one number, got shape {shape}: "
                "take its sum or mean, or use jacobian"
            )
        if last is None:
            adjoints: list[Any] = [None] * inputs
        else:
            value = last.value
            tape.check()
            adjoints = sweep(tape, last.index, np.float64(1.0), inputs)
        return _number(value), _collect(x, map(_slope, tape.inputs, adjoints))

    return evaluate


def jacobian(fun: Callable[..., Any]) -> Callable[..., Any]:
    r"""Return the function that computes the Jacobian of a function.

    Parameters
    ----------
    fun : callable
        `fun(x, *args) -> array` of any shape, as for `grad` otherwise. `x` is one array.

    Returns
    -------
    callable
        `matrix(x, *args)`, the partial derivatives $J_{ij} = \partial f_i / \partial x_j$: an
        array whose shape is that of the result followed by that of `x`.

    Raises
    ------
    ValueError, TypeError, NotImplementedError
        On calling it, as for `grad`.

    Notes
    -----
    One run of `fun`, and one reading of the tape for each element of its result.
    `jacobian(grad(fun))` is the Hessian.

    Examples
    --------
    >>> from calcguide.autodiff import grad, jacobian
    >>> jacobian(lambda x: x**2)([1.0, 2.0, 3.0])
    array([[2., 0., 0.],
           [0., 4., 0.],
           [0., 0., 6.]])
    >>> jacobian(grad(lambda x: x[0] ** 2 + 10 * x[1] ** 2 + x[0] * x[1]))([1.0, 1.0])
    array([[ 2.,  1.],
           [ 1., 20.]])
    """
    _require_callable(fun)

    @functools.wraps(fun)
    def matrix(x: Any, *args: Any, **kwargs: Any) -> Any:
        if _is_group(x):
            raise TypeError(f"x must be one array, got a {type(x).__name__} of arrays")
        tape = Tape()
        result = fun(_track(x, tape), *args, **kwargs)
        inner = tape.inputs[0].shape
        last = _of_tape(result, tape)
        if last is None:
            return np.zeros(np.shape(result) + inner)
        outer = last.value.shape
        tape.check()
        rows = []
        for i in range(last.value.size):
            seed = np.zeros(outer)
            seed.flat[i] = 1.0
            row = sweep(tape, last.index, seed, 1)[0]
            rows.append(np.zeros(inner) if row is None else row)
        return np.stack(rows).reshape(outer + inner) if rows else np.zeros(outer + inner)

    return matrix


def hvp(fun: Callable[..., Any]) -> Callable[..., Any]:
    r"""Return the function that computes the Hessian-vector product of a function.

    Parameters
    ----------
    fun : callable
        `fun(x, *args) -> float`, as for `grad`.

    Returns
    -------
    callable
        `product(x, v, *args)`, the array $\nabla^2 f(x)\, v$ of the shape of `x`. If `x` is a
        list or tuple of arrays, `v` is built alike.

    Raises
    ------
    ValueError
        On calling it, if the shapes of `x` and `v` differ, or as for `grad`.
    TypeError, NotImplementedError
        On calling it, as for `grad`.

    Notes
    -----
    The Hessian is not formed. Since $\nabla^2 f(x)\, v = \nabla_x \bigl(\nabla f(x) \cdot v\bigr)$
    for a constant $v$ [1], it is the gradient of a function that computes a gradient, exact to
    rounding. The time does not grow with the number of variables more than that of the gradient
    does: it is about four times as long for the networks of `benchmarks/autodiff.py`. The central
    difference $(\nabla f(x + hv) - \nabla f(x - hv)) / 2h$ takes two gradients, and is not exact.

    References
    ----------
    [1] B. A. Pearlmutter, "Fast exact multiplication by the Hessian", Neural Computation 6(1),
    147-160 (1994).

    Examples
    --------
    >>> from calcguide.autodiff import hvp
    >>> hvp(lambda x: x[0] ** 2 + 10 * x[1] ** 2 + x[0] * x[1])([1.0, 1.0], [1.0, 0.0])
    array([2., 1.])
    """
    gradient = grad(fun)

    @functools.wraps(fun)
    def product(x: Any, v: Any, *args: Any, **kwargs: Any) -> Any:
        directions = [_own(leaf, "v") for leaf in _leaves(v)]
        shapes = [real(leaf, "x").shape for leaf in _leaves(x)]
        if shapes != [direction.shape for direction in directions]:
            got = [direction.shape for direction in directions]
            raise ValueError(f"x and v must have the same shapes, got {shapes} and {got}")

        def slope(x: Any) -> Any:
            slopes = _leaves(gradient(x, *args, **kwargs))
            return sum((np.sum(g * d) for g, d in zip(slopes, directions, strict=True)), 0.0)

        return grad(slope)(x)

    return product


def _track(x: Any, tape: Tape) -> Any:
    """Return x with a variable in place of each array."""
    if _is_group(x):
        return _alike(x, [_track(part, tape) for part in x])
    value = _own(x, "x")
    return Variable(value, tape, tape.add_input(value))


def _own(value: Any, name: str) -> Any:
    """Return a variable as it is, and anything else as a new array of floats."""
    value = real(value, name)
    return value if type(value) is Variable else np.array(value, dtype=np.float64)


def _collect(x: Any, slopes: Iterator[Any]) -> Any:
    """Return the adjoints in the form of x."""
    if _is_group(x):
        return _alike(x, [_collect(part, slopes) for part in x])
    return next(slopes)


def _slope(value: Any, adjoint: Any) -> Any:
    """Return the adjoint of an input as an array that shares memory with nothing."""
    if adjoint is None:
        return np.zeros(value.shape)
    return adjoint if type(adjoint) is Variable else np.array(adjoint, dtype=np.float64)


def _is_group(x: Any) -> bool:
    """Whether x holds arrays: a list or tuple of numbers alone is an array itself.

    A named tuple always does, as the function asks for its fields.
    """
    if isinstance(x, (list, tuple)):
        if type(x) not in (list, tuple) and hasattr(x, "_fields"):
            return True
        for part in x:
            if isinstance(part, (np.ndarray, Variable)) or _is_group(part):
                return True
    return False


def _alike(group: Any, parts: list[Any]) -> Any:
    """Return a list or tuple of the same type, named or not."""
    return group._make(parts) if hasattr(group, "_fields") else type(group)(parts)


def _leaves(x: Any) -> list[Any]:
    return [leaf for part in x for leaf in _leaves(part)] if _is_group(x) else [x]


def _of_tape(value: Any, tape: Tape) -> Variable | None:
    """Return what a function has returned if it depends on the inputs, else None."""
    if type(value) is Variable:
        dtype = value.dtype
        found = value if value.tape is tape else None
    else:
        dtype, found = np.asarray(value).dtype, None
    if dtype.kind not in REAL:
        raise TypeError(f"fun must return real numbers, got {told(value, dtype)}")
    return found


def _number(value: Any) -> Any:
    return value if type(value) is Variable else float(value)


def _require_callable(fun: object) -> None:
    if not callable(fun):
        raise TypeError(f"fun must be callable, got {type(fun).__name__}")
