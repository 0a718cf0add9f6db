"""The features, as the fits and the objectives want them."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from calcguide._checks import as_array

__all__ = ["add_intercept", "standardize"]

Array = NDArray[np.float64]


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
    X = as_array(X, "X", ndim=2)
    return np.column_stack((np.ones(len(X)), X))


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
    # In units of a power of two, which rounds nothing, no sum and no square is too large or small.
    unit = np.ldexp(1.0, np.frexp(np.abs(X).max(axis=0))[1] - 1)
    scaled = X / unit
    mean, scale = scaled.mean(axis=0) * unit, scaled.std(axis=0) * unit
    # The mean of equal numbers is off by rounding, and so is their deviation: compare instead.
    constant = np.ptp(X, axis=0) == 0
    mean[constant], scale[constant] = X[0, constant], 1.0
    return (X - mean) / scale, mean, scale
