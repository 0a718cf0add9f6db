"""Ordinary differential equations: systems, fixed-step solvers, and the rate of chaos."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from calcguide._checks import as_array, as_integer, as_number, as_real
from calcguide.integration import Estimate

__all__ = [
    "OdeResult",
    "euler",
    "gradient_flow",
    "heun",
    "lorenz",
    "lyapunov_exponent",
    "rk4",
]

Array: TypeAlias = NDArray[np.float64]
Derivative: TypeAlias = Callable[[float, Array], Any]
Step: TypeAlias = Callable[[Derivative, float, Array, float], Array]


@dataclass(frozen=True, eq=False)
class OdeResult:
    """A numerical solution, with the field names of `scipy.integrate.solve_ivp`.

    Attributes
    ----------
    t : ndarray of shape (n_points,)
        The times.
    y : ndarray of shape (n, n_points)
        The state at each time.
    nfev : int
        Number of evaluations of the right-hand side.
    status : int
        0 if the end of the time span was reached; -1 if the state ceased to be finite before.
    """

    t: Array = field(repr=False)
    y: Array = field(repr=False)
    nfev: int
    status: int

    @property
    def success(self) -> bool:
        """Whether the end of the time span was reached."""
        return self.status == 0

    @property
    def message(self) -> str:
        """The status in words, with what to do."""
        if self.success:
            return "The solver has reached the end of the time span."
        return (
            f"Diverged: the state is no longer finite after t = {self.t[-1]:g}. Take more steps, "
            "or a shorter time span if the solution itself grows beyond all bounds."
        )


def lorenz(
    t: float,  # noqa: ARG001 -- a solver passes the time, and this system does not depend on it
    state: ArrayLike,
    *,
    sigma: float = 10.0,
    rho: float = 28.0,
    beta: float = 8 / 3,
) -> Array:
    r"""Return the right-hand side of the Lorenz system.

    Parameters
    ----------
    t : float
        The time, on which nothing depends.
    state : array_like of shape (3,) or (3, n_states)
        The state $(x, y, z)$, or many, one a column.
    sigma, rho, beta : float, default 10, 28 and 8/3
        The parameters. With these values almost every start ends on the strange attractor.

    Returns
    -------
    ndarray, shape of `state`
        The derivative of the state with respect to time.

    Raises
    ------
    ValueError
        If the first axis of `state` does not have the length 3.
    TypeError
        If `state` or a parameter does not hold real numbers.

    Notes
    -----
    $$\dot x = \sigma (y - x), \qquad \dot y = x (\rho - z) - y, \qquad \dot z = x y - \beta z.$$

    The volume of any set of states shrinks at the constant rate $\sigma + 1 + \beta$.

    References
    ----------
    E. N. Lorenz, "Deterministic nonperiodic flow", *Journal of the Atmospheric Sciences* 20
    (1963), 130–141.

    Examples
    --------
    >>> from calcguide.dynamics import lorenz
    >>> lorenz(0.0, [1.0, 1.0, 1.0])
    array([ 0.        , 26.        , -1.66666667])
    """
    state = as_real(state, "state")
    if state.shape[:1] != (3,):
        raise ValueError(f"state must have shape (3,) or (3, n_states), got {state.shape}")
    s, r, b = as_real(sigma, "sigma"), as_real(rho, "rho"), as_real(beta, "beta")
    x, y, z = state
    return np.array([s * (y - x), x * (r - z) - y, x * y - b * z])


def gradient_flow(jac: Callable[..., Any], *, args: tuple[Any, ...] = ()) -> Derivative:
    r"""Return the right-hand side of the gradient flow of a function.

    Parameters
    ----------
    jac : callable
        The gradient of the function, ``jac(x, *args) -> array`` of the shape of ``x``. It may write
        into ``x``, a copy, and return one and the same array each time.
    args : tuple, default ()
        Further arguments of `jac`.

    Returns
    -------
    callable
        ``fun(t, x) = -jac(x, *args)``, for a solver.

    Raises
    ------
    TypeError
        If `jac` is not callable; on calling the result, if `x` or the value of `jac` does not hold
        real numbers.

    Notes
    -----
    Along $\dot x = -\nabla f(x)$ the function falls at the rate
    $\frac{d}{dt} f(x(t)) = -\lVert \nabla f(x) \rVert^2$. Euler's method for it, with the step
    $h$, is gradient descent with the learning rate $h$.

    Examples
    --------
    >>> import numpy as np
    >>> from calcguide.dynamics import euler, gradient_flow
    >>> flow = gradient_flow(lambda x: np.array([2.0, 20.0]) * x)
    >>> euler(flow, (0.0, 0.3), [1.0, 1.0], n_steps=3).y.round(3) + 0.0
    array([[ 1.   ,  0.8  ,  0.64 ,  0.512],
           [ 1.   , -1.   ,  1.   , -1.   ]])
    """
    if not callable(jac):
        raise TypeError(f"jac must be callable as jac(x, *args), got {type(jac).__name__}")

    def downhill(t: float, x: Array) -> Array:  # noqa: ARG001 -- as above
        return -as_real(jac(as_real(x, "x").copy(), *args), "the value of jac")

    return downhill


def euler(
    fun: Derivative, t_span: tuple[float, float], y0: ArrayLike, *, n_steps: int
) -> OdeResult:
    r"""Solve an initial value problem by Euler's method.

    Parameters
    ----------
    fun : callable
        The right-hand side of $\dot y = f(t, y)$: ``fun(t, y) -> array`` of the shape of ``y``.
        It may write into ``y``, a copy, and return one and the same array each time.
    t_span : tuple of float
        Start and end of the time; backwards if the end comes first.
    y0 : array_like of shape (n,)
        The state at the start.
    n_steps : int
        Number of steps of equal length, at least 1.

    Returns
    -------
    OdeResult
        The states at all ``n_steps + 1`` times; fewer, with ``success`` false, if one is not
        finite.

    Raises
    ------
    ValueError
        If an argument is out of its range or `fun` returns another shape than that of `y0`.
    TypeError
        If an argument has the wrong type.

    Notes
    -----
    $$y_{k+1} = y_k + h f(t_k, y_k),$$

    of order 1: half the step, half the error. Along an eigenvector of the Jacobian of $f$ with
    the eigenvalue $\lambda$ it is stable if $|1 + h\lambda| \le 1$.

    References
    ----------
    E. Hairer, S. P. Nørsett, G. Wanner, *Solving Ordinary Differential Equations I*, 2nd
    ed., Springer 1993, sections I.7 and II.1; for stability, volume II, section IV.2.

    Examples
    --------
    >>> import numpy as np
    >>> from calcguide.dynamics import euler
    >>> for n in (100, 200):
    ...     run = euler(lambda t, y: y, (0, 1), [1.0], n_steps=n)
    ...     print(f"{np.e - run.y[0, -1]:.4f}")
    0.0135
    0.0068
    """
    return _solve(_euler_step, 1, fun, t_span, y0, n_steps)


def heun(fun: Derivative, t_span: tuple[float, float], y0: ArrayLike, *, n_steps: int) -> OdeResult:
    r"""Solve an initial value problem by Heun's method, the explicit trapezoidal rule.

    Parameters
    ----------
    fun : callable
        The right-hand side of $\dot y = f(t, y)$: ``fun(t, y) -> array`` of the shape of ``y``.
        It may write into ``y``, a copy, and return one and the same array each time.
    t_span : tuple of float
        Start and end of the time; backwards if the end comes first.
    y0 : array_like of shape (n,)
        The state at the start.
    n_steps : int
        Number of steps of equal length, at least 1.

    Returns
    -------
    OdeResult
        The states at all ``n_steps + 1`` times; fewer, with ``success`` false, if one is not
        finite.

    Raises
    ------
    ValueError
        If an argument is out of its range or `fun` returns another shape than that of `y0`.
    TypeError
        If an argument has the wrong type.

    Notes
    -----
    $$k_1 = f(t_k, y_k), \quad k_2 = f(t_k + h, y_k + h k_1), \quad
    y_{k+1} = y_k + \tfrac h2 (k_1 + k_2),$$

    of order 2: half the step, a quarter of the error.

    References
    ----------
    E. Hairer, S. P. Nørsett, G. Wanner, *Solving Ordinary Differential Equations I*, 2nd
    ed., Springer 1993, section II.1.

    Examples
    --------
    >>> import numpy as np
    >>> from calcguide.dynamics import heun
    >>> for n in (100, 200):
    ...     run = heun(lambda t, y: y, (0, 1), [1.0], n_steps=n)
    ...     print(f"{np.e - run.y[0, -1]:.2e}")
    4.50e-05
    1.13e-05
    """
    return _solve(_heun_step, 2, fun, t_span, y0, n_steps)


def rk4(fun: Derivative, t_span: tuple[float, float], y0: ArrayLike, *, n_steps: int) -> OdeResult:
    r"""Solve an initial value problem by the classical Runge–Kutta method.

    Parameters
    ----------
    fun : callable
        The right-hand side of $\dot y = f(t, y)$: ``fun(t, y) -> array`` of the shape of ``y``.
        It may write into ``y``, a copy, and return one and the same array each time.
    t_span : tuple of float
        Start and end of the time; backwards if the end comes first.
    y0 : array_like of shape (n,)
        The state at the start.
    n_steps : int
        Number of steps of equal length, at least 1.

    Returns
    -------
    OdeResult
        The states at all ``n_steps + 1`` times; fewer, with ``success`` false, if one is not
        finite.

    Raises
    ------
    ValueError
        If an argument is out of its range or `fun` returns another shape than that of `y0`.
    TypeError
        If an argument has the wrong type.

    Notes
    -----
    $$\begin{aligned}
    k_1 &= f(t_k, y_k), & k_2 &= f(t_k + \tfrac h2, y_k + \tfrac h2 k_1), \\
    k_3 &= f(t_k + \tfrac h2, y_k + \tfrac h2 k_2), & k_4 &= f(t_k + h, y_k + h k_3),
    \end{aligned}$$

    $$y_{k+1} = y_k + \tfrac h6 (k_1 + 2 k_2 + 2 k_3 + k_4),$$

    of order 4: half the step, a sixteenth of the error.

    References
    ----------
    E. Hairer, S. P. Nørsett, G. Wanner, *Solving Ordinary Differential Equations I*, 2nd
    ed., Springer 1993, section II.1.

    Examples
    --------
    >>> import numpy as np
    >>> from calcguide.dynamics import rk4
    >>> for n in (10, 20):
    ...     run = rk4(lambda t, y: y, (0, 1), [1.0], n_steps=n)
    ...     print(f"{np.e - run.y[0, -1]:.2e}")
    2.08e-06
    1.36e-07
    """
    return _solve(_rk4_step, 4, fun, t_span, y0, n_steps)


def lyapunov_exponent(
    fun: Derivative,
    t_span: tuple[float, float],
    y0: ArrayLike,
    *,
    n_steps: int,
    burn_in: float = 0.2,
    separation: float = 1e-8,
) -> Estimate:
    r"""Estimate the largest Lyapunov exponent: the rate at which neighbouring paths part.

    Parameters
    ----------
    fun : callable
        The right-hand side of $\dot y = f(t, y)$: ``fun(t, y) -> array`` of the shape of ``y``,
        which is ``(n, n_columns)``, each column a state of its own (as for
        ``solve_ivp(..., vectorized=True)``).
    t_span : tuple of float
        Start and end of the time.
    y0 : array_like of shape (n, n_starts)
        Several starts, at least two, whose exponents are averaged. A hundred cost hardly more
        time than two.
    n_steps : int
        Number of steps of the classical Runge–Kutta method, at least 10.
    burn_in : float, default 0.2
        The share of the time that is not counted: until the path has reached the attractor, and
        the difference of neighbours points where it grows fastest.
    separation : float, default 1e-8
        The distance to which neighbours are brought back after each step.

    Returns
    -------
    Estimate
        The exponent, per unit of time, and its standard error from the scatter of the starts;
        both nan if a state ceases to be finite.

    Raises
    ------
    ValueError
        If an argument is out of its range or `fun` returns another shape than it was given.
    TypeError
        If an argument has the wrong type.

    Notes
    -----
    The exponent is

    $$\lambda = \lim_{t \to \infty} \lim_{d(0) \to 0} \frac1t \log \frac{d(t)}{d(0)},$$

    with the distance $d(t)$ of two paths. In a computation the inner limit must not be left, so
    after each step the neighbour is brought back to the distance $d_0$ in the same direction, and
    the logarithms of the growth factors are averaged. For the Lorenz system with the classical
    parameters $\lambda \approx 0.9056$ (Sprott). A positive exponent on a bounded attractor is what is
    meant by chaos.

    References
    ----------
    G. Benettin, L. Galgani, J.-M. Strelcyn, "Kolmogorov entropy and numerical experiments",
    *Physical Review A* 14 (1976), 2338–2345.

    J. C. Sprott, *Chaos and Time-Series Analysis*, Oxford University Press 2003.

    Examples
    --------
    For a linear system it is the largest real part of an eigenvalue:

    >>> import numpy as np
    >>> from calcguide.dynamics import lyapunov_exponent
    >>> spiral = np.array([[-0.1, 2.0], [-2.0, -0.1]])
    >>> rate = lyapunov_exponent(
    ...     lambda t, y: spiral @ y, (0, 50), np.eye(2), n_steps=1000
    ... )
    >>> print(f"{rate.value:.4f}")
    -0.1000
    """
    times = _times(t_span, n_steps, least=10)
    starts = as_array(y0, "y0", ndim=2)
    if starts.shape[1] < 2:
        raise ValueError(f"y0 must hold at least 2 starts, one a column, got shape {starts.shape}")
    burn_in = as_number(burn_in, "burn_in", least=0, most=0.9)
    separation = as_number(separation, "separation", above=0)
    n_starts = starts.shape[1]
    # No direction is special: with chance one the fastest growing one has a share in it.
    direction = np.random.default_rng(0).normal(size=starts.shape)
    direction /= np.linalg.norm(direction, axis=0)
    pair = np.hstack([starts, starts + separation * direction])
    fun = _checked(fun, pair.shape)
    growth = np.empty((times.size - 1, n_starts))
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        for k, (t, h) in enumerate(zip(times[:-1], np.diff(times), strict=True)):
            pair = _rk4_step(fun, float(t), pair, float(h))
            difference = pair[:, n_starts:] - pair[:, :n_starts]
            distance = np.linalg.norm(difference, axis=0)
            growth[k] = np.log(distance / separation)
            if not np.isfinite(growth[k]).all():
                return Estimate(np.nan, np.nan)
            pair[:, n_starts:] = pair[:, :n_starts] + separation / distance * difference
    counted = growth[int(burn_in * len(growth)) :]
    rates = counted.mean(axis=0) / abs(times[1] - times[0])
    return Estimate(float(rates.mean()), float(rates.std(ddof=1) / np.sqrt(n_starts)))


def _euler_step(fun: Derivative, t: float, y: Array, h: float) -> Array:
    y_new: Array = y + h * fun(t, y)
    return y_new


def _heun_step(fun: Derivative, t: float, y: Array, h: float) -> Array:
    k1 = fun(t, y)
    k2 = fun(t + h, y + h * k1)
    y_new: Array = y + h / 2 * (k1 + k2)
    return y_new


def _rk4_step(fun: Derivative, t: float, y: Array, h: float) -> Array:
    k1 = fun(t, y)
    k2 = fun(t + h / 2, y + h / 2 * k1)
    k3 = fun(t + h / 2, y + h / 2 * k2)
    k4 = fun(t + h, y + h * k3)
    y_new: Array = y + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
    return y_new


def _solve(
    step: Step,
    n_stages: int,
    fun: Derivative,
    t_span: tuple[float, float],
    y0: ArrayLike,
    n_steps: int,
) -> OdeResult:
    """Take the steps of a method until the end, or until the state is not finite."""
    times = _times(t_span, n_steps, least=1)
    start = as_array(y0, "y0", ndim=1)
    fun = _checked(fun, start.shape)
    y = np.empty((times.size, start.size))
    y[0] = start
    with np.errstate(over="ignore", invalid="ignore"):
        for k in range(times.size - 1):
            y[k + 1] = step(fun, float(times[k]), y[k], float(times[k + 1] - times[k]))
            if not np.isfinite(y[k + 1]).all():
                return OdeResult(times[: k + 1], y[: k + 1].T.copy(), n_stages * (k + 1), -1)
    return OdeResult(times, y.T.copy(), n_stages * (times.size - 1), 0)


def _checked(fun: Derivative, shape: tuple[int, ...]) -> Derivative:
    """Return the right-hand side as a function that shares no array with its caller.

    It may write into the state that it is handed, and return one and the same array each time.
    """
    if not callable(fun):
        raise TypeError(f"fun must be callable as fun(t, y), got {type(fun).__name__}")

    def checked(t: float, y: Array) -> Array:
        value = as_real(fun(t, y.copy()), "the value of fun")
        if value.shape != shape:
            raise ValueError(f"fun must return the shape of y, {shape}, got {value.shape}")
        return value.copy()

    return checked


def _times(t_span: tuple[float, float], n_steps: int, *, least: int) -> Array:
    ends = as_array(t_span, "t_span", ndim=1)
    if ends.size != 2 or ends[0] == ends[1]:
        raise ValueError(f"t_span must be two different times, got {t_span}")
    n_steps = as_integer(n_steps, "n_steps", least=least)
    times: Array = np.linspace(ends[0], ends[1], n_steps + 1)
    return times
