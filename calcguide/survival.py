r"""Lifetimes, of which many are known only to be longer than the test: Weibull regression.

The logarithm of a lifetime $T$ with features $x$ is $\log T = x^\top\beta + \sigma W$, where $e^W$
has the standard exponential distribution. So $T$ has Weibull's distribution with the shape
$1/\sigma$ and the scale $e^{x^\top\beta}$, the *characteristic life*, by which a share of
$1 - 1/e \approx 0.632$ has failed. The parameters are $\theta = (\beta, \log\sigma)$: any real
numbers will do.
"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from calcguide._checks import as_array, same_length
from calcguide.newton import newton
from calcguide.results import MESSAGES, Status

if TYPE_CHECKING:
    from scipy.stats.distributions import rv_frozen

__all__ = [
    "WeibullModel",
    "weibull_gradient",
    "weibull_hessian",
    "weibull_loss",
    "weibull_regression",
]

Array: TypeAlias = NDArray[np.float64]


def weibull_loss(theta: ArrayLike, X: ArrayLike, time: ArrayLike, event: ArrayLike) -> float:
    r"""Return the negative log-likelihood of a Weibull regression with right-censored lifetimes.

    Parameters
    ----------
    theta : array_like of shape (n_params + 1,)
        The coefficients $\beta$, and last $\log\sigma$.
    X : array_like of shape (n_samples, n_params)
        The design matrix, with its column of ones if there is to be an intercept.
    time : array_like of shape (n_samples,)
        The lifetimes, positive: up to the failure, or up to the end of the observation.
    event : array_like of shape (n_samples,)
        1 where a failure was seen, 0 where the lifetime is censored: longer than ``time``.

    Returns
    -------
    float
        $\sum_i \left[e^{z_i} - \delta_i (z_i - \log\sigma - \log t_i)\right]$ with
        $z_i = (\log t_i - x_i^\top\beta)/\sigma$ and the event $\delta_i$; infinite where it is
        too large to hold.

    Raises
    ------
    ValueError
        If the shapes don't fit each other, a time is not positive, or an event is not 0 or 1.
    TypeError
        If an argument does not hold real numbers.

    Notes
    -----
    A sum, not a mean: the inverse of its Hessian at the minimum estimates the covariance of the
    estimates. A failure contributes the density at its time, a censored lifetime the probability
    of a longer one.

    References
    ----------
    [1] J. D. Kalbfleisch, R. L. Prentice, "The Statistical Analysis of Failure Time Data", 2nd
    ed., Wiley, chapter 3 (2002).

    Examples
    --------
    >>> weibull_loss([0.0, 0.0], [[1.0], [1.0]], time=[0.5, 2.0], event=[1, 0])
    2.5
    """
    theta, X, log_time, event = _checked(theta, X, time, event)
    z = _residuals(theta, X, log_time)
    with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
        return float(np.sum(np.exp(z)) - event @ (z - theta[-1] - log_time))


def weibull_gradient(theta: ArrayLike, X: ArrayLike, time: ArrayLike, event: ArrayLike) -> Array:
    r"""Return the gradient of `weibull_loss`.

    Parameters
    ----------
    theta : array_like of shape (n_params + 1,)
        The coefficients $\beta$, and last $\log\sigma$.
    X : array_like of shape (n_samples, n_params)
        The design matrix.
    time : array_like of shape (n_samples,)
        The lifetimes, positive.
    event : array_like of shape (n_samples,)
        1 where a failure was seen, 0 where the lifetime is censored.

    Returns
    -------
    ndarray of shape (n_params + 1,)
        $-\frac1\sigma X^\top r$ and $\sum_i (\delta_i - r_i z_i)$, with $r_i = e^{z_i} - \delta_i$.

    Raises
    ------
    ValueError, TypeError
        As in `weibull_loss`.

    Examples
    --------
    >>> weibull_gradient([0.0, 0.0], [[1.0], [1.0]], time=[0.5, 2.0], event=[1, 0])
    array([-1.5       , -0.73286795])
    """
    theta, X, log_time, event = _checked(theta, X, time, event)
    z = _residuals(theta, X, log_time)
    with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
        r = np.exp(z) - event
        return np.append(-(r @ X) * np.exp(-theta[-1]), np.sum(event - r * z))


def weibull_hessian(theta: ArrayLike, X: ArrayLike, time: ArrayLike, event: ArrayLike) -> Array:
    r"""Return the Hessian of `weibull_loss`.

    Parameters
    ----------
    theta : array_like of shape (n_params + 1,)
        The coefficients $\beta$, and last $\log\sigma$.
    X : array_like of shape (n_samples, n_params)
        The design matrix.
    time : array_like of shape (n_samples,)
        The lifetimes, positive.
    event : array_like of shape (n_samples,)
        1 where a failure was seen, 0 where the lifetime is censored.

    Returns
    -------
    ndarray of shape (n_params + 1, n_params + 1)
        With $r_i = e^{z_i} - \delta_i$, the blocks
        $\frac{1}{\sigma^2} X^\top \operatorname{diag}(e^z)\, X$,
        $\frac1\sigma X^\top (e^z z + r)$ and $\sum_i (e^{z_i} z_i^2 + r_i z_i)$.

    Raises
    ------
    ValueError, TypeError
        As in `weibull_loss`.

    Examples
    --------
    >>> weibull_hessian([0.0, 0.0], [[1.0], [1.0]], time=[0.5, 2.0], event=[1, 0])
    array([[2.5       , 2.53972077],
           [2.53972077, 2.93400049]])
    """
    theta, X, log_time, event = _checked(theta, X, time, event)
    z = _residuals(theta, X, log_time)
    sigma = np.exp(theta[-1])
    with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
        growth = np.exp(z)
        r = growth - event
        hessian = np.empty((theta.size, theta.size))
        hessian[:-1, :-1] = (X.T * growth) @ X / sigma**2
        hessian[:-1, -1] = hessian[-1, :-1] = (growth * z + r) @ X / sigma
        hessian[-1, -1] = np.sum(growth * z**2 + r * z)
    return hessian


@dataclass(frozen=True, eq=False, kw_only=True)
class WeibullModel:
    r"""A fitted Weibull regression.

    Attributes
    ----------
    coef : ndarray of shape (n_params,)
        The coefficients $\beta$, one for each column of the design matrix.
    sigma : float
        The spread $\sigma$ of the log lifetime; $1/\sigma$ is the shape of Weibull's distribution.
        Above a shape of 1 the risk of failure grows with age.
    covariance : ndarray of shape (n_params + 1, n_params + 1)
        The estimated covariance of the estimates of $(\beta, \log\sigma)$: the inverse of the
        Hessian of the loss, nan where that has no finite entries. The roots of its diagonal are
        the standard errors.
    fun : float
        The loss at the solution; the log-likelihood with the other sign.
    jac : ndarray of shape (n_params + 1,)
        The gradient of the loss at the solution.
    nit : int
        Number of Newton steps.
    status : calcguide.results.Status
        How the fit ended.
    """

    coef: Array
    sigma: float
    covariance: Array = field(repr=False)
    fun: float
    jac: Array = field(repr=False)
    nit: int
    status: Status

    @property
    def success(self) -> bool:
        """Whether the fit minimizes its loss."""
        return self.status is Status.CONVERGED

    @property
    def message(self) -> str:
        """The status in words, with what to do."""
        return MESSAGES[self.status]

    def distribution(self, X: ArrayLike) -> "rv_frozen":
        """Return the distribution of the lifetime, with all that SciPy knows of it.

        Parameters
        ----------
        X : array_like of shape (n_samples, n_params)
            A row of the design matrix for each lifetime.

        Returns
        -------
        scipy.stats.weibull_min, frozen
            With a scale of shape `(n_samples,)`: `sf(t)` is the share that survives, `mean()` the
            expected life, `ppf(0.1)` the time by which a tenth has failed.
        """
        from scipy import stats

        X = as_array(X, "X", ndim=2)
        if X.shape[1] != self.coef.size:
            raise ValueError(f"X must have {self.coef.size} columns, got shape {X.shape}")
        return stats.weibull_min(1 / self.sigma, scale=np.exp(X @ self.coef))


def weibull_regression(
    X: ArrayLike, time: ArrayLike, event: ArrayLike, *, maxiter: int = 100
) -> WeibullModel:
    """Fit lifetimes, some of them censored, by maximum likelihood.

    Parameters
    ----------
    X : array_like of shape (n_samples, n_params)
        The design matrix, with its column of ones if there is to be an intercept
        (`calcguide.linear_models.add_intercept`).
    time : array_like of shape (n_samples,)
        The lifetimes, positive: up to the failure, or up to the end of the observation.
    event : array_like of shape (n_samples,)
        1 where a failure was seen, 0 where the lifetime is censored.
    maxiter : int, default 100
        The most Newton steps.

    Returns
    -------
    WeibullModel
        The estimates, with their covariance. ``success`` is false where the likelihood has no
        maximum within reach, such as for failures of which all have the same time.

    Raises
    ------
    ValueError
        If the shapes don't fit each other, a time is not positive, an event is not 0 or 1, no
        failure was seen, or the columns of ``X`` are linearly dependent.
    TypeError
        If an argument does not hold real numbers.

    Notes
    -----
    Newton's method on `weibull_loss`, started from the least squares line through the log times.

    References
    ----------
    [1] W. N. Venables, B. D. Ripley, "Modern Applied Statistics with S", 4th ed., Springer,
    section 13.2 (2002), from where the figures of the example are.

    Examples
    --------
    >>> from calcguide.datasets import load_motors
    >>> from calcguide.linear_models import add_intercept
    >>> motors = load_motors()
    >>> model = weibull_regression(
    ...     add_intercept(motors.data), motors.time, motors.event
    ... )
    >>> print(model.coef.round(4), round(model.sigma, 3), round(-model.fun, 1))
    [16.3185 -0.0453] 0.334 -147.4
    """
    start = np.zeros(np.shape(X)[-1] + 1 if np.ndim(X) else 1)
    start, X, log_time, event = _checked(start, X, time, event)
    if not event.any():
        raise ValueError("event must have at least one 1: all lifetimes are censored")
    start[:-1], _, rank, _ = np.linalg.lstsq(X, log_time)
    if rank < X.shape[1]:
        raise ValueError(f"X must have linearly independent columns, its rank is {rank}")
    spread = np.std(log_time - X @ start[:-1])
    start[-1] = np.log(spread) if spread > 0 else 0.0
    lifetimes = X, np.exp(log_time), event
    result = newton(
        weibull_loss,
        start,
        lifetimes,
        jac=weibull_gradient,
        hess=weibull_hessian,
        maxiter=maxiter,
        # The gradient is a sum over the lifetimes, each weighted by its row of X.
        gtol=1e-9 * max(1.0, float(np.abs(X).sum(axis=0).max())),
    )
    hessian = weibull_hessian(result.x, *lifetimes)
    known = np.isfinite(hessian).all()
    covariance = np.linalg.pinv(hessian, hermitian=True) if known else np.full_like(hessian, np.nan)
    return WeibullModel(
        coef=result.x[:-1].copy(),
        sigma=float(np.exp(result.x[-1])),
        covariance=np.asarray(covariance, np.float64),
        fun=result.fun,
        jac=result.jac,
        nit=result.nit,
        status=result.status,
    )


def _checked(
    theta: ArrayLike, X: ArrayLike, time: ArrayLike, event: ArrayLike
) -> tuple[Array, Array, Array, Array]:
    """Return the arguments as arrays that fit each other, with the logarithm of the times."""
    theta = as_array(theta, "theta", ndim=1)
    X = as_array(X, "X", ndim=2, copy=False)
    time = as_array(time, "time", ndim=1, copy=False)
    event = as_array(event, "event", ndim=1, copy=False)
    same_length(X, "X", time, "time")
    same_length(time, "time", event, "event")
    if theta.size != X.shape[1] + 1:
        raise ValueError(
            f"theta must have an entry for each column of X and one for log sigma, "
            f"{X.shape[1] + 1} in all, got shape {theta.shape}"
        )
    if time.min() <= 0:
        raise ValueError(f"time must be positive, got {time.min()} at index {time.argmin()}")
    wrong = (event != 0) & (event != 1)
    if wrong.any():
        raise ValueError(f"event must be 0 or 1, got {event[wrong][0]} at index {wrong.argmax()}")
    return theta, X, np.log(time), event


def _residuals(theta: Array, X: Array, log_time: Array) -> Array:
    """Return z, by how many sigma each log lifetime lies off its line."""
    return np.asarray((log_time - X @ theta[:-1]) * np.exp(-theta[-1]))
