r"""Test functions for optimizers, each with its exact gradient, Hessian and minima."""

from collections.abc import Callable
from dataclasses import dataclass
from math import acos, cos, pi, sqrt
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from calcguide._checks import as_array, as_integer, as_number, as_real

__all__ = [
    "Objective",
    "beale",
    "booth",
    "double_well",
    "himmelblau",
    "quadratic",
    "rosenbrock",
    "styblinski_tang",
]

Array: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Objective:
    """A function to be minimized, with all that is known about it. Calling it calls `fun`.

    Attributes
    ----------
    name : str
        Its name in the literature.
    fun : callable
        `fun(x)`, with `x` of shape `(n,)` or `(..., n)`: many points at once, as contour plots
        want it. Complex points are accepted, for complex-step derivatives.
    jac : callable
        The gradient, `jac(x)` of shape `(n,)` for one point.
    hess : callable
        The Hessian, `hess(x)` of shape `(n, n)` for one point.
    x0 : ndarray of shape (n,)
        The usual start.
    x_min : ndarray of shape (k, n)
        The global minima.
    f_min : float
        The value there.
    """

    name: str
    fun: Callable[[ArrayLike], Any]
    jac: Callable[[ArrayLike], Array]
    hess: Callable[[ArrayLike], Array]
    x0: Array
    x_min: Array
    f_min: float

    def __post_init__(self) -> None:
        for array in (self.x0, self.x_min):
            array.flags.writeable = False

    def __call__(self, x: ArrayLike) -> Any:
        """Return the value at one point or at many."""
        return self.fun(x)


def quadratic(A: ArrayLike, b: ArrayLike | None = None, c: float = 0.0) -> Objective:
    r"""Return the quadratic function with a given Hessian.

    Parameters
    ----------
    A : array_like of shape (n, n)
        The Hessian, symmetric and positive definite.
    b : array_like of shape (n,), optional
        The linear term; zero by default.
    c : float, default 0.0
        The constant term.

    Returns
    -------
    Objective
        The function; its start is $(1, \dots, 1)$.

    Raises
    ------
    ValueError
        If `A` is not symmetric or not positive definite: there is then no single minimum.

    Notes
    -----
    $$f(x) = \tfrac12 x^T A x - b^T x + c, \qquad \nabla f(x) = A x - b,$$

    with the minimum at $A^{-1} b$.

    Examples
    --------
    >>> from calcguide.objectives import quadratic
    >>> quadratic([[2.0, 1.0], [1.0, 20.0]], [3.0, 21.0]).x_min
    array([[1., 1.]])
    """
    matrix = as_array(A, "A", ndim=2)
    n = len(matrix)
    if matrix.shape != (n, n):
        raise ValueError(f"A must be square, got shape {matrix.shape}")
    if not np.allclose(matrix, matrix.T, rtol=1e-12, atol=0):
        raise ValueError("A must be symmetric; (A + A.T) / 2 gives the same function")
    smallest = float(np.linalg.eigvalsh(matrix)[0])
    if smallest <= 0:
        raise ValueError(f"A must be positive definite, its smallest eigenvalue is {smallest:g}")
    linear = np.zeros(n) if b is None else as_array(b, "b", ndim=1)
    if linear.shape != (n,):
        raise ValueError(f"b must have shape {(n,)} to fit A, got shape {linear.shape}")
    constant = as_number(c, "c")
    minimum = np.linalg.solve(matrix, linear).astype(np.float64)

    def fun(x: ArrayLike) -> Any:
        x = _points(x, n)
        return ((x @ matrix) * x).sum(axis=-1) / 2 - x @ linear + constant

    def jac(x: ArrayLike) -> Array:
        result: Array = matrix @ _point(x, n) - linear
        return result

    def hess(x: ArrayLike) -> Array:
        _point(x, n)
        return matrix.copy()

    f_min = constant - float(linear @ minimum) / 2
    return Objective("Quadratic", fun, jac, hess, np.ones(n), minimum[np.newaxis], f_min)


