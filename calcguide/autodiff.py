r"""Reverse-mode automatic differentiation of ordinary NumPy code.

While a function runs, each operation on a `Variable` is written down on a tape, together with its
backward rule. Reading the tape from its end to its beginning applies the chain rule, and one such
reading gives all partial derivatives, however many variables there are.

The operations that have a rule are:

- arithmetic: `+ - * / ** @`, `abs`, and the comparisons, which give plain arrays
- functions of NumPy applied to each element: `absolute`, `arctan`, `cos`, `cosh`, `exp`, `expm1`,
  `log`, `log1p`, `logaddexp`, `maximum`, `minimum`, `negative`, `positive`, `power`, `reciprocal`,
  `sin`, `sinh`, `sqrt`, `square`, `tan`, `tanh`, `where`; and `scipy.special.expit`
- sums and the like, over all elements or along axes: `sum`, `mean`, `max`, `min`,
  `logaddexp.reduce`
- products: `dot`, `matmul`, `outer`, `linalg.norm` of a vector
- shapes: `reshape`, `ravel`, `transpose`, `swapaxes`, `squeeze`, `expand_dims`, `broadcast_to`,
  `concatenate`, `stack`, indexing and slicing
- without a derivative, so that they give plain arrays: `sign`, `floor`, `ceil`, `rint`, `argmax`,
  `argmin`, `argsort`, `isfinite`, `isinf`, `isnan`, `zeros_like`, `ones_like`, `shape`, `ndim`,
  `size`

`primitive` adds a rule. Everything else is refused by name. A variable has the attributes and
methods of the array that it stands for, as far as they have a rule, and it cannot be changed:
`x[0] = 1` and, unless it is a scalar, `x += 1` are refused as well.
"""

import functools
import itertools
from collections.abc import Callable, Iterator
from typing import Any, NoReturn

import numpy as np
from numpy.lib.array_utils import normalize_axis_tuple

__all__ = ["Variable", "grad", "hvp", "jacobian", "primitive", "value_and_grad"]


# --- what is called by users --------------------------------------------------------------------


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
        list of numbers alone is an array.

    Raises
    ------
    ValueError
        On calling it, if `fun` does not return one number.
    TypeError
        On calling it, if `x` does not hold real numbers or `fun` returns something else, or if
        `fun` changes an array in place or takes a variable out of the reach of the tape, as
        `float(x)` does.
    NotImplementedError
        On calling it, if `fun` uses an operation without a rule.

    Notes
    -----
    One run of `fun` and one reading of the tape, for any number of variables: a small multiple of
    the cost of `fun` [1]. Gradients are exact to rounding. They can be differentiated again:
    `grad` may be nested.

    Where there is no derivative, a convention holds: 0 for `abs` at 0; equal shares for the
    arguments among which `maximum`, `minimum`, `max` or `min` has a tie, so that
    `np.maximum(x, 0)` has the derivative ½ at 0.

    `np.where(condition, x, y)` selects, it does not protect: both sides are computed, and where
    the one that is not selected has an infinite derivative, the gradient is nan. Mend the argument:
    `np.sqrt(np.where(x > 0, x, 1))`.

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
        tape = _Tape()
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
            adjoints = _sweep(tape, last.index, np.float64(1.0), inputs)
        return _number(value), _collect(x, iter(adjoints), tape)

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
        tape = _Tape()
        result = fun(_track(x, tape), *args, **kwargs)
        inner = tape.inputs[0].shape
        last = _of_tape(result, tape)
        if last is None:
            return np.zeros(np.shape(result) + inner)
        outer = last.value.shape
        rows = []
        for i in range(last.value.size):
            seed = np.zeros(outer)
            seed.flat[i] = 1.0
            row = _sweep(tape, last.index, seed, 1)[0]
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
        directions = [_real(leaf, "v") for leaf in _leaves(v)]
        shapes = [np.shape(leaf) for leaf in _leaves(x)]
        if shapes != [direction.shape for direction in directions]:
            got = [direction.shape for direction in directions]
            raise ValueError(f"x and v must have the same shapes, got {shapes} and {got}")

        def slope(x: Any) -> Any:
            slopes = _leaves(gradient(x, *args, **kwargs))
            return sum((np.sum(g * d) for g, d in zip(slopes, directions, strict=True)), 0.0)

        return grad(slope)(x)

    return product


