"""The rules of NumPy's functions: forward and backward side by side."""

import functools
import itertools
import math
import operator
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_tuple

from calcguide.autodiff.primitives import elementwise, recorded, stands_for
from calcguide.autodiff.sweep import Look, Piece, Place
from calcguide.autodiff.tape import LARGE, unbroadcast
from calcguide.autodiff.variable import FUNCTIONS, REDUCTIONS, Variable, enter, plain, real, refuse


def _same(g: Any) -> Any:
    return g


@elementwise(np.add)
def _add(x: Any, y: Any) -> Any:
    return x + y, _same, _same


@elementwise(np.subtract)
def _subtract(x: Any, y: Any) -> Any:
    return x - y, _same, lambda g: -g


@elementwise(np.multiply, keeps=True)
def _multiply(x: Any, y: Any) -> Any:
    return x * y, lambda g: g * y, lambda g: g * x


@elementwise(np.divide, keeps=True)
def _divide(x: Any, y: Any) -> Any:
    z = x / y
    return z, lambda g: g / y, lambda g: -g * z / y


@elementwise(np.power, keeps=True)
def _power(x: Any, y: Any) -> Any:
    z = x**y

    def by_base(g: Any) -> Any:
        # Where y is 0 the derivative is 0, also at x = 0, where 0 * x**-1 would be nan.
        simple = type(y) in (int, float) and y != 0
        return g * (y * x ** (y - 1 if simple else np.where(y == 0, 1.0, y - 1)))

    def by_exponent(g: Any) -> Any:
        # At x = 0 the limit of x**y log x for y > 0, and 0 for y = 0 as well.
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
    # Not y + 1, of which nothing is left in the lower tail.
    return np.expm1(x), lambda g: g * np.exp(x)


@elementwise(np.log)
def _log(x: Any) -> Any:
    return np.log(x), lambda g: g / x


@elementwise(np.log1p)
def _log1p(x: Any) -> Any:
    return np.log1p(x), lambda g: g / (1.0 + x)


@elementwise(np.logaddexp, keeps=True)
def _logaddexp(x: Any, y: Any) -> Any:
    return (
        np.logaddexp(x, y),
        lambda g: g * _logistic(_difference(x, y)),
        lambda g: g * _logistic(_difference(y, x)),
    )


def _difference(x: Any, y: Any) -> Any:
    """Return x - y, with 0 where both are the same infinity: they are equal there."""
    with np.errstate(over="ignore", invalid="ignore"):
        difference = x - y
    u, v = plain(x), plain(y)
    equal = np.isinf(u) & (u == v)
    return np.where(equal, 0.0, difference) if equal.any() else difference


@recorded
def _logistic(x: Any) -> Any:
    """Return 1 / (1 + exp(-x)), exact to rounding down to the smallest numbers."""
    if type(x) is Variable:
        value = _logistic(x)
    else:
        e = np.exp(-abs(x))
        value = np.where(x >= 0, 1.0, e) / (1.0 + e)
    return value, lambda g: g * _slope_of_logistic(x)


@recorded
def _slope_of_logistic(x: Any) -> Any:
    if type(x) is Variable:
        value = _slope_of_logistic(x)
    else:
        e = np.exp(-abs(x))
        value = e / (1.0 + e) ** 2
    return value, lambda g: g * (value * -np.tanh(0.5 * x))


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
    return np.arctan(x), lambda g: g * _slope_of_arctan(x)


@recorded
def _slope_of_arctan(x: Any) -> Any:
    if type(x) is Variable:
        value = _slope_of_arctan(x)
    else:
        # 1 / (1 + x²), with numerator and denominator divided by x² where that might overflow.
        r = 1.0 / np.clip(abs(x), 1.0, 1e300)
        value = r * r / (r * r + (x * r) ** 2)
    return value, lambda g: g * (-2.0 * x * value * value)


@elementwise(np.sinh)
def _sinh(x: Any) -> Any:
    return np.sinh(x), lambda g: g * np.cosh(x)


@elementwise(np.cosh)
def _cosh(x: Any) -> Any:
    return np.cosh(x), lambda g: g * np.sinh(x)