def rosenbrock(n: int = 2) -> Objective:
    r"""Return Rosenbrock's function: a curved, flat valley.

    Parameters
    ----------
    n : int, default 2
        The number of variables, at least 2.

    Returns
    -------
    Objective
        The function; its start is $(-1.2, 1, -1.2, 1, \dots)$.

    Notes
    -----
    $$f(x) = \sum_{i=1}^{n-1} \bigl[100 (x_{i+1} - x_i^2)^2 + (1 - x_i)^2\bigr],$$

    Rosenbrock's function [1] for $n = 2$ and its chained form, as in `scipy.optimize.rosen`, for
    more. The minimum 0 is at $(1, \dots, 1)$. From $n = 4$ on there is a local minimum besides,
    near $(-1, 1, \dots, 1)$.

    References
    ----------
    [1] H. H. Rosenbrock, "An automatic method for finding the greatest or least value of a
    function", The Computer Journal 3(3), 175-184 (1960).

    Examples
    --------
    >>> from calcguide.objectives import rosenbrock
    >>> objective = rosenbrock()
    >>> float(objective(objective.x0))
    24.2
    """
    n = as_integer(n, "n", least=2)

    def fun(x: ArrayLike) -> Any:
        x = _points(x, n)
        here, following = x[..., :-1], x[..., 1:]
        return (100 * (following - here**2) ** 2 + (1 - here) ** 2).sum(axis=-1)

    def jac(x: ArrayLike) -> Array:
        x = _point(x, n)
        gap = x[1:] - x[:-1] ** 2
        result = np.zeros(n)
        result[:-1] = -400 * x[:-1] * gap - 2 * (1 - x[:-1])
        result[1:] += 200 * gap
        return result

    def hess(x: ArrayLike) -> Array:
        x = _point(x, n)
        diagonal = np.zeros(n)
        diagonal[:-1] = 1200 * x[:-1] ** 2 - 400 * x[1:] + 2
        diagonal[1:] += 200
        beside = np.diag(-400 * x[:-1], k=1)
        return np.diag(diagonal) + beside + beside.T

    start = np.where(np.arange(n) % 2 == 0, -1.2, 1.0)
    return Objective("Rosenbrock", fun, jac, hess, start, np.ones((1, n)), 0.0)


def himmelblau() -> Objective:
    r"""Return Himmelblau's function of two variables: four minima of equal depth.

    Returns
    -------
    Objective
        The function; its start is $(0, 0)$.

    Notes
    -----
    $$f(x, y) = (x^2 + y - 11)^2 + (x + y^2 - 7)^2$$

    from [1]. It is zero where both parabolas meet: at $(3, 2)$ and at three points whose
    coordinates are roots of a cubic.

    References
    ----------
    [1] D. M. Himmelblau, "Applied Nonlinear Programming", McGraw-Hill (1972).

    Examples
    --------
    >>> from calcguide.objectives import himmelblau
    >>> himmelblau().x_min.round(3)
    array([[ 3.   ,  2.   ],
           [-2.805,  3.131],
           [-3.779, -3.283],
           [ 3.584, -1.848]])
    """

    def fun(x: ArrayLike) -> Any:
        u, v = _coordinates(x)
        return (u**2 + v - 11) ** 2 + (u + v**2 - 7) ** 2

    def jac(x: ArrayLike) -> Array:
        u, v = _point(x, 2)
        first, second = u**2 + v - 11, u + v**2 - 7
        return np.array([4 * u * first + 2 * second, 2 * first + 4 * v * second])

    def hess(x: ArrayLike) -> Array:
        u, v = _point(x, 2)
        mixed = 4 * (u + v)
        return np.array(
            [[12 * u**2 + 4 * v - 42, mixed], [mixed, 12 * v**2 + 4 * u - 26]], dtype=np.float64
        )

    minima = np.array(
        [
            [3.0, 2.0],
            [-2.805118086952745, 3.131312518250573],
            [-3.779310253377747, -3.283185991286170],
            [3.584428340330492, -1.848126526964404],
        ]
    )
    return Objective("Himmelblau", fun, jac, hess, np.zeros(2), minima, 0.0)


