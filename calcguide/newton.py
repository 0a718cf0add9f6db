r"""Newton's method and BFGS: steps that know, or learn, how the gradient changes.

Gradient descent follows the slope alone. Newton's method divides it by the curvature, the Hessian;
BFGS learns the inverse of the Hessian from the gradients that it sees on its way.
"""

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from math import inf, isnan
from typing import Any, Unpack

import numpy as np
from numpy.typing import ArrayLike, NDArray

from calcguide._checks import as_array, as_number, as_real, as_scalar, same_length
from calcguide._functions import Function, bind
from calcguide._iteration import Vector, euclidean_norm, iterate, value_and_gradient
from calcguide.gradient_descent import Options
from calcguide.results import OptimizeResult, Status

__all__ = [
    "BFGSResult",
    "NewtonResult",
    "bfgs",
    "newton",
    "newton_direction",
    "secant_update",
]

_EPS = float(np.finfo(np.float64).eps)


@dataclass(frozen=True, eq=False)
class NewtonResult(OptimizeResult):
    """What `newton` returns: an `OptimizeResult` that also counts the Hessians.

    Attributes
    ----------
    nhev : int
        Number of evaluations of the Hessian.
    """

    nhev: int


@dataclass(frozen=True, eq=False)
class BFGSResult(OptimizeResult):
    """What `bfgs` returns: an `OptimizeResult` with the curvature that was learned.

    Attributes
    ----------
    hess_inv : ndarray of shape (n, n)
        The approximation of the inverse Hessian at `x`, symmetric and positive definite.
    """

    hess_inv: NDArray[np.float64]


