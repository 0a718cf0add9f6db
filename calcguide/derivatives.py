r"""Derivatives from function values alone, and the check of a hand-written gradient against them."""

import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from calcguide._checks import as_array, as_number, as_scalar

__all__ = ["GradientReport", "check_gradient", "derivative", "gradient", "hessian", "jacobian"]

Array: TypeAlias = NDArray[np.float64]
Function: TypeAlias = Callable[..., Any]
Method: TypeAlias = Literal["forward", "central", "complex"]

_EPS = float(np.finfo(np.float64).eps)

# The default step balances truncation against rounding. With values that carry a relative error
# eps, a difference quotient of order p is off by about h**p + eps / h, least at h = eps**(1/(1+p)).
# The complex step subtracts nothing: its h is so small that h**2 vanishes beside 1.
_STEPS: dict[str, float] = {
    "forward": _EPS ** (1 / 2),
    "central": _EPS ** (1 / 3),
    "complex": 1e-20,
}
# The second difference, extrapolated to order 4, divides by h**2: h**4 + eps / h**2 is least at
# h = eps**(1/6).
_SECOND_STEP = _EPS ** (1 / 6)
# What is left at these steps, where the function and its derivatives are of order 1.
_ERRORS: dict[str, float] = {
    "forward": _EPS ** (1 / 2),
    "central": _EPS ** (2 / 3),
    "complex": _EPS,
}


def derivative(
    f: Function, x: ArrayLike, *, method: Method = "central", step: float | None = None
) -> Any:
    r"""Approximate the derivative of a function of one variable, at one point or at many.

    Parameters
    ----------
    f : callable
        `f(x) -> array` of the shape of `x`, applied to each element on its own.
    x : array_like
        The points.
    method : {"central", "forward", "complex"}, default "central"
        The formula. "complex" needs an `f` that accepts and returns complex numbers.
    step : float, optional
        The step $h > 0$, used as it is. By default it is chosen for each point, see Notes.

    Returns
    -------
    float or ndarray, shape of `x`
        The approximate derivatives.

    Raises
    ------
    ValueError
        If `f` returns another shape than that of `x`, or drops the imaginary part.

    Notes
    -----
    | method  | formula                      | error     | default step relative to max(1, abs(x)) |
    |---------|------------------------------|-----------|------------------------------------|
    | forward | $(f(x+h) - f(x))/h$          | $O(h)$    | $\epsilon^{1/2} \approx$ 1.5e-8    |
    | central | $(f(x+h) - f(x-h))/(2h)$     | $O(h^2)$  | $\epsilon^{1/3} \approx$ 6.1e-6    |
    | complex | $\operatorname{Im} f(x+ih)/h$ | $O(h^2)$ | 1e-20                              |

    The values of $f$ carry rounding errors of about $\epsilon |f|$, $\epsilon = 2^{-52}$, which
    the division by $h$ magnifies. With a truncation error of order $h^p$ the sum
    $h^p + \epsilon/h$ is least at $h \sim \epsilon^{1/(p+1)}$, and is then about
    $\epsilon^{p/(p+1)}$: 1.5e-8 for the forward and 3.7e-11 for the central difference [1]. The
    complex step subtracts nothing and is exact to rounding [2], if $f$ is analytic: `abs`,
    `maximum`, comparisons and `conj` are not.

    References
    ----------
    [1] J. Nocedal, S. J. Wright, "Numerical Optimization", 2nd ed., section 8.1 (2006).

    [2] W. Squire, G. Trapp, "Using complex variables to estimate derivatives of real
    functions", SIAM Review 40(1), 110-112 (1998).

    Examples
    --------
    >>> import numpy as np
    >>> from calcguide.derivatives import derivative
    >>> x = np.array([0.0, 1.0, 2.0])
    >>> for method in ("forward", "central", "complex"):
    ...     error = np.abs(derivative(np.sin, x, method=method) - np.cos(x)).max()
    ...     print(method, error < {"forward": 1e-7, "central": 1e-10, "complex": 1e-15}[method])
    forward True
    central True
    complex True
    """
    points = as_array(x, "x")
    evaluate = _evaluator(f, "f", (), points.shape)
    h = _step_sizes(points, step, _default_step(method))
    base = evaluate(points.copy()) if method == "forward" else None
    return _quotient(evaluate, points, h, method, base)[()]


