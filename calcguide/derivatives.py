r"""Derivatives from function values alone, and the check of a hand-written gradient against them."""

import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import EllipsisType
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from calcguide._checks import as_array, as_number, as_scalar
from calcguide._differences import (
    FEW,
    MANY,
    Slope,
    best,
    emerges,
    noise_and_precision,
    random_direction,
    reach,
    slope,
)
from calcguide._functions import Function, bind

__all__ = ["GradientReport", "check_gradient", "derivative", "gradient", "hessian", "jacobian"]

Array: TypeAlias = NDArray[np.float64]
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
# Functions like the logarithm vary on the scale of x, beside which the complex step must be small.
_COMPLEX_SHARE = 1e-10
# The relative error within which a complex step must agree with a difference.
_AGREEMENT = 1e-6


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
        If `f` returns another shape than that of `x`, or, with "complex", is not analytic.

    Notes
    -----
    | method  | formula                      | error     | default step relative to max(1, abs(x)) |
    |---------|------------------------------|-----------|------------------------------------|
    | forward | $(f(x+h) - f(x))/h$          | $O(h)$    | $\epsilon^{1/2} \approx$ 1.5e-8    |
    | central | $(f(x+h) - f(x-h))/(2h)$     | $O(h^2)$  | $\epsilon^{1/3} \approx$ 6.1e-6    |
    | complex | $\operatorname{Im} f(x+ih)/h$ | $O(h^2)$ | 1e-20, at most 1e-10 of abs(x)     |

    The values of $f$ carry rounding errors of about $\epsilon |f|$, $\epsilon = 2^{-52}$, which
    the division by $h$ magnifies. With a truncation error of order $h^p$ the sum
    $h^p + \epsilon/h$ is least at $h \sim \epsilon^{1/(p+1)}$, and is then about
    $\epsilon^{p/(p+1)}$: 1.5e-8 for the forward and 3.7e-11 for the central difference [1]. The
    complex step subtracts nothing and is exact to rounding [2], if $f$ is analytic. `abs`, `sign`,
    `conj`, `vdot`, norms and factorizations are not; neither are branches at the places where
    they meet. The complex step is therefore compared with a difference along one line, at the
    price of 12 evaluations, and a function for which the two disagree is refused.

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
    if method == "complex":
        _require_analytic(evaluate, points, "f")
    base = evaluate(points) if method == "forward" else None
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
        The formula, see `derivative`. For n variables the methods take 2n, n + 1 and n + 12
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
        If `fun` does not return one number, or, with "complex", is not analytic.

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
        If `fun` does not return a vector, always of the same length, or, with "complex", is not
        analytic.

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
    shape = np.shape(_evaluator(fun, "fun", args, ...)(points))
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

    centre = 2 * float(evaluate(points))
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
    numerical_error : ndarray, shape of x
        What `numerical` may be off by: truncation, rounding, and half the jump at a kink.
    abs_error : ndarray, shape of x
        The distance between the two, by component.
    rel_error : ndarray, shape of x
        `abs_error` relative to the size of the component, see Notes of `check_gradient`, or to
        `atol / rtol` where that is larger.
    max_rel_error : float
        The largest `rel_error`.
    ratio : float
        The median of analytic / numerical over the components whose numerical value is known to
        within `rtol`; nan if there are none.
    rtol : float
        The largest `rel_error` that counts as agreement.
    status : ndarray of str, shape of x
        "correct", "wrong", or "not checked" where the numerical value is not sure enough.
    reason : ndarray of str, shape of x
        Why a component was not checked, and empty for the others: "noise floor", where rounding
        hides the derivative; "float32", where `fun` or `jac` is computed in single precision;
        "kink", where the one-sided differences disagree; "undefined", where `fun` is not finite
        on both sides.
    success : bool
        Whether every component was checked and is correct.
    message : str
        What is right or wrong, in words.
    """

    analytic: Array
    numerical: Array
    numerical_error: Array
    abs_error: Array
    rel_error: Array
    max_rel_error: float
    ratio: float
    rtol: float
    status: NDArray[np.str_]
    reason: NDArray[np.str_]
    success: bool
    message: str

    def __str__(self) -> str:
        """Return a table of the components, the worst ten if there are more, and the verdict."""
        errors = np.nan_to_num(self.rel_error.ravel(), nan=np.inf)
        severity = [["correct", "not checked", "wrong"].index(s) for s in self.status.flat]
        order = np.lexsort((-errors, np.negative(severity)))
        # Below the tolerance, errors are rounding noise: they rank nothing and say nothing.
        shown = range(min(order.size, _ROWS)) if self.success else np.sort(order[:_ROWS])
        rows = [("component", "analytic", "numerical", "rel_error")]
        for i in shown:
            error, reason = self.rel_error.flat[i], self.reason.flat[i]
            verdict = f"<= {self.rtol:.0e}" if error <= self.rtol else f"{error:.1e}"
            rows.append(
                (
                    _place(int(i), self.analytic.shape),
                    f"{self.analytic.flat[i]:.8g}",
                    f"{self.numerical.flat[i]:.8g}",
                    f"not checked: {reason}" if reason else verdict,
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
    step: float | None = None,
    rtol: float = 1e-6,
    atol: float = 0.0,
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
        The formula, see `derivative`. "forward" looks at one side only: for a point at the edge
        of the domain.
    step : float, optional
        The largest step to try in each variable. By default a part of its size first, or of 1
        for a zero; then, if that does not decide, everything from the larger of its size and 1 to
        rounding.
    rtol : float, default 1e-6
        The relative error that is accepted, positive.
    atol : float, default 0.0
        The absolute error that is accepted. Components of at most this size need not be right,
        nor stand out of the noise.

    Returns
    -------
    GradientReport
        The comparison, by component. A wrong gradient is reported, never raised; so is what could
        not be checked, which is no success.

    Raises
    ------
    ValueError
        If `jac` returns another shape than that of `x`, or if `fun` is not finite at `x`.

    Notes
    -----
    Each derivative $d$ is estimated from differences with several steps, in a ratio of 4, and
    Richardson's extrapolation. The pair of steps is taken whose estimated error $e$ is the least:
    how much the estimates still change from step to step, plus half the jump between the
    extrapolated slopes on both sides, plus $2\eta/h$. The noise $\eta$ of the function is at
    least $\epsilon |f|$, and is measured from differences of high order [1], which see what
    cancels inside the function.

    With the analytic value $a$ and the size $s = \max(|a|, |d|)$, a component is correct if
    $|a - d|$ and $e$ are at most $t = \max(\mathrm{rtol} \cdot s, \mathrm{atol})$, wrong if
    $|a - d| > t + e$, and not checked otherwise. Near a stationary point no difference resolves
    $s$. There, where $e > t$, the size is that of the one-sided slopes over the step: the
    gradient then is as exact as that of a point nearby. A component of zero is correct, too, if
    the function does not change by a single bit with its variable, while it does with others: not
    near `x`, and farther away not so little that it might come out of the rounding.

    The check sees no mistake that changes the function by less than its noise (a penalty of
    1e-20), and none that does not matter at `x`: check at several points.

    References
    ----------
    [1] J. J. Moré, S. M. Wild, "Estimating computational noise", SIAM Journal on Scientific
    Computing 33(3), 1292-1314 (2011).

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

    At its kink, ReLU has no derivative to compare with:

    >>> print(check_gradient(lambda x: np.maximum(x, 0).sum(), lambda x: 1.0 * (x > 0), [0.0, 2.0]))
    component  analytic  numerical          rel_error
          [0]         0        0.5  not checked: kink
          [1]         1          1           <= 1e-06
    Not checked: 1 of 2 components; at [0] the differences on both sides disagree.
    """
    points = as_array(x, "x")
    rtol = as_number(rtol, "rtol", above=0)
    atol = as_number(atol, "atol", least=0)
    step = None if step is None else as_number(step, "step", above=0)
    _default_step(method)
    evaluate = _evaluator(fun, "fun", args, None)
    returned = bind(fun, args, "fun")(points)
    value, precision = as_scalar(returned, "fun"), _precision(returned)
    if not np.isfinite(value):
        raise ValueError(f"fun must be finite at x, got {value}")
    if not callable(jac):
        raise TypeError(f"jac must be callable, got {type(jac).__name__}")
    returned = bind(jac, args, "jac")(points)
    analytic = np.array(_checked(returned, points, "jac", points.shape), dtype=np.float64)

    short = _precision(returned)
    with np.errstate(all="ignore"):
        line = _Line(evaluate, points, value, precision, method)
        found, still = _numerical(line, analytic, step, rtol, atol)
        numerical, error, noise, change = found
        if short > _EPS:
            blur = 16 * short * np.abs(analytic).max()
            error, noise = error + blur, noise + blur
        abs_error = np.abs(analytic - numerical)
        size = np.maximum(np.abs(analytic), np.abs(numerical))
        resolved = error <= np.maximum(rtol * size, atol)
        scale = np.maximum(np.where(resolved, size, np.maximum(size, change)), atol / rtol)
        seen = error <= rtol * change
        tolerance = rtol * scale
        correct = (abs_error <= tolerance) & ((error <= tolerance) | (still & seen.any()))
        wrong = (abs_error > tolerance + error) | ~np.isfinite(analytic)
        # Both zero: equal.
        rel_error = np.where(abs_error == 0, 0.0, abs_error / scale)
        ratios = (analytic / numerical)[error <= rtol * np.abs(numerical)]
    status = np.where(wrong, "wrong", np.where(correct, "correct", "not checked"))
    reason = np.where(
        error > 5 * noise, "kink", "float32" if max(line.eps, short) > _EPS else "noise floor"
    )
    reason = np.where(np.isfinite(numerical), reason, "undefined")
    reason = np.where(status == "not checked", reason, "")
    ratio = float(np.median(ratios)) if ratios.size else np.nan
    return GradientReport(
        analytic,
        numerical,
        error,
        abs_error,
        rel_error,
        float(rel_error.max()),
        ratio,
        rtol,
        status,
        reason,
        bool((status == "correct").all()),
        _message(analytic, numerical, error, rel_error, ratio, rtol, status, reason),
    )