@elementwise(np.tanh)
def _tanh(x: Any) -> Any:
    y = np.tanh(x)
    slope = _slope_of_tanh(plain(x), plain(y))

    def by_x(g: Any) -> Any:
        if type(y) is not np.ndarray or type(g) is not np.ndarray:
            return g * _one_minus_square(y, slope=slope)
        # In one new array, not two: new memory is what large arrays cost.
        value = slope()
        return np.multiply(g, value, out=value)

    return y, by_x


@recorded
def _one_minus_square(y: Any, *, slope: Callable[[], Any]) -> Any:
    """Return 1 - y**2, with the digits that the subtraction would lose."""
    value = _one_minus_square(y, slope=slope) if type(y) is Variable else slope()
    return value, lambda g: g * (-2.0 * y)


def _slope_of_tanh(x: Any, y: Any) -> Callable[[], Any]:
    """Return the function that computes 1 / cosh(x)**2, for y = tanh(x).

    In the tails y is ±1, and so it takes x. Of a large array only the elements there are kept.
    """
    if y.size < LARGE:
        return lambda: _square_of_sech(x)
    where = np.flatnonzero((y > 0.99) | (y < -0.99))
    tails = _square_of_sech(x.take(where))

    def slope() -> Any:
        value = y * y
        np.subtract(1.0, value, out=value)
        value.put(where, tails)
        return value

    return slope


def _square_of_sech(x: Any) -> Any:
    if not x.ndim:
        e = math.exp(-2.0 * abs(x))
        return np.float64(4.0 * e / (1.0 + e) ** 2)
    value = np.abs(x)
    np.minimum(value, 400.0, out=value)  # where the square is 0, and cosh does not overflow
    np.cosh(value, out=value)
    np.reciprocal(value, out=value)
    return np.square(value, out=value)


@elementwise("expit")
def _expit(x: Any) -> Any:
    from scipy.special import expit

    return expit(x), lambda g: g * _slope_of_logistic(x)


@elementwise(np.maximum, keeps=True)
def _maximum(x: Any, y: Any) -> Any:
    return np.maximum(x, y), lambda g: g * _share(x, y), lambda g: g * _share(y, x)


@elementwise(np.minimum, keeps=True)
def _minimum(x: Any, y: Any) -> Any:
    return np.minimum(x, y), lambda g: g * _share(y, x), lambda g: g * _share(x, y)


def _share(x: Any, y: Any) -> Any:
    """Return 1 where x is the larger, 0 where it is the smaller, and ½ where they are equal."""
    return np.heaviside(_difference(plain(x), plain(y)), 0.5)


@recorded
def _select(x: Any, y: Any, *, condition: Any) -> Any:
    return (
        np.where(condition, x, y),
        lambda g: np.where(condition, g, 0.0),
        lambda g: np.where(condition, 0.0, g),
    )


@stands_for(np.where)
def _where(condition: Any, x: Any = None, y: Any = None) -> Any:
    condition = _plain_array(plain(condition), "the condition")
    if x is None or y is None:
        return np.where(condition)
    return _select(x, y, condition=np.array(condition))


@elementwise(np.matmul, keeps=True)
def _matmul(x: Any, y: Any) -> Any:
    if not (np.ndim(x) and np.ndim(y)):
        np.matmul(plain(x), plain(y))  # NumPy refuses a scalar, and says why
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
    a, b = real(a, "an operand"), real(b, "an operand")
    if a.ndim > 2 or b.ndim > 2:
        refuse("np.dot of arrays with more than two axes", "use @")
    return _matmul(a, b) if a.ndim and b.ndim else _multiply(a, b)


@stands_for(np.outer)
def _outer(a: Any, b: Any) -> Any:
    a, b = real(a, "an operand"), real(b, "an operand")
    return _multiply(_reshape(a, shape=(-1, 1)), _reshape(b, shape=-1))


@stands_for(np.linalg.norm)
def _norm(x: Any) -> Any:
    if x.ndim != 1:
        refuse("np.linalg.norm of a matrix", "use np.linalg.norm(np.ravel(x))")
    return _length(x)


