r"""How far predictions are from their targets, with the derivative with respect to the predictions.

A loss knows nothing of the model that made the predictions: the chain rule through the model is
in the model's own module, for instance `calcguide.linear_models`. Every loss is a mean over its
elements, so its derivative carries the factor $1/n$.
"""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from calcguide._checks import as_array

__all__ = [
    "cross_entropy",
    "cross_entropy_gradient",
    "half_squared_error",
    "half_squared_error_gradient",
    "sigmoid",
    "squared_error",
    "squared_error_gradient",
]


def squared_error(prediction: ArrayLike, target: ArrayLike) -> float:
    r"""Return the mean squared error.

    Parameters
    ----------
    prediction : array_like
        What a model says. Values that are not finite give a loss that is not finite.
    target : array_like, same shape
        What was observed.

    Returns
    -------
    float
        The loss.

    Raises
    ------
    ValueError
        If the shapes differ (they are never broadcast), or ``target`` is empty or not finite.
    TypeError
        If an argument does not hold real numbers.

    Notes
    -----
    $$\frac{1}{n} \sum_{i=1}^n (p_i - t_i)^2$$

    without a factor ½; see `half_squared_error` for the convention with it.

    Examples
    --------
    >>> squared_error([1.0, 2.0], [2.0, 4.0])
    2.5
    """
    residual = _residual(prediction, target)
    return float(np.mean(residual**2))


def squared_error_gradient(prediction: ArrayLike, target: ArrayLike) -> NDArray[np.float64]:
    r"""Return the derivative of `squared_error` with respect to the predictions.

    Parameters
    ----------
    prediction : array_like
        What a model says.
    target : array_like, same shape
        What was observed.

    Returns
    -------
    ndarray, same shape
        $\frac{2}{n} (p - t)$.

    Raises
    ------
    ValueError, TypeError
        As in `squared_error`.

    Examples
    --------
    >>> squared_error_gradient([1.0, 2.0], [2.0, 4.0])
    array([-1., -2.])
    """
    residual = _residual(prediction, target)
    return 2.0 / residual.size * residual


def half_squared_error(prediction: ArrayLike, target: ArrayLike) -> float:
    r"""Return half the mean squared error.

    The half makes the derivative free of the factor 2, and changes no minimum.

    Parameters
    ----------
    prediction : array_like
        What a model says.
    target : array_like, same shape
        What was observed.

    Returns
    -------
    float
        $\frac{1}{2n} \sum_i (p_i - t_i)^2$.

    Raises
    ------
    ValueError, TypeError
        As in `squared_error`.

    Examples
    --------
    >>> half_squared_error([1.0, 2.0], [2.0, 4.0])
    1.25
    """
    return 0.5 * squared_error(prediction, target)


def half_squared_error_gradient(prediction: ArrayLike, target: ArrayLike) -> NDArray[np.float64]:
    r"""Return the derivative of `half_squared_error` with respect to the predictions.

    Parameters
    ----------
    prediction : array_like
        What a model says.
    target : array_like, same shape
        What was observed.

    Returns
    -------
    ndarray, same shape
        $\frac{1}{n} (p - t)$.

    Raises
    ------
    ValueError, TypeError
        As in `squared_error`.

    Examples
    --------
    >>> half_squared_error_gradient([1.0, 2.0], [2.0, 4.0])
    array([-0.5, -1. ])
    """
    residual = _residual(prediction, target)
    return residual / residual.size


def sigmoid(logits: ArrayLike) -> NDArray[np.float64]:
    r"""Return the logistic function of each element.

    Parameters
    ----------
    logits : array_like
        Any real numbers.

    Returns
    -------
    ndarray, same shape
        Probabilities in $[0, 1]$.

    Raises
    ------
    TypeError
        If ``logits`` does not hold real numbers.

    Notes
    -----
    $$\sigma(z) = \frac{1}{1 + e^{-z}} = \frac{e^z}{1 + e^z}$$

    Each sign of $z$ takes the form whose exponential cannot overflow, so that small probabilities
    keep all their digits. Close to 1 no form can: from $z \approx 37$ on, the double nearest to
    $\sigma(z)$ is 1. For $1 - \sigma(z)$ use $\sigma(-z)$.

    Examples
    --------
    >>> sigmoid([-1000.0, -37.0, 0.0, 37.0])
    array([0.00000000e+00, 8.53304763e-17, 5.00000000e-01, 1.00000000e+00])
    """
    z = _real(logits, "logits")
    small = np.exp(-np.abs(z))
    return np.where(z >= 0, 1.0, small) / (1.0 + small)


