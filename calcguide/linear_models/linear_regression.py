"""Linear regression by least squares, and with the penalty of ridge regression."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from calcguide._checks import as_array, as_number
from calcguide.linear_models.features import standardize
from calcguide.linear_models.model import (
    Fit,
    FitStatus,
    features_and_target,
    outputs_and_targets,
    positive_penalties,
)
from calcguide.losses import half_squared_error, half_squared_error_gradient
from calcguide.regularization import L1, L2

__all__ = [
    "LinearModel",
    "least_squares",
    "least_squares_gradient",
    "least_squares_hessian",
    "least_squares_loss",
    "linear_model",
    "ridge",
    "ridge_path",
]

Array = NDArray[np.float64]


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
    >>> from calcguide.linear_models import add_intercept
    >>> X, y = add_intercept([[1.0], [2.0]]), [2.0, 3.0]
    >>> least_squares_loss([0.5, 0.5], X, y)
    0.8125
    """
    _, outputs, y = outputs_and_targets(theta, X, y)
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
    >>> from calcguide.linear_models import add_intercept
    >>> X, y = add_intercept([[1.0], [2.0]]), [2.0, 3.0]
    >>> least_squares_gradient([0.5, 0.5], X, y)
    array([-1.25, -2.  ])
    """
    X, outputs, y = outputs_and_targets(theta, X, y)
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
    >>> from calcguide.linear_models import add_intercept
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


@dataclass(frozen=True, eq=False, kw_only=True)
class LinearModel(Fit):
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
    leaves a problem in $w$ alone, with centred data, solved by the singular value decomposition.
    Forming $X^\top X$ would square the condition number. The columns are brought to one scale
    before: whether they are dependent does not depend on their units.

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
    X, y = features_and_target(X, y)
    Z, _, scale = standardize(X)
    U, s, Vt = np.linalg.svd(Z, full_matrices=False)
    rank = _rank(s, X)
    U, s, Vt = U[:, :rank], s[:rank], Vt[:rank]
    coef = ((y - y.mean()) @ U / s) @ Vt / scale
    if rank == X.shape[1]:
        return linear_model(X, y, coef, L2(0.0), rank=rank)
    # Of all that fit as well, the shortest one is a combination of the rows of the centred X.
    rows, _ = np.linalg.qr((Vt * scale).T)
    coef = rows @ (rows.T @ coef)
    return linear_model(X, y, coef, L2(0.0), rank=rank, status=FitStatus.NOT_UNIQUE)


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
    X, y = features_and_target(X, y)
    alpha = as_number(alpha, "alpha", above=0)
    coef = _ridge_coefs(X, y, np.array([alpha]))[0]
    singular_values = np.asarray(np.linalg.svd(standardize(X)[0], compute_uv=False), np.float64)
    return linear_model(X, y, coef, L2(alpha), rank=_rank(singular_values, X))


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
    X, y = features_and_target(X, y)
    return _ridge_coefs(X, y, positive_penalties(alphas))


def _ridge_coefs(X: Array, y: Array, alphas: Array) -> Array:
    """Return the coefficients, shape (n_alphas, n_features)."""
    Z, _, scale = standardize(X)
    U, s, Vt = np.linalg.svd(Z * scale, full_matrices=False)
    # Rounding leaves tiny singular values where there are none, and a weak penalty brings them out.
    s[_rank(s, X) :] = 0.0
    factors = s / (s**2 + len(y) * alphas[:, None])
    return np.asarray((factors * ((y - y.mean()) @ U)) @ Vt)


def _rank(singular_values: Array, X: Array) -> int:
    """Return how many of the falling singular values are not just rounding."""
    limit = singular_values[0] * max(X.shape) * np.finfo(float).eps
    return int(np.count_nonzero(singular_values > limit))


def linear_model(
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
