"""Logistic regression by Newton's method."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from math import hypot, inf, sqrt

import numpy as np
from numpy.typing import ArrayLike, NDArray

from calcguide._checks import as_integer, as_number
from calcguide._directions import rising_direction
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
        The fit is a success when the gradient $g$ is at most ``gtol`` in the measure of the
        Hessian $H$, $\sqrt{g^\top H^{-1} g}$. No unit of a column changes that, and half its square
        is about as much as the objective exceeds its minimum.
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
    lowers the objective enough (Armijo's rule [2]). Near the minimum full steps are taken, and the
    number of correct digits doubles with each. Where three more steps with the last Hessian can
    be expected to reach ``gtol``, it is used again: another one costs as much as two or three
    gradients. With more than 100 samples for each parameter, a rough fit of every tenth sample
    gives the start, and the Hessian of the first step; otherwise all parameters start at 0.

    The loss is a mean here and a sum in scikit-learn: the same model is
    ``LogisticRegression(C=1 / (n_samples * alpha))`` there.

    Columns that are far from 0 are shifted before, and those of extreme size are scaled; the
    coefficients are brought back. The penalty is on those of ``X`` as it is.

    If $\alpha = 0$ and all logits have the right sign, doubling the parameters lowers the loss,
    and doing so again and again brings it to 0: complete separation. If some samples lie on the
    separating hyperplane (quasi-complete separation), the loss has a positive limit. In both cases
    there is a direction along which no logit moves to the wrong side [1]. With such a direction,
    each of Newton's steps changes a logit by at least 1: so a short step *proves* that there is a
    minimum, however little the classes overlap. Where the gradient is small and the steps are not,
    a linear program looks for such a direction. ``SEPARABLE`` means that one was found, and that
    it holds for each sample up to the rounding of its logit.

    References
    ----------
    [1] A. Albert and J. A. Anderson, "On the existence of maximum likelihood estimates in logistic
    regression models", *Biometrika* 71 (1984), 1–10.

    [2] J. Nocedal and S. J. Wright, *Numerical Optimization*, 2nd ed., Springer, 2006, chapter 3.

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

    X, origin, unit = _comfortable(X)
    penalty = L2(np.r_[0.0, alpha / unit**2])
    theta, hess = np.zeros(1 + X.shape[1]), None
    if len(y) > 100 * theta.size:
        # The loss is a mean, so a tenth of the samples has nearly the same minimum and curvature.
        pilot = _newton(theta, None, X[::10], y[::10], penalty, gtol=1e-3, maxiter=10, final=False)
        if pilot[-1] is FitStatus.CONVERGED:
            theta, hess = pilot[:2]
    if hess is None:
        hess = _penalized_hessian(np.zeros(len(y)), X, penalty)
    if alpha == 0 and _is_ill_conditioned(hess):
        Z, mean, back, forth = _orthogonalize(X)
        penalty, start = L2(np.zeros(1 + Z.shape[1])), np.zeros(1 + Z.shape[1])
        theta, _, fun, jac, nit, status = _newton(start, None, Z, y, penalty, gtol, maxiter)
        theta = np.r_[theta[0] - mean @ back @ theta[1:], back @ theta[1:]]
        jac = np.r_[jac[0], jac[1:] @ forth + mean * jac[0]]
    else:
        theta, _, fun, jac, nit, status = _newton(theta, hess, X, y, penalty, gtol, maxiter)
    coef = theta[1:] / unit
    return LogisticModel(
        coef=coef,
        intercept=float(theta[0] - origin @ coef),
        fun=fun,
        jac=np.r_[jac[0], unit * jac[1:] + origin * jac[0]],
        nit=nit,
        status=status,
    )


def _comfortable(X: Array) -> tuple[Array, Array, Array]:
    """Return ``(X - origin) / unit`` with columns near 0 and of no extreme size, origin, unit.

    Both are chosen so that nothing is rounded. Most often this is ``X`` itself, not a copy.
    """
    low, high = X.min(axis=0), X.max(axis=0)
    with np.errstate(over="ignore"):
        far = (np.maximum(low, -high) > high - low) & (low < high)
    # Numbers from one power of two to the next are subtracted without rounding.
    origin = np.where(far, low, 0.0)
    size = np.maximum(np.abs(low - origin), np.abs(high - origin))
    extreme = (size > 0) & ((size < 1e-70) | (size > 1e70))
    exponent = np.log2(size, where=extreme, out=np.zeros_like(size))
    unit = np.exp2(np.clip(np.round(exponent), -400, 400))
    if far.any() or extreme.any():
        X = (X - origin) / unit
    return X, origin, unit


def _is_ill_conditioned(hessian: Array) -> bool:
    """Whether normal equations would lose half of the digits, with all parameters on one scale."""
    scale = _scale(hessian)
    eigenvalues = np.linalg.eigvalsh(hessian / np.outer(scale, scale))
    return bool(eigenvalues[0] < 1e-8 * eigenvalues[-1])


def _orthogonalize(X: Array) -> tuple[Array, Array, Array, Array]:
    """Return Z, mean, back and forth: X = mean + Z @ forth with orthogonal Z, back undoes forth.

    Of columns that depend on each other, the coefficients ``back @ gamma`` are the least.
    """
    mean = X.mean(axis=0)
    centred = X - mean
    size = np.abs(centred).max(axis=0)
    size[size == 0] = 1.0
    Q, R = np.linalg.qr(centred / size)
    U, s, Vt = np.linalg.svd(R)
    rank = int(np.count_nonzero(s > s[0] * max(X.shape) * np.finfo(float).eps))
    s = s[:rank, np.newaxis] / sqrt(len(X))
    forth = s * Vt[:rank] * size
    return Q @ U[:, :rank] * sqrt(len(X)), mean, (Vt[:rank] / s).T / size[:, np.newaxis], forth


def _newton(
    theta: Array,
    hess: Array | None,
    X: Array,
    y: Array,
    penalty: L2,
    gtol: float,
    maxiter: int,
    *,
    final: bool = True,
) -> tuple[Array, Array | None, float, Array, int, FitStatus]:
    """Return parameters, last Hessian, penalized loss, its gradient, number of steps, status.

    Only in the ``final`` fit, not in that of a part of the samples, separation is looked for.
    """
    penalized = bool(np.any(penalty.alpha))
    side = 2.0 * y - 1.0
    fun, jac, logits = _penalized_loss(theta, X, side, penalty)
    step, moved = np.zeros_like(theta), inf  # the last step, and the most that it changed a logit
    judge, distance = hess, inf  # the last Hessian, and what it makes of the gradient
    suspicious, short = sqrt(gtol), min(1e-3, sqrt(gtol))  # as Newton's method squares errors
    for nit in range(maxiter + 1):
        if judge is not None:
            following = _newton_step(judge, jac, regular=penalized)
            before, distance = distance, _distance(judge, jac, following)
            # A flat place is the minimum only if the steps have become short as well.
            if distance <= gtol and moved < short:
                status = FitStatus.CONVERGED
                break
            # With the same Hessian, each step would shrink it about as much as the last one.
            if distance <= gtol or distance * (distance / (before or inf)) ** 3 > gtol:
                hess = None
        if final and not penalized:
            drifting = distance <= suspicious and 0.5 < moved < inf
            if drifting or (side * logits).min() > 0:
                direction = step if drifting else theta
                if _separates(X, side, direction, search=drifting):
                    status = FitStatus.SEPARABLE
                    break
                suspicious = gtol if drifting else suspicious
        if nit == maxiter:
            status = FitStatus.ITERATION_LIMIT
            break
        if hess is None:
            hess = judge = _penalized_hessian(logits, X, penalty)
            following = _newton_step(hess, jac, regular=penalized)
            distance = _distance(hess, jac, following)
        step = following
        if not np.isfinite(step).all():
            status = FitStatus.NOT_FINITE
            break
        # Near the minimum the decrease is smaller than the rounding of the loss.
        rounding = 4 * np.finfo(float).eps * (fun + np.abs(logits).mean())
        bound, slope, size = fun + rounding, float(jac @ step), 1.0
        old = logits
        while True:  # ends at the latest when size * step is rounded away
            trial = theta + size * step
            fun, jac, logits = _penalized_loss(trial, X, side, penalty)
            if fun <= bound + 1e-4 * size * slope:
                break
            size /= 2
        theta, moved = trial, float(np.abs(logits - old).max())
    return theta, hess, fun, jac, nit, status


# Both go by blocks of rows, which stay in the cache for all that is done with them. The intercept,
# first among the parameters, has a column of ones that is thought only: a copy of X costs a pass.
# The side of a sample is 1 or -1: margins, the logits times it, keep the digits of small slopes.


@np.errstate(over="ignore", invalid="ignore")
def _penalized_loss(theta: Array, X: Array, side: Array, penalty: L2) -> tuple[float, Array, Array]:
    """Return the penalized loss, its gradient, and the logits."""
    logits, gradient = np.empty(len(side)), np.zeros_like(theta)
    for rows in _blocks(len(side)):
        block = X[rows]
        logits[rows] = theta[0] + block @ theta[1:]
        slopes = -side[rows] * sigmoid(-side[rows] * logits[rows])
        gradient[0] += slopes.sum()
        gradient[1:] += slopes @ block
    return (
        float(np.mean(np.logaddexp(0.0, -side * logits))) + penalty(theta),
        gradient / len(side) + penalty.gradient(theta),
        logits,
    )


@np.errstate(over="ignore", invalid="ignore")
def _penalized_hessian(logits: Array, X: Array, penalty: L2) -> Array:
    small = np.exp(-np.abs(logits))
    roots = np.sqrt(small / len(small)) / (1.0 + small)
    hessian = np.zeros((1 + X.shape[1], 1 + X.shape[1]))
    hessian[0, 0] = roots @ roots
    for rows in _blocks(len(roots)):
        weighted = roots[rows, np.newaxis] * X[rows]
        hessian[0, 1:] += roots[rows] @ weighted
        hessian[1:, 1:] += weighted.T @ weighted
    hessian[1:, 0] = hessian[0, 1:]
    return hessian + np.diag(penalty.alpha)


def _blocks(n: int) -> Iterator[slice]:
    return (slice(start, start + 1024) for start in range(0, n, 1024))


def _newton_step(hessian: Array, gradient: Array, *, regular: bool) -> Array:
    if not np.isfinite(hessian).all():
        return np.full_like(gradient, np.nan)
    # All parameters on one scale.
    scale = _scale(hessian)
    matrix, slopes = hessian / np.outer(scale, scale), -gradient / scale
    if regular:
        with suppress(np.linalg.LinAlgError):  # saturated probabilities can leave zero weights
            return np.asarray(np.linalg.solve(matrix, slopes) / scale)
    # Dependent columns make it singular: the shortest step.
    step, *_ = np.linalg.lstsq(matrix, slopes, rcond=None)
    return np.asarray(step / scale)


def _distance(hessian: Array, gradient: Array, step: Array) -> float:
    """Return the gradient's norm in the measure of the Hessian, with what the step leaves of it."""
    left = (gradient + hessian @ step) / _scale(hessian)
    return hypot(sqrt(max(-float(gradient @ step), 0.0)), *left)


def _scale(hessian: Array) -> Array:
    scale: Array = np.sqrt(hessian.diagonal())
    return np.where(scale > 0, scale, 1.0)


def _separates(X: Array, side: Array, hint: Array, *, search: bool) -> bool:
    """Whether the direction, or another one if to be searched, moves no logit to the wrong side."""
    A = side[:, np.newaxis] * np.column_stack((np.ones(len(X)), X))
    size = np.abs(A).max(axis=0)
    size[size == 0] = 1.0
    return rising_direction(A / size, hint=hint * size, search=search) is not None