def cross_entropy(logits: ArrayLike, target: ArrayLike) -> float:
    r"""Return the mean binary cross-entropy, from the logits.

    Parameters
    ----------
    logits : array_like
        The log-odds $z$ of the positive class, any real numbers. Finite logits give a finite loss.
    target : array_like, same shape
        The probability $y$ of the positive class, in $[0, 1]$: 0 or 1 for observed classes.

    Returns
    -------
    float
        The loss, in nats.

    Raises
    ------
    ValueError
        If the shapes differ (they are never broadcast), or ``target`` is empty or outside
        $[0, 1]$.
    TypeError
        If an argument does not hold real numbers.

    Notes
    -----
    With $p = \sigma(z)$, the loss of one element is

    $$-y \log p - (1 - y) \log(1 - p) = \log(1 + e^z) - y z.$$

    The left side fails in floating point: from $z \approx 37$ on, $\sigma(z)$ is rounded to 1,
    so $1 - p$ is exactly 0 and its logarithm is $-\infty$. The right side is finite for every
    $z$ when the logarithm is taken by `numpy.logaddexp`, which computes
    $\log(e^a + e^b)$ without forming the exponentials. Here $yz$ goes inside it,
    $\log(e^{-yz} + e^{(1-y)z})$: the same number, but nothing cancels, so that the tiny losses of
    confident and correct predictions keep their digits as well.

    References
    ----------
    C. M. Bishop, *Pattern Recognition and Machine Learning*, Springer, 2006, section 4.3.2.

    Examples
    --------
    >>> cross_entropy([37.0], [0.0]), cross_entropy([710.0], [0.0])
    (37.0, 710.0)

    At logit 0 both classes are equally probable, and the loss is $\log 2$:

    >>> cross_entropy([0.0, 0.0], [0.0, 1.0])
    0.6931471805599453
    """
    z, y = _logits_and_target(logits, target)
    return float(np.mean(np.logaddexp(-y * z, (1.0 - y) * z)))


def cross_entropy_gradient(logits: ArrayLike, target: ArrayLike) -> NDArray[np.float64]:
    r"""Return the derivative of `cross_entropy` with respect to the logits.

    Parameters
    ----------
    logits : array_like
        The log-odds of the positive class.
    target : array_like, same shape
        The probability of the positive class, in $[0, 1]$.

    Returns
    -------
    ndarray, same shape
        $\frac{1}{n} (\sigma(z) - y)$.

    Raises
    ------
    ValueError, TypeError
        As in `cross_entropy`.

    Examples
    --------
    >>> cross_entropy_gradient([0.0, 0.0], [0.0, 1.0])
    array([ 0.25, -0.25])
    """
    z, y = _logits_and_target(logits, target)
    return (sigmoid(z) - y) / z.size


def _real(value: ArrayLike, name: str) -> NDArray[np.float64]:
    # Not as_array: what a diverging model says is to come out as inf or nan, not to be refused.
    array: NDArray[Any] = np.asarray(value)
    if array.dtype.kind not in "buif":
        raise TypeError(f"{name} must be an array of real numbers, got dtype {array.dtype}")
    return array.astype(np.float64, copy=False)


def _same_shape(prediction: NDArray[np.float64], name: str, target: NDArray[np.float64]) -> None:
    if prediction.shape != target.shape:
        raise ValueError(
            f"{name} and target must have the same shape, "
            f"got shapes {prediction.shape} and {target.shape}"
        )


def _residual(prediction: ArrayLike, target: ArrayLike) -> NDArray[np.float64]:
    p, t = _real(prediction, "prediction"), as_array(target, "target")
    _same_shape(p, "prediction", t)
    return np.asarray(p - t)


def _logits_and_target(
    logits: ArrayLike, target: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    z, y = _real(logits, "logits"), as_array(target, "target")
    _same_shape(z, "logits", y)
    if y.min() < 0 or y.max() > 1:
        raise ValueError(f"target must be in [0, 1], got values from {y.min():g} to {y.max():g}")
    return z, y