def primitive(rule: Callable[..., tuple[Any, ...]]) -> Callable[..., Any]:
    r"""Turn a forward rule and its backward rules into a function that can be differentiated.

    Parameters
    ----------
    rule : callable
        `rule(*arrays, **settings) -> (value, pullback, ...)`: the value, and for each positional
        argument the function that maps $g = \partial L / \partial\, \text{value}$ to
        $\partial L / \partial\, \text{argument}$. That of an argument which is never
        differentiated may be left out at the end.

    Returns
    -------
    callable
        `function(*arrays, **settings) -> value`, for plain arrays and for variables.

    Notes
    -----
    The pullback of an argument that is constant is never called. Its result may have the shape of
    the value where the argument was broadcast to it; the sum over the broadcast axes is taken
    afterwards. Written with operations that have rules themselves, it can be differentiated again.

    Examples
    --------
    The cube, with its derivative:

    >>> from calcguide.autodiff import grad, primitive
    >>> @primitive
    ... def cube(x):
    ...     return x**3, lambda g: g * 3 * x**2
    >>> cube(2.0)
    8.0
    >>> float(grad(cube)(2.0))
    12.0
    """

    @functools.wraps(rule)
    def function(*args: Any, **kwargs: Any) -> Any:
        # The innermost tape on which an argument stands is the one to write on: tapes are opened
        # one inside the other, and to an inner one the variables of an outer one are constants.
        tape = None
        for arg in args:
            if type(arg) is Variable and (tape is None or arg.tape.level > tape.level):
                tape = arg.tape
        if tape is None:
            return rule(*args, **kwargs)[0]
        values = []
        for arg in args:
            if type(arg) is Variable:
                values.append(arg.value if arg.tape is tape else arg)
            else:
                values.append(arg if type(arg) in _PLAIN else _real(arg, "an operand"))
        result = rule(*values, **kwargs)
        entry = [
            (arg.index, arg.value.shape, pullback)
            for arg, pullback in zip(args, result[1:], strict=False)
            if type(arg) is Variable and arg.tape is tape
        ]
        tape.append(entry)
        return Variable(result[0], tape, len(tape) - 1)

    return function


# --- the tape -----------------------------------------------------------------------------------


class _Tape(list[list[tuple[int, tuple[int, ...], Callable[[Any], Any]]]]):
    """For each variable, in the order of their birth: its parents, their shapes, the pullbacks.

    An entry knows values but no variables, so that nothing refers back to the tape and all is
    freed as soon as it is done with.
    """

    __slots__ = ("inputs", "level")

    _levels = itertools.count()

    def __init__(self) -> None:
        self.level = next(self._levels)
        self.inputs: list[Any] = []

    def variable(self, value: Any) -> "Variable":
        """Put an input on the tape."""
        self.append([])
        self.inputs.append(value)
        return Variable(value, self, len(self) - 1)


def _sweep(tape: _Tape, last: int, seed: Any, inputs: int) -> list[Any]:
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
                contribution = _unbroadcast(contribution, shape)
            so_far = adjoints[parent]
            # Never in place: both may be shared with other variables.
            adjoints[parent] = contribution if so_far is None else so_far + contribution
    return (adjoints + [None] * inputs)[:inputs]


def _unbroadcast(g: Any, shape: tuple[int, ...]) -> Any:
    """Sum over the axes along which an array of the shape was repeated."""
    new = g.ndim - len(shape)
    if new == 1 and 1 not in shape:  # such as a bias that was added to each sample
        return g.sum(axis=0)
    stretched = [new + i for i, n in enumerate(shape) if n == 1]
    return g.sum(axis=(*range(new), *stretched)).reshape(shape)