def _precision(returned: Any) -> float:
    """Return the relative precision of the type of what a function has returned."""
    kind = np.asarray(returned).dtype
    return max(_EPS, float(np.finfo(kind).eps)) if kind.kind == "f" else _EPS


class _Line:
    """The function to be differentiated along each axis through the point."""

    def __init__(
        self, evaluate: Function, x: Array, value: float, precision: float, method: Method
    ) -> None:
        if method == "complex":
            _require_analytic(evaluate, x, "fun")
        self.x = x
        self.noise, self.eps = noise_and_precision(evaluate, x, value, precision)
        self._evaluate, self._value, self._method = evaluate, value, method

    def slope(self, axis: int, size: float, steps: Array) -> Slope:
        """Return the slope along an axis, from steps relative to ``size``."""
        if self._method == "complex":
            found = _complex_slope(self._evaluate, self.x, self._axis(axis, size), self._value)
        else:
            found = slope(
                self._evaluate,
                self.x,
                self._axis(axis, size),
                steps,
                base=self._value,
                noise=self.noise,
                eps=self.eps,
                forward=self._method == "forward",
            )
        return Slope(*(part / size for part in found))

    def is_still(self, axis: int, size: float) -> bool:
        """Return whether the function is constant along an axis, and not only by its rounding."""
        direction = self._axis(axis, size)
        return not emerges(self._evaluate, self.x, direction, self._value, self.noise)

    def _axis(self, axis: int, size: float) -> Array:
        direction = np.zeros_like(self.x)
        direction.flat[axis] = size
        return direction


