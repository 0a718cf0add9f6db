"""Linear regression with the L1 penalty, by proximal gradient steps that a duality gap ends."""

from collections.abc import Callable, Iterator
from math import inf

import numpy as np
from numpy.typing import ArrayLike, NDArray

from calcguide._checks import as_array, as_integer, as_number
from calcguide.gradient_descent import proximal_gradient
from calcguide.linear_models.features import standardize
from calcguide.linear_models.linear_regression import (
    LinearModel,
    least_squares_gradient,
    least_squares_loss,
    linear_model,
)
from calcguide.linear_models.model import FitStatus, features_and_target, positive_penalties
from calcguide.losses import half_squared_error
from calcguide.regularization import L1
from calcguide.results import IntermediateResult

__all__ = ["lasso", "lasso_duality_gap", "lasso_path"]

Array = NDArray[np.float64]


def lasso(
    X: ArrayLike,
    y: ArrayLike,
    alpha: float,
    *,
    tol: float = 1e-8,
    maxiter: int = 100_000,
) -> LinearModel:
    r"""Fit a linear regression with an L1 penalty, which sets coefficients to exactly zero.

    Parameters
    ----------
    X : array_like of shape (n_samples, n_features)
        The features.
    y : array_like of shape (n_samples,)
        The targets.
    alpha : float
        The weight of the penalty, positive.
    tol : float, default 1e-8
        The fit is a success if `lasso_duality_gap` is at most ``tol`` times the objective at
        $w = 0$.
    maxiter : int, default 100000
        The largest number of proximal gradient steps.

    Returns
    -------
    LinearModel
        The minimum of $\frac{1}{2n} \lVert Xw + b - y \rVert^2 + \alpha \lVert w \rVert_1$.

    Raises
    ------
    ValueError
        If the shapes don't fit each other, a value is not finite, or ``alpha`` is not positive.
    TypeError
        If an argument does not hold real numbers.

    Notes
    -----
    Accelerated proximal gradient steps of size $1 / \lambda_{\max}$, with $\lambda_{\max}$ the
    largest eigenvalue of the Hessian. They are taken in the coefficients of the standardized
    features, $v_j = s_j w_j$, whose Hessian is better conditioned. The penalty is then
    $\alpha \sum_j |v_j| / s_j$, one weight for each coefficient: the problem is the same.

    Whether the result is a minimum is not taken from the iteration but proved afterwards, by the
    duality gap.

    The same model as ``Lasso(alpha=alpha)`` in scikit-learn, with the same ``alpha``.

    References
    ----------
    A. Beck and M. Teboulle, "A fast iterative shrinkage-thresholding algorithm for linear inverse
    problems", *SIAM Journal on Imaging Sciences* 2 (2009), 183–202.

    Examples
    --------
    The first feature explains the target; the second is noise.

    >>> X = [[-1.0, 1.0], [-1.0, -1.0], [1.0, 1.0], [1.0, -1.0]]
    >>> model = lasso(X, [-2.1, -1.9, 1.9, 2.1], alpha=0.5)
    >>> model.coef
    array([1.5, 0. ])
    """
    X, y = features_and_target(X, y)
    alpha = as_number(alpha, "alpha", above=0)
    tol = as_number(tol, "tol", above=0)
    maxiter = as_integer(maxiter, "maxiter", least=1)
    return next(_lasso_fits(X, y, np.array([alpha]), tol, maxiter))


def lasso_path(
    X: ArrayLike,
    y: ArrayLike,
    alphas: ArrayLike,
    *,
    tol: float = 1e-8,
    maxiter: int = 100_000,
) -> Array:
    """Return the coefficients of `lasso` for several penalties.

    Parameters
    ----------
    X : array_like of shape (n_samples, n_features)
        The features.
    y : array_like of shape (n_samples,)
        The targets.
    alphas : array_like of shape (n_alphas,)
        The weights of the penalty, positive, in any order.
    tol, maxiter
        As in `lasso`, for each penalty.

    Returns
    -------
    ndarray of shape (n_alphas, n_features)
        The coefficients, a row for each penalty.

    Raises
    ------
    ValueError
        If the shapes don't fit each other, a value is not finite, or one of ``alphas`` is not
        positive.
    TypeError
        If an argument does not hold real numbers.
    RuntimeError
        If one of the fits does not converge.

    Notes
    -----
    The penalties are taken from the largest to the smallest, and each fit starts at the
    coefficients of the one before.

    Examples
    --------
    >>> X = [[-1.0, 1.0], [-1.0, -1.0], [1.0, 1.0], [1.0, -1.0]]
    >>> lasso_path(X, [-2.1, -1.9, 1.9, 2.1], [3.0, 0.5])
    array([[0. , 0. ],
           [1.5, 0. ]])
    """
    X, y = features_and_target(X, y)
    alphas = positive_penalties(alphas)
    tol = as_number(tol, "tol", above=0)
    maxiter = as_integer(maxiter, "maxiter", least=1)
    coefs = np.empty((alphas.size, X.shape[1]))
    order = np.argsort(-alphas)
    for row, model in zip(order, _lasso_fits(X, y, alphas[order], tol, maxiter), strict=True):
        if not model.success:
            raise RuntimeError(f"lasso with alpha = {alphas[row]:g}: {model.message}")
        coefs[row] = model.coef
    return coefs