def _track(x: Any, tape: _Tape) -> Any:
    """Return x with a variable in place of each array."""
    if _is_group(x):
        return type(x)([_track(part, tape) for part in x])
    return tape.variable(_real(x, "x"))


def _collect(x: Any, adjoints: Iterator[Any], tape: _Tape) -> Any:
    """Return the adjoints in the form of x, as arrays that share memory with nothing."""
    values = iter(tape.inputs)

    def build(x: Any) -> Any:
        if _is_group(x):
            return type(x)([build(part) for part in x])
        value, adjoint = next(values), next(adjoints)
        if adjoint is None:
            return np.zeros(value.shape)
        return adjoint if type(adjoint) is Variable else np.array(adjoint, dtype=np.float64)

    return build(x)


def _is_group(x: Any) -> bool:
    """Whether x is a list or tuple that holds arrays: of numbers alone, it is an array itself."""
    if isinstance(x, (list, tuple)):
        for part in x:
            if isinstance(part, (np.ndarray, Variable)) or _is_group(part):
                return True
    return False


def _leaves(x: Any) -> list[Any]:
    return [leaf for part in x for leaf in _leaves(part)] if _is_group(x) else [x]


def _of_tape(value: Any, tape: _Tape) -> "Variable | None":
    """Return what a function has returned if it depends on the inputs, else None."""
    if type(value) is Variable:
        dtype = value.dtype
        found = value if value.tape is tape else None
    else:
        dtype, found = np.asarray(value).dtype, None
    if dtype.kind not in "buif":
        raise TypeError(f"fun must return real numbers, got {_told(value, dtype)}")
    return found


def _told(value: Any, dtype: np.dtype[Any]) -> str:
    return f"dtype {dtype}" if dtype.kind != "O" else f"a {type(value).__name__}"


def _number(value: Any) -> Any:
    return value if type(value) is Variable else float(value)


def _real(value: Any, name: str) -> Any:
    """Return an array of floats that is not changed by anyone; nan and infinity pass through."""
    if type(value) is Variable:
        return value
    array = np.asarray(value)
    if array.dtype.kind not in "buif":
        raise TypeError(f"{name} must hold real numbers, got {_told(value, array.dtype)}")
    return array.astype(np.float64, copy=False)


def _require_callable(fun: object) -> None:
    if not callable(fun):
        raise TypeError(f"fun must be callable, got {type(fun).__name__}")


# --- what the function gets in place of its arrays ----------------------------------------------