def newton(
    fun: Function,
    x0: ArrayLike,
    args: tuple[Any, ...] = (),
    *,
    jac: Function | bool | None = None,
    hess: Function | None = None,
    c1: float = 1e-4,
    **options: Unpack[Options],
) -> NewtonResult:
    r"""Minimize a function by Newton's method with a line search.

    Parameters
    ----------
    fun : callable
        The function to minimize, `fun(x, *args) -> float`, with `x` of shape `(n,)`.
    x0 : array_like of shape (n,)
        The start. It is copied and never changed; integers become floats.
    args : tuple, default ()
        Further arguments of `fun`, `jac` and `hess`.
    jac : callable or True
        The gradient, `jac(x, *args) -> array` of shape `(n,)`. With `True`, `fun` returns the
        pair of value and gradient.
    hess : callable
        The Hessian, `hess(x, *args) -> array` of shape `(n, n)`, a symmetric matrix. Only its
        lower triangle is used where it is not positive definite.
    c1 : float, default 1e-4
        Armijo's constant, $0 < c_1 < \frac12$: the share of the predicted decrease that a step
        has to bring.
    **options : Options
        `maxiter`, `gtol`, `tol`, `callback` and `return_all`, see
        `calcguide.gradient_descent.Options`.

    Returns
    -------
    NewtonResult
        The last point, why the run stopped, and all points on the way in `history`.
        `Status.NO_PROGRESS` says that no step lowers the function any more, be it because the
        derivatives are wrong or because rounding has the last word.

    Raises
    ------
    ValueError
        If `jac` or `hess` is missing or returns a wrong shape, if the function or its gradient is
        not finite at `x0`, or if an argument is out of its range.

    Notes
    -----
    The step goes to the minimum of the parabola that has the value, the slope and the curvature
    of the function at $x_k$ [1]:

    $$\begin{aligned}
    \nabla^2 f(x_k)\, d_k &= -\nabla f(x_k), \\
    x_{k+1} &= x_k + \alpha_k d_k.
    \end{aligned}$$

    $\alpha_k$ is the first of $1, \frac12, \frac14, \dots$ that fulfils Armijo's rule
    $f(x_k + \alpha d_k) \le f(x_k) + c_1 \alpha \nabla f(x_k)^T d_k$. Where the predicted
    decrease is below the rounding of $f$, values can't judge a step any more; there it is taken
    if it makes the gradient smaller.

    Where the Hessian is not positive definite, the step may lead uphill, to a saddle or to a
    maximum. Its eigenvalues are then replaced by their magnitudes, see `newton_direction`, and
    $d_k$ leads downhill again. A start at which the gradient is zero is a stationary point of
    any kind, and the run ends there.

    Near a minimum at which the Hessian is positive definite and Lipschitz continuous, full steps
    are taken and the error is squared in each: the number of correct digits doubles. On a
    quadratic one step is enough. The points do not depend on the units of the variables: for
    $g(z) = f(Az)$ and $z_0 = A^{-1} x_0$ they are $z_k = A^{-1} x_k$, as long as the Hessian is
    positive definite.

    `minimize(fun, x0, jac=grad, hess=hess, method=newton)` works as well.

    References
    ----------
    [1] J. Nocedal, S. J. Wright, "Numerical Optimization", 2nd ed., sections 3.3 and 3.4
    (2006).

    Examples
    --------
    >>> from calcguide.newton import newton
    >>> from calcguide.objectives import quadratic, rosenbrock
    >>> valley = quadratic([[2.0, 1.0], [1.0, 20.0]], [3.0, 21.0])
    >>> newton(valley.fun, [500.0, -300.0], jac=valley.jac, hess=valley.hess).nit
    1

    Where the function is not quadratic, it takes a few more:

    >>> banana = rosenbrock()
    >>> result = newton(banana.fun, banana.x0, jac=banana.jac, hess=banana.hess)
    >>> result.success, result.x.round(6)
    (True, array([1., 1.]))
    """
    if hess is None:
        raise ValueError(
            "hess must be a function that returns the Hessian, got None; "
            "calcguide.derivatives.hessian approximates it: hess=lambda x: hessian(fun, x)"
        )
    if not callable(hess):
        raise TypeError(f"hess must be callable as hess(x, *args), got {type(hess).__name__}")
    c1 = as_number(c1, "c1", above=0, below=0.5)
    value_at, gradient_at = _counted(value_and_gradient(fun, jac, args))
    hessian_at, nhev = bind(hess, args, "hess"), 0

    def advance(x: Vector, value: float, grad: Vector) -> Vector | Status:
        nonlocal nhev
        nhev += 1
        matrix = as_real(hessian_at(x), "the value of hess")
        if matrix.shape != (x.size, x.size):
            raise ValueError(f"hess must return shape {(x.size,) * 2}, got shape {matrix.shape}")
        if not np.isfinite(matrix).all():
            return Status.NOT_FINITE
        direction = newton_direction(matrix, grad)
        slope, alpha = float(grad @ direction), 1.0
        while -alpha * slope > _rounding(value):
            trial = x + alpha * direction
            if np.array_equal(trial, x):
                return Status.NO_PROGRESS
            if value_at(trial) <= value + c1 * alpha * slope:
                return trial
            alpha /= 2
        return _last_resort(x, direction, value_at, gradient_at)

    result = iterate(_visit(value_at, gradient_at), advance, x0, **options)
    counts = {"nfev": value_at.calls, "njev": gradient_at.calls, "nhev": nhev}
    return NewtonResult(**(vars(result) | counts))


