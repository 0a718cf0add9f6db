"""Stochastic differential equations: Brownian motion, a solver, and the model of prices."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from calcguide._checks import as_array, as_integer, as_number, as_real
from calcguide.integration import Estimate

__all__ = [
    "GeometricBrownianMotionFit",
    "brownian_motion",
    "euler_maruyama",
    "fit_geometric_brownian_motion",
    "geometric_brownian_motion",
]

Array: TypeAlias = NDArray[np.float64]


def brownian_motion(t: ArrayLike, *, n_paths: int, rng: np.random.Generator) -> Array:
    r"""Draw paths of standard Brownian motion, the Wiener process.

    Parameters
    ----------
    t : array_like of shape (n_times,)
        The times: not negative, each later than the one before.
    n_paths : int
        Number of paths, at least 1.
    rng : numpy.random.Generator
        Where the randomness comes from, such as ``np.random.default_rng(0)``.

    Returns
    -------
    ndarray of shape (n_paths, n_times)
        The paths $W(t)$, with $W(0) = 0$.

    Raises
    ------
    ValueError
        If the times do not increase, one is negative, or `n_paths` is too small.
    TypeError
        If an argument has the wrong type.

    Notes
    -----
    The increments $W(t) - W(s)$ are independent and normal with the mean 0 and the variance
    $t - s$, and that is how they are drawn. Every k-th column is the same path seen at every k-th
    time: so two step lengths are compared on one path.

    Examples
    --------
    >>> import numpy as np
    >>> from calcguide.dynamics import brownian_motion
    >>> rng = np.random.default_rng(0)
    >>> w = brownian_motion([0.0, 1.0, 4.0], n_paths=100_000, rng=rng)
    >>> w.var(axis=0).round(1)
    array([0., 1., 4.])
    """
    times = _increasing(t)
    n_paths = as_integer(n_paths, "n_paths", least=1)
    if not isinstance(rng, np.random.Generator):
        raise TypeError(f"rng must be a numpy.random.Generator, got {type(rng).__name__}")
    spread = np.sqrt(np.diff(times, prepend=0.0))
    return np.cumsum(spread * rng.normal(size=(n_paths, times.size)), axis=1)


def geometric_brownian_motion(
    s0: float, mu: float, sigma: float, t: ArrayLike, w: ArrayLike
) -> Array:
    r"""Return geometric Brownian motion along given paths of Brownian motion, exactly.

    Parameters
    ----------
    s0 : float
        The value at the time 0, positive.
    mu : float
        The drift, per unit of time.
    sigma : float
        The volatility, per square root of the unit of time, not negative.
    t : array_like of shape (n_times,)
        The times: not negative, each later than the one before.
    w : array_like of shape (n_paths, n_times) or (n_times,)
        Brownian motion at these times, see `brownian_motion`.

    Returns
    -------
    ndarray, shape of `w`
        The paths $S(t)$.

    Raises
    ------
    ValueError
        If an argument is out of its range or the shapes do not fit.
    TypeError
        If an argument has the wrong type.

    Notes
    -----
    The solution of $dS = \mu S\,dt + \sigma S\,dW$ in the sense of Itô is

    $$S(t) = S_0 \exp\bigl((\mu - \tfrac12 \sigma^2)\,t + \sigma W(t)\bigr).$$

    Its mean is $S_0 e^{\mu t}$ and its median $S_0 e^{(\mu - \sigma^2/2) t}$: most paths stay below
    the mean.

    References
    ----------
    B. Øksendal, *Stochastic Differential Equations*, 6th ed., Springer 2003, example 5.1.1.

    Examples
    --------
    >>> import numpy as np
    >>> from calcguide.dynamics import brownian_motion, geometric_brownian_motion
    >>> t = np.linspace(0.0, 1.0, 13)
    >>> w = brownian_motion(t, n_paths=100_000, rng=np.random.default_rng(0))
    >>> s = geometric_brownian_motion(100.0, 0.1, 0.3, t, w)
    >>> print(f"mean {s[:, -1].mean():.0f}, median {np.median(s[:, -1]):.0f}")
    mean 111, median 106
    """
    s0 = as_number(s0, "s0", above=0)
    mu = as_number(mu, "mu")
    sigma = as_number(sigma, "sigma", least=0)
    times, paths = _paths(t, w)
    return s0 * np.exp((mu - sigma**2 / 2) * times + sigma * paths)


def euler_maruyama(
    drift: Callable[[float, Array], Any],
    diffusion: Callable[[float, Array], Any],
    x0: float,
    t: ArrayLike,
    w: ArrayLike,
) -> Array:
    r"""Solve a stochastic differential equation along given paths of Brownian motion.

    Parameters
    ----------
    drift, diffusion : callable
        The coefficients $a$ and $b$ of $dX = a(t, X)\,dt + b(t, X)\,dW$:
        ``drift(t, x) -> array`` of the shape of ``x``, which is ``(n_paths,)``, or a number.
        They may write into ``x``, a copy, and return one and the same array each time.
    x0 : float
        The value at the first of the times.
    t : array_like of shape (n_times,)
        The times: not negative, each later than the one before.
    w : array_like of shape (n_paths, n_times) or (n_times,)
        Brownian motion at these times, see `brownian_motion`.

    Returns
    -------
    ndarray, shape of `w`
        The paths $X(t)$; from where one ceases to be finite, it is nan.

    Raises
    ------
    ValueError
        If an argument is out of its range or the shapes do not fit.
    TypeError
        If an argument has the wrong type.

    Notes
    -----
    $$X_{k+1} = X_k + a(t_k, X_k)\,(t_{k+1} - t_k) + b(t_k, X_k)\,\bigl(W(t_{k+1}) - W(t_k)\bigr),$$

    of strong order ½: the mean error of a path falls like $h^{1/2}$; for expectations the error
    falls like $h$.

    References
    ----------
    P. E. Kloeden, E. Platen, *Numerical Solution of Stochastic Differential Equations*,
    Springer 1992, sections 10.2 and 14.1.

    Examples
    --------
    >>> import numpy as np
    >>> from calcguide.dynamics import (
    ...     brownian_motion,
    ...     euler_maruyama,
    ...     geometric_brownian_motion,
    ... )
    >>> drift, diffusion = lambda t, x: 0.1 * x, lambda t, x: 0.5 * x
    >>> t = np.linspace(0.0, 1.0, 257)
    >>> w = brownian_motion(t, n_paths=2000, rng=np.random.default_rng(0))
    >>> exact = geometric_brownian_motion(1.0, 0.1, 0.5, t, w)
    >>> for k in (4, 1):  # 64 and 256 steps on the same paths
    ...     x = euler_maruyama(drift, diffusion, 1.0, t[::k], w[:, ::k])
    ...     print(f"{np.abs(x[:, -1] - exact[:, -1]).mean():.3f}")
    0.020
    0.009
    """
    for name, fun in {"drift": drift, "diffusion": diffusion}.items():
        if not callable(fun):
            raise TypeError(f"{name} must be callable as {name}(t, x), got {type(fun).__name__}")
    x0 = as_number(x0, "x0")
    times, paths = _paths(t, w)
    shape = paths.shape
    paths = np.atleast_2d(paths)
    x = np.full(paths.shape, np.nan)
    x[:, 0] = x0
    with np.errstate(over="ignore", invalid="ignore"):
        for k in range(times.size - 1):
            t_k, h, step = float(times[k]), times[k + 1] - times[k], paths[:, k + 1] - paths[:, k]
            now = x[:, k] + _coefficient(drift, "drift", t_k, x[:, k]) * h
            now += _coefficient(diffusion, "diffusion", t_k, x[:, k]) * step
            now[~np.isfinite(now)] = np.nan
            x[:, k + 1] = now
            if np.isnan(now).all():
                break
    return x.reshape(shape)


@dataclass(frozen=True)
class GeometricBrownianMotionFit:
    """The parameters of a geometric Brownian motion, estimated from one path.

    Attributes
    ----------
    mu : Estimate
        The drift, per unit of time.
    sigma : Estimate
        The volatility, per square root of the unit of time.
    """

    mu: Estimate
    sigma: Estimate


def fit_geometric_brownian_motion(prices: ArrayLike, dt: float) -> GeometricBrownianMotionFit:
    r"""Estimate drift and volatility of a geometric Brownian motion.

    Parameters
    ----------
    prices : array_like of shape (n_prices,)
        Positive values at equal distances in time, at least three.
    dt : float
        That distance, such as 1/12 for months if the unit is a year.

    Returns
    -------
    GeometricBrownianMotionFit
        Drift and volatility with their standard errors.

    Raises
    ------
    ValueError
        If there are fewer than three prices, one is not positive, or `dt` is not positive.
    TypeError
        If an argument has the wrong type.

    Notes
    -----
    The log returns $r_k = \log S_{k+1} - \log S_k$ are independent and normal with the mean
    $(\mu - \frac12 \sigma^2)\,\Delta t$ and the variance $\sigma^2 \Delta t$. With the mean $\bar r$
    and the variance $s^2$ (divisor $n - 1$) of the $n$ returns,

    $$\hat\sigma = \frac{s}{\sqrt{\Delta t}}, \qquad
    \hat\mu = \frac{\bar r}{\Delta t} + \frac{\hat\sigma^2}{2},$$

    $$\mathrm{SE}(\hat\sigma) \approx \frac{\hat\sigma}{\sqrt{2(n - 1)}}, \qquad
    \mathrm{SE}(\hat\mu) \approx \sqrt{\frac{\hat\sigma^2}{T} + \frac{\hat\sigma^4}{2(n - 1)}}$$

    with the whole time $T = n\,\Delta t$. More frequent prices sharpen the volatility, but not the
    drift: only a longer time does.

    References
    ----------
    R. C. Merton, "On estimating the expected return on the market", *Journal of Financial
    Economics* 8 (1980), 323–361.

    Examples
    --------
    Ten years of daily prices, drawn with drift 0.08 and volatility 0.2. The volatility is found;
    the drift is lost in its error:

    >>> import numpy as np
    >>> from calcguide.dynamics import (
    ...     brownian_motion,
    ...     fit_geometric_brownian_motion,
    ...     geometric_brownian_motion,
    ... )
    >>> t = np.arange(2521) / 252
    >>> w = brownian_motion(t, n_paths=1, rng=np.random.default_rng(0))
    >>> prices = geometric_brownian_motion(100.0, 0.08, 0.2, t, w)[0]
    >>> fit = fit_geometric_brownian_motion(prices, 1 / 252)
    >>> for name, found in [("drift", fit.mu), ("volatility", fit.sigma)]:
    ...     print(f"{name} {found.value:.3f}, give or take {found.standard_error:.3f}")
    drift -0.019, give or take 0.063
    volatility 0.200, give or take 0.003
    """
    prices = as_array(prices, "prices", ndim=1)
    dt = as_number(dt, "dt", above=0)
    if prices.size < 3:
        raise ValueError(f"prices must hold at least 3 values, got {prices.size}")
    if prices.min() <= 0:
        i = int(prices.argmin())
        raise ValueError(f"prices must be positive, got {prices[i]:g} at index {i}")
    returns = np.diff(np.log(prices))
    n = returns.size
    variance = float(returns.var(ddof=1)) / dt
    sigma = Estimate(math.sqrt(variance), math.sqrt(variance / (2 * (n - 1))))
    mu = Estimate(
        float(returns.mean()) / dt + variance / 2,
        math.sqrt(variance / (n * dt) + variance**2 / (2 * (n - 1))),
    )
    return GeometricBrownianMotionFit(mu, sigma)


def _increasing(t: ArrayLike) -> Array:
    times = as_array(t, "t", ndim=1)
    if times[0] < 0 or (np.diff(times) <= 0).any():
        raise ValueError("t must hold times that are not negative and increase")
    return times


def _paths(t: ArrayLike, w: ArrayLike) -> tuple[Array, Array]:
    times, paths = _increasing(t), as_array(w, "w", ndim=(1, 2))
    if paths.shape[-1] != times.size:
        raise ValueError(
            f"w must have a column for each of the {times.size} times, got shape {paths.shape}"
        )
    return times, paths


def _coefficient(fun: Callable[[float, Array], Any], name: str, t: float, x: Array) -> Array:
    value = as_real(fun(t, x.copy()), f"the value of {name}")
    if value.shape not in {(), x.shape}:
        raise ValueError(f"{name} must return the shape of x, {x.shape}, got {value.shape}")
    return value