class Variable:
    """An array on a tape: what a function is given in place of its argument.

    It behaves like the array that it stands for, with its attributes `shape`, `ndim`, `size`,
    `dtype` and `T`, its methods `sum`, `mean`, `max`, `min`, `dot`, `reshape`, `ravel`,
    `flatten`, `transpose`, `swapaxes`, `squeeze` and `copy`, its operators and its indexing. It
    cannot be changed: `x[0] = 1` and, unless it is a scalar, `x += 1` are refused.

    Attributes
    ----------
    value : ndarray
        The array.
    """

    __slots__ = ("index", "tape", "value")
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, value: Any, tape: _Tape, index: int) -> None:
        self.value = value
        self.tape = tape
        self.index = index

    # NumPy hands over here whatever it is asked to do with a variable.

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        if method == "__call__" and not kwargs:
            function = _UFUNCS.get(ufunc)
            if function is not None:
                return function(*inputs)
        return _unusual(ufunc, method, inputs, kwargs)

    def __array_function__(self, func: Any, types: Any, args: Any, kwargs: Any) -> Any:
        function = _FUNCTIONS.get(func)
        if function is None:
            _refuse(f"{func.__module__}.{func.__name__}".replace("numpy", "np", 1))
        return function(*args, **kwargs)

    def __array__(self, *_: Any, **__: Any) -> NoReturn:
        raise TypeError(
            "a variable that is being differentiated cannot be stored in a plain array: "
            "put variables together by np.stack or np.concatenate"
        )

    def __float__(self) -> NoReturn:
        raise TypeError(
            "float, int and the functions of math cannot be differentiated: "
            "leave float out, and use np.exp instead of math.exp"
        )

    __int__ = __index__ = __float__

    def __bool__(self) -> bool:
        return bool(self.value)

    def __repr__(self) -> str:
        return f"Variable({self.value!r})"

    # The array that it stands for.

    @property
    def shape(self) -> tuple[int, ...]:
        """The lengths of the axes."""
        return self.value.shape  # type: ignore[no-any-return]

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return self.value.ndim  # type: ignore[no-any-return]

    @property
    def size(self) -> int:
        """The number of elements."""
        return self.value.size  # type: ignore[no-any-return]

    @property
    def dtype(self) -> np.dtype[Any]:
        """The type of the elements."""
        return self.value.dtype  # type: ignore[no-any-return]

    @property
    def T(self) -> Any:  # noqa: N802
        """The array with its axes in reverse order."""
        return _transpose(self)

    def __len__(self) -> int:
        return len(self.value)

    def __iter__(self) -> Iterator[Any]:
        return (self[i] for i in range(len(self.value)))

    def __getitem__(self, index: Any) -> Any:
        return _getitem(self, index=index)

    def __setitem__(self, index: Any, value: Any) -> NoReturn:
        raise TypeError(
            "x[...] = y changes an array in place, which cannot be differentiated: "
            "build a new one by np.where, np.concatenate or np.stack"
        )

    def __add__(self, other: Any) -> Any:
        return _add(self, other)

    def __radd__(self, other: Any) -> Any:
        return _add(other, self)

    def __sub__(self, other: Any) -> Any:
        return _subtract(self, other)

    def __rsub__(self, other: Any) -> Any:
        return _subtract(other, self)

    def __mul__(self, other: Any) -> Any:
        return _multiply(self, other)

    def __rmul__(self, other: Any) -> Any:
        return _multiply(other, self)

    def __truediv__(self, other: Any) -> Any:
        return _divide(self, other)

    def __rtruediv__(self, other: Any) -> Any:
        return _divide(other, self)

    def __pow__(self, other: Any) -> Any:
        return _power(self, other)

    def __rpow__(self, other: Any) -> Any:
        return _power(other, self)

    def __matmul__(self, other: Any) -> Any:
        return _matmul(self, other)

    def __rmatmul__(self, other: Any) -> Any:
        return _matmul(other, self)

    def __neg__(self) -> Any:
        return _negative(self)

    def __pos__(self) -> Any:
        return _positive(self)

    def __abs__(self) -> Any:
        return _absolute(self)

    def __iadd__(self, other: Any) -> Any:
        return _add(self._replaceable("+"), other)

    def __isub__(self, other: Any) -> Any:
        return _subtract(self._replaceable("-"), other)

    def __imul__(self, other: Any) -> Any:
        return _multiply(self._replaceable("*"), other)

    def __itruediv__(self, other: Any) -> Any:
        return _divide(self._replaceable("/"), other)

    def __ipow__(self, other: Any) -> Any:
        return _power(self._replaceable("**"), other)

    def __imatmul__(self, other: Any) -> Any:
        return _matmul(self._replaceable("@"), other)

    def _replaceable(self, sign: str) -> "Variable":
        # To a scalar, NumPy's and Python's own, x += y means x = x + y. An array would change.
        if self.value.ndim:
            raise TypeError(
                f"x {sign}= y changes an array in place, which cannot be differentiated: "
                f"write x = x {sign} y"
            )
        return self

    def __lt__(self, other: Any) -> Any:
        return _plain(self) < _plain(other)

    def __le__(self, other: Any) -> Any:
        return _plain(self) <= _plain(other)

    def __gt__(self, other: Any) -> Any:
        return _plain(self) > _plain(other)

    def __ge__(self, other: Any) -> Any:
        return _plain(self) >= _plain(other)

    def __eq__(self, other: object) -> Any:
        return _plain(self) == _plain(other)

    def __ne__(self, other: object) -> Any:
        return _plain(self) != _plain(other)

    def sum(self, axis: Any = None, *, keepdims: bool = False) -> Any:
        """Return the sum over axes, as `numpy.sum`."""
        return _sum(self, axis=axis, keepdims=keepdims)

    def mean(self, axis: Any = None, *, keepdims: bool = False) -> Any:
        """Return the mean over axes, as `numpy.mean`."""
        return _mean(self, axis=axis, keepdims=keepdims)

    def max(self, axis: Any = None, *, keepdims: bool = False) -> Any:
        """Return the maximum over axes, as `numpy.max`."""
        return _max(self, axis=axis, keepdims=keepdims)

    def min(self, axis: Any = None, *, keepdims: bool = False) -> Any:
        """Return the minimum over axes, as `numpy.min`."""
        return _min(self, axis=axis, keepdims=keepdims)

    def dot(self, other: Any) -> Any:
        """Return the product, as `numpy.dot`."""
        return _dot(self, other)

    def reshape(self, *shape: Any) -> Any:
        """Return the same elements in another shape, as `numpy.reshape`."""
        return _reshape(self, shape=shape[0] if len(shape) == 1 else shape)

    def ravel(self) -> Any:
        """Return the elements in one row, as `numpy.ravel`."""
        return _reshape(self, shape=-1)

    flatten = ravel

    def transpose(self, *axes: Any) -> Any:
        """Return the array with its axes in another order, as `numpy.transpose`."""
        return _transpose(self, axes=axes[0] if len(axes) == 1 else axes or None)

    def swapaxes(self, axis1: int, axis2: int) -> Any:
        """Return the array with two axes interchanged, as `numpy.swapaxes`."""
        return _swapaxes(self, axis1=axis1, axis2=axis2)

    def squeeze(self, axis: Any = None) -> Any:
        """Return the array without axes of length 1, as `numpy.squeeze`."""
        return _reshape(self, shape=np.squeeze(_plain(self), axis).shape)

    def copy(self) -> Any:
        """Return the variable itself, as nothing can change it."""
        return self


