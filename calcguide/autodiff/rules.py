"""The rules of NumPy's functions: forward and backward side by side."""

import functools
import itertools
import operator
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_tuple

from calcguide.autodiff.primitives import elementwise, primitive, stands_for
from calcguide.autodiff.tape import unbroadcast
from calcguide.autodiff.variable import FUNCTIONS, REDUCTIONS, UFUNCS, Variable, plain, refuse


def _same(g: Any) -> Any:
    return g


@elementwise(np.add)
def _add(x: Any, y: Any) -> Any:
    return x + y, _same, _same


@elementwise(np.subtract)
def _subtract(x: Any, y: Any) -> Any:
    return x - y, _same, lambda g: -g


@elementwise(np.multiply)
def _multiply(x: Any, y: Any) -> Any:
    return x * y, lambda g: g * y, lambda g: g * x


@elementwise(np.divide)
def _divide(x: Any, y: Any) -> Any:
    z = x / y
    return z, lambda g: g / y, lambda g: -g * z / y


@elementwise(np.power)
def _power(x: Any, y: Any) -> Any:
    z = x**y

    def by_base(g: Any) -> Any:
        # Where y is 0 the derivative is 0, also at x = 0, where 0 * x**-1 would be nan.
        simple = type(y) in (int, float) and y != 0
        return g * (y * x ** (y - 1 if simple else np.where(y == 0, 1.0, y - 1)))

    def by_exponent(g: Any) -> Any:
        # At x = 0 the limit of x**y log x, for y > 0.
        return g * z * np.log(np.where(x == 0, 1.0, x))

    return z, by_base, by_exponent


@elementwise(np.negative)
def _negative(x: Any) -> Any:
    return -x, lambda g: -g


@elementwise(np.positive)
def _positive(x: Any) -> Any:
    return x, _same


@elementwise(np.absolute, np.fabs)
def _absolute(x: Any) -> Any:
    return abs(x), lambda g: g * np.sign(x)


@elementwise(np.square)
def _square(x: Any) -> Any:
    return x * x, lambda g: g * (2.0 * x)


@elementwise(np.reciprocal)
def _reciprocal(x: Any) -> Any:
    y = 1.0 / x
    return y, lambda g: -g * y * y


@elementwise(np.sqrt)
def _sqrt(x: Any) -> Any:
    y = np.sqrt(x)
    return y, lambda g: g / (2.0 * y)


@elementwise(np.exp)
def _exp(x: Any) -> Any:
    y = np.exp(x)
    return y, lambda g: g * y


@elementwise(np.expm1)
def _expm1(x: Any) -> Any:
    y = np.expm1(x)
    return y, lambda g: g * (y + 1.0)


@elementwise(np.log)
def _log(x: Any) -> Any:
    return np.log(x), lambda g: g / x


@elementwise(np.log1p)
def _log1p(x: Any) -> Any:
    return np.log1p(x), lambda g: g / (1.0 + x)


@elementwise(np.logaddexp)
def _logaddexp(x: Any, y: Any) -> Any:
    z = np.logaddexp(x, y)
    return z, lambda g: g * np.exp(x - z), lambda g: g * np.exp(y - z)


@elementwise(np.sin)
def _sin(x: Any) -> Any:
    return np.sin(x), lambda g: g * np.cos(x)


@elementwise(np.cos)
def _cos(x: Any) -> Any:
    return np.cos(x), lambda g: -g * np.sin(x)


@elementwise(np.tan)
def _tan(x: Any) -> Any:
    y = np.tan(x)
    return y, lambda g: g * (1.0 + y * y)


@elementwise(np.arctan)
def _arctan(x: Any) -> Any:
    return np.arctan(x), lambda g: g / (1.0 + x * x)


@elementwise(np.sinh)
def _sinh(x: Any) -> Any:
    return np.sinh(x), lambda g: g * np.cosh(x)


@elementwise(np.cosh)
def _cosh(x: Any) -> Any:
    return np.cosh(x), lambda g: g * np.sinh(x)


@elementwise(np.tanh)
def _tanh(x: Any) -> Any:
    y = np.tanh(x)

    def by_x(g: Any) -> Any:
        if type(g) is not np.ndarray or type(y) is not np.ndarray:
            return g * (1.0 - y * y)
        # The same in one array instead of three: new memory is what large arrays cost.
        slope = y * y
        np.subtract(1.0, slope, out=slope)
        return np.multiply(g, slope, out=slope)

    return y, by_x


@elementwise("expit")
def _expit(x: Any) -> Any:
    from scipy.special import expit

    y = expit(x)
    return y, lambda g: g * (y * expit(-x))


@elementwise(np.maximum)
def _maximum(x: Any, y: Any) -> Any:
    return np.maximum(x, y), lambda g: g * _share(x, y), lambda g: g * _share(y, x)


