"""Logistic regression by Newton's method."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from math import hypot

import numpy as np
from numpy.typing import ArrayLike, NDArray

from calcguide._checks import as_integer, as_number
from calcguide.linear_models.model import (
    Fit,
    FitStatus,
    features_and_target,
    outputs_and_targets,
    theta_and_design,
)
from calcguide.losses import cross_entropy, cross_entropy_gradient, sigmoid
from calcguide.regularization import L2

__all__ = [
    "LogisticModel",
    "logistic_gradient",
    "logistic_hessian",
    "logistic_loss",
    "logistic_regression",
]

Array = NDArray[np.float64]


def logistic_loss(theta: ArrayLike, X: ArrayLike, y: ArrayLike) -> float:
    r"""Return the mean cross-entropy of the logistic model with the logits $X\theta$.

    Parameters
    ----------
    theta : array_like of shape (n_params,)
        The parameters.
    X : array_like of shape (n_samples, n_params)
        The design matrix.
    y : array_like of shape (n_samples,)
        The targets: 0 or 1, or probabilities in between.

    Returns
    -------
    float
        $\frac{1}{n} \sum_i \left[\log(1 + e^{z_i}) - y_i z_i\right]$ with $z = X\theta$.

    Raises
    ------
    ValueError
        If the shapes don't fit each other, or ``y`` is outside $[0, 1]$.
    TypeError
        If an argument does not hold real numbers.

    Examples
    --------
    >>> from calcguide.linear_models import add_intercept
    >>> X, y = add_intercept([[1.0], [2.0]]), [0, 1]
    >>> logistic_loss([0.0, 0.0], X, y)
    0.6931471805599453
    """
    _, outputs, y = outputs_and_targets(theta, X, y)
    return cross_entropy(outputs, y)


def logistic_gradient(theta: ArrayLike, X: ArrayLike, y: ArrayLike) -> Array:
    r"""Return the gradient of `logistic_loss`.

    Parameters
    ----------
    theta : array_like of shape (n_params,)
        The parameters.
    X : array_like of shape (n_samples, n_params)
        The design matrix.
    y : array_like of shape (n_samples,)
        The targets: 0 or 1, or probabilities in between.

    Returns
    -------
    ndarray of shape (n_params,)
        $\frac{1}{n} X^\top (\sigma(X\theta) - y)$.

    Raises
    ------
    ValueError, TypeError
        As in `logistic_loss`.

    Examples
    --------
    >>> from calcguide.linear_models import add_intercept
    >>> X, y = add_intercept([[1.0], [2.0]]), [0, 1]
    >>> logistic_gradient([0.0, 0.0], X, y)
    array([ 0.  , -0.25])
    """
    X, outputs, y = outputs_and_targets(theta, X, y)
    return np.asarray(cross_entropy_gradient(outputs, y) @ X)


def logistic_hessian(theta: ArrayLike, X: ArrayLike) -> Array:
    r"""Return the Hessian of `logistic_loss`, which does not depend on the targets.

    Parameters
    ----------
    theta : array_like of shape (n_params,)
        The parameters.
    X : array_like of shape (n_samples, n_params)
        The design matrix.

    Returns
    -------
    ndarray of shape (n_params, n_params)
        $\frac{1}{n} X^\top \operatorname{diag}(\sigma(z)\,\sigma(-z))\, X$ with $z = X\theta$.
        No eigenvalue is negative: the loss is convex.

    Raises
    ------
    ValueError
        If the shapes don't fit each other.
    TypeError
        If an argument does not hold real numbers.

    Examples
    --------
    >>> from calcguide.linear_models import add_intercept
    >>> logistic_hessian([0.0, 0.0], add_intercept([[1.0], [2.0]]))
    array([[0.25 , 0.375],
           [0.375, 0.625]])
    """
    theta, X = theta_and_design(theta, X)
    z = X @ theta
    return np.asarray((X.T * (sigmoid(z) * sigmoid(-z))) @ X) / len(X)


@dataclass(frozen=True, eq=False, kw_only=True)
class LogisticModel(Fit):
    """A fitted logistic regression of two classes, 0 and 1.

    Attributes
    ----------
    coef : ndarray of shape (n_features,)
        The coefficients.
    intercept : float
        The intercept.
    fun : float
        The objective at the solution, penalty included.
    jac : ndarray of shape (n_features + 1,)
        The gradient of the objective at the solution, intercept first.
    nit : int
        Number of Newton steps on all samples.
    status : FitStatus
        How the fit ended.
    success : bool
        Whether the fit minimizes its objective.
    message : str
        The status in words, with what to do.
    """

    def decision_function(self, X: ArrayLike) -> Array:
        """Return the logits: the log-odds of class 1.

        Parameters
        ----------
        X : array_like of shape (n_samples, n_features)
            The features.

        Returns
        -------
        ndarray of shape (n_samples,)
            ``X @ coef + intercept``.
        """
        return self._output(X)

    def predict_proba(self, X: ArrayLike) -> Array:
        """Return the probability of each class.

        Parameters
        ----------
        X : array_like of shape (n_samples, n_features)
            The features.

        Returns
        -------
        ndarray of shape (n_samples, 2)
            The probabilities of class 0 and of class 1.
        """
        z = self._output(X)
        return np.column_stack((sigmoid(-z), sigmoid(z)))

    def predict(self, X: ArrayLike) -> NDArray[np.int64]:
        """Return the more probable class.

        Parameters
        ----------
        X : array_like of shape (n_samples, n_features)
            The features.

        Returns
        -------
        ndarray of int of shape (n_samples,)
            1 where the logit is positive, else 0.
        """
        return (self._output(X) > 0).astype(np.int64)


def logistic_regression(
    X: ArrayLike,
    y: ArrayLike,
    alpha: float = 0.0,
    *,
    gtol: float = 1e-10,
    maxiter: int = 100,
) -> LogisticModel:
    r"""Fit a logistic regression by Newton's method.

    Parameters
    ----------
    X : array_like of shape (n_samples, n_features)
        The features.
    y : array_like of shape (n_samples,)
        The classes, 0 or 1.
    alpha : float, default 0.0
        The weight of the L2 penalty on the coefficients, at least 0.
    gtol : float, default 1e-10
        The fit is a success when the Euclidean norm of the gradient is at most ``gtol``.
    maxiter : int, default 100
        The largest number of Newton steps.

    Returns
    -------
    LogisticModel
        The minimum of the mean cross-entropy of the logits $Xw + b$ plus
        $\frac{\alpha}{2} \lVert w \rVert^2$. Without a penalty, separable classes have no finite
        minimum: the status is then ``SEPARABLE``, and the coefficients are those of the last
        step, a direction that separates them.

    Raises
    ------
    ValueError
        If the shapes don't fit each other, a value is not finite, ``y`` holds anything but 0
        and 1 or only one of them, or ``alpha`` is negative.
    TypeError
        If an argument does not hold real numbers.

    Notes
    -----
    Each step solves $H d = -g$ with the gradient $g$ and the Hessian $H$, and is halved until it
    lowers the objective enough (Armijo's rule). Near the minimum full steps are taken, and the
    number of correct digits doubles with each. Where three more steps with the last Hessian can
    be expected to reach ``gtol``, it is used again: another one costs as much as two or three
    gradients. With more than 100 samples for each parameter, a rough fit of every tenth sample
    gives the start, and the Hessian of the first step; otherwise all parameters start at 0.

    The loss is a mean here and a sum in scikit-learn: the same model is
    ``LogisticRegression(C=1 / (n_samples * alpha))`` there.

    If $\alpha = 0$ and all logits have the right sign, doubling the parameters lowers the loss,
    and doing so again and again brings it to 0: complete separation. If some samples lie on the
    separating hyperplane (quasi-complete separation), the loss has a positive limit, which the
    steps approach without getting shorter; no step then changes a logit in the wrong direction.

    References
    ----------
    A. Albert and J. A. Anderson, "On the existence of maximum likelihood estimates in logistic
    regression models", *Biometrika* 71 (1984), 1–10.

    J. Nocedal and S. J. Wright, *Numerical Optimization*, 2nd ed., Springer, 2006, chapter 3.

    Examples
    --------
    >>> model = logistic_regression([[1.0], [2.0]], [0, 1], alpha=0.1)
    >>> print(f"{model.coef[0]:.4f} {model.intercept:.4f}")
    1.5675 -2.3513

    Without the penalty, these two points are separable:

    >>> model = logistic_regression([[1.0], [2.0]], [0, 1])
    >>> model.success
    False
    >>> print(model.message.partition(":")[0])
    No finite minimum
    """
    X, y = features_and_target(X, y)
    if not ((y == 0) | (y == 1)).all() or y.min() == y.max():
        raise ValueError(f"y must hold the classes 0 and 1, both of them, got {np.unique(y)[:5]}")
    alpha = as_number(alpha, "alpha", least=0)
    gtol = as_number(gtol, "gtol", above=0)
    maxiter = as_integer(maxiter, "maxiter", least=1)

    penalty = L2(np.r_[0.0, np.full(X.shape[1], alpha)])
    theta, hess = np.zeros(1 + X.shape[1]), None
    if len(y) > 100 * theta.size:
        # The loss is a mean, so a tenth of the samples has nearly the same minimum and curvature.
        pilot = _newton(theta, None, X[::10], y[::10], penalty, gtol=1e-3, maxiter=10)
        if pilot[-1] is FitStatus.CONVERGED:
            theta, hess = pilot[:2]
    theta, _, fun, jac, nit, status = _newton(theta, hess, X, y, penalty, gtol, maxiter)
    return LogisticModel(
        coef=theta[1:], intercept=float(theta[0]), fun=fun, jac=jac, nit=nit, status=status
    )


def _newton(
    theta: Array,
    hess: Array | None,
    X: Array,
    y: Array,
    penalty: L2,
    gtol: float,
    maxiter: int,
) -> tuple[Array, Array | None, float, Array, int, FitStatus]:
    """Return parameters, last Hessian, penalized loss, its gradient, number of steps, status."""
    penalized = bool(np.any(penalty.alpha))
    side = 2.0 * y - 1.0
    fun, jac, logits = _penalized_loss(theta, X, y, penalty)
    moved = np.full(len(y), np.inf)  # how the last step changed the logits
    for nit in range(maxiter + 1):
        flat = hypot(*jac) <= gtol
        apart = (side * logits).min() > 0 or (flat and _moves_apart(side * moved))
        if apart and not penalized:
            status = FitStatus.SEPARABLE
            break
        # A flat place is the minimum only if the steps have become short as well.
        if flat and np.abs(moved).max() < _SHORT:
            status = FitStatus.CONVERGED
            break
        if nit == maxiter:
            status = FitStatus.ITERATION_LIMIT
            break
        if hess is None:
            hess = _penalized_hessian(logits, X, penalty)
        step = _newton_step(hess, jac, regular=penalized)
        if not np.isfinite(step).all():
            status = FitStatus.NOT_FINITE
            break
        # Near the minimum the decrease is smaller than the rounding of the loss.
        rounding = 4 * np.finfo(float).eps * (fun + np.abs(logits).mean())
        bound, slope, size = fun + rounding, float(jac @ step), 1.0
        before, norm = logits, hypot(*jac)
        while True:  # ends at the latest when size * step is rounded away
            trial = theta + size * step
            fun, jac, logits = _penalized_loss(trial, X, y, penalty)
            if fun <= bound + 1e-4 * size * slope:
                break
            size /= 2
        theta, moved = trial, logits - before
        # With the same Hessian, each step would shrink the gradient about as much as this one.
        if hypot(*jac) ** 4 > gtol * norm**3:
            hess = None
    return theta, hess, fun, jac, nit, status


# Both go by blocks of rows, which stay in the cache for all that is done with them. The intercept,
# first among the parameters, has a column of ones that is thought only: a copy of X costs a pass.


@np.errstate(over="ignore", invalid="ignore")
def _penalized_loss(theta: Array, X: Array, y: Array, penalty: L2) -> tuple[float, Array, Array]:
    """Return the penalized loss, its gradient, and the logits."""
    logits, gradient = np.empty(len(y)), np.zeros_like(theta)
    for rows in _blocks(len(y)):
        block = X[rows]
        logits[rows] = theta[0] + block @ theta[1:]
        slopes = sigmoid(logits[rows]) - y[rows]
        gradient[0] += slopes.sum()
        gradient[1:] += slopes @ block
    return (
        cross_entropy(logits, y) + penalty(theta),
        gradient / len(y) + penalty.gradient(theta),
        logits,
    )


@np.errstate(over="ignore", invalid="ignore")
def _penalized_hessian(logits: Array, X: Array, penalty: L2) -> Array:
    p = sigmoid(logits)
    roots = np.sqrt(p * (1.0 - p) / len(p))
    hessian = np.zeros((1 + X.shape[1], 1 + X.shape[1]))
    hessian[0, 0] = roots @ roots
    for rows in _blocks(len(p)):
        weighted = roots[rows, np.newaxis] * X[rows]
        hessian[0, 1:] += roots[rows] @ weighted
        hessian[1:, 1:] += weighted.T @ weighted
    hessian[1:, 0] = hessian[0, 1:]
    return hessian + np.diag(penalty.alpha)


def _blocks(n: int) -> Iterator[slice]:
    return (slice(start, start + 1024) for start in range(0, n, 1024))


# In logits. Newton's steps are shorter than this only where they converge quadratically.
_SHORT = 1e-3


def _moves_apart(margins: Array) -> bool:
    """Whether a step that changed the margins so lowers the loss of no sample's true class."""
    largest = np.abs(margins).max()
    return bool(np.isfinite(largest) and largest > _SHORT and margins.min() > -1e-6 * largest)


def _newton_step(hessian: Array, gradient: Array, *, regular: bool) -> Array:
    if not np.isfinite(hessian).all():
        return np.full_like(gradient, np.nan)
    if regular:
        with suppress(np.linalg.LinAlgError):  # saturated probabilities can leave zero weights
            return np.asarray(np.linalg.solve(hessian, -gradient))
    # Dependent columns make it singular: the shortest step, with the columns on one scale.
    scale: Array = np.sqrt(hessian.diagonal())
    scale[scale == 0] = 1.0
    step, *_ = np.linalg.lstsq(hessian / np.outer(scale, scale), -gradient / scale, rcond=None)
    return np.asarray(step / scale)