def lasso_duality_gap(coef: ArrayLike, X: ArrayLike, y: ArrayLike, alpha: float) -> float:
    r"""Bound how far the lasso objective is above its minimum.

    Parameters
    ----------
    coef : array_like of shape (n_features,)
        Any coefficients; the intercept is the best one for them.
    X : array_like of shape (n_samples, n_features)
        The features.
    y : array_like of shape (n_samples,)
        The targets.
    alpha : float
        The weight of the penalty, positive.

    Returns
    -------
    float
        The duality gap. The objective of `lasso` at ``coef`` exceeds its minimum by no more.

    Raises
    ------
    ValueError
        If the shapes don't fit each other, a value is not finite, or ``alpha`` is not positive.
    TypeError
        If an argument does not hold real numbers.

    Notes
    -----
    For centred data, every $u$ with $\lVert X^\top u \rVert_\infty \le n\alpha$ gives a lower
    bound of the minimum, $\frac{1}{n} u^\top y - \frac{1}{2n} \lVert u \rVert^2$. The gap is the
    objective less this bound, with $u$ the residual $y - Xw$, shrunk until it fulfils the
    condition. At the minimum the gap is zero.

    References
    ----------
    S.-J. Kim, K. Koh, M. Lustig, S. Boyd and D. Gorinevsky, "An interior-point method for
    large-scale l1-regularized least squares", *IEEE Journal of Selected Topics in Signal
    Processing* 1 (2007), 606–617, section III.

    Examples
    --------
    >>> X = [[-1.0, 1.0], [-1.0, -1.0], [1.0, 1.0], [1.0, -1.0]]
    >>> y = [-2.1, -1.9, 1.9, 2.1]
    >>> print(f"{lasso_duality_gap([1.0, 0.0], X, y, 0.5):.4f}")
    0.1262
    >>> print(f"{lasso_duality_gap([1.5, 0.0], X, y, 0.5):.4f}")
    0.0000
    """
    X, y = features_and_target(X, y)
    alpha = as_number(alpha, "alpha", above=0)
    coef = as_array(coef, "coef", ndim=1)
    if coef.size != X.shape[1]:
        raise ValueError(f"coef must have shape ({X.shape[1]},), got shape {coef.shape}")
    n = len(y)
    centred, target = X - X.mean(axis=0), y - y.mean()
    residual = target - centred @ coef
    steepest = np.abs(residual @ centred).max() / n
    u = residual * min(1.0, alpha / steepest) if steepest > 0 else residual
    objective = 0.5 * (residual @ residual) / n + alpha * np.abs(coef).sum()
    return float(objective - (u @ target - 0.5 * (u @ u)) / n)


def _lasso_fits(
    X: Array, y: Array, alphas: Array, tol: float, maxiter: int
) -> Iterator[LinearModel]:
    """Fit the lasso for each of the penalties, starting each fit where the last one ended."""
    Z, _, scale = standardize(X)
    n, target = len(y), y - y.mean()
    singular_values = np.linalg.svd(Z, compute_uv=False)
    rank = int(np.sum(singular_values > singular_values[0] * max(Z.shape) * np.finfo(float).eps))
    null_loss = half_squared_error(np.zeros(n), target)
    # Constant features leave no curvature at all, and then any step will do.
    learning_rate = n / (singular_values[0] ** 2 or float(n))
    start = float(np.linalg.norm(target @ Z)) / n
    coef = np.zeros(Z.shape[1])
    for alpha in alphas:
        penalty = L1(alpha / scale)
        gtol, gap, nit = 1e-10 * start, inf, 0
        while gap > tol * null_loss and nit < maxiter:
            result = proximal_gradient(
                least_squares_loss,
                coef * scale,
                (Z, target),
                jac=least_squares_gradient,
                prox=penalty.prox,
                penalty=penalty,
                learning_rate=learning_rate,
                accelerated=True,
                maxiter=maxiter - nit,
                gtol=gtol,
                callback=_restart(),
            )
            coef, nit = result.x / scale, nit + result.nit
            if result.success:
                gap = lasso_duality_gap(coef, X, y, alpha)
                gtol *= 0.1
        status = FitStatus.CONVERGED if gap <= tol * null_loss else FitStatus.ITERATION_LIMIT
        yield linear_model(X, y, coef, L1(alpha), rank=rank, nit=nit, status=status)


def _restart() -> Callable[[IntermediateResult], None]:
    """Return a callback that stops a run once its momentum leads uphill.

    Starting again from there, without momentum, keeps the convergence linear. See B. O'Donoghue
    and E. Candès, "Adaptive restart for accelerated gradient schemes", Foundations of
    Computational Mathematics 15 (2015), 715–732.
    """
    last: IntermediateResult | None = None

    def callback(intermediate_result: IntermediateResult) -> None:
        nonlocal last
        if last is not None and last.jac @ (intermediate_result.x - last.x) > 0:
            raise StopIteration
        last = intermediate_result

    return callback