def gradient(
    fun: Function,
    x: ArrayLike,
    *,
    args: tuple[Any, ...] = (),
    method: Method = "central",
    step: float | None = None,
) -> Array:
    r"""Approximate the gradient of a function of several variables.

    Parameters
    ----------
    fun : callable
        `fun(x, *args) -> float`.
    x : array_like
        The point, of any shape: a vector, a matrix of weights.
    args : tuple, default ()
        Further arguments of `fun`.
    method : {"central", "forward", "complex"}, default "central"
        The formula, see `derivative`. For n variables the methods take 2n, n + 1 and n
        evaluations.
    step : float, optional
        The step in each variable, used as it is; by default as for `derivative`.

    Returns
    -------
    ndarray, shape of `x`
        The partial derivatives.

    Raises
    ------
    ValueError
        If `fun` does not return one number, or drops the imaginary part.

    Examples
    --------
    The gradient of (x·x − 10)² is 4(x·x − 10)x:

    >>> from calcguide.derivatives import gradient
    >>> gradient(lambda x: (x @ x - 10) ** 2, [1.0, 2.0])
    array([-20., -40.])
    """
    points = as_array(x, "x")
    evaluate = _evaluator(fun, "fun", args, None)
    columns = _partial_derivatives(evaluate, points, method, step)
    return np.array(list(columns), dtype=np.float64).reshape(points.shape)


def jacobian(
    fun: Function,
    x: ArrayLike,
    *,
    args: tuple[Any, ...] = (),
    method: Method = "central",
    step: float | None = None,
) -> Array:
    r"""Approximate the Jacobian matrix of a vector-valued function.

    Parameters
    ----------
    fun : callable
        `fun(x, *args) -> array` of shape `(m,)`.
    x : array_like of shape (n,)
        The point.
    args, method, step
        As for `gradient`.

    Returns
    -------
    ndarray of shape (m, n)
        The partial derivatives $J_{ij} = \partial f_i / \partial x_j$.

    Raises
    ------
    ValueError
        If `fun` does not return a vector, always of the same length, or drops the imaginary part.

    Examples
    --------
    Polar coordinates at radius 2 and angle 0:

    >>> import numpy as np
    >>> from calcguide.derivatives import jacobian
    >>> jacobian(lambda p: p[0] * np.array([np.cos(p[1]), np.sin(p[1])]), [2.0, 0.0])
    array([[1., 0.],
           [0., 2.]])
    """
    points = as_array(x, "x", ndim=1)
    shape = np.shape(fun(points.copy(), *_tuple(args)))
    if len(shape) != 1:
        raise ValueError(
            f"fun must return a vector, got shape {shape}"
            + ("; use gradient for a function with one value" if shape == () else "")
        )
    evaluate = _evaluator(fun, "fun", args, shape)
    return np.column_stack(list(_partial_derivatives(evaluate, points, method, step)))


def hessian(
    fun: Function,
    x: ArrayLike,
    *,
    args: tuple[Any, ...] = (),
    jac: Function | None = None,
    step: float | None = None,
) -> Array:
    r"""Approximate the Hessian matrix of a function of several variables.

    Parameters
    ----------
    fun : callable
        `fun(x, *args) -> float`.
    x : array_like of shape (n,)
        The point.
    args : tuple, default ()
        Further arguments of `fun` and `jac`.
    jac : callable, optional
        The gradient, `jac(x, *args) -> array` of shape `(n,)`. If given, `fun` is not called.
    step : float, optional
        The step in each variable, used as it is. By default $\epsilon^{1/6} \approx$ 2.5e-3 for
        differences of `fun` and $\epsilon^{1/3} \approx$ 6.1e-6 for those of `jac`, relative to
        max(1, abs(x)). Differences of `fun` reach out twice as far.

    Returns
    -------
    ndarray of shape (n, n)
        The second derivatives, an exactly symmetric matrix.

    Raises
    ------
    ValueError
        If `fun` does not return one number, or `jac` not a vector of the length of `x`.

    Notes
    -----
    From `jac` by central differences, $2n$ evaluations, made symmetric as $(H + H^T)/2$; error
    about $\epsilon^{2/3}$. From `fun` alone by second differences: with
    $S_i = f(x + h_i e_i) + f(x - h_i e_i)$ and
    $S_{ij} = f(x + h_i e_i + h_j e_j) + f(x - h_i e_i - h_j e_j)$ [1]

    $$D_{ii}(h) = \frac{S_i - 2 f(x)}{h_i^2}, \qquad
    D_{ij}(h) = \frac{S_{ij} - S_i - S_j + 2 f(x)}{2 h_i h_j}.$$

    Their error is even in $h$ and begins with $h^2$, which Richardson's extrapolation removes:

    $$H \approx \frac{4 D(h) - D(2h)}{3},$$

    of order $h^4$, with $2n^2 + 2n + 1$ evaluations. The truncation error $h^4$ and the rounding
    error $\epsilon/h^2$ balance at $h \sim \epsilon^{1/6}$, where both are about
    $\epsilon^{2/3} \approx$ 3.7e-11.

    References
    ----------
    [1] M. Abramowitz, I. A. Stegun, "Handbook of Mathematical Functions", formulas 25.3.23
    and 25.3.27 (1964).

    Examples
    --------
    >>> from calcguide.derivatives import hessian
    >>> hessian(lambda x: x[0] ** 2 + 10 * x[1] ** 2 + x[0] * x[1], [1.0, 1.0]).round(6)
    array([[ 2.,  1.],
           [ 1., 20.]])
    """
    points = as_array(x, "x", ndim=1)
    if jac is not None:
        evaluate = _evaluator(jac, "jac", args, points.shape)
        rows = list(_partial_derivatives(evaluate, points, "central", step))
        matrix: Array = np.array(rows, dtype=np.float64)
        return 0.5 * (matrix + matrix.T)

    evaluate = _evaluator(fun, "fun", args, None)
    h = _step_sizes(points, step, _SECOND_STEP)

    centre = 2 * float(evaluate(points.copy()))
    return (
        4 * _second_differences(evaluate, points, h, centre)
        - _second_differences(evaluate, points, 2 * h, centre)
    ) / 3