@elementwise(np.minimum)
def _minimum(x: Any, y: Any) -> Any:
    return np.minimum(x, y), lambda g: g * _share(y, x), lambda g: g * _share(x, y)


def _share(x: Any, y: Any) -> Any:
    """Return 1 where x is the larger, 0 where it is the smaller, and ½ where they are equal."""
    return np.heaviside(plain(x) - plain(y), 0.5)


@primitive
def _select(x: Any, y: Any, *, condition: Any) -> Any:
    return (
        np.where(condition, x, y),
        lambda g: np.where(condition, g, 0.0),
        lambda g: np.where(condition, 0.0, g),
    )


@stands_for(np.where)
def _where(condition: Any, x: Any = None, y: Any = None) -> Any:
    condition = plain(condition)
    if x is None or y is None:
        return np.where(condition)
    return _select(x, y, condition=condition)


@elementwise(np.matmul)
def _matmul(x: Any, y: Any) -> Any:
    if x.ndim == y.ndim == 2:
        return x @ y, lambda g: g @ y.T, lambda g: x.T @ g
    if x.ndim == y.ndim == 1:
        return x @ y, lambda g: g * y, lambda g: g * x
    # A vector stands for a matrix of one row on the left, of one column on the right.
    rows = x[np.newaxis, :] if x.ndim == 1 else x
    columns = y[:, np.newaxis] if y.ndim == 1 else y

    def matrix(g: Any) -> Any:
        g = g[..., np.newaxis] if y.ndim == 1 else g
        return g[..., np.newaxis, :] if x.ndim == 1 else g

    def left(g: Any) -> Any:
        return unbroadcast(matrix(g) @ columns.swapaxes(-1, -2), rows.shape).reshape(x.shape)

    def right(g: Any) -> Any:
        return unbroadcast(rows.swapaxes(-1, -2) @ matrix(g), columns.shape).reshape(y.shape)

    return x @ y, left, right


@stands_for(np.dot)
def _dot(a: Any, b: Any) -> Any:
    if np.ndim(a) > 2 or np.ndim(b) > 2:
        refuse("np.dot of arrays with more than two axes", "use @")
    return _matmul(a, b) if np.ndim(a) and np.ndim(b) else _multiply(a, b)


@stands_for(np.outer)
def _outer(a: Any, b: Any) -> Any:
    return _multiply(_reshape(a, shape=(-1, 1)), _reshape(b, shape=-1))


@stands_for(np.linalg.norm)
def _norm(x: Any) -> Any:
    if x.ndim != 1:
        refuse("np.linalg.norm of a matrix", "use np.sqrt(np.sum(x**2))")
    return np.sqrt(_matmul(x, x))