def _numerical(
    line: _Line, analytic: Array, step: float | None, rtol: float, atol: float
) -> tuple[Slope, NDArray[np.bool_]]:
    """Return the slope along each axis, from a few steps where they suffice, else from many.

    And whether the function is still along it, as the analytic gradient says.
    """
    parts = np.empty((len(Slope._fields), analytic.size))
    still = np.zeros(analytic.size, dtype=bool)
    sizes = reach(line.x) if step is None else np.full_like(line.x, step / FEW[0])
    for i, size in enumerate(sizes.flat):
        found, wanted = line.slope(i, size, FEW), analytic.flat[i]
        tolerance = max(rtol * max(abs(wanted), abs(found.value)), atol)
        agrees = max(found.error, abs(found.value - wanted)) <= tolerance
        if found.scale == 0 and wanted == 0:
            still[i] = line.is_still(i, size)
        elif step is None and not agrees:
            found = line.slope(i, size, MANY)
            if size < 1:
                found = best(found, line.slope(i, 1.0, MANY))
        parts[:, i] = found
    return Slope(*parts.reshape(-1, *analytic.shape)), still.reshape(analytic.shape)


def _complex_slope(evaluate: Function, x: Array, direction: Array, value: float) -> Slope:
    """Return the slope along a line by the complex step."""
    step = _imaginary_step(direction)
    found = float(_imaginary(evaluate, x + 1j * step * direction) / step)
    error = 30 * _EPS * max(abs(found), abs(value) * min(1.0, direction.max()))
    # The real part falls by h**2 f'' / 2.
    fall = abs(value - evaluate(x + 1j * FEW[0] * direction).real)
    return Slope(found, error, error, max(abs(found), 2 * fall / FEW[0]))


