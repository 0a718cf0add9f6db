"""How a rule becomes a function that can be differentiated: one that writes on the tape."""

import functools
from collections.abc import Callable
from typing import Any

from calcguide.autodiff.variable import FUNCTIONS, PLAIN, UFUNCS, Variable, real

__all__ = ["elementwise", "primitive", "stands_for"]


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
        if len(args) == 1 and type(args[0]) is Variable:  # the general case, written out
            (x,) = args
            value, pullback = rule(x.value, **kwargs)
            x.tape.append([(x.index, x.value.shape, pullback)])
            return Variable(value, x.tape, len(x.tape) - 1)
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
                values.append(arg if type(arg) in PLAIN else real(arg, "an operand"))
        result = rule(*values, **kwargs)
        entry = [
            (arg.index, arg.value.shape, pullback)
            for arg, pullback in zip(args, result[1:], strict=False)
            if type(arg) is Variable and arg.tape is tape
        ]
        tape.append(entry)
        return Variable(result[0], tape, len(tape) - 1)

    return function


def elementwise(*ufuncs: Any) -> Callable[[Any], Callable[..., Any]]:
    """Enter a rule for functions of NumPy that are applied to each element, and for @."""

    def enter(rule: Any) -> Callable[..., Any]:
        function = primitive(rule)
        if rule.__code__.co_argcount == 2:
            function = _binary(rule, function)
        UFUNCS.update(dict.fromkeys(ufuncs, function))
        return function

    return enter


# It does what the function from `primitive` does, in half the time, where all is simple: one tape,
# and constants that are used as they are. The overhead of an operation is mostly here.


def _binary(rule: Any, general: Callable[..., Any]) -> Callable[..., Any]:
    def function(x: Any, y: Any) -> Any:
        if type(x) is Variable:
            tape, u = x.tape, x.value
            if type(y) is Variable and y.tape is tape:
                v = y.value
                value, by_x, by_y = rule(u, v)
                tape.append([(x.index, u.shape, by_x), (y.index, v.shape, by_y)])
            elif type(y) in PLAIN:
                value, by_x, _ = rule(u, y)
                tape.append([(x.index, u.shape, by_x)])
            else:
                return general(x, y)
        elif type(y) is Variable and type(x) in PLAIN:
            tape, v = y.tape, y.value
            value, _, by_y = rule(x, v)
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
