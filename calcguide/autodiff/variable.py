"""The variable: what a function is given in place of its arrays, and where NumPy finds its rules."""

import inspect
from collections.abc import Callable, Iterator
from operator import getitem
from typing import Any, NoReturn

import numpy as np

from calcguide.autodiff.tape import Tape

__all__ = [
    "FUNCTIONS",
    "NUMBERS",
    "REAL",
    "REDUCTIONS",
    "UFUNCS",
    "Variable",
    "enter",
    "plain",
    "real",
    "refuse",
    "told",
]

# What to call in place of a ufunc, of its method `reduce`, and of any other function of NumPy or of
# `operator`, if it is asked for with a variable. The module `rules` fills them.
UFUNCS: dict[Any, Callable[..., Any]] = {}
REDUCTIONS: dict[Any, Callable[..., Any]] = {}
FUNCTIONS: dict[Any, Callable[..., Any]] = {}


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

    # With it, pandas leaves the arithmetic of its objects and a variable to the variable.
    __pandas_priority__ = 5000

    def __init__(self, value: Any, tape: Tape, index: int) -> None:
        self.value = value
        self.tape = tape
        self.index = index

    # NumPy hands over here whatever it is asked to do with a variable.

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        if method == "__call__" and not kwargs:
            function = UFUNCS.get(ufunc)
            if function is not None:
                return function(*inputs)
        return _unusual(ufunc, method, inputs, kwargs)

    def __array_function__(self, func: Any, types: Any, args: Any, kwargs: Any) -> Any:
        function = FUNCTIONS.get(func)
        if function is None:
            refuse(_name(func))
        try:
            return function(*args, **kwargs)
        except TypeError:
            _refuse_settings(func, function, args, kwargs)
            raise

    def __array__(self, *_: Any, **__: Any) -> NoReturn:
        raise TypeError(
            "a variable that is being differentiated cannot be stored in a plain array: put "
            "variables together by np.stack or np.concatenate, and use plain arrays in place of "
            "masked arrays, matrices and data frames"
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

    # The operators are added together with the rules of their ufuncs, by `enter`; these have none.

    def __floordiv__(self, other: Any) -> NoReturn:
        refuse("np.floor_divide")

    def __mod__(self, other: Any) -> NoReturn:
        refuse("np.remainder")

    def __divmod__(self, other: Any) -> NoReturn:
        refuse("np.divmod")

    __rfloordiv__, __rmod__, __rdivmod__ = __floordiv__, __mod__, __divmod__

    __hash__ = None  # type: ignore[assignment]

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
        return FUNCTIONS[np.transpose](self)

    def __len__(self) -> int:
        return len(self.value)

    def __iter__(self) -> Iterator[Any]:
        return (self[i] for i in range(len(self.value)))

    def __getitem__(self, index: Any) -> Any:
        return FUNCTIONS[getitem](self, index)

    def __setitem__(self, index: Any, value: Any) -> NoReturn:
        raise TypeError(
            "x[...] = y changes an array in place, which cannot be differentiated: "
            "build a new one by np.where, np.concatenate or np.stack"
        )

    def sum(self, axis: Any = None, *, keepdims: bool = False) -> Any:
        """Return the sum over axes, as `numpy.sum`."""
        return FUNCTIONS[np.sum](self, axis=axis, keepdims=keepdims)

    def mean(self, axis: Any = None, *, keepdims: bool = False) -> Any:
        """Return the mean over axes, as `numpy.mean`."""
        return FUNCTIONS[np.mean](self, axis=axis, keepdims=keepdims)

    def max(self, axis: Any = None, *, keepdims: bool = False) -> Any:
        """Return the maximum over axes, as `numpy.max`."""
        return FUNCTIONS[np.max](self, axis=axis, keepdims=keepdims)

    def min(self, axis: Any = None, *, keepdims: bool = False) -> Any:
        """Return the minimum over axes, as `numpy.min`."""
        return FUNCTIONS[np.min](self, axis=axis, keepdims=keepdims)

    def dot(self, other: Any) -> Any:
        """Return the product, as `numpy.dot`."""
        return FUNCTIONS[np.dot](self, other)

    def reshape(self, *shape: Any) -> Any:
        """Return the same elements in another shape, as `numpy.reshape`."""
        return FUNCTIONS[np.reshape](self, shape[0] if len(shape) == 1 else shape)

    def ravel(self) -> Any:
        """Return the elements in one row, as `numpy.ravel`."""
        return FUNCTIONS[np.reshape](self, -1)

    flatten = ravel

    def transpose(self, *axes: Any) -> Any:
        """Return the array with its axes in another order, as `numpy.transpose`."""
        return FUNCTIONS[np.transpose](self, axes[0] if len(axes) == 1 else axes or None)

    def swapaxes(self, axis1: int, axis2: int) -> Any:
        """Return the array with two axes interchanged, as `numpy.swapaxes`."""
        return FUNCTIONS[np.swapaxes](self, axis1, axis2)

    def squeeze(self, axis: Any = None) -> Any:
        """Return the array without axes of length 1, as `numpy.squeeze`."""
        return FUNCTIONS[np.reshape](self, np.squeeze(plain(self), axis).shape)

    def copy(self) -> Any:
        """Return the variable itself, as nothing can change it."""
        return self


# The operator of a ufunc: the name of its methods, and its sign if it can be used in place.
OPERATORS = {
    np.add: ("add", "+"),
    np.subtract: ("sub", "-"),
    np.multiply: ("mul", "*"),
    np.divide: ("truediv", "/"),
    np.power: ("pow", "**"),
    np.matmul: ("matmul", "@"),
    np.negative: ("neg", ""),
    np.positive: ("pos", ""),
    np.absolute: ("abs", ""),
    np.less: ("lt", ""),
    np.less_equal: ("le", ""),
    np.greater: ("gt", ""),
    np.greater_equal: ("ge", ""),
    np.equal: ("eq", ""),
    np.not_equal: ("ne", ""),
}


def enter(ufunc: Any, function: Callable[..., Any]) -> None:
    """Let a function stand for a ufunc and its operator.

    The operator is the function itself: through NumPy, as `NDArrayOperatorsMixin` has it, the way
    to it takes as long as the operation.
    """
    UFUNCS[ufunc] = function
    name, sign = OPERATORS.get(ufunc, ("", ""))
    if name:
        setattr(Variable, f"__{name}__", function)
    if sign:

        def in_place(x: Any, y: Any) -> Any:
            # To a scalar, NumPy's and Python's own, x += y means x = x + y. An array would change.
            if x.ndim:
                raise TypeError(
                    f"x {sign}= y changes an array in place, which cannot be differentiated: "
                    f"write x = x {sign} y"
                )
            return function(x, y)

        setattr(Variable, f"__r{name}__", lambda y, x: function(x, y))
        setattr(Variable, f"__i{name}__", in_place)


# Constants of these types are numbers that cannot change.
NUMBERS = frozenset({float, int, np.float64})

# The kinds of dtypes that hold real numbers: bool, the integers, and the floats.
REAL = "buif"


def plain(value: Any) -> Any:
    """Return the array behind a variable, through all tapes."""
    while type(value) is Variable:
        value = value.value
    return value


def real(value: Any, name: str) -> Any:
    """Return a variable or an array as it is, and anything else as an array of floats.

    What does not hold real numbers is refused, and so are arrays of a type of their own: their
    masks or their rules would be lost. Nan and infinity pass through.
    """
    if type(value) is Variable:
        return value
    if isinstance(value, np.ndarray) and type(value) not in (np.ndarray, np.memmap):
        raise TypeError(
            f"{name} must be a plain array, got a {type(value).__name__}, "
            "which is not differentiated by its own rules"
        )
    try:
        array = np.asarray(value)
    except ValueError as error:
        raise ValueError(f"{name} must be an array with equal rows: {error}") from error
    if array.dtype.kind not in REAL:
        raise TypeError(f"{name} must hold real numbers, got {told(value, array.dtype)}")
    return array if array is value else array.astype(np.float64, copy=False)


def told(value: Any, dtype: np.dtype[Any]) -> str:
    """Return what to call a value that is not made of real numbers."""
    named = dtype.kind != "O" or isinstance(value, np.ndarray)
    return f"dtype {dtype}" if named else f"a {type(value).__name__}"


def _unusual(ufunc: Any, method: str, inputs: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Do what is not a plain call of a ufunc that has a rule, or refuse it."""
    if "out" in kwargs:
        raise TypeError(
            f"{_name(ufunc)} is asked to write into an array (out=, or x += y), "
            "which cannot be differentiated: write x = x + y"
        )
    if method == "reduce" and ufunc in REDUCTIONS:
        function, kwargs = REDUCTIONS[ufunc], {"axis": 0, **kwargs}
        try:
            return function(*inputs, **kwargs)
        except TypeError:
            _refuse_settings(ufunc, function, inputs, kwargs, ".reduce")
            raise
    if method == "__call__" and not kwargs and ufunc.__name__ in UFUNCS:
        return UFUNCS[ufunc.__name__](*inputs)
    settings = "".join(f" with {key}=" for key in kwargs)
    return refuse(_name(ufunc) + ("" if method == "__call__" else f".{method}") + settings)


def _refuse_settings(
    func: Any, function: Any, args: Any, kwargs: dict[str, Any], method: str = ""
) -> None:
    """Refuse a call with arguments that the function of NumPy has, but not its rule."""
    signature = inspect.signature(function)
    try:
        signature.bind(*args, **kwargs)
    except TypeError:
        unknown = "".join(f" with {key}=" for key in kwargs if key not in signature.parameters)
        refuse(_name(func) + method + (unknown or f" with {len(args)} arguments"))


def _name(function: Any) -> str:
    """Return what a function of NumPy is called by its users."""
    if isinstance(function, np.ufunc):
        name = function.__name__
        return f"np.{name}" if hasattr(np, name) else name
    return f"{function.__module__}.{function.__name__}".replace("numpy", "np", 1)


def refuse(name: str, advice: str = "") -> NoReturn:
    """Say that an operation has no rule, and what to do."""
    advice = advice or "use an operation listed in calcguide.autodiff, or add a rule by primitive"
    raise NotImplementedError(f"autodiff has no rule for {name}: {advice}")