# Constants of these types are used as they are; others, such as lists, become arrays of floats.
_PLAIN = frozenset({np.ndarray, float, int, np.float64})


def _plain(value: Any) -> Any:
    """Return the array behind a variable, through all tapes."""
    while type(value) is Variable:
        value = value.value
    return value


# --- the rules: forward and backward side by side -----------------------------------------------

_UFUNCS: dict[Any, Callable[..., Any]] = {}
_FUNCTIONS: dict[Any, Callable[..., Any]] = {}


def _elementwise(*ufuncs: Any) -> Callable[[Any], Callable[..., Any]]:
    """Enter a rule for functions of NumPy that are applied to each element, and for @."""

    def enter(rule: Any) -> Callable[..., Any]:
        fast_lane = _unary if rule.__code__.co_argcount == 1 else _binary
        function = fast_lane(rule, primitive(rule))
        _UFUNCS.update(dict.fromkeys(ufuncs, function))
        return function

    return enter


# These two do what the function from `primitive` does, in half the time, where all is simple: one
# tape, and constants that are used as they are. The overhead of an operation is mostly here.


def _unary(rule: Any, general: Callable[..., Any]) -> Callable[..., Any]:
    def function(x: Any) -> Any:
        if type(x) is not Variable:
            return general(x)
        tape, u = x.tape, x.value
        value, pullback = rule(u)
        tape.append([(x.index, u.shape, pullback)])
        return Variable(value, tape, len(tape) - 1)

    return function


def _binary(rule: Any, general: Callable[..., Any]) -> Callable[..., Any]:
    def function(x: Any, y: Any) -> Any:
        if type(x) is Variable:
            tape, u = x.tape, x.value
            if type(y) is Variable and y.tape is tape:
                v = y.value
                value, by_x, by_y = rule(u, v)
                tape.append([(x.index, u.shape, by_x), (y.index, v.shape, by_y)])
            elif type(y) in _PLAIN:
                value, by_x, _ = rule(u, y)
                tape.append([(x.index, u.shape, by_x)])
            else:
                return general(x, y)
        elif type(y) is Variable and type(x) in _PLAIN:
            tape, v = y.tape, y.value
            value, _, by_y = rule(x, v)
            tape.append([(y.index, v.shape, by_y)])
        else:
            return general(x, y)
        return Variable(value, tape, len(tape) - 1)

    return function