def beale() -> Objective:
    r"""Return Beale's function of two variables: steep walls around a flat floor.

    Returns
    -------
    Objective
        The function; its start is $(1, 1)$.

    Notes
    -----
    $$f(x, y) = \sum_{i=1}^{3} \bigl(c_i - x (1 - y^i)\bigr)^2, \qquad c = (1.5, 2.25, 2.625),$$

    number 5 of [1]. The minimum 0 is at $(3, 0.5)$.

    References
    ----------
    [1] J. J. Moré, B. S. Garbow, K. E. Hillstrom, "Testing unconstrained optimization
    software", ACM Transactions on Mathematical Software 7(1), 17-41 (1981).

    Examples
    --------
    >>> from calcguide.objectives import beale
    >>> float(beale()([1.0, 1.0]))
    14.203125
    """
    c = np.array([1.5, 2.25, 2.625])
    powers = np.arange(1, 4)

    def fun(x: ArrayLike) -> Any:
        u, v = (coordinate[..., np.newaxis] for coordinate in _coordinates(x))
        return ((c - u * (1 - v**powers)) ** 2).sum(axis=-1)

    def residuals(x: ArrayLike) -> tuple[Array, Array, Array, float]:
        # The residuals, their first derivatives by both variables, and the point's second entry.
        u, v = _point(x, 2)
        by_u = v**powers - 1
        by_v = u * powers * v ** (powers - 1)
        return c + u * by_u, by_u, by_v, v

    def jac(x: ArrayLike) -> Array:
        r, by_u, by_v, _ = residuals(x)
        return 2 * np.array([r @ by_u, r @ by_v])

    def hess(x: ArrayLike) -> Array:
        r, by_u, by_v, v = residuals(x)
        by_uv = powers * v ** (powers - 1)
        by_vv = np.array([0.0, 2.0, 6.0 * v]) * _point(x, 2)[0]
        mixed = by_u @ by_v + r @ by_uv
        return 2 * np.array([[by_u @ by_u, mixed], [mixed, by_v @ by_v + r @ by_vv]])

    return Objective("Beale", fun, jac, hess, np.ones(2), np.array([[3.0, 0.5]]), 0.0)


def booth() -> Objective:
    r"""Return Booth's function: a well-conditioned quadratic of two variables.

    Returns
    -------
    Objective
        The function; its start is $(0, 0)$.

    Notes
    -----
    $$f(x, y) = (x + 2y - 7)^2 + (2x + y - 5)^2,$$

    number 17 of [1]. Its Hessian has the eigenvalues 2 and 18; the minimum 0 is at $(1, 3)$.

    References
    ----------
    [1] M. Jamil, X.-S. Yang, "A literature survey of benchmark functions for global
    optimisation problems", International Journal of Mathematical Modelling and Numerical
    Optimisation 4(2), 150-194 (2013).

    Examples
    --------
    >>> from calcguide.objectives import booth
    >>> float(booth()([0.0, 0.0]))
    74.0
    """

    def fun(x: ArrayLike) -> Any:
        u, v = _coordinates(x)
        return (u + 2 * v - 7) ** 2 + (2 * u + v - 5) ** 2

    def jac(x: ArrayLike) -> Array:
        u, v = _point(x, 2)
        return np.array([10 * u + 8 * v - 34, 8 * u + 10 * v - 38])

    def hess(x: ArrayLike) -> Array:
        _point(x, 2)
        return np.array([[10.0, 8.0], [8.0, 10.0]])

    return Objective("Booth", fun, jac, hess, np.zeros(2), np.array([[1.0, 3.0]]), 0.0)