def newton_direction(hess: ArrayLike, grad: ArrayLike) -> NDArray[np.float64]:
    r"""Return Newton's direction, or one like it that leads downhill whatever the Hessian.

    Parameters
    ----------
    hess : array_like of shape (n, n)
        The Hessian, symmetric.
    grad : array_like of shape (n,)
        The gradient.

    Returns
    -------
    ndarray of shape (n,)
        The solution $d$ of $H d = -g$ if $H$ is positive definite. Otherwise that of
        $|H|\, d = -g$, see Notes.

    Raises
    ------
    ValueError
        If the shapes don't fit each other or a value is not finite.
    TypeError
        If an argument does not hold real numbers.

    Notes
    -----
    Whether $H$ is positive definite, its Cholesky factorization says. If it is not, take its
    eigenvectors $v_i$ and eigenvalues $\lambda_i$,

    $$\begin{aligned}
    d &= -\sum_i \frac{v_i^T g}{\mu_i}\, v_i, \qquad \epsilon = 2^{-52}, \\
    \mu_i &= \max\bigl(|\lambda_i|,\ \sqrt\epsilon\, \max_j |\lambda_j|\bigr).
    \end{aligned}$$

    Then $g^T d = -\sum_i (v_i^T g)^2 / \mu_i < 0$ for $g \neq 0$. Along a direction of negative
    curvature the step is as long as along one of the same positive curvature, but away from the
    maximum instead of towards it [1], [2]. If $H$ is zero, $d = -g$.

    References
    ----------
    [1] J. Nocedal, S. J. Wright, "Numerical Optimization", 2nd ed., section 3.4 (2006).

    [2] Y. Dauphin et al., "Identifying and attacking the saddle point problem in
    high-dimensional non-convex optimization", Advances in Neural Information Processing
    Systems 27 (2014).

    Examples
    --------
    >>> from calcguide.newton import newton_direction
    >>> newton_direction([[2.0, 0.0], [0.0, 4.0]], [2.0, 2.0])
    array([-1. , -0.5])

    At a saddle, the second component would be +0.5, towards it:

    >>> newton_direction([[2.0, 0.0], [0.0, -4.0]], [2.0, 2.0])
    array([-1. , -0.5])
    """
    matrix, gradient = as_array(hess, "hess", ndim=2), as_array(grad, "grad", ndim=1)
    if matrix.shape != (gradient.size, gradient.size):
        raise ValueError(
            f"hess must have shape {(gradient.size,) * 2} to fit grad, got shape {matrix.shape}"
        )
    if _is_positive_definite(matrix):
        return np.asarray(np.linalg.solve(matrix, -gradient))
    eigenvalues, vectors = np.linalg.eigh(matrix)
    sizes = np.abs(eigenvalues)
    sizes = np.maximum(sizes, _EPS**0.5 * sizes.max()) if sizes.any() else np.ones_like(sizes)
    return np.asarray(-vectors @ ((gradient @ vectors) / sizes))


def _is_positive_definite(matrix: NDArray[np.float64]) -> bool:
    try:
        factor = np.linalg.cholesky(matrix)
    except np.linalg.LinAlgError:
        return False
    # In a browser nothing is raised: there NumPy cannot see LAPACK's failure, and returns NaN.
    return bool(np.isfinite(factor).all())