def _stands_for(*functions: Any) -> Callable[[Any], Any]:
    """Enter what is to be called, with a variable, in place of a function of NumPy."""

    def enter(function: Any) -> Any:
        _FUNCTIONS.update(dict.fromkeys(functions, function))
        return function

    return enter


def _same(g: Any) -> Any:
    return g


@_elementwise(np.add)
def _add(x: Any, y: Any) -> Any:
    return x + y, _same, _same


@_elementwise(np.subtract)
def _subtract(x: Any, y: Any) -> Any:
    return x - y, _same, lambda g: -g


@_elementwise(np.multiply)
def _multiply(x: Any, y: Any) -> Any:
    return x * y, lambda g: g * y, lambda g: g * x


@_elementwise(np.divide)
def _divide(x: Any, y: Any) -> Any:
    z = x / y
    return z, lambda g: g / y, lambda g: -g * z / y


@_elementwise(np.power)
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


@_elementwise(np.negative)
def _negative(x: Any) -> Any:
    return -x, lambda g: -g


@_elementwise(np.positive)
def _positive(x: Any) -> Any:
    return x, _same


@_elementwise(np.absolute, np.fabs)
def _absolute(x: Any) -> Any:
    return abs(x), lambda g: g * np.sign(x)


@_elementwise(np.square)
def _square(x: Any) -> Any:
    return x * x, lambda g: g * (2.0 * x)


@_elementwise(np.reciprocal)
def _reciprocal(x: Any) -> Any:
    y = 1.0 / x
    return y, lambda g: -g * y * y


@_elementwise(np.sqrt)
def _sqrt(x: Any) -> Any:
    y = np.sqrt(x)
    return y, lambda g: g / (2.0 * y)


@_elementwise(np.exp)
def _exp(x: Any) -> Any:
    y = np.exp(x)
    return y, lambda g: g * y


@_elementwise(np.expm1)
def _expm1(x: Any) -> Any:
    y = np.expm1(x)
    return y, lambda g: g * (y + 1.0)


@_elementwise(np.log)
def _log(x: Any) -> Any:
    return np.log(x), lambda g: g / x


@_elementwise(np.log1p)
def _log1p(x: Any) -> Any:
    return np.log1p(x), lambda g: g / (1.0 + x)


@_elementwise(np.logaddexp)
def _logaddexp(x: Any, y: Any) -> Any:
    z = np.logaddexp(x, y)
    return z, lambda g: g * np.exp(x - z), lambda g: g * np.exp(y - z)


@_elementwise(np.sin)
def _sin(x: Any) -> Any:
    return np.sin(x), lambda g: g * np.cos(x)


@_elementwise(np.cos)
def _cos(x: Any) -> Any:
    return np.cos(x), lambda g: -g * np.sin(x)


@_elementwise(np.tan)
def _tan(x: Any) -> Any:
    y = np.tan(x)
    return y, lambda g: g * (1.0 + y * y)


@_elementwise(np.arctan)
def _arctan(x: Any) -> Any:
    return np.arctan(x), lambda g: g / (1.0 + x * x)


@_elementwise(np.sinh)
def _sinh(x: Any) -> Any:
    return np.sinh(x), lambda g: g * np.cosh(x)


@_elementwise(np.cosh)
def _cosh(x: Any) -> Any:
    return np.cosh(x), lambda g: g * np.sinh(x)


@_elementwise(np.tanh)
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


@_elementwise("expit")
def _expit(x: Any) -> Any:
    from scipy.special import expit

    y = expit(x)
    return y, lambda g: g * (y * expit(-x))


