r"""Linear regression and logistic regression: their objectives, and fits that minimize them.

The objectives take the parameters first and then the data, ``fun(theta, X, y)``, so that they can
be passed as they are to `calcguide.gradient_descent` or `scipy.optimize.minimize` with
``args=(X, y)``. They treat all columns of ``X`` alike: an intercept is a column of ones, made by
`add_intercept`. The fits add the intercept themselves and never penalize it.

Every objective is a mean over the samples: twice the data, each row repeated, is the same problem.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from enum import IntEnum
from math import hypot, inf

import numpy as np
from numpy.typing import ArrayLike, NDArray

from calcguide._checks import as_array, as_integer, as_number, as_real, same_length
from calcguide.gradient_descent import proximal_gradient
from calcguide.losses import (
    cross_entropy,
    cross_entropy_gradient,
    half_squared_error,
    half_squared_error_gradient,
    sigmoid,
)
from calcguide.regularization import L1, L2
from calcguide.results import IntermediateResult

__all__ = [
    "MESSAGES",
    "FitStatus",
    "LinearModel",
    "LogisticModel",
    "add_intercept",
    "lasso",
    "lasso_duality_gap",
    "lasso_path",
    "least_squares",
    "least_squares_gradient",
    "least_squares_hessian",
    "least_squares_loss",
    "logistic_gradient",
    "logistic_hessian",
    "logistic_loss",
    "logistic_regression",
    "ridge",
    "ridge_path",
    "standardize",
]

Array = NDArray[np.float64]


# The design matrix


def add_intercept(X: ArrayLike) -> Array:
    """Return ``X`` with a first column of ones, so that the first parameter is the intercept.

    Parameters
    ----------
    X : array_like of shape (n_samples, n_features)
        The features.

    Returns
    -------
    ndarray of shape (n_samples, n_features + 1)
        The design matrix.

    Raises
    ------
    ValueError
        If ``X`` is not 2-D, empty or not finite.
    TypeError
        If ``X`` does not hold real numbers.

    Examples
    --------
    >>> add_intercept([[1.0], [2.0]])
    array([[1., 1.],
           [1., 2.]])
    """
    return _with_ones(as_array(X, "X", ndim=2))


def standardize(X: ArrayLike) -> tuple[Array, Array, Array]:
    r"""Give each column the mean 0 and the standard deviation 1.

    Parameters
    ----------
    X : array_like of shape (n_samples, n_features)
        The features.

    Returns
    -------
    Z : ndarray of shape (n_samples, n_features)
        ``(X - mean) / scale``.
    mean : ndarray of shape (n_features,)
        The mean of each column.
    scale : ndarray of shape (n_features,)
        The standard deviation of each column, with divisor ``n_samples``; 1 for a constant column,
        which becomes 0. New data are brought to the same scale with these two.

    Raises
    ------
    ValueError
        If ``X`` is not 2-D, empty or not finite.
    TypeError
        If ``X`` does not hold real numbers.

    Examples
    --------
    >>> Z, mean, scale = standardize([[1.0, 5.0], [3.0, 5.0]])
    >>> Z
    array([[-1.,  0.],
           [ 1.,  0.]])
    >>> mean, scale
    (array([2., 5.]), array([1., 1.]))
    """
    X = as_array(X, "X", ndim=2)
    mean = X.mean(axis=0)
    scale = X.std(axis=0)
    # The mean of equal numbers is off by rounding, and so is their deviation: compare instead.
    constant = np.ptp(X, axis=0) == 0
    mean[constant], scale[constant] = X[0, constant], 1.0
    return (X - mean) / scale, mean, scale


# Objectives of the parameters


def least_squares_loss(theta: ArrayLike, X: ArrayLike, y: ArrayLike) -> float:
    r"""Return half the mean squared error of the linear model $X\theta$.

    Parameters
    ----------
    theta : array_like of shape (n_params,)
        The parameters.
    X : array_like of shape (n_samples, n_params)
        The design matrix.
    y : array_like of shape (n_samples,)
        The targets.

    Returns
    -------
    float
        $\frac{1}{2n} \lVert X\theta - y \rVert^2$.

    Raises
    ------
    ValueError
        If the shapes don't fit each other, or ``y`` is not finite.
    TypeError
        If an argument does not hold real numbers.

    Examples
    --------
    >>> X, y = add_intercept([[1.0], [2.0]]), [2.0, 3.0]
    >>> least_squares_loss([0.5, 0.5], X, y)
    0.8125
    """
    _, outputs, y = _outputs(theta, X, y)
    return half_squared_error(outputs, y)


def least_squares_gradient(theta: ArrayLike, X: ArrayLike, y: ArrayLike) -> Array:
    r"""Return the gradient of `least_squares_loss`.

    Parameters
    ----------
    theta : array_like of shape (n_params,)
        The parameters.
    X : array_like of shape (n_samples, n_params)
        The design matrix.
    y : array_like of shape (n_samples,)
        The targets.

    Returns
    -------
    ndarray of shape (n_params,)
        $\frac{1}{n} X^\top (X\theta - y)$.

    Raises
    ------
    ValueError, TypeError
        As in `least_squares_loss`.

    Notes
    -----
    By the chain rule: the outputs $X\theta$ have the Jacobian $X$, so the gradient with respect
    to $\theta$ is $X^\top$ times the gradient with respect to the outputs.

    Examples
    --------
    >>> X, y = add_intercept([[1.0], [2.0]]), [2.0, 3.0]
    >>> least_squares_gradient([0.5, 0.5], X, y)
    array([-1.25, -2.  ])
    """
    X, outputs, y = _outputs(theta, X, y)
    return np.asarray(half_squared_error_gradient(outputs, y) @ X)


def least_squares_hessian(X: ArrayLike) -> Array:
    r"""Return the Hessian of `least_squares_loss`, which is the same at every ``theta``.

    Parameters
    ----------
    X : array_like of shape (n_samples, n_params)
        The design matrix.

    Returns
    -------
    ndarray of shape (n_params, n_params)
        $\frac{1}{n} X^\top X$.

    Raises
    ------
    ValueError
        If ``X`` is not 2-D, empty or not finite.
    TypeError
        If ``X`` does not hold real numbers.

    Examples
    --------
    >>> import numpy as np
    >>> hessian = least_squares_hessian(add_intercept([[1.0], [2.0]]))
    >>> hessian
    array([[1. , 1.5],
           [1.5, 2.5]])

    Its eigenvalues are the curvatures. Gradient descent is stable with steps below
    $2 / \lambda_{\max}$:

    >>> smallest, largest = np.linalg.eigvalsh(hessian)
    >>> print(f"{smallest:.4f} {largest:.4f} {2 / largest:.4f}")
    0.0729 3.4271 0.5836
    """
    X = as_array(X, "X", ndim=2)
    return np.asarray(X.T @ X) / len(X)


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
    >>> X, y = add_intercept([[1.0], [2.0]]), [0, 1]
    >>> logistic_loss([0.0, 0.0], X, y)
    0.6931471805599453
    """
    _, outputs, y = _outputs(theta, X, y)
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
    >>> X, y = add_intercept([[1.0], [2.0]]), [0, 1]
    >>> logistic_gradient([0.0, 0.0], X, y)
    array([ 0.  , -0.25])
    """
    X, outputs, y = _outputs(theta, X, y)
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
    >>> logistic_hessian([0.0, 0.0], add_intercept([[1.0], [2.0]]))
    array([[0.25 , 0.375],
           [0.375, 0.625]])
    """
    theta, X = _theta_and_design(theta, X)
    z = X @ theta
    return np.asarray((X.T * (sigmoid(z) * sigmoid(-z))) @ X) / len(X)