def _reduction(rule: Any) -> Callable[..., Any]:
    function = primitive(rule)

    def reduce(a: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
        return function(a, axis=axis, keepdims=keepdims)

    return reduce


@stands_for(np.sum)
@_reduction
def _sum(x: Any, *, axis: Any, keepdims: bool) -> Any:
    value = x.sum(axis=axis, keepdims=keepdims)
    return value, lambda g: _spread(_kept(g, x, axis), shape=x.shape)


@stands_for(np.mean)
@_reduction
def _mean(x: Any, *, axis: Any, keepdims: bool) -> Any:
    value = x.mean(axis=axis, keepdims=keepdims)
    return value, lambda g: _spread(_kept(g * (value.size / x.size), x, axis), shape=x.shape)


@stands_for(np.max, np.amax)
@_reduction
def _max(x: Any, *, axis: Any, keepdims: bool) -> Any:
    value = x.max(axis=axis, keepdims=keepdims)
    return value, lambda g: _kept(g, x, axis) * _tied(x, value, axis)


@stands_for(np.min, np.amin)
@_reduction
def _min(x: Any, *, axis: Any, keepdims: bool) -> Any:
    value = x.min(axis=axis, keepdims=keepdims)
    return value, lambda g: _kept(g, x, axis) * _tied(x, value, axis)


@_reduction
def _logsumexp(x: Any, *, axis: Any, keepdims: bool) -> Any:
    # With the largest exponent taken out, nothing overflows.
    top = plain(x).max(axis=axis, keepdims=True)
    top = np.where(np.isfinite(top), top, 0.0)
    sums = np.exp(x - top).sum(axis=axis, keepdims=True)
    kept = np.log(sums) + top
    value = kept if keepdims else kept.reshape(plain(x).sum(axis=axis).shape)
    return value, lambda g: _kept(g, x, axis) * np.exp(x - kept)


def _kept(g: Any, x: Any, axis: Any) -> Any:
    """Return g with the axes of x over which was reduced as axes of length 1."""
    if axis is None or g.ndim == x.ndim:
        return g
    axes = normalize_axis_tuple(axis, x.ndim)
    return g.reshape([1 if i in axes else n for i, n in enumerate(x.shape)])


def _tied(x: Any, value: Any, axis: Any) -> Any:
    """Return the share of each element in the maximum: equal among those that are tied."""
    chosen = plain(x) == _kept(plain(value), x, axis)
    return chosen / chosen.sum(axis=axis, keepdims=True)


@primitive
def _spread(x: Any, *, shape: tuple[int, ...]) -> Any:
    # np.broadcast_to of plain arrays takes as long as five operations, and a view is read-only.
    value = np.broadcast_to(x, shape) if type(x) is Variable else np.full(shape, x)
    return value, _same


@stands_for(np.broadcast_to)
def _broadcast_to(array: Any, shape: Any) -> Any:
    return _spread(array, shape=np.empty(shape).shape)


@primitive
def _reshape(x: Any, *, shape: Any) -> Any:
    return np.reshape(x, shape), lambda g: g.reshape(x.shape)


@stands_for(np.reshape)
def _reshaped(a: Any, shape: Any) -> Any:
    return _reshape(a, shape=shape)


@primitive
def _transpose(x: Any, *, axes: Any = None) -> Any:
    back = None if axes is None else np.argsort(normalize_axis_tuple(axes, x.ndim))
    return x.transpose(axes), lambda g: g.transpose(back)


@primitive
def _swapaxes(x: Any, *, axis1: int, axis2: int) -> Any:
    return x.swapaxes(axis1, axis2), lambda g: g.swapaxes(axis1, axis2)


@primitive
def _getitem(x: Any, *, index: Any) -> Any:
    return x[index], lambda g: _scatter(g, index=index, shape=x.shape)


@primitive
def _scatter(g: Any, *, index: Any, shape: tuple[int, ...]) -> Any:
    if type(g) is Variable:
        value = _scatter(g, index=index, shape=shape)
    else:
        value = np.zeros(shape)
        if all(_picks_once(part) for part in (index if type(index) is tuple else (index,))):
            value[index] = g
        else:
            np.add.at(value, index, g)
    return value, lambda h: h[index]


def _picks_once(part: Any) -> bool:
    """Whether a part of an index takes no element twice: whole numbers in an array may."""
    if part is None or part is Ellipsis or isinstance(part, (int, slice, np.integer)):
        return True
    return np.asarray(part).dtype == bool


@primitive
def _concatenate(*arrays: Any, axis: int) -> Any:
    value = np.concatenate(arrays, axis=axis)
    before = (slice(None),) * (axis % value.ndim)
    ends = itertools.accumulate(array.shape[axis] for array in arrays)
    parts = [
        (*before, slice(end - array.shape[axis], end))
        for array, end in zip(arrays, ends, strict=True)
    ]
    return value, *(functools.partial(_part, index=index) for index in parts)


@primitive
def _stack(*arrays: Any, axis: int) -> Any:
    value = np.stack(arrays, axis=axis)
    before = (slice(None),) * (axis % value.ndim)
    return value, *(functools.partial(_part, index=(*before, i)) for i in range(len(arrays)))


def _part(g: Any, index: Any) -> Any:
    return g[index]


FUNCTIONS.update(
    {
        np.ravel: Variable.ravel,
        np.transpose: lambda a, axes=None: _transpose(a, axes=axes),
        np.swapaxes: lambda a, axis1, axis2: _swapaxes(a, axis1=axis1, axis2=axis2),
        np.squeeze: lambda a, axis=None: a.squeeze(axis),
        np.expand_dims: lambda a, axis: _reshape(a, shape=np.expand_dims(plain(a), axis).shape),
        np.concatenate: lambda arrays, axis=0: _concatenate(*arrays, axis=axis),
        np.stack: lambda arrays, axis=0: _stack(*arrays, axis=axis),
        operator.getitem: lambda a, index: _getitem(a, index=index),
    }
)

REDUCTIONS.update({np.add: _sum, np.maximum: _max, np.minimum: _min, np.logaddexp: _logsumexp})


def _of_values(function: Any) -> Callable[..., Any]:
    return lambda *args, **kwargs: function(*map(plain, args), **kwargs)


# Their values are constant but for jumps: the derivative is zero, or none.
UFUNCS.update(
    {
        np.less: _of_values(operator.lt),
        np.less_equal: _of_values(operator.le),
        np.greater: _of_values(operator.gt),
        np.greater_equal: _of_values(operator.ge),
        np.equal: _of_values(operator.eq),
        np.not_equal: _of_values(operator.ne),
    }
    | {
        ufunc: _of_values(ufunc)
        for ufunc in (np.sign, np.floor, np.ceil, np.rint, np.isfinite, np.isinf, np.isnan)
    }
)
FUNCTIONS.update(
    {
        function: _of_values(function)
        for function in (
            np.argmax, np.argmin, np.argsort, np.zeros_like, np.ones_like,
            np.shape, np.ndim, np.size,
        )
    }
)  # fmt: skip
