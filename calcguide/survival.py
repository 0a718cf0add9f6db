r"""Lifetimes, of which many are known only to be longer than the test: Weibull regression.

The logarithm of a lifetime $T$ with features $x$ is $\log T = x^\top\beta + \sigma W$, where $e^W$
has the standard exponential distribution. So $T$ has Weibull's distribution with the shape
$1/\sigma$ and the scale $e^{x^\top\beta}$, the *characteristic life*, by which a share of
$1 - 1/e \approx 0.632$ has failed. The parameters are $\theta = (\beta, \log\sigma)$: any real
numbers will do.
"""

from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from calcguide._checks import as_array, as_integer, same_length
from calcguide._weibull import Likelihood, standardize

if TYPE_CHECKING:
    from scipy.stats.distributions import rv_frozen

__all__ = [
    "MESSAGES",
    "WeibullModel",
    "WeibullStatus",
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
    with np.errstate(all="ignore"):  # what is too large to hold is infinite
        z = _residuals(theta, X, log_time)
        risk = float(np.exp(z).sum())
        # An infinite z has a say only where it is asked for: inf - inf would be nan.
        seen = (z - theta[-1] - log_time)[event == 1]
        return risk if risk == np.inf else risk - float(seen.sum())


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
    with np.errstate(all="ignore"):
        z = _residuals(theta, X, log_time)
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
    with np.errstate(all="ignore"):
        z, sigma = _residuals(theta, X, log_time), np.exp(theta[-1])
        growth = np.exp(z)
        r = growth - event
        hessian = np.empty((theta.size, theta.size))
        hessian[:-1, :-1] = (X.T * growth) @ X / sigma**2
        hessian[:-1, -1] = hessian[-1, :-1] = (growth * z + r) @ X / sigma
        hessian[-1, -1] = np.sum(growth * z**2 + r * z)
    return hessian


class WeibullStatus(IntEnum):
    """How the fit of a Weibull regression ended; only ``CONVERGED`` is a success."""

    CONVERGED = 0
    ITERATION_LIMIT = 1
    NOT_FINITE = 2
    INFINITE_COEFFICIENT = 7
    UNBOUNDED = 8


MESSAGES = {
    WeibullStatus.CONVERGED: (
        "Converged: the maximum of the likelihood exists, and is reached within 1e-8 standard errors."
    ),
    WeibullStatus.ITERATION_LIMIT: "Not converged: the iteration limit was reached. Raise maxiter.",
    WeibullStatus.NOT_FINITE: "Not converged: a number has become too large to hold.",
    WeibullStatus.INFINITE_COEFFICIENT: (
        "No maximum: the likelihood rises for ever as a coefficient grows, as for a group in which "
        "no failure was seen. Drop its column, or join it with another group."
    ),
    WeibullStatus.UNBOUNDED: (
        "No maximum: the likelihood grows without bound as sigma falls to 0, since the logarithms "
        "of all failure times lie exactly on a line or plane. More failures are needed."
    ),
}


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
        Hessian of the loss. The roots of its diagonal are the standard errors. All nan unless the
        fit is a success.
    fun : float
        The loss at the solution; the log-likelihood with the other sign.
    jac : ndarray of shape (n_params + 1,)
        The gradient of the loss at the solution.
    nit : int
        Number of Newton steps.
    status : WeibullStatus
        How the fit ended. With ``INFINITE_COEFFICIENT`` the estimates are those of the last step.
        With ``UNBOUNDED`` they are the limit: the coefficients of the line through the failures,
        ``sigma`` 0 and ``fun`` minus infinity.
    """

    coef: Array
    sigma: float
    covariance: Array = field(repr=False)
    fun: float
    jac: Array = field(repr=False)
    nit: int
    status: WeibullStatus

    @property
    def success(self) -> bool:
        """Whether the fit minimizes its loss."""
        return self.status is WeibullStatus.CONVERGED

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

        Raises
        ------
        ValueError
            If ``X`` does not fit the model, or the model has ``sigma`` 0.
        """
        from scipy import stats

        if self.sigma == 0:
            raise ValueError(f"the model has no distribution: its status is {self.status.name}")
        X = as_array(X, "X", ndim=2)
        if X.shape[1] != self.coef.size:
            raise ValueError(f"X must have {self.coef.size} columns, got shape {X.shape}")
        return stats.weibull_min(1 / self.sigma, scale=np.exp(X @ self.coef))


def weibull_regression(
    X: ArrayLike, time: ArrayLike, event: ArrayLike, *, maxiter: int = 100
) -> WeibullModel:
    r"""Fit lifetimes, some of them censored, by maximum likelihood.

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
        maximum, and ``status`` says why.

    Raises
    ------
    ValueError
        If the shapes don't fit each other, a time is not positive, an event is not 0 or 1, no
        failure was seen, or the columns of ``X`` are linearly dependent.
    TypeError
        If an argument does not hold real numbers.

    Notes
    -----
    With $\gamma = \beta/\sigma$ and $\rho = 1/\sigma$, the loss is
    $\sum_i \left[e^{z_i} - \delta_i (z_i + \log\rho - \log t_i)\right]$ with
    $z_i = \rho \log t_i - x_i^\top\gamma$, which is convex [2]: it has at most one minimum, and
    Newton's method finds it from anywhere. The columns of ``X`` are shifted and scaled and made
    orthogonal before, and the estimates are brought back. So neither the units nor the origins of
    columns and times matter.

    The likelihood has no maximum if there is a direction along which the loss never rises: one
    that changes no $z_i$ of a failure and raises none of a censored lifetime. With such a
    direction, each of Newton's steps changes some $z_i$ or $\log\rho$ by at least 1. So a short
    step *proves* that there is a maximum. At the end, the next step would also be shorter than
    $10^{-8}$ standard errors.

    References
    ----------
    [1] W. N. Venables, B. D. Ripley, "Modern Applied Statistics with S", 4th ed., Springer,
    section 13.2 (2002), from where the figures of the example are.

    [2] M. J. Silvapulle, J. Burridge, "Existence of maximum likelihood estimates in regression
    models for grouped and ungrouped data", *Journal of the Royal Statistical Society B* 48 (1986),
    100–106.

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
    theta = np.zeros(np.shape(X)[-1] + 1 if np.ndim(X) else 1)
    _, X, log_time, event = _checked(theta, X, time, event)
    maxiter = as_integer(maxiter, "maxiter", least=0)
    if not event.any():
        raise ValueError("event must have at least one 1: all lifetimes are censored")
    likelihood = standardize(X, np.asarray(time, np.float64), event)
    with np.errstate(all="ignore"):
        phi, nit, converged = likelihood.minimize(maxiter)
        status = WeibullStatus.CONVERGED
        if not converged:
            phi, status = _why(likelihood, phi, limited=nit == maxiter)
        nowhere = np.full(phi.size, np.nan)
        coef, covariance = likelihood.coef(phi), np.outer(nowhere, nowhere)
        if status is WeibullStatus.UNBOUNDED:
            sigma, fun, jac = 0.0, -np.inf, nowhere
        else:
            sigma = likelihood.unit / float(phi[-1])
            z = likelihood.U @ phi
            surplus = np.exp(z) - event
            fun = float(np.exp(z).sum() - event @ (z - np.log(sigma) - log_time))
            jac = np.append(-(surplus @ X) / sigma, np.sum(event - surplus * z))
        if status is WeibullStatus.CONVERGED:
            covariance = likelihood.covariance(phi)
    return WeibullModel(
        coef=coef, sigma=sigma, covariance=covariance, fun=fun, jac=jac, nit=nit, status=status
    )


def _why(likelihood: Likelihood, phi: Array, *, limited: bool) -> tuple[Array, WeibullStatus]:
    """Return the parameters to report, and why the run has found no minimum."""
    direction = likelihood.endless_direction()
    if direction is None:
        return phi, WeibullStatus.ITERATION_LIMIT if limited else WeibullStatus.NOT_FINITE
    if direction[-1] > 1e-9 * np.abs(direction).max():
        return direction, WeibullStatus.UNBOUNDED
    return phi, WeibullStatus.INFINITE_COEFFICIENT


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