# Fitted models


class FitStatus(IntEnum):
    """How a fit ended."""

    CONVERGED = 0
    ITERATION_LIMIT = 1
    NOT_FINITE = 2
    SEPARABLE = 5
    NOT_UNIQUE = 6


MESSAGES = {
    FitStatus.CONVERGED: "Converged: the conditions for a minimum hold within the tolerance.",
    FitStatus.ITERATION_LIMIT: (
        "Not converged: the iteration limit was reached. Raise maxiter, or standardize the features."
    ),
    FitStatus.NOT_UNIQUE: (
        "Solved, but the centred columns of X are linearly dependent: these are the coefficients of "
        "least norm among infinitely many that fit as well. Drop columns, or use ridge."
    ),
    FitStatus.SEPARABLE: (
        "No finite minimum: a hyperplane separates the classes. Use a penalty, alpha > 0."
    ),
    FitStatus.NOT_FINITE: (
        "Not converged: a number has become too large to hold. Standardize the features."
    ),
}


@dataclass(frozen=True, eq=False, kw_only=True)
class _Fit:
    coef: Array
    intercept: float
    fun: float
    jac: Array = field(repr=False)
    nit: int
    status: FitStatus

    @property
    def success(self) -> bool:
        """Whether ``coef`` and ``intercept`` minimize the objective."""
        return self.status in (FitStatus.CONVERGED, FitStatus.NOT_UNIQUE)

    @property
    def message(self) -> str:
        """The status in words, with what to do."""
        return MESSAGES[self.status]

    def _output(self, X: ArrayLike) -> Array:
        X = as_array(X, "X", ndim=2)
        if X.shape[1] != self.coef.size:
            raise ValueError(f"X must have {self.coef.size} columns, got shape {X.shape}")
        return np.asarray(X @ self.coef + self.intercept)