_WHY = {
    "noise floor": "differences of fun are only known to within {:.1g}",
    "float32": "single precision leaves too few digits, differences are known to within {:.1g}",
    "kink": "the differences on both sides disagree",
    "undefined": "fun is not finite on both sides",
}


def _message(
    analytic: Array,
    numerical: Array,
    error: Array,
    rel_error: Array,
    ratio: float,
    rtol: float,
    status: NDArray[np.str_],
    reason: NDArray[np.str_],
) -> str:
    """Return the verdict in words."""
    unknown = np.count_nonzero(reason)
    if (status == "wrong").any():
        found = _diagnosis(analytic, numerical, error, rel_error, ratio, rtol, status)
        return f"Wrong: {found}" + (f"; {unknown} more not checked." if unknown else ".")
    if unknown:
        i = int((reason != "").argmax())
        why = _WHY[str(reason.flat[i])].format(error.flat[i])
        of = f"{unknown} of {status.size} components; at {_place(i, status.shape)} {why}"
        return f"Not checked: {of}."
    return f"Correct: every component agrees to within a relative error of {rtol:.0e}."


def _diagnosis(
    analytic: Array,
    numerical: Array,
    error: Array,
    rel_error: Array,
    ratio: float,
    rtol: float,
    status: NDArray[np.str_],
) -> str:
    """Say what kind of mistake a wrong gradient looks like."""
    if not np.isfinite(analytic).all():
        i = int(np.argmin(np.isfinite(analytic)))
        return (
            f"component {_place(i, analytic.shape)} of the analytic gradient is {analytic.flat[i]}"
        )
    wrong = status == "wrong"
    if not analytic.any():
        return "the analytic gradient is zero, the numerical one is not"
    tolerance = np.maximum(rtol * np.abs(analytic), error * max(1.0, abs(ratio)))
    proportional = bool((np.abs(analytic - ratio * numerical) <= tolerance).all())
    if proportional and abs(ratio + 1) <= rtol:
        return "every component has the opposite sign of the numerical one"
    # One component alone is always some multiple of the other.
    if proportional and np.count_nonzero(wrong) > 1:
        return f"every component is {ratio:.6g} times the numerical one (sum or mean? factor 1/2?)"
    i = int(np.where(wrong, rel_error, -1.0).argmax())
    return (
        f"{np.count_nonzero(wrong)} of {analytic.size} components, "
        f"the worst is {_place(i, analytic.shape)}: "
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
    if method == "complex":
        _require_analytic(evaluate, x, "fun")
    base = evaluate(x) if method == "forward" else None
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


def _require_analytic(evaluate: Function, x: Array, name: str) -> None:
    """Refuse a function whose complex step is not its slope, by a difference along one line.

    A function may accept complex numbers and still not be analytic: then what the complex step
    returns is a number of no meaning.
    """
    direction = random_direction(x)
    base = evaluate(x)
    step = _imaginary_step(direction)
    claimed = _imaginary(evaluate, x + 1j * step * direction) / step

    def is_off(found: Slope) -> NDArray[np.bool_]:
        largest = np.maximum(np.abs(claimed), np.abs(found.value))
        off = np.abs(claimed - found.value) > _AGREEMENT * largest + 10 * found.error
        # Where the difference is nan or unsure, nothing can be said.
        return np.atleast_1d(off & (found.error <= 1e-3 * found.scale))

    noise = _EPS * np.abs(base)
    found = slope(evaluate, x, direction, FEW, base=base, noise=noise, eps=_EPS)
    if not is_off(found).any():
        return
    noise, eps = noise_and_precision(evaluate, x, base, _EPS)
    found = slope(evaluate, x, direction, MANY, base=base, noise=noise, eps=eps)
    if (off := is_off(found)).any():
        i = int(off.argmax())
        raise ValueError(
            f"method 'complex' needs an analytic {name}: along a random line its slope is "
            f"{np.ravel(found.value)[i]:.6g}, but {np.ravel(claimed)[i]:.6g} by the complex step; "
            "abs, sign, conj, vdot, norms, comparisons and factorizations are not analytic; "
            "use method 'central'"
        )


def _evaluator(
    fun: Function, name: str, args: object, shape: tuple[int, ...] | EllipsisType | None
) -> Callable[[Any], Any]:
    """Return the function of the point alone that checks the shape returned.

    None stands for one number, and the ellipsis for any shape.
    """
    if not callable(fun):
        raise TypeError(f"{name} must be callable, got {type(fun).__name__}")
    call = bind(fun, args, name)

    return lambda x: _checked(call(x), x, name, shape)


def _checked(returned: Any, x: Any, name: str, shape: tuple[int, ...] | EllipsisType | None) -> Any:
    """Return what a function has returned at x as one number or an array of floats."""
    value = np.asarray(returned)
    if value.dtype.kind == "c" and not np.iscomplexobj(x) and not value.imag.any():
        value = value.real
    if value.dtype.kind not in ("buifc" if np.iscomplexobj(x) else "buif"):
        raise TypeError(f"{name} must return real numbers, got dtype {value.dtype}")
    if shape is None:
        if value.size != 1:
            raise ValueError(f"{name} must return one number, got shape {value.shape}")
        return value.item()
    if shape is not ... and value.shape != shape:
        raise ValueError(f"{name} must return shape {shape}, got shape {value.shape}")
    # Differences of integers or Booleans are none, and those of short floats are worse.
    return value if value.dtype.kind == "c" else value.astype(np.float64, copy=False)


def _default_step(method: str) -> float:
    if method not in _STEPS:
        raise ValueError(f"method must be one of {', '.join(_STEPS)}, got {method!r}")
    return _STEPS[method]


def _imaginary_step(direction: Array) -> float:
    """Return the complex step along a direction whose entries are about as large as the point's."""
    longest = float(np.abs(direction).max())
    return min(_STEPS["complex"] * max(1.0, longest) / longest, _COMPLEX_SHARE)


def _step_sizes(x: Array, step: float | None, method_step: float) -> Array:
    """Return the step for each variable: the one given, or the default relative to the point."""
    if step is None:
        sizes = method_step * np.maximum(1.0, np.abs(x))
        if method_step == _STEPS["complex"]:
            sizes = np.minimum(sizes, _COMPLEX_SHARE * reach(x))
        return sizes
    return np.full_like(x, as_number(step, "step", above=0))