def bfgs(
    fun: Function,
    x0: ArrayLike,
    args: tuple[Any, ...] = (),
    *,
    jac: Function | bool | None = None,
    c1: float = 1e-4,
    c2: float = 0.9,
    **options: Unpack[Options],
) -> BFGSResult:
    r"""Minimize a function by the quasi-Newton method of Broyden, Fletcher, Goldfarb and Shanno.

    Parameters
    ----------
    fun, x0, args, jac
        As for `newton`.
    c1, c2 : float, default 1e-4 and 0.9
        The constants of Wolfe's conditions, $0 < c_1 < c_2 < 1$. With a small $c_2$ each line
        search goes on until it is nearly at the minimum along its line.
    **options : Options
        `maxiter`, `gtol`, `tol`, `callback` and `return_all`, see
        `calcguide.gradient_descent.Options`.

    Returns
    -------
    BFGSResult
        As from `newton`, with the inverse Hessian that was learned in `hess_inv`.

    Raises
    ------
    ValueError
        If `jac` is missing or returns another shape than that of `x`, if the function or its
        gradient is not finite at `x0`, or if an argument is out of its range.

    Notes
    -----
    Newton's step with an approximation $B_k$ in the place of the inverse Hessian [1],

    $$x_{k+1} = x_k - \alpha_k B_k \nabla f(x_k),$$

    which `secant_update` improves after each step. The line search, `scipy.optimize.line_search`,
    finds an $\alpha_k$ that fulfils the strong Wolfe conditions,

    $$\begin{aligned}
    f(x_{k+1}) &\le f(x_k) + c_1 \alpha_k \nabla f(x_k)^T d_k, \\
    |\nabla f(x_{k+1})^T d_k| &\le c_2 |\nabla f(x_k)^T d_k|.
    \end{aligned}$$

    The second one makes $s^T y > 0$, and so keeps $B$ positive definite. $B_0 = I$; before the
    first update it is scaled to $(s^T y / y^T y)\, I$, the size of the inverse curvature along
    the first step (formula 6.20 of [1]).

    Each step costs $O(n^2)$ operations, and the matrix $n^2$ numbers. The convergence to a
    minimum with a positive definite Hessian is superlinear.

    `minimize(fun, x0, jac=grad, method=bfgs)` works as well.

    References
    ----------
    [1] J. Nocedal, S. J. Wright, "Numerical Optimization", 2nd ed., section 6.1 (2006).

    Examples
    --------
    >>> from calcguide.newton import bfgs
    >>> from calcguide.objectives import rosenbrock
    >>> banana = rosenbrock()
    >>> result = bfgs(banana.fun, banana.x0, jac=banana.jac)
    >>> result.success, result.x.round(4)
    (True, array([1., 1.]))
    """
    from scipy.optimize import line_search

    c2 = as_number(c2, "c2", above=0, below=1)
    c1 = as_number(c1, "c1", above=0, below=c2)
    value_at, gradient_at = _counted(value_and_gradient(fun, jac, args))
    evaluate = _visit(value_at, gradient_at)
    inverse: Vector | None = None
    last: tuple[Vector, float, Vector] | None = None

    def visit(x: Vector, k: int) -> tuple[float, Vector, float]:
        nonlocal inverse
        value, grad, norm = evaluate(x, k)
        if last is not None:
            step, change = x - last[0], grad - last[2]
            curvature = step @ change
            # Not so only where rounding or a value that is not finite has spoilt the differences.
            if 0 < curvature < inf:
                if inverse is None:
                    size = euclidean_norm(change)
                    inverse = curvature / size / size * np.eye(x.size)
                inverse = secant_update(inverse, step, change)
        return value, grad, norm

    def advance(x: Vector, value: float, grad: Vector) -> Vector | Status:
        nonlocal last
        norm = euclidean_norm(grad)
        # The first trial step has at most length 1.
        direction = -grad / max(1.0, norm) if inverse is None else -inverse @ grad
        before = last[1] if last is not None else value + norm / 2
        last = x, value, grad
        alpha = None
        if -(grad @ direction) > _rounding(value):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", RuntimeWarning)  # says that there is no such step
                alpha, *_ = line_search(
                    value_at, gradient_at, x, direction, grad, value, before, c1=c1, c2=c2
                )
        if alpha is not None:
            trial = x + alpha * direction
            return Status.NO_PROGRESS if np.array_equal(trial, x) else trial
        return _last_resort(x, direction, value_at, gradient_at)

    result = iterate(visit, advance, x0, **options)
    learned = np.eye(result.x.size) if inverse is None else inverse
    counts = {"nfev": value_at.calls, "njev": gradient_at.calls}
    return BFGSResult(**(vars(result) | counts), hess_inv=learned)


