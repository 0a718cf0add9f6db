"""How a rule becomes a function that can be differentiated: one that writes on the tape."""

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from calcguide.autodiff.tape import Tape
from calcguide.autodiff.variable import FUNCTIONS, NUMBERS, REAL, Variable, enter, real

__all__ = ["elementwise", "primitive", "recorded", "stands_for"]


def primitive(rule: Callable[..., tuple[Any, ...]]) -> Callable[..., Any]:
    r"""Turn a forward rule and its backward rules into a function that can be differentiated.

    Parameters
    ----------
    rule : callable
        `rule(*arrays, **settings) -> (value, pullback, ...)`: the value, and for each positional
        argument the function that maps $g = \partial L / \partial\, \text{value}$ to
        $\partial L / \partial\, \text{argument}$. That of an argument which is never
        differentiated may be None, or left out at the end.

    Returns
    -------
    callable
        `function(*arrays, **settings) -> value`, for plain arrays and for variables.

    Raises
    ------
    ValueError
        On differentiating it, if a pullback returns another shape than that of its argument (or
        of the value, where the argument was broadcast to it).
    TypeError
        On differentiating it, if the rule does not return a tuple of this form, a variable is
        passed by keyword besides others by position, or a constant, a value or the result of a
        pullback does not hold real numbers.

    Notes
    -----
    Value and pullbacks may be Python's numbers or lists, and may be returned in one and the same
    array each time, as they are copied. The pullback of an argument that is constant is never
    called. Its result may have the shape of the value where the argument was broadcast to it; the
    sum over the broadcast axes is taken afterwards. Written with operations that have rules
    themselves, it can be differentiated again.

    Pullbacks are called after the function has ended. The arrays that a rule gets by position are
    the same then, as they are read-only, and copies if somebody else could write into them. An
    array that a pullback reads from elsewhere, be it a keyword argument or a variable of the
    surrounding code, must not change in between: copy it in the rule if it may.

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
    name = getattr(rule, "__name__", type(rule).__name__)

    def checked(*args: Any, **kwargs: Any) -> tuple[Any, ...]:
        result: Any = rule(*map(_read_only, args), **kwargs)
        if not isinstance(result, tuple) or not 1 <= len(result) <= len(args) + 1:
            got = f"{len(result)} items" if isinstance(result, tuple) else type(result).__name__
            raise TypeError(
                f"the rule of primitive {name} must return a tuple of the value and at most "
                f"{len(args)} pullbacks, got {got}"
            )
        value = _copy(result[0], f"the value of primitive {name}")
        pullbacks = result[1:] + (None,) * (len(args) + 1 - len(result))
        return value, *(
            _checked_pullback(pullback, f"primitive {name}", i, np.shape(arg), value.shape)
            for i, (pullback, arg) in enumerate(zip(pullbacks, args, strict=True))
        )

    on_tape = recorded(checked, keeps=True)

    @functools.wraps(rule)
    def function(*args: Any, **kwargs: Any) -> Any:
        if Variable not in map(type, args):
            return rule(*args, **kwargs)[0]
        for key, setting in kwargs.items():
            if type(setting) is Variable:
                raise TypeError(
                    f"primitive {name} got a variable as {key}=: what is to be differentiated is "
                    "passed by position"
                )
        return on_tape(*args, **kwargs)

    return function


def _checked_pullback(
    pullback: Any, name: str, position: int, shape: tuple[int, ...], value_shape: tuple[int, ...]
) -> Callable[[Any], Any]:
    def call(g: Any) -> Any:
        if pullback is None:
            raise TypeError(f"{name} has no pullback for argument {position}, which is a variable")
        what = f"the pullback of {name} for argument {position}"
        contribution = _copy(pullback(_read_only(g)), what)
        got = contribution.shape
        if got != shape and not (got == value_shape and _broadcasts(shape, got)):
            raise ValueError(f"{what} must return the shape {shape} of its argument, got {got}")
        return contribution

    return call


def _broadcasts(shape: tuple[int, ...], to: tuple[int, ...]) -> bool:
    pairs = zip(reversed(shape), reversed(to), strict=False)
    return len(shape) <= len(to) and all(n in (1, wanted) for n, wanted in pairs)


def _read_only(value: Any) -> Any:
    """Return a view into which nothing can be written: the tape goes on using its array."""
    if type(value) is np.ndarray and value.flags.writeable:
        value = value.view()
        value.flags.writeable = False
    return value


def _copy(value: Any, name: str) -> Any:
    return value if type(value) is Variable else np.array(real(value, name), dtype=np.float64)


def recorded(rule: Any, *, keeps: bool = False) -> Callable[..., Any]:
    """Turn a rule as for `primitive` into a function, trusting it to return what it should.

    If it keeps its arguments for the pullbacks, it gets a copy of a constant that may change.
    """

    def function(*args: Any, **kwargs: Any) -> Any:
        if len(args) == 1 and type(args[0]) is Variable:  # the general case, written out
            (x,) = args
            value, pullback = rule(x.value, **kwargs)
            x.tape.append([(x.index, x.value.shape, pullback)])
            return Variable(value, x.tape, len(x.tape) - 1)
        # The innermost tape on which an argument stands is the one to write on: tapes are opened
        # one inside the other, and to an inner one the variables of an outer one are constants.
        tape: Tape | None = None
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
                values.append(_constant(arg, tape, keeps))
        value, *pullbacks = rule(*values, **kwargs)
        entry = [
            (arg.index, arg.value.shape, pullback)
            for arg, pullback in zip(args, pullbacks, strict=True)
            if type(arg) is Variable and arg.tape is tape
        ]
        tape.append(entry)
        return Variable(value, tape, len(tape) - 1)

    return function


def _constant(value: Any, tape: Tape, keeps: bool) -> Any:
    if type(value) in NUMBERS:
        return value
    array = real(value, "an operand")
    return tape.keep(array) if keeps else array


def elementwise(*ufuncs: Any, keeps: bool = False) -> Callable[[Any], Callable[..., Any]]:
    """Enter a rule for functions of NumPy that are applied to each element, and for @."""

    def enter_all(rule: Any) -> Callable[..., Any]:
        binary = rule.__code__.co_argcount == 2
        function = _binary(rule, keeps=keeps) if binary else _unary(rule)
        for ufunc in ufuncs:
            enter(ufunc, function)
        return function

    return enter_all


# These two do what the function from `recorded` does, in half the time, where all is simple: one
# tape, and constants that are numbers or arrays. The overhead of an operation is mostly here.


def _unary(rule: Any) -> Callable[..., Any]:
    def function(x: Any) -> Any:
        if type(x) is not Variable:
            return rule(x)[0]
        tape, u = x.tape, x.value
        value, pullback = rule(u)
        tape.append([(x.index, u.shape, pullback)])
        return Variable(value, tape, len(tape) - 1)

    return function


def _binary(rule: Any, *, keeps: bool) -> Callable[..., Any]:
    general = recorded(rule, keeps=keeps)

    def function(x: Any, y: Any) -> Any:
        if type(x) is Variable:
            tape, u = x.tape, x.value
            if type(y) is Variable and y.tape is tape:
                v = y.value
                value, by_x, by_y = rule(u, v)
                tape.append([(x.index, u.shape, by_x), (y.index, v.shape, by_y)])
            elif type(y) in NUMBERS:
                value, by_x, _ = rule(u, y)
                tape.append([(x.index, u.shape, by_x)])
            elif type(y) is np.ndarray and y.dtype.kind in REAL:
                value, by_x, _ = rule(u, tape.keep(y) if keeps else y)
                tape.append([(x.index, u.shape, by_x)])
            else:
                return general(x, y)
        elif type(y) is Variable:
            tape, v = y.tape, y.value
            if type(x) in NUMBERS:
                value, _, by_y = rule(x, v)
            elif type(x) is np.ndarray and x.dtype.kind in REAL:
                value, _, by_y = rule(tape.keep(x) if keeps else x, v)
            else:
                return general(x, y)
            tape.append([(y.index, v.shape, by_y)])
        else:
            return general(x, y)
        return Variable(value, tape, len(tape) - 1)

    return function


def stands_for(*functions: Any) -> Callable[[Any], Any]:
    """Enter what is to be called, with a variable, in place of a function of NumPy."""

    def enter(function: Any) -> Any:
        FUNCTIONS.update(dict.fromkeys(functions, function))
        return function

    return enter
