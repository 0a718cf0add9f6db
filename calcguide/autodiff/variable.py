"""The variable: what a function is given in place of its arrays, and where NumPy finds its rules."""

from collections.abc import Callable, Iterator
from operator import getitem
from typing import Any, NoReturn

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from calcguide.autodiff.tape import Tape

__all__ = [
    "FUNCTIONS",
    "PLAIN",
    "REDUCTIONS",
    "UFUNCS",
    "Variable",
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


class Variable(NDArrayOperatorsMixin):
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

    def __init__(self, value: Any, tape: Tape, index: int) -> None:
        self.value = value
        self.tape = tape
        self.index = index

    # NumPy hands over here whatever it is asked to do with a variable, the operators included.

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        if method == "__call__" and not kwargs:
            function = UFUNCS.get(ufunc)
            if function is not None:
                return function(*inputs)
        return _unusual(ufunc, method, inputs, kwargs)

    def __array_function__(self, func: Any, types: Any, args: Any, kwargs: Any) -> Any:
        function = FUNCTIONS.get(func)
        if function is None:
            refuse(f"{func.__module__}.{func.__name__}".replace("numpy", "np", 1))
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


# Constants of these types are used as they are; others, such as lists, become arrays of floats.
PLAIN = frozenset({np.ndarray, float, int, np.float64})


def plain(value: Any) -> Any:
    """Return the array behind a variable, through all tapes."""
    while type(value) is Variable:
        value = value.value
    return value


def real(value: Any, name: str) -> Any:
    """Return an array of floats that is not changed by anyone; nan and infinity pass through."""
    if type(value) is Variable:
        return value
    array = np.asarray(value)
    if array.dtype.kind not in "buif":
        raise TypeError(f"{name} must hold real numbers, got {told(value, array.dtype)}")
    return array.astype(np.float64, copy=False)


def told(value: Any, dtype: np.dtype[Any]) -> str:
    """Return what to call a value that is not made of real numbers."""
    return f"dtype {dtype}" if dtype.kind != "O" else f"a {type(value).__name__}"


def _unusual(ufunc: Any, method: str, inputs: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Do what is not a plain call of a ufunc that has a rule, or refuse it."""
    name = f"np.{ufunc.__name__}" if hasattr(np, ufunc.__name__) else ufunc.__name__
    if "out" in kwargs:
        # To a scalar, NumPy's and Python's own, x += y means x = x + y. An array would change.
        target = inputs[0]
        alone = kwargs["out"][0] is target and len(kwargs) == 1
        if alone and type(target) is Variable and target.ndim == 0:
            return ufunc(*inputs)
        raise TypeError(
            f"{name} is asked to write into an array (out=, or x += y), "
            "which cannot be differentiated: write x = x + y"
        )
    if method == "reduce" and ufunc in REDUCTIONS:
        return REDUCTIONS[ufunc](*inputs, **{"axis": 0, **kwargs})
    if method == "__call__" and not kwargs and ufunc.__name__ in UFUNCS:
        return UFUNCS[ufunc.__name__](*inputs)
    settings = "".join(f" with {key}=" for key in kwargs)
    return refuse(name + ("" if method == "__call__" else f".{method}") + settings)


def refuse(name: str, advice: str = "") -> NoReturn:
    """Say that an operation has no rule, and what to do."""
    advice = advice or "use an operation listed in calcguide.autodiff, or add a rule by primitive"
    raise NotImplementedError(f"autodiff has no rule for {name}: {advice}")