@recorded
def _length(x: Any) -> Any:
    return np.linalg.norm(x), lambda g: g * _direction(x)


@recorded
def _direction(x: Any) -> Any:
    """Return x / |x|, and 0 at 0: of the subgradients of the norm there, the shortest one."""
    if type(x) is Variable:
        direction = _direction(x)
    else:
        # Divided first, so that no square over- or underflows.
        largest = np.abs(x).max(initial=0.0)
        direction = x / largest if largest else np.zeros_like(x)
        length = np.linalg.norm(direction)
        direction = direction / length if length else direction

    def pullback(h: Any) -> Any:
        return (h - direction * (direction @ h)) / np.linalg.norm(x)

    return direction, pullback


def _reduction(rule: Any) -> Callable[..., Any]:
    function = recorded(rule)

    def reduce(a: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
        return function(a, axis=axis, keepdims=keepdims)

    return reduce


@stands_for(np.sum)
@_reduction
def _sum(x: Any, *, axis: Any, keepdims: bool) -> Any:
    shape = x.shape  # not x, which can be freed
    value = x.sum(axis=axis, keepdims=keepdims)
    return value, lambda g: _spread(_kept(g, shape, axis), shape=shape)


@stands_for(np.mean)
@_reduction
def _mean(x: Any, *, axis: Any, keepdims: bool) -> Any:
    shape, value = x.shape, x.mean(axis=axis, keepdims=keepdims)
    share = value.size / (x.size or 1)
    return value, lambda g: _spread(_kept(g * share, shape, axis), shape=shape)


@stands_for(np.max, np.amax)
@_reduction
def _max(x: Any, *, axis: Any, keepdims: bool) -> Any:
    value = x.max(axis=axis, keepdims=keepdims)
    return value, lambda g: _kept(g, x.shape, axis) * _tied(x, value, axis)


@stands_for(np.min, np.amin)
@_reduction
def _min(x: Any, *, axis: Any, keepdims: bool) -> Any:
    value = x.min(axis=axis, keepdims=keepdims)
    return value, lambda g: _kept(g, x.shape, axis) * _tied(x, value, axis)


@_reduction
def _logsumexp(x: Any, *, axis: Any, keepdims: bool) -> Any:
    # With the largest exponent taken out, nothing overflows.
    top = plain(x).max(axis=axis, keepdims=True)
    endless = np.isinf(top)
    if endless.any():
        # The infinite ones are equally large: they share what is left of the others, nothing.
        shares = np.where(plain(x) == top, 0.0, -np.inf)
        exponents = np.where(endless, shares, x - np.where(endless, 0.0, top))
    else:
        exponents = x - top
    powers = np.exp(exponents)
    sums = powers.sum(axis=axis, keepdims=True)
    kept = np.log(sums) + top
    value = kept if keepdims else kept.reshape(plain(x).sum(axis=axis).shape)
    shape = x.shape
    return value, lambda g: _kept(g, shape, axis) * (powers / sums)


def _kept(g: Any, shape: tuple[int, ...], axis: Any) -> Any:
    """Return g with the axes over which an array of the shape was reduced, of length 1."""
    if axis is None or g.ndim == len(shape):
        return g
    axes = normalize_axis_tuple(axis, len(shape))
    return g.reshape([1 if i in axes else n for i, n in enumerate(shape)])


def _tied(x: Any, value: Any, axis: Any) -> Any:
    """Return the share of each element in the maximum: equal among those that are tied."""
    chosen = plain(x) == _kept(plain(value), x.shape, axis)
    return chosen / chosen.sum(axis=axis, keepdims=True)


@recorded
def _spread(x: Any, *, shape: tuple[int, ...]) -> Any:
    # np.broadcast_to of plain arrays takes as long as five operations, and a view is read-only.
    value = np.broadcast_to(x, shape) if type(x) is Variable else np.full(shape, x)
    return value, _same


@stands_for(np.broadcast_to)
def _broadcast_to(array: Any, shape: Any) -> Any:
    return _spread(array, shape=np.empty(shape).shape)


@recorded
def _reshape(x: Any, *, shape: Any) -> Any:
    def look(a: Any) -> Any:
        return a.reshape(shape)

    before = x.shape
    return look(x), Look(look, lambda g: g.reshape(before), flat=True)


@stands_for(np.reshape)
def _reshaped(a: Any, shape: Any) -> Any:
    return _reshape(a, shape=shape)


@recorded
def _transpose(x: Any, *, axes: Any = None) -> Any:
    back = None if axes is None else np.argsort(normalize_axis_tuple(axes, x.ndim))

    def look(a: Any) -> Any:
        return a.transpose(axes)

    return look(x), Look(look, lambda g: g.transpose(back))


@recorded
def _swapaxes(x: Any, *, axis1: int, axis2: int) -> Any:
    def look(a: Any) -> Any:
        return a.swapaxes(axis1, axis2)

    return look(x), Look(look, look)


@stands_for(operator.getitem)
def _getitem(x: Any, index: Any) -> Any:
    return _pick(x, index=_constant_index(index))


@recorded
def _pick(x: Any, *, index: Any) -> Any:
    place = Place(index)

    def pullback(g: Any) -> Any:
        return Piece(g, place)

    return x[index], Look(place.read, pullback) if _gives_a_view(index) else pullback


def _constant_index(index: Any) -> Any:
    """Return an index that nobody can change, with arrays in place of lists and the like."""
    if type(index) is np.ndarray:
        return index.copy()
    if index is None or index is Ellipsis or isinstance(index, (int, np.integer, np.bool)):
        return index
    if type(index) is tuple:
        return tuple(map(_constant_index, index))
    if isinstance(index, slice):
        return slice(*map(_constant_index, (index.start, index.stop, index.step)))
    array = np.array(_plain_array(index, "an index"))
    # An empty list is one of whole numbers, although NumPy makes an array of floats of it.
    return array if array.size else array.astype(int)


def _gives_a_view(index: Any) -> bool:
    if type(index) is tuple:
        return all(map(_gives_a_view, index))
    return not isinstance(index, (bool, np.bool, np.ndarray))


def _plain_array(value: Any, name: str) -> Any:
    return real(value, name) if isinstance(value, np.ndarray) else value


@recorded
def _concatenate(*arrays: Any, axis: int) -> Any:
    value = np.concatenate(arrays, axis=axis)
    before = (slice(None),) * (axis % value.ndim)
    ends = itertools.accumulate(array.shape[axis] for array in arrays)
    parts = [
        (*before, slice(end - array.shape[axis], end))
        for array, end in zip(arrays, ends, strict=True)
    ]
    return value, *(functools.partial(_part, index=index) for index in parts)


def _concatenated(arrays: Any, axis: Any = 0) -> Any:
    if axis is None:
        return _concatenate(*(np.ravel(array) for array in arrays), axis=0)
    return _concatenate(*arrays, axis=axis)


@recorded
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
        np.concatenate: _concatenated,
        np.stack: lambda arrays, axis=0: _stack(*arrays, axis=axis),
    }
)

REDUCTIONS.update({np.add: _sum, np.maximum: _max, np.minimum: _min, np.logaddexp: _logsumexp})


def _of_values(function: Any) -> Callable[..., Any]:
    return lambda *args, **kwargs: function(*map(plain, args), **kwargs)


# Their values are constant but for jumps: the derivative is zero, or none.
for _ufunc in (np.sign, np.floor, np.ceil, np.rint, np.isfinite, np.isinf, np.isnan):
    enter(_ufunc, _of_values(_ufunc))
# Python's comparisons, as they also take what is no number, such as x == None.
_COMPARISONS: dict[Any, Any] = {
    np.less: operator.lt, np.less_equal: operator.le, np.equal: operator.eq,
    np.greater: operator.gt, np.greater_equal: operator.ge, np.not_equal: operator.ne,
}  # fmt: skip
for _ufunc, _operator in _COMPARISONS.items():
    enter(_ufunc, _of_values(_operator))
FUNCTIONS.update(
    {
        function: _of_values(function)
        for function in (
            np.argmax, np.argmin, np.argsort, np.zeros_like, np.ones_like,
            np.shape, np.ndim, np.size,
        )
    }
)  # fmt: skip