@_elementwise(np.maximum)
def _maximum(x: Any, y: Any) -> Any:
    return np.maximum(x, y), lambda g: g * _share(x, y), lambda g: g * _share(y, x)


@_elementwise(np.minimum)
def _minimum(x: Any, y: Any) -> Any:
    return np.minimum(x, y), lambda g: g * _share(y, x), lambda g: g * _share(x, y)


def _share(x: Any, y: Any) -> Any:
    """Return 1 where x is the larger, 0 where it is the smaller, and ½ where they are equal."""
    return np.heaviside(_plain(x) - _plain(y), 0.5)


@primitive
def _select(x: Any, y: Any, *, condition: Any) -> Any:
    return (
        np.where(condition, x, y),
        lambda g: np.where(condition, g, 0.0),
        lambda g: np.where(condition, 0.0, g),
    )


@_stands_for(np.where)
def _where(condition: Any, x: Any = None, y: Any = None) -> Any:
    condition = _plain(condition)
    if x is None or y is None:
        return np.where(condition)
    return _select(x, y, condition=condition)


@_elementwise(np.matmul)
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
        return _unbroadcast(matrix(g) @ columns.swapaxes(-1, -2), rows.shape).reshape(x.shape)

    def right(g: Any) -> Any:
        return _unbroadcast(rows.swapaxes(-1, -2) @ matrix(g), columns.shape).reshape(y.shape)

    return x @ y, left, right


@_stands_for(np.dot)
def _dot(a: Any, b: Any) -> Any:
    if np.ndim(a) > 2 or np.ndim(b) > 2:
        _refuse("np.dot of arrays with more than two axes", "use @")
    return _matmul(a, b) if np.ndim(a) and np.ndim(b) else _multiply(a, b)


@_stands_for(np.outer)
def _outer(a: Any, b: Any) -> Any:
    return _multiply(_reshape(a, shape=(-1, 1)), _reshape(b, shape=-1))


@_stands_for(np.linalg.norm)
def _norm(x: Any) -> Any:
    if x.ndim != 1:
        _refuse("np.linalg.norm of a matrix", "use np.sqrt(np.sum(x**2))")
    return np.sqrt(_matmul(x, x))


