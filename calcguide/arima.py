r"""ARIMA models of a time series: differences, likelihood with its gradient, fit and forecast.

With $B$, the operator that goes back by one step, $B y_t = y_{t-1}$, a seasonal ARIMA model of the
order $(p, d, q) \times (P, D, Q)_s$ reads

$$\varphi(B)\, \Phi(B^s)\, (w_t - \mu) = \theta(B)\, \Theta(B^s)\, \varepsilon_t, \qquad
w_t = (1 - B)^d (1 - B^s)^D y_t,$$

with independent normal $\varepsilon_t$ of the variance $\sigma^2$ and the polynomials

$$\varphi(B) = 1 - \varphi_1 B - \dots - \varphi_p B^p, \qquad
\theta(B) = 1 + \theta_1 B + \dots + \theta_q B^q,$$

$\Phi$ and $\Theta$ likewise. Mind the signs: some books write $\theta(B)$ with minus. The mean $\mu$
is a parameter where nothing is differenced, and 0 where something is. The parameters stand in the
order $(\mu, \varphi, \theta, \Phi, \Theta)$, as in statsmodels, with the variance left out: it is
known once the others are, see `conditional_loglikelihood`.

A polynomial in $B$ is the array of its coefficients, the constant first. Products of polynomials
are convolutions of such arrays, and what they do to a series is done by `scipy.signal.lfilter`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.signal import lfilter
from scipy.special import ndtri

from calcguide import _lags
from calcguide._checks import as_array, as_integer, as_number
from calcguide.newton import bfgs
from calcguide.time_series import (
    autocorrelation,
    difference,
    lag_polynomial,
    psi_weights,
    undifference,
)

__all__ = [
    "MESSAGES",
    "ArimaModel",
    "FitStatus",
    "Forecast",
    "autocorrelation",
    "conditional_loglikelihood",
    "conditional_loglikelihood_gradient",
    "conditional_residuals",
    "conditional_residuals_jacobian",
    "difference",
    "fit_arima",
    "lag_polynomial",
    "psi_weights",
    "undifference",
]

Array: TypeAlias = NDArray[np.float64]

NO_SEASON = (0, 0, 0, 1)


# The likelihood


def conditional_residuals(
    params: ArrayLike,
    y: ArrayLike,
    order: Sequence[int],
    seasonal_order: Sequence[int] = NO_SEASON,
) -> Array:
    r"""Return the residuals of an ARIMA model, conditional on the first values of the series.

    Parameters
    ----------
    params : array_like of shape (n_params,)
        The parameters $(\mu, \varphi, \theta, \Phi, \Theta)$, without $\mu$ where ``d + D > 0``.
    y : array_like of shape (n_times,)
        The series.
    order : (int, int, int)
        The order $(p, d, q)$: the number of autoregressive parameters, of differences, and of
        moving-average parameters.
    seasonal_order : (int, int, int, int), default (0, 0, 0, 1)
        The seasonal order $(P, D, Q)$ and the number $s$ of times in a period.

    Returns
    -------
    ndarray of shape (n_residuals,)
        $\varepsilon_t$ for all but the first $d + p + s\,(D + P)$ times.

    Raises
    ------
    ValueError
        If the series is too short or not finite, an order is out of range, or ``params`` has
        another length than the orders ask for.
    TypeError
        If an argument has the wrong type.

    Notes
    -----
    With the products $a = \varphi \Phi$ and $b = \theta \Theta$ of the polynomials, the recursion

    $$\varepsilon_t = \sum_{k \ge 0} a_k\, (w_{t-k} - \mu) - \sum_{k \ge 1} b_k\, \varepsilon_{t-k}$$

    starts at the first $t$ for which all $w_{t-k}$ are there. The $\varepsilon$ before it are set
    to 0, their mean. What is wrong in that fades with time if the moving average is invertible.

    References
    ----------
    G. E. P. Box, G. M. Jenkins, G. C. Reinsel and G. M. Ljung, *Time Series Analysis:
    Forecasting and Control*, 5th ed., Wiley, 2015, section 7.1.2.

    Examples
    --------
    $\varepsilon_t = y_t - \frac12 \varepsilon_{t-1}$ for an MA(1) of mean 0:

    >>> conditional_residuals([0.0, 0.5], [1.0, 1.0, 1.0, 1.0], (0, 0, 1))
    array([1.   , 0.5  , 0.75 , 0.625])
    """
    params, w, orders = _checked(params, y, order, seasonal_order)
    return _residuals(params, w, orders)


def conditional_residuals_jacobian(
    params: ArrayLike,
    y: ArrayLike,
    order: Sequence[int],
    seasonal_order: Sequence[int] = NO_SEASON,
) -> Array:
    r"""Return the derivatives of `conditional_residuals` with respect to the parameters.

    Parameters
    ----------
    params, y, order, seasonal_order
        As for `conditional_residuals`.

    Returns
    -------
    ndarray of shape (n_residuals, n_params)
        The Jacobian $J_{tj} = \partial \varepsilon_t / \partial \beta_j$.

    Raises
    ------
    ValueError, TypeError
        As in `conditional_residuals`.

    Notes
    -----
    Differentiate both sides of $\theta\Theta\, \varepsilon = \varphi\Phi\, (w - \mu)$: the
    derivative of a filter is a filter, with the same denominator.

    $$\begin{aligned}
    \theta\Theta\, \frac{\partial \varepsilon}{\partial \mu} &= -\varphi(1) \Phi(1), &
    \theta\Theta\, \frac{\partial \varepsilon}{\partial \varphi_i} &= -B^i \Phi\, (w - \mu), &
    \theta\Theta\, \frac{\partial \varepsilon}{\partial \theta_j} &= -B^j \Theta\, \varepsilon,
    \end{aligned}$$

    and for $\Phi_i$ and $\Theta_j$ with the parts exchanged: $-B^{is} \varphi\, (w - \mu)$ and
    $-B^{js} \theta\, \varepsilon$.

    Examples
    --------
    $\partial \varepsilon_t / \partial \theta = -\varepsilon_{t-1} - \theta\, \partial
    \varepsilon_{t-1} / \partial \theta$ in the second column:

    >>> conditional_residuals_jacobian([0.0, 0.5], [1.0, 1.0, 1.0, 1.0], (0, 0, 1))
    array([[-1.   ,  0.   ],
           [-0.5  , -1.   ],
           [-0.75 ,  0.   ],
           [-0.625, -0.75 ]])
    """
    params, w, orders = _checked(params, y, order, seasonal_order)
    return _jacobian(params, w, orders)


def conditional_loglikelihood(
    params: ArrayLike,
    y: ArrayLike,
    order: Sequence[int],
    seasonal_order: Sequence[int] = NO_SEASON,
) -> float:
    r"""Return the Gaussian log-likelihood of an ARIMA model, conditional on the first values.

    Parameters
    ----------
    params, y, order, seasonal_order
        As for `conditional_residuals`.

    Returns
    -------
    float
        $\ell = -\frac{n}{2} \left[\log(2\pi S/n) + 1\right]$ with the sum of squares
        $S = \sum_t \varepsilon_t^2$ of the $n$ residuals.

    Raises
    ------
    ValueError, TypeError
        As in `conditional_residuals`.

    Notes
    -----
    With the variance as a parameter, it is
    $-\frac{n}{2} \log(2\pi\sigma^2) - \frac{S}{2\sigma^2}$. For given other parameters this is
    largest at $\sigma^2 = S/n$, which is put in: what has its maximum at the same place is the
    function of the others alone (the *concentrated* log-likelihood).

    Examples
    --------
    >>> round(conditional_loglikelihood([0.0, 0.5], [1.0, 1.0, 1.0, 1.0], (0, 0, 1)), 6)
    -4.482913
    """
    e = conditional_residuals(params, y, order, seasonal_order)
    with np.errstate(divide="ignore"):  # a sum of squares of 0 is infinitely likely
        return float(-0.5 * e.size * (np.log(2 * np.pi * (e @ e) / e.size) + 1))


def conditional_loglikelihood_gradient(
    params: ArrayLike,
    y: ArrayLike,
    order: Sequence[int],
    seasonal_order: Sequence[int] = NO_SEASON,
) -> Array:
    r"""Return the gradient of `conditional_loglikelihood`.

    Parameters
    ----------
    params, y, order, seasonal_order
        As for `conditional_residuals`.

    Returns
    -------
    ndarray of shape (n_params,)
        $-\frac{n}{S} J^\top \varepsilon$, with the Jacobian $J$ of
        `conditional_residuals_jacobian`.

    Raises
    ------
    ValueError, TypeError
        As in `conditional_residuals`.

    Examples
    --------
    >>> conditional_loglikelihood_gradient([0.0, 0.5], [1.0, 1.0, 1.0, 1.0], (0, 0, 1))
    array([4.        , 1.75886525])
    """
    params, w, orders = _checked(params, y, order, seasonal_order)
    e = _residuals(params, w, orders)
    return np.asarray(-e.size / (e @ e) * (e @ _jacobian(params, w, orders)))


# Fit and forecast


class FitStatus(IntEnum):
    """How a fit ended."""

    CONVERGED = 0
    ITERATION_LIMIT = 1
    NOT_FINITE = 2
    NO_PROGRESS = 4
    NOT_STATIONARY = 7
    NOT_INVERTIBLE = 8


MESSAGES = {
    FitStatus.CONVERGED: "Converged: the gradient of the log-likelihood has vanished.",
    FitStatus.ITERATION_LIMIT: (
        "Not converged: the iteration limit was reached. Raise maxiter, or take lower orders."
    ),
    FitStatus.NOT_FINITE: (
        "No finite maximum: the residuals vanish, and the likelihood grows without bound. "
        "The series follows a rule that leaves nothing to chance."
    ),
    FitStatus.NO_PROGRESS: (
        "Not converged: no step raises the likelihood any more. Take lower orders: parameters "
        "that cancel each other cannot be told apart."
    ),
    FitStatus.NOT_STATIONARY: (
        "Ended where the autoregression is not stationary: its forecasts run away. "
        "Take differences once more."
    ),
    FitStatus.NOT_INVERTIBLE: (
        "Ended where the moving average is not invertible: what happened before the first value "
        "is never forgotten. Take differences once less, or lower orders."
    ),
}


@dataclass(frozen=True, eq=False)
class Forecast:
    """What is expected of the times after the end of a series.

    Attributes
    ----------
    mean : ndarray of shape (n_steps,)
        The expected values.
    standard_error : ndarray of shape (n_steps,)
        The standard deviations of the errors to be expected, if the parameters are right.
    lower, upper : ndarray of shape (n_steps,)
        The ends of the intervals that hold each value with the probability `level`.
    level : float
        That probability.
    """

    mean: Array
    standard_error: Array
    lower: Array
    upper: Array
    level: float


@dataclass(frozen=True, eq=False, kw_only=True)
class ArimaModel:
    r"""A fitted ARIMA model.

    Attributes
    ----------
    order : (int, int, int)
        The order $(p, d, q)$.
    seasonal_order : (int, int, int, int)
        The seasonal order $(P, D, Q)$ and the period $s$.
    names : tuple of str, length n_params
        The names of the parameters: "mean", "ar.L1", "ma.L1", "ar.S.L12", ... as in statsmodels.
    params : ndarray of shape (n_params,)
        The parameters that maximize the conditional log-likelihood.
    standard_errors : ndarray of shape (n_params,)
        Their standard errors, the roots of the diagonal of $\hat\sigma^2 (J^\top J)^{-1}$.
    sigma2 : float
        The variance $\hat\sigma^2 = S/n$ of the residuals.
    loglikelihood : float
        The conditional log-likelihood.
    residuals : ndarray of shape (n_residuals,)
        The residuals.
    ar_polynomial, ma_polynomial : ndarray
        The products of all polynomials on the left and on the right of the model, the constant
        first; the differences are part of the left.
    y : ndarray of shape (n_times,)
        The series.
    nit : int
        Number of steps.
    status : FitStatus
        How the fit ended.
    """

    order: tuple[int, int, int]
    seasonal_order: tuple[int, int, int, int]
    names: tuple[str, ...]
    params: Array
    standard_errors: Array
    sigma2: float
    loglikelihood: float
    residuals: Array = field(repr=False)
    ar_polynomial: Array = field(repr=False)
    ma_polynomial: Array = field(repr=False)
    y: Array = field(repr=False)
    nit: int
    status: FitStatus

    @property
    def success(self) -> bool:
        """Whether the fit has found a maximum, and a model that is stationary and invertible."""
        return self.status is FitStatus.CONVERGED

    @property
    def message(self) -> str:
        """The status in words, with what to do."""
        return MESSAGES[self.status]

    def forecast(
        self, n_steps: int, *, level: float = 0.95, y: ArrayLike | None = None
    ) -> Forecast:
        r"""Return what is expected after the end of a series.

        Parameters
        ----------
        n_steps : int
            How many times ahead, at least 1.
        level : float, default 0.95
            The probability of the intervals, between 0 and 1.
        y : array_like of shape (n_times,), optional
            The series to continue; by default the one that was fitted. The parameters stay as
            they are.

        Returns
        -------
        Forecast
            The means, with intervals.

        Raises
        ------
        ValueError
            If ``n_steps`` or ``level`` is out of range, or the series too short or not finite.
        TypeError
            If an argument has the wrong type.

        Notes
        -----
        The recursion of the model goes on with 0, their mean, for all $\varepsilon$ to come. The
        error over $h$ steps is $\sum_{k<h} \psi_k \varepsilon_{t+h-k}$, see `psi_weights`, and so

        $$\mathrm{SE}_h = \hat\sigma \sqrt{\psi_0^2 + \dots + \psi_{h-1}^2} .$$

        That the parameters are estimates too is not in it: the intervals are a little too narrow.
        """
        n_steps = as_integer(n_steps, "n_steps", least=1)
        level = as_number(level, "level", above=0, below=1)
        params, w, orders = _checked(
            self.params, self.y if y is None else y, self.order, self.seasonal_order
        )
        before = self.y if y is None else as_array(y, "y", ndim=1)
        mu = params[0] if orders.has_mean else 0.0
        ar, ma = self.ar_polynomial, self.ma_polynomial
        mean = mu + _lags.resume(
            ma, ar, np.zeros(n_steps), before - mu, _residuals(params, w, orders)
        )
        error = np.sqrt(self.sigma2 * np.cumsum(_lags.psi_weights(ar, ma, n_steps) ** 2))
        width = ndtri(0.5 + level / 2) * error
        return Forecast(mean, error, mean - width, mean + width, level)


def fit_arima(
    y: ArrayLike,
    order: Sequence[int],
    seasonal_order: Sequence[int] = NO_SEASON,
    *,
    gtol: float = 1e-8,
    maxiter: int = 500,
) -> ArimaModel:
    r"""Fit an ARIMA model by maximizing its conditional likelihood.

    Parameters
    ----------
    y : array_like of shape (n_times,)
        The series.
    order : (int, int, int)
        The order $(p, d, q)$.
    seasonal_order : (int, int, int, int), default (0, 0, 0, 1)
        The seasonal order $(P, D, Q)$ and the number $s$ of times in a period.
    gtol : float, default 1e-8
        The fit has converged when the norm of the gradient of $\frac12 \log S$ is at most this,
        in units in which the differenced series has the standard deviation 1.
    maxiter : int, default 500
        The largest number of steps.

    Returns
    -------
    ArimaModel
        The parameters, which also minimize the sum of squares $S$ of the residuals.

    Raises
    ------
    ValueError
        If the series is too short, constant after its differences or not finite, or an order is
        out of range.
    TypeError
        If an argument has the wrong type.

    Notes
    -----
    `calcguide.newton.bfgs` from parameters 0, for which the model is white noise. With moving
    averages the likelihood may have several maxima; this one is uphill from white noise.

    statsmodels and R maximize the exact likelihood by default, in which the first values have
    their own distribution. The difference vanishes as the series grows, and is large if a root
    of a polynomial is near the unit circle.

    References
    ----------
    G. E. P. Box, G. M. Jenkins, G. C. Reinsel and G. M. Ljung, *Time Series Analysis:
    Forecasting and Control*, 5th ed., Wiley, 2015, chapter 7.

    Examples
    --------
    A simulated ARMA(1, 1) around 10:

    >>> import numpy as np
    >>> from scipy.signal import lfilter
    >>> noise = np.random.default_rng(0).normal(size=2000)
    >>> y = 10 + lfilter([1.0, 0.4], [1.0, -0.7], noise)
    >>> model = fit_arima(y, (1, 0, 1))
    >>> for name, value, error in zip(model.names, model.params, model.standard_errors):
    ...     print(f"{name:6} {value:6.2f}, give or take {error:.2f}")
    mean     9.87, give or take 0.10
    ar.L1    0.70, give or take 0.02
    ma.L1    0.40, give or take 0.02
    """
    y = as_array(y, "y", ndim=1)
    orders = _orders(order, seasonal_order)
    gtol = as_number(gtol, "gtol", above=0)
    maxiter = as_integer(maxiter, "maxiter", least=1)
    w = _differenced(y, orders)
    n_residuals = w.size - orders.p - orders.s * orders.P
    if n_residuals <= orders.n_params:
        raise ValueError(
            f"y must leave more residuals than the {orders.n_params} parameters, "
            f"got {y.size} values, which leave {n_residuals}"
        )
    if np.ptp(w[-n_residuals:]) == 0:
        raise ValueError(
            f"y must vary after its differences, got {w[-1]:g} at the last {n_residuals} times"
        )

    # In units of the differenced series, all parameters are of the order of 1.
    centre, scale = (w.mean() if orders.has_mean else 0.0), w.std()
    standardized = (w - centre) / scale

    def loss(params: Array) -> float:
        e = _residuals(params, standardized, orders)
        return float(0.5 * np.log(e @ e))

    def loss_gradient(params: Array) -> Array:
        e = _residuals(params, standardized, orders)
        return np.asarray(e @ _jacobian(params, standardized, orders) / (e @ e))

    params, nit, status = np.zeros(orders.n_params), 0, FitStatus.CONVERGED
    if params.size:
        run = bfgs(loss, params, jac=loss_gradient, gtol=gtol, maxiter=maxiter)
        params, nit, status = run.x, run.nit, FitStatus(run.status)
        if orders.has_mean:
            params[0] = centre + scale * params[0]
    ar, ma = _polynomials(params, orders)
    if not _roots_are_outside(ma):
        status = FitStatus.NOT_INVERTIBLE
    elif not _roots_are_outside(ar):
        status = FitStatus.NOT_STATIONARY
    e = _residuals(params, w, orders)
    sigma2 = float(e @ e) / e.size
    return ArimaModel(
        order=orders[:3],
        seasonal_order=orders[3:],
        names=orders.names,
        params=params,
        standard_errors=_standard_errors(_jacobian(params, w, orders), sigma2),
        sigma2=sigma2,
        loglikelihood=conditional_loglikelihood(params, y, orders[:3], orders[3:]),
        residuals=e,
        ar_polynomial=np.convolve(
            ar, np.convolve(_lags.differences(orders.d, 1), _lags.differences(orders.D, orders.s))
        ),
        ma_polynomial=ma,
        y=y,
        nit=nit,
        status=status,
    )


# The recursions behind them


class _Orders(NamedTuple):
    """All orders of a model, checked."""

    p: int
    d: int
    q: int
    P: int
    D: int
    Q: int
    s: int

    @property
    def has_mean(self) -> bool:
        return self.d + self.D == 0

    @property
    def n_params(self) -> int:
        return self.has_mean + self.p + self.q + self.P + self.Q

    @property
    def names(self) -> tuple[str, ...]:
        series = [("ar.L", self.p, 1), ("ma.L", self.q, 1)]
        series += [("ar.S.L", self.P, self.s), ("ma.S.L", self.Q, self.s)]
        lags = [f"{name}{lag * i}" for name, count, lag in series for i in range(1, count + 1)]
        return ("mean", *lags) if self.has_mean else tuple(lags)


def _orders(order: Sequence[int], seasonal_order: Sequence[int]) -> _Orders:
    for value, name, shape in [(order, "order", (3,)), (seasonal_order, "seasonal_order", (4,))]:
        if np.shape(value) != shape:
            raise ValueError(f"{name} must hold {shape[0]} integers, got {value!r}")
    p, d, q = (as_integer(n, f"order[{i}]", least=0) for i, n in enumerate(order))
    P, D, Q = (as_integer(seasonal_order[i], f"seasonal_order[{i}]", least=0) for i in range(3))
    # A season of one time is none.
    least = 2 if P + D + Q else 1
    s = as_integer(seasonal_order[3], "seasonal_order[3], the period,", least=least)
    return _Orders(p, d, q, P, D, Q, s)


def _checked(
    params: ArrayLike, y: ArrayLike, order: Sequence[int], seasonal_order: Sequence[int]
) -> tuple[Array, Array, _Orders]:
    """Return the parameters, the differenced series and the orders, if they fit each other."""
    orders = _orders(order, seasonal_order)
    params = as_array(params, "params", ndim=1, empty=True)
    if params.size != orders.n_params:
        wanted = ", ".join(orders.names) or "none"
        raise ValueError(f"params must have length {orders.n_params} ({wanted}), got {params.size}")
    return params, _differenced(as_array(y, "y", ndim=1, copy=False), orders), orders


def _differenced(y: Array, orders: _Orders) -> Array:
    """Return the differences of the series, if at least one residual is left."""
    first = orders.d + orders.p + orders.s * (orders.D + orders.P)
    if y.size <= first:
        raise ValueError(
            f"y must have more than the {first} values on which it is conditioned, got {y.size}"
        )
    return difference(difference(y, orders.D, lag=orders.s), orders.d)


def _factors(params: Array, orders: _Orders) -> tuple[Array, Array, Array, Array]:
    """Return the polynomials phi, theta, Phi and Theta."""
    counts = [orders.has_mean, orders.p, orders.q, orders.P]
    _, ar, ma, seasonal_ar, seasonal_ma = np.split(params, np.cumsum(counts))
    return (
        _lags.polynomial(-ar, 1),
        _lags.polynomial(ma, 1),
        _lags.polynomial(-seasonal_ar, orders.s),
        _lags.polynomial(seasonal_ma, orders.s),
    )


def _polynomials(params: Array, orders: _Orders) -> tuple[Array, Array]:
    """Return the products on both sides of the model, without the differences."""
    ar, ma, seasonal_ar, seasonal_ma = _factors(params, orders)
    return np.convolve(ar, seasonal_ar), np.convolve(ma, seasonal_ma)


def _centred(params: Array, w: Array, orders: _Orders) -> Array:
    return w - params[0] if orders.has_mean else w


def _residuals(params: Array, w: Array, orders: _Orders) -> Array:
    ar, ma = _polynomials(params, orders)
    driven = np.convolve(_centred(params, w, orders), ar, mode="valid")
    return np.asarray(lfilter([1.0], ma, driven))


def _jacobian(params: Array, w: Array, orders: _Orders) -> Array:
    ar, ma, seasonal_ar, seasonal_ma = _factors(params, orders)
    z, e = _centred(params, w, orders), _residuals(params, w, orders)

    def of_ar(other: Array, count: int, lag: int) -> list[Array]:
        return [np.convolve(z, row, mode="valid") for row in _shifts(other, count, lag)]

    def of_ma(other: Array, count: int, lag: int) -> list[Array]:
        return [np.convolve(e, row)[: e.size] for row in _shifts(other, count, lag)]

    rows = [np.full(e.size, ar.sum() * seasonal_ar.sum())] if orders.has_mean else []
    rows += of_ar(seasonal_ar, orders.p, 1) + of_ma(seasonal_ma, orders.q, 1)
    rows += of_ar(ar, orders.P, orders.s) + of_ma(ma, orders.Q, orders.s)
    both = np.convolve(ma, seasonal_ma)
    filtered = [lfilter([1.0], both, row) for row in rows]
    return -np.reshape(filtered, (orders.n_params, e.size)).T


def _standard_errors(jacobian: Array, sigma2: float) -> Array:
    """Return the roots of the diagonal of sigma2 inv(J^T J), without forming J^T J."""
    scale = np.linalg.norm(jacobian, axis=0)
    _, singular, basis = np.linalg.svd(jacobian / scale, full_matrices=False)
    with np.errstate(divide="ignore"):  # what cannot be told apart has an infinite error
        return np.asarray(np.sqrt(sigma2) * np.linalg.norm(basis.T / singular, axis=1) / scale)


def _shifts(polynomial: Array, count: int, lag: int) -> Array:
    """Return the rows B^lag, B^(2 lag), ..., B^(count lag), each times the polynomial."""
    rows = np.zeros((count, count * lag + polynomial.size))
    for i, row in enumerate(rows, start=1):
        row[i * lag : i * lag + polynomial.size] = polynomial
    return rows


def _roots_are_outside(polynomial: Array) -> bool:
    """Say whether all roots are outside the unit circle: those of the reverse inside."""
    return bool((np.abs(np.roots(polynomial)) < 1).all())