def _second_differences(evaluate: Function, x: Array, h: Array, centre: float) -> Array:
    """Return the matrix of second differences of order 2; ``centre`` is twice the value at x."""

    def pair(*moved: int) -> float:
        up, down = x.copy(), x.copy()
        for i in moved:
            up[i] += h[i]
            down[i] -= h[i]
        return float(evaluate(up) + evaluate(down))

    n = x.size
    single = [pair(i) for i in range(n)]
    matrix = np.empty((n, n))
    for i in range(n):
        matrix[i, i] = (single[i] - centre) / h[i] ** 2
        for j in range(i):
            mixed = pair(i, j) - single[i] - single[j] + centre
            matrix[i, j] = matrix[j, i] = mixed / (2 * h[i] * h[j])
    return matrix


@dataclass(frozen=True, eq=False)
class GradientReport:
    """What `check_gradient` has found; `print` it for a table and a verdict.

    Attributes
    ----------
    analytic, numerical : ndarray, shape of x
        The gradient from `jac`, and that from differences of `fun`.
    abs_error : ndarray, shape of x
        The distance between the two, by component.
    rel_error : ndarray, shape of x
        `abs_error` relative to the larger of the two magnitudes, or to `atol / rtol` where both
        are smaller, for there the difference formula itself is no better.
    max_rel_error : float
        The largest `rel_error`.
    ratio : float
        The median of analytic / numerical over the components that stand out of the error of the
        difference formula; nan if there are none.
    rtol : float
        The largest `rel_error` that counts as agreement.
    success : bool
        Whether `max_rel_error` is at most `rtol`.
    message : str
        What is right or wrong, in words.
    """

    analytic: Array
    numerical: Array
    abs_error: Array
    rel_error: Array
    max_rel_error: float
    ratio: float
    rtol: float
    success: bool
    message: str

    def __str__(self) -> str:
        """Return a table of the components, the worst ten if there are more, and the verdict."""
        order = np.argsort(-np.nan_to_num(self.rel_error, nan=np.inf), axis=None, kind="stable")
        # Below the tolerance, errors are rounding noise: they rank nothing and say nothing.
        shown = range(min(order.size, _ROWS)) if self.success else np.sort(order[:_ROWS])
        rows = [("component", "analytic", "numerical", "rel_error")]
        for i in shown:
            error = self.rel_error.flat[i]
            rows.append(
                (
                    _place(int(i), self.analytic.shape),
                    f"{self.analytic.flat[i]:.8g}",
                    f"{self.numerical.flat[i]:.8g}",
                    f"<= {self.rtol:.0e}" if error <= self.rtol else f"{error:.1e}",
                )
            )
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        lines = ["  ".join(map(str.rjust, row, widths)) for row in rows]
        if order.size > _ROWS:
            which = "first" if self.success else "worst"
            lines.append(f"(the {_ROWS} {which} of {order.size} components)")
        return "\n".join([*lines, self.message])


_ROWS = 10