def _reduction(rule: Any) -> Callable[..., Any]:
    function = primitive(rule)

    def reduce(a: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
        return function(a, axis=axis, keepdims=keepdims)

    return reduce


@_stands_for(np.sum)
@_reduction
def _sum(x: Any, *, axis: Any, keepdims: bool) -> Any:
    value = x.sum(axis=axis, keepdims=keepdims)
    return value, lambda g: _spread(_kept(g, x, axis), shape=x.shape)


@_stands_for(np.mean)
@_reduction
def _mean(x: Any, *, axis: Any, keepdims: bool) -> Any:
    value = x.mean(axis=axis, keepdims=keepdims)
    return value, lambda g: _spread(_kept(g * (value.size / x.size), x, axis), shape=x.shape)


@_stands_for(np.max, np.amax)
@_reduction
def _max(x: Any, *, axis: Any, keepdims: bool) -> Any:
    value = x.max(axis=axis, keepdims=keepdims)
    return value, lambda g: _kept(g, x, axis) * _tied(x, value, axis)


@_stands_for(np.min, np.amin)
@_reduction
def _min(x: Any, *, axis: Any, keepdims: bool) -> Any:
    value = x.min(axis=axis, keepdims=keepdims)
    return value, lambda g: _kept(g, x, axis) * _tied(x, value, axis)


@_reduction
def _logsumexp(x: Any, *, axis: Any, keepdims: bool) -> Any:
    # With the largest exponent taken out, nothing overflows.
    top = _plain(x).max(axis=axis, keepdims=True)
    top = np.where(np.isfinite(top), top, 0.0)
    sums = np.exp(x - top).sum(axis=axis, keepdims=True)
    kept = np.log(sums) + top
    value = kept if keepdims else kept.reshape(_plain(x).sum(axis=axis).shape)
    return value, lambda g: _kept(g, x, axis) * np.exp(x - kept)


def _kept(g: Any, x: Any, axis: Any) -> Any:
    """Return g with the axes of x over which was reduced as axes of length 1."""
    if axis is None or g.ndim == x.ndim:
        return g
    axes = normalize_axis_tuple(axis, x.ndim)
    return g.reshape([1 if i in axes else n for i, n in enumerate(x.shape)])


def _tied(x: Any, value: Any, axis: Any) -> Any:
    """Return the share of each element in the maximum: equal among those that are tied."""
    chosen = _plain(x) == _kept(_plain(value), x, axis)
    return chosen / chosen.sum(axis=axis, keepdims=True)


@primitive
def _spread(x: Any, *, shape: tuple[int, ...]) -> Any:
    # np.broadcast_to of plain arrays takes as long as five operations, and a view is read-only.
    value = np.broadcast_to(x, shape) if type(x) is Variable else np.full(shape, x)
    return value, _same


@_stands_for(np.broadcast_to)
def _broadcast_to(array: Any, shape: Any) -> Any:
    return _spread(array, shape=np.empty(shape).shape)


@primitive
def _reshape(x: Any, *, shape: Any) -> Any:
    return np.reshape(x, shape), lambda g: g.reshape(x.shape)


@_stands_for(np.reshape)
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


_FUNCTIONS.update(
    {
        np.matmul: _matmul,
        np.ravel: Variable.ravel,
        np.transpose: lambda a, axes=None: _transpose(a, axes=axes),
        np.swapaxes: lambda a, axis1, axis2: _swapaxes(a, axis1=axis1, axis2=axis2),
        np.squeeze: lambda a, axis=None: a.squeeze(axis),
        np.expand_dims: lambda a, axis: _reshape(a, shape=np.expand_dims(_plain(a), axis).shape),
        np.concatenate: lambda arrays, axis=0: _concatenate(*arrays, axis=axis),
        np.stack: lambda arrays, axis=0: _stack(*arrays, axis=axis),
    }
)

_REDUCTIONS = {np.add: _sum, np.maximum: _max, np.minimum: _min, np.logaddexp: _logsumexp}

# Their values are constant but for jumps: the derivative is zero, or none.
_STEPS = {
    np.sign, np.floor, np.ceil, np.rint, np.isfinite, np.isinf, np.isnan,
    np.less, np.less_equal, np.greater, np.greater_equal, np.equal, np.not_equal,
}  # fmt: skip


def _of_values(function: Any) -> Callable[..., Any]:
    return lambda *args, **kwargs: function(*map(_plain, args), **kwargs)


_FUNCTIONS.update(
    {
        function: _of_values(function)
        for function in (
            np.argmax, np.argmin, np.argsort, np.zeros_like, np.ones_like,
            np.shape, np.ndim, np.size,
        )
    }
)  # fmt: skip


def _unusual(ufunc: Any, method: str, inputs: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Do what is not a plain call of a ufunc that has a rule, or refuse it."""
    name = f"np.{ufunc.__name__}" if hasattr(np, ufunc.__name__) else ufunc.__name__
    if "out" in kwargs:
        raise TypeError(
            f"{name} is asked to write into an array (out=, or x += y), "
            "which cannot be differentiated: write x = x + y"
        )
    if method == "reduce" and ufunc in _REDUCTIONS:
        return _REDUCTIONS[ufunc](*inputs, **{"axis": 0, **kwargs})
    if method == "__call__" and not kwargs:
        if ufunc in _STEPS:
            return ufunc(*map(_plain, inputs))
        if ufunc.__name__ in _UFUNCS:
            return _UFUNCS[ufunc.__name__](*inputs)
    settings = "".join(f" with {key}=" for key in kwargs)
    return _refuse(name + ("" if method == "__call__" else f".{method}") + settings)


def _refuse(name: str, advice: str = "") -> NoReturn:
    advice = advice or "use an operation listed in calcguide.autodiff, or add a rule by primitive"
    raise NotImplementedError(f"autodiff has no rule for {name}: {advice}")