def secant_update(hess_inv: ArrayLike, step: ArrayLike, change: ArrayLike) -> NDArray[np.float64]:
    r"""Return the BFGS update of an inverse Hessian: what one step teaches about the curvature.

    Parameters
    ----------
    hess_inv : array_like of shape (n, n)
        The approximation $B$ so far, symmetric and positive definite.
    step : array_like of shape (n,)
        The step $s = x_{k+1} - x_k$.
    change : array_like of shape (n,)
        The change of the gradient, $y = \nabla f(x_{k+1}) - \nabla f(x_k)$.

    Returns
    -------
    ndarray of shape (n, n)
        The new approximation, symmetric and positive definite.

    Raises
    ------
    ValueError
        If the shapes don't fit each other, a value is not finite, or $s^T y$ is not positive:
        then no positive definite matrix maps $y$ to $s$.
    TypeError
        If an argument does not hold real numbers.

    Notes
    -----
    A quadratic with Hessian $H$ has $H s = y$ for every step. The *secant condition* asks this of
    the new approximation, for the last step: $B_+ y = s$. Among the symmetric matrices that
    fulfil it, this one is the nearest to $B$ in a norm weighted by the curvature [1]:

    $$\begin{aligned}
    B_+ &= (I - \rho s y^T)\, B\, (I - \rho y s^T) + \rho s s^T, \\
    \rho &= 1 / (s^T y).
    \end{aligned}$$

    References
    ----------
    [1] J. Nocedal, S. J. Wright, "Numerical Optimization", 2nd ed., formulas 6.16 and 6.17
    (2006).

    Examples
    --------
    >>> import numpy as np
    >>> from calcguide.newton import secant_update
    >>> H = np.array([[2.0, 1.0], [1.0, 20.0]])
    >>> s = np.array([1.0, 0.5])
    >>> B = secant_update(np.eye(2), s, H @ s)
    >>> B @ (H @ s)
    array([1. , 0.5])
    """
    B = as_array(hess_inv, "hess_inv", ndim=2)
    s, y = as_array(step, "step", ndim=1), as_array(change, "change", ndim=1)
    same_length(s, "step", y, "change")
    if B.shape != (s.size, s.size):
        raise ValueError(f"hess_inv must have shape {(s.size,) * 2}, got shape {B.shape}")
    curvature = float(s @ y)
    if curvature <= 0:
        raise ValueError(f"step @ change must be positive, got {curvature:g}")
    # The formula multiplied out: n^2 operations instead of n^3.
    By = B @ y
    mixed = np.outer(By, s)
    scale = 1 + float(y @ By) / curvature
    return np.asarray(B + (scale * np.outer(s, s) - (mixed + mixed.T)) / curvature)


class _Counted:
    """A function that counts its calls, and is not called twice in a row for the same point.

    A line search ends at a point that it has evaluated, where the next step begins.
    """

    def __init__(self, function: Callable[[Vector], Any]) -> None:
        self.calls = 0
        self._function = function
        self._point: Vector | None = None
        self._result: Any = None

    def __call__(self, x: Vector) -> Any:
        if self._point is None or not np.array_equal(x, self._point):
            self._result = self._function(x)
            self._point = x.copy()
            self.calls += 1
        return self._result


def _counted(functions: tuple[Function, Function]) -> tuple[_Counted, _Counted]:
    """Return a function and its gradient with checks of what they return, both counted."""
    fun, jac = functions

    def value_at(x: Vector) -> float:
        value = as_scalar(fun(x), "fun")
        # No comparison with nan is true, while infinity is what a line search shrinks from.
        return inf if isnan(value) else value

    return _Counted(value_at), _Counted(jac)


def _visit(
    value_at: _Counted, gradient_at: _Counted
) -> Callable[[Vector, int], tuple[float, Vector, float]]:
    def visit(x: Vector, k: int) -> tuple[float, Vector, float]:  # noqa: ARG001
        value, grad = value_at(x), gradient_at(x)
        return value, grad, euclidean_norm(grad)

    return visit


def _rounding(value: float) -> float:
    """Return the size of a decrease that is lost in the rounding of the value."""
    return 8 * _EPS * abs(value)


def _last_resort(
    x: Vector, direction: Vector, value_at: _Counted, gradient_at: _Counted
) -> Vector | Status:
    """Take the full step where values can't judge it, if it makes the gradient smaller."""
    value, norm, trial = value_at(x), euclidean_norm(gradient_at(x)), x + direction
    level = value_at(trial) <= value + _rounding(value)
    return trial if level and euclidean_norm(gradient_at(trial)) < norm else Status.NO_PROGRESS