def check_gradient(
    fun: Function,
    jac: Function,
    x: ArrayLike,
    *,
    args: tuple[Any, ...] = (),
    method: Method = "central",
    rtol: float = 1e-6,
    atol: float | None = None,
) -> GradientReport:
    r"""Check a hand-written gradient against differences of the function.

    Parameters
    ----------
    fun : callable
        `fun(x, *args) -> float`.
    jac : callable
        The gradient to be checked, `jac(x, *args) -> array` of the shape of `x`.
    x : array_like
        The point, of any shape. A random point is the best: at 0 or 1 terms cancel or coincide.
    args : tuple, default ()
        Further arguments of `fun` and `jac`.
    method : {"central", "forward", "complex"}, default "central"
        The formula, see `derivative`.
    rtol : float, default 1e-6
        The relative error that is accepted, positive.
    atol : float, optional
        The absolute error that is accepted. By default 30 times the error of the formula,
        $30\, \epsilon^{p/(p+1)} \max(1, |f(x)|)$ with its order $p$: 1.1e-9 for the central
        difference, 4.5e-7 for the forward one, and $30\, \epsilon \max(1, |f(x)|)$ = 6.7e-15 for
        the complex step, where $|f(x)|$ is at most 1.

    Returns
    -------
    GradientReport
        The comparison. A wrong gradient is reported, never raised.

    Raises
    ------
    ValueError
        If `jac` returns another shape than that of `x`, or if `fun` is not finite at `x`.

    Notes
    -----
    A component passes if $|a - d| \le \max(\mathrm{rtol} \cdot \max(|a|, |d|), \mathrm{atol})$,
    with its analytic value $a$ and its difference quotient $d$. The relative part alone would
    condemn a correct component close to zero, where $d$ is rounding noise of size
    $\epsilon |f| / h$; the absolute part alone would mean nothing without the scale of the
    function. For a function with values and gradients below about 1e-6, scale it or lower `atol`.

    At a kink (`abs`, `maximum`, ReLU), or closer to one than the step, there is no derivative to
    compare with, and the check fails whatever `jac` says. Check at a point that lies off the
    kinks.

    Examples
    --------
    The cost has the factor 1/(2m), its gradient 2/m:

    >>> import numpy as np
    >>> from calcguide.derivatives import check_gradient
    >>> X, y = np.array([[1.0, 1.0], [1.0, 2.0]]), np.array([2.0, 3.0])
    >>> report = check_gradient(
    ...     lambda w: ((X @ w - y) ** 2).sum() / (2 * len(y)),
    ...     lambda w: 2 * X.T @ (X @ w - y) / len(y),
    ...     [0.5, 0.5],
    ... )
    >>> report.success
    False
    >>> print(report.message)
    Wrong: every component is 2 times the numerical one (sum or mean? factor 1/2?).
    """
    points = as_array(x, "x")
    rtol = as_number(rtol, "rtol", above=0)
    _default_step(method)
    value = as_scalar(fun(points.copy(), *_tuple(args)), "fun")
    if not np.isfinite(value):
        raise ValueError(f"fun must be finite at x, got {value}")
    if atol is None:
        atol = 30 * _ERRORS[method] * max(1.0, abs(value))
    atol = as_number(atol, "atol", least=0)

    analytic = np.array(_evaluator(jac, "jac", args, points.shape)(points.copy()), dtype=np.float64)
    with np.errstate(all="ignore"):
        numerical = gradient(fun, points, args=args, method=method)
        abs_error = np.abs(analytic - numerical)
        scale = np.maximum(np.maximum(np.abs(analytic), np.abs(numerical)), atol / rtol)
        # Both zero, and atol as well: equal.
        rel_error = np.where(abs_error == 0, 0.0, abs_error / scale)
    max_rel_error = float(rel_error.max())
    success = max_rel_error <= rtol
    clear = np.abs(numerical) > atol / rtol
    ratio = float(np.median(analytic[clear] / numerical[clear])) if clear.any() else np.nan
    if success:
        message = f"Correct: every component agrees to within a relative error of {rtol:.0e}."
    else:
        message = f"Wrong: {_diagnosis(analytic, numerical, rel_error, ratio, rtol, atol)}."
    return GradientReport(
        analytic, numerical, abs_error, rel_error, max_rel_error, ratio, rtol, success, message
    )