@dataclass(frozen=True, eq=False, kw_only=True)
class LinearModel(_Fit):
    """A fitted linear regression.

    Attributes
    ----------
    coef : ndarray of shape (n_features,)
        The coefficients.
    intercept : float
        The intercept.
    fun : float
        The objective at the solution, penalty included.
    jac : ndarray of shape (n_features + 1,)
        The gradient of the objective at the solution, intercept first; for the lasso its
        subgradient of least norm. It vanishes at a minimum.
    nit : int
        Number of iterations; 0 for a direct solution.
    status : FitStatus
        How the fit ended.
    success : bool
        Whether the fit minimizes its objective.
    message : str
        The status in words, with what to do.
    rank : int
        The rank of the centred ``X``. Below ``n_features``, its columns are linearly dependent.
    """

    rank: int

    def predict(self, X: ArrayLike) -> Array:
        """Return the predicted targets.

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


@dataclass(frozen=True, eq=False, kw_only=True)
class LogisticModel(_Fit):
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


# Fits of linear regression


def least_squares(X: ArrayLike, y: ArrayLike) -> LinearModel:
    r"""Fit a linear regression by least squares.

    Parameters
    ----------
    X : array_like of shape (n_samples, n_features)
        The features.
    y : array_like of shape (n_samples,)
        The targets.

    Returns
    -------
    LinearModel
        The minimum of $\frac{1}{2n} \lVert Xw + b - y \rVert^2$. Where the columns of the centred
        ``X`` are linearly dependent, the status is ``NOT_UNIQUE``, and $\lVert w \rVert$ is the
        smallest possible.

    Raises
    ------
    ValueError
        If the shapes don't fit each other, or a value is not finite.
    TypeError
        If an argument does not hold real numbers.

    Notes
    -----
    The best intercept makes the mean residual zero, $b = \bar y - \bar x^\top w$. Put in, it
    leaves a problem in $w$ alone, with centred data, solved by the singular value decomposition
    (`numpy.linalg.lstsq`). Forming $X^\top X$ would square the condition number.

    The same model as ``LinearRegression`` in scikit-learn.

    References
    ----------
    G. H. Golub and C. F. Van Loan, *Matrix Computations*, 4th ed., Johns Hopkins, 2013,
    sections 5.3 and 5.5.

    Examples
    --------
    >>> model = least_squares([[1.0], [2.0]], [2.0, 3.0])
    >>> model.coef, model.intercept
    (array([1.]), 1.0)
    >>> model.predict([[10.0]])
    array([11.])

    Two equal columns share what one of them would get:

    >>> model = least_squares([[1.0, 1.0], [2.0, 2.0]], [2.0, 3.0])
    >>> model.coef, model.rank, model.status.name
    (array([0.5, 0.5]), 1, 'NOT_UNIQUE')
    """
    X, y = _features_and_target(X, y)
    coef, _, rank, _ = np.linalg.lstsq(X - X.mean(axis=0), y - y.mean(), rcond=None)
    unique = rank == X.shape[1]
    status = FitStatus.CONVERGED if unique else FitStatus.NOT_UNIQUE
    return _linear_model(X, y, coef, L2(0.0), rank=int(rank), status=status)


def ridge(X: ArrayLike, y: ArrayLike, alpha: float) -> LinearModel:
    r"""Fit a linear regression with an L2 penalty on the coefficients.

    Parameters
    ----------
    X : array_like of shape (n_samples, n_features)
        The features.
    y : array_like of shape (n_samples,)
        The targets.
    alpha : float
        The weight of the penalty, positive.

    Returns
    -------
    LinearModel
        The minimum of
        $\frac{1}{2n} \lVert Xw + b - y \rVert^2 + \frac{\alpha}{2} \lVert w \rVert^2$.

    Raises
    ------
    ValueError
        If the shapes don't fit each other, a value is not finite, or ``alpha`` is not positive.
    TypeError
        If an argument does not hold real numbers.

    Notes
    -----
    The loss is a mean here and a sum in scikit-learn: the same model is
    ``Ridge(alpha=n_samples * alpha)`` there.

    With the singular value decomposition $U S V^\top$ of the centred ``X``, the solution is

    $$w = V \operatorname{diag}\!\left(\frac{s_j}{s_j^2 + n\alpha}\right) U^\top (y - \bar y).$$

    References
    ----------
    T. Hastie, R. Tibshirani and J. Friedman, *The Elements of Statistical Learning*, 2nd ed.,
    Springer, 2009, section 3.4.1.

    Examples
    --------
    >>> model = ridge([[1.0], [2.0]], [2.0, 3.0], alpha=0.25)
    >>> model.coef, model.intercept
    (array([0.5]), 1.75)
    """
    X, y = _features_and_target(X, y)
    alpha = as_number(alpha, "alpha", above=0)
    coefs, rank = _ridge_coefs(X, y, np.array([alpha]))
    return _linear_model(X, y, coefs[0], L2(alpha), rank=rank)


def ridge_path(X: ArrayLike, y: ArrayLike, alphas: ArrayLike) -> Array:
    """Return the coefficients of `ridge` for several penalties.

    Parameters
    ----------
    X : array_like of shape (n_samples, n_features)
        The features.
    y : array_like of shape (n_samples,)
        The targets.
    alphas : array_like of shape (n_alphas,)
        The weights of the penalty, positive, in any order.

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

    Notes
    -----
    All penalties share one singular value decomposition.

    Examples
    --------
    >>> ridge_path([[1.0], [2.0]], [2.0, 3.0], [0.25, 0.75])
    array([[0.5 ],
           [0.25]])
    """
    X, y = _features_and_target(X, y)
    coefs, _ = _ridge_coefs(X, y, _positive(alphas))
    return coefs


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
    X, y = _features_and_target(X, y)
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
    X, y = _features_and_target(X, y)
    alphas = _positive(alphas)
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
    X, y = _features_and_target(X, y)
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


# Fit of logistic regression


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
    X, y = _features_and_target(X, y)
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


# Shared by the fits of linear regression


def _ridge_coefs(X: Array, y: Array, alphas: Array) -> tuple[Array, int]:
    """Return the coefficients, shape (n_alphas, n_features), and the rank of the centred X."""
    U, s, Vt = np.linalg.svd(X - X.mean(axis=0), full_matrices=False)
    # Rounding leaves tiny singular values where there are none, and a weak penalty brings them out.
    s[s <= s[0] * max(X.shape) * np.finfo(float).eps] = 0.0
    factors = s / (s**2 + len(y) * alphas[:, None])
    return np.asarray((factors * ((y - y.mean()) @ U)) @ Vt), int(np.count_nonzero(s))


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
        atol, gap, nit = 1e-10 * start, inf, 0
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
                gtol=0.0,
                atol=atol,
                callback=_restart(),
            )
            coef, nit = result.x / scale, nit + result.nit
            if result.success:
                gap = lasso_duality_gap(coef, X, y, alpha)
                atol *= 0.1
        status = FitStatus.CONVERGED if gap <= tol * null_loss else FitStatus.ITERATION_LIMIT
        yield _linear_model(X, y, coef, L1(alpha), rank=rank, nit=nit, status=status)


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


def _linear_model(
    X: Array,
    y: Array,
    coef: Array,
    penalty: L1 | L2,
    *,
    rank: int,
    nit: int = 0,
    status: FitStatus = FitStatus.CONVERGED,
) -> LinearModel:
    """Return the model with the best intercept for the coefficients."""
    intercept = float(y.mean() - X.mean(axis=0) @ coef)
    prediction = X @ coef + intercept
    slopes = half_squared_error_gradient(prediction, y)
    gradient = slopes @ X
    jac = gradient + penalty.gradient(coef)
    if isinstance(penalty, L1):
        # Where a coefficient is zero, the subgradient of least norm.
        jac = np.where(coef == 0, penalty.prox(gradient, 1.0), jac)
    return LinearModel(
        coef=coef,
        intercept=intercept,
        fun=half_squared_error(prediction, y) + penalty(coef),
        jac=np.r_[slopes.sum(), jac],
        nit=nit,
        status=status,
        rank=rank,
    )


# Checks of arguments


def _features_and_target(X: ArrayLike, y: ArrayLike) -> tuple[Array, Array]:
    X, y = as_array(X, "X", ndim=2, copy=False), as_array(y, "y", ndim=1, copy=False)
    same_length(X, "X", y, "y")
    return X, y


def _positive(alphas: ArrayLike) -> Array:
    alphas = as_array(alphas, "alphas", ndim=1)
    if alphas.min() <= 0:
        raise ValueError(f"alphas must be > 0, got {alphas.min():g}")
    return alphas


def _theta_and_design(theta: ArrayLike, X: ArrayLike) -> tuple[Array, Array]:
    # Not as_array: a diverging theta is to give inf or nan, and X would be copied at each call.
    theta, X = as_real(theta, "theta", ndim=1), as_real(X, "X", ndim=2)
    if theta.size != X.shape[1]:
        raise ValueError(
            f"theta must have one entry for each column of X, "
            f"got shapes {theta.shape} and {X.shape}"
        )
    return theta, X


def _outputs(theta: ArrayLike, X: ArrayLike, y: ArrayLike) -> tuple[Array, Array, Array]:
    """Return the design matrix, what the linear model says, and the targets."""
    theta, X = _theta_and_design(theta, X)
    y = as_array(y, "y", ndim=1)
    same_length(X, "X", y, "y")
    return X, X @ theta, y


def _with_ones(X: Array) -> Array:
    return np.column_stack((np.ones(len(X)), X))