def styblinski_tang(n: int = 2) -> Objective:
    r"""Return the function of Styblinski and Tang: $2^n$ minima, one of them the deepest.

    Parameters
    ----------
    n : int, default 2
        The number of variables, at least 1.

    Returns
    -------
    Objective
        The function; its start is $(0, \dots, 0)$.

    Notes
    -----
    $$f(x) = \tfrac12 \sum_{i=1}^{n} (x_i^4 - 16 x_i^2 + 5 x_i)$$

    from [1]. All coordinates of the global minimum are the smallest root, about $-2.9035$, of
    the derivative $2 x^3 - 16 x + \tfrac52$; each can stand at the largest, about $2.7468$, for
    a local one.

    References
    ----------
    [1] M. A. Styblinski, T.-S. Tang, "Experiments in nonconvex optimization: stochastic
    approximation with function smoothing and simulated annealing", Neural Networks 3(4),
    467-483 (1990).

    Examples
    --------
    >>> from calcguide.objectives import styblinski_tang
    >>> styblinski_tang(2).f_min
    -78.33233140754284
    """
    n = as_integer(n, "n", least=1)

    def fun(x: ArrayLike) -> Any:
        x = _points(x, n)
        return (x**4 - 16 * x**2 + 5 * x).sum(axis=-1) / 2

    def jac(x: ArrayLike) -> Array:
        x = _point(x, n)
        return 2 * x**3 - 16 * x + 2.5

    def hess(x: ArrayLike) -> Array:
        return np.diag(6 * _point(x, n) ** 2 - 16)

    # The smallest root of x**3 - 8 x + 5/4, by Viète's formula for three real roots.
    angle = acos(-(5 / 8) / sqrt(8 / 3) ** 3) / 3
    minimum = 2 * sqrt(8 / 3) * cos(angle + 2 * pi / 3)
    return Objective(
        "Styblinski-Tang",
        fun,
        jac,
        hess,
        np.zeros(n),
        np.full((1, n), minimum),
        n * (minimum**4 - 16 * minimum**2 + 5 * minimum) / 2,
    )


def double_well(n: int = 1, *, radius_squared: float = 10.0) -> Objective:
    r"""Return the double well: a hill at zero with a ring of minima around it.

    Parameters
    ----------
    n : int, default 1
        The number of variables, at least 1. With one there are two wells; with more, the minima
        are a whole sphere, and the shape is known as the Mexican-hat potential.
    radius_squared : float, default 10.0
        The squared distance $\rho$ of the minima from zero, positive.

    Returns
    -------
    Objective
        The function; its start is $(1, \dots, 1)$. `x_min` holds the minima on the axes.

    Notes
    -----
    $$f(x) = (x^T x - \rho)^2, \qquad \nabla f(x) = 4 (x^T x - \rho) x, \qquad
    \nabla^2 f(x) = 4 (x^T x - \rho) I + 8 x x^T.$$

    The gradient vanishes at zero as well, a local maximum of height $\rho^2$. At a minimum the
    Hessian $8 x x^T$ is singular along the sphere. The potential is that of [1].

    References
    ----------
    [1] J. Goldstone, "Field theories with superconductor solutions", Il Nuovo Cimento 19(1),
    154-164 (1961).

    Examples
    --------
    >>> from calcguide.objectives import double_well
    >>> objective = double_well()
    >>> float(objective([1.0])), objective.jac([1.0])
    (81.0, array([-36.]))
    """
    n = as_integer(n, "n", least=1)
    rho = as_number(radius_squared, "radius_squared", above=0)

    def fun(x: ArrayLike) -> Any:
        return ((_points(x, n) ** 2).sum(axis=-1) - rho) ** 2

    def jac(x: ArrayLike) -> Array:
        x = _point(x, n)
        result: Array = 4 * (x @ x - rho) * x
        return result

    def hess(x: ArrayLike) -> Array:
        x = _point(x, n)
        result: Array = 4 * (x @ x - rho) * np.eye(n) + 8 * np.outer(x, x)
        return result

    axes = sqrt(rho) * np.eye(n)
    return Objective("Double well", fun, jac, hess, np.ones(n), np.vstack([axes, -axes]), 0.0)


def _points(x: ArrayLike, n: int) -> NDArray[Any]:
    """Return points as floats or complex numbers, with the n coordinates on the last axis."""
    points = np.asarray(x, np.complex128) if np.iscomplexobj(x) else as_real(x, "x")
    if points.ndim == 0 or points.shape[-1] != n:
        raise ValueError(f"x must have shape (..., {n}), got shape {points.shape}")
    return points


def _coordinates(x: ArrayLike) -> NDArray[Any]:
    """Return both coordinates of points in the plane."""
    return np.moveaxis(_points(x, 2), -1, 0)


def _point(x: ArrayLike, n: int) -> Array:
    """Return one point of n coordinates as floats."""
    point = as_real(x, "x")
    if point.shape != (n,):
        raise ValueError(f"x must have shape {(n,)}, got shape {point.shape}")
    return point