def _diagnosis(
    analytic: Array, numerical: Array, rel_error: Array, ratio: float, rtol: float, atol: float
) -> str:
    """Say what kind of mistake a wrong gradient looks like."""
    for array, kind in ((analytic, "analytic"), (numerical, "numerical")):
        if not np.isfinite(array).all():
            i = int(np.argmin(np.isfinite(array)))
            return f"component {_place(i, array.shape)} of the {kind} gradient is {array.flat[i]}"
    if not analytic.any():
        return "the analytic gradient is zero, the numerical one is not"
    tolerance = np.maximum(rtol * np.abs(analytic), atol * max(1.0, abs(ratio)))
    proportional = bool((np.abs(analytic - ratio * numerical) <= tolerance).all())
    if proportional and abs(ratio + 1) <= rtol:
        return "every component has the opposite sign of the numerical one"
    # One component alone is always some multiple of the other.
    if proportional and np.count_nonzero(np.abs(numerical) > atol / rtol) > 1:
        return f"every component is {ratio:.6g} times the numerical one (sum or mean? factor 1/2?)"
    i = int(rel_error.argmax())
    wrong = np.count_nonzero(rel_error > rtol)
    return (
        f"{wrong} of {analytic.size} components, the worst is {_place(i, analytic.shape)}: "
        f"analytic {analytic.flat[i]:.6g}, numerical {numerical.flat[i]:.6g}"
    )


def _place(i: int, shape: tuple[int, ...]) -> str:
    """Return the index of the i-th element as it is written in brackets."""
    return "[" + ", ".join(str(int(k)) for k in np.unravel_index(i, shape)) + "]"


def _partial_derivatives(
    evaluate: Function, x: Array, method: Method, step: float | None
) -> Iterator[Any]:
    """Yield the derivative of what ``evaluate`` returns by each variable in turn."""
    sizes = _step_sizes(x, step, _default_step(method))
    base = evaluate(x.copy()) if method == "forward" else None
    for i in range(x.size):
        h = np.zeros_like(x)
        h.flat[i] = sizes.flat[i]
        yield _quotient(evaluate, x, h, method, base, i)


def _quotient(
    evaluate: Function, x: Array, h: Array, method: Method, base: Any, variable: int | None = None
) -> Any:
    """Return the difference quotient for a step ``h``, in one variable or in each on its own."""

    def width(difference: Array) -> Any:
        return difference if variable is None else difference.flat[variable]

    if method == "complex":
        return _imaginary(evaluate, x + 1j * h) / width(h)
    # x + h is rounded: what counts is the step that was really made. It is taken before the
    # function is called, which might change its argument.
    up = x + h
    down = x - h if method == "central" else x
    made = width(up - down)
    if not np.all(made):
        raise ValueError(f"step must be large enough to change x, got {np.max(h):g}")
    return (evaluate(up) - (evaluate(down) if base is None else base)) / made


def _imaginary(evaluate: Function, z: NDArray[np.complex128]) -> Any:
    """Return the imaginary part of the function, and refuse a function that has dropped it."""
    advice = "method 'complex' needs a function that accepts and returns complex numbers"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", np.exceptions.ComplexWarning)
            value = evaluate(z)
    except (TypeError, np.exceptions.ComplexWarning) as error:
        raise ValueError(f"{advice}, got: {error}; use method 'central'") from error
    if np.asarray(value).dtype.kind != "c":
        raise ValueError(
            f"{advice}, got {np.asarray(value).dtype}: it drops the imaginary part; "
            "use method 'central'"
        )
    return value.imag


def _evaluator(
    fun: Function, name: str, args: object, shape: tuple[int, ...] | None
) -> Callable[[Any], Any]:
    """Return the function of the point alone that checks the shape returned; None: one number."""
    if not callable(fun):
        raise TypeError(f"{name} must be callable, got {type(fun).__name__}")
    arguments = _tuple(args)

    def evaluate(x: Any) -> Any:
        value = np.asarray(fun(x, *arguments))
        if value.dtype.kind not in ("buifc" if np.iscomplexobj(x) else "buif"):
            raise TypeError(f"{name} must return real numbers, got dtype {value.dtype}")
        if shape is None:
            if value.size != 1:
                raise ValueError(f"{name} must return one number, got shape {value.shape}")
            return value.item()
        if value.shape != shape:
            raise ValueError(f"{name} must return shape {shape}, got shape {value.shape}")
        # Differences of integers or Booleans are none.
        return value if value.dtype.kind in "fc" else value.astype(np.float64)

    return evaluate


def _tuple(args: object) -> tuple[Any, ...]:
    return args if isinstance(args, tuple) else (args,)


def _default_step(method: str) -> float:
    if method not in _STEPS:
        raise ValueError(f"method must be one of {', '.join(_STEPS)}, got {method!r}")
    return _STEPS[method]


def _step_sizes(x: Array, step: float | None, default: float) -> Array:
    """Return the step for each variable: the one given, or the default relative to the point."""
    if step is None:
        return default * np.maximum(1.0, np.abs(x))
    return np.full_like(x, as_number(step, "step", above=0))
