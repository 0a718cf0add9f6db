r"""How far predictions are from their targets, with the derivative with respect to the predictions.

A loss knows nothing of the model that made the predictions: the chain rule through the model is
in the model's own module, for instance `calcguide.linear_models`. Every loss is a mean over its
elements, or over the samples where each has several logits, so its derivative carries the factor
$1/n$.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from calcguide._checks import as_array, as_number, as_real, refuse_masked, same_length
from calcguide._softmax import row_losses, row_slopes

__all__ = [
    "cross_entropy",
    "cross_entropy_gradient",
    "half_squared_error",
    "half_squared_error_gradient",
    "huber",
    "huber_gradient",
    "sigmoid",
    "softmax",
    "softmax_cross_entropy",
    "softmax_cross_entropy_gradient",
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
    with np.errstate(over="ignore"):
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


def huber(prediction: ArrayLike, target: ArrayLike, delta: float = 1.0) -> float:
    r"""Return the mean of Huber's loss: squared for small errors, linear for large ones.

    Parameters
    ----------
    prediction : array_like
        What a model says. Values that are not finite give a loss that is not finite.
    target : array_like, same shape
        What was observed.
    delta : float, default 1.0
        The size of the error at which the square becomes a straight line, positive.

    Returns
    -------
    float
        The loss.

    Raises
    ------
    ValueError
        If the shapes differ (they are never broadcast), ``target`` is empty or not finite, or
        ``delta`` is not positive.
    TypeError
        If an argument does not hold real numbers.

    Notes
    -----
    The mean over the errors $r = p - t$ of

    $$h(r) = \begin{cases} \frac12 r^2 & |r| \le \delta \\
    \delta \bigl(|r| - \frac12 \delta\bigr) & |r| > \delta, \end{cases}$$

    with a factor ½, as in `scipy.special.huber`. Value and slope of both parts agree at
    $|r| = \delta$, so that there is a derivative everywhere, unlike for $|r|$; and no error, however
    large, pulls with more than $\delta$, unlike for $r^2$.

    References
    ----------
    P. J. Huber, "Robust estimation of a location parameter", *Annals of Mathematical Statistics*
    35 (1964), 73–101.

    Examples
    --------
    Errors of ½ and of 3:

    >>> huber([0.5], [0.0]), huber([3.0], [0.0])
    (0.125, 2.5)
    """
    residual = _residual(prediction, target)
    delta = as_number(delta, "delta", above=0)
    size = np.abs(residual)
    squared = np.minimum(size, delta)  # the part of the error that counts by its square
    return float(np.mean(squared * (size - 0.5 * squared)))


def huber_gradient(
    prediction: ArrayLike, target: ArrayLike, delta: float = 1.0
) -> NDArray[np.float64]:
    r"""Return the derivative of `huber` with respect to the predictions.

    Parameters
    ----------
    prediction : array_like
        What a model says.
    target : array_like, same shape
        What was observed.
    delta : float, default 1.0
        As in `huber`.

    Returns
    -------
    ndarray, same shape
        $\frac{1}{n} \max(-\delta, \min(r, \delta))$: the error, clipped.

    Raises
    ------
    ValueError, TypeError
        As in `huber`.

    Examples
    --------
    >>> huber_gradient([0.5, 3.0], [0.0, 0.0])
    array([0.25, 0.5 ])
    """
    residual = _residual(prediction, target)
    delta = as_number(delta, "delta", above=0)
    return np.clip(residual, -delta, delta) / residual.size


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
    z = as_real(logits, "logits")
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
        $\frac{1}{n} (\sigma(z) - y)$, computed as
        $\frac{1}{n} \bigl((1 - y)\,\sigma(z) - y\,\sigma(-z)\bigr)$: for classes nothing cancels.

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
    return ((1.0 - y) * sigmoid(z) - y * sigmoid(-z)) / z.size


def softmax(logits: ArrayLike) -> NDArray[np.float64]:
    r"""Return the probabilities of the classes that belong to logits.

    Parameters
    ----------
    logits : array_like of shape (..., n_classes)
        Any real numbers.

    Returns
    -------
    ndarray, same shape
        Probabilities that sum to 1 along the last axis.

    Raises
    ------
    ValueError
        If ``logits`` is a single number.
    TypeError
        If ``logits`` does not hold real numbers.

    Notes
    -----
    $$\operatorname{softmax}(z)_j = \frac{e^{z_j}}{\sum_k e^{z_k}}$$

    A constant added to all logits cancels out. Here the largest logit is subtracted from all, so
    that no exponential overflows. With two classes, $\operatorname{softmax}(0, z)_2 = \sigma(z)$.

    Examples
    --------
    >>> softmax([0.0, 0.0, 1000.0])
    array([0., 0., 1.])
    """
    z = as_real(logits, "logits")
    if z.ndim == 0:
        raise ValueError("logits must have an axis of classes, got a single number")
    with np.errstate(over="ignore"):  # of a difference that is too large, down to probability 0
        exponential = np.exp(z - z.max(axis=-1, keepdims=True))
    return np.asarray(exponential / exponential.sum(axis=-1, keepdims=True))


def softmax_cross_entropy(logits: ArrayLike, target: ArrayLike) -> float:
    r"""Return the mean cross-entropy of several classes, from the logits.

    Parameters
    ----------
    logits : array_like of shape (n_samples, n_classes)
        The logits $z$ of each class. Finite logits give a finite loss.
    target : array_like of int of shape (n_samples,)
        The class of each sample, from 0 to ``n_classes`` - 1.

    Returns
    -------
    float
        The loss, in nats.

    Raises
    ------
    ValueError
        If the shapes don't fit each other, or ``target`` is empty or holds a class that has no
        logit.
    TypeError
        If ``logits`` does not hold real numbers, or ``target`` anything but integers.

    Notes
    -----
    The mean over the samples of the negative logarithm of the probability that
    $\operatorname{softmax}(z)$ gives to the true class $t$,

    $$-\log \frac{e^{z_t}}{\sum_k e^{z_k}} = \log \sum_k e^{z_k - z_t},$$

    computed from the differences to the largest logit, with `numpy.log1p`: it neither overflows nor
    rounds the loss of a confident and correct prediction to 0. With two classes and the logits $(0, z)$ it is `cross_entropy`.

    References
    ----------
    C. M. Bishop, *Pattern Recognition and Machine Learning*, Springer, 2006, section 4.3.4.

    Examples
    --------
    Equal logits for three classes make each equally probable, and the loss $\log 3$:

    >>> softmax_cross_entropy([[5.0, 5.0, 5.0]], [2])
    1.0986122886681098
    >>> softmax_cross_entropy([[1000.0, 0.0]], [1])
    1000.0
    """
    z, classes = _logits_and_classes(logits, target)
    return float(np.mean(row_losses(z, classes)[0]))


def softmax_cross_entropy_gradient(logits: ArrayLike, target: ArrayLike) -> NDArray[np.float64]:
    r"""Return the derivative of `softmax_cross_entropy` with respect to the logits.

    Parameters
    ----------
    logits : array_like of shape (n_samples, n_classes)
        The logits of each class.
    target : array_like of int of shape (n_samples,)
        The class of each sample.

    Returns
    -------
    ndarray of shape (n_samples, n_classes)
        $\frac{1}{n} (\operatorname{softmax}(z) - e_t)$, with the unit vector $e_t$ of the true
        class: the probabilities, less 1 at the truth, where it is minus the sum of the others.

    Raises
    ------
    ValueError, TypeError
        As in `softmax_cross_entropy`.

    Examples
    --------
    >>> softmax_cross_entropy_gradient([[0.0, 0.0]], [1])
    array([[ 0.5, -0.5]])
    """
    z, classes = _logits_and_classes(logits, target)
    return row_slopes(row_losses(z, classes)[1], classes) / len(z)


def _same_shape(prediction: NDArray[np.float64], name: str, target: NDArray[np.float64]) -> None:
    if prediction.shape != target.shape:
        raise ValueError(
            f"{name} and target must have the same shape, "
            f"got shapes {prediction.shape} and {target.shape}"
        )


def _residual(prediction: ArrayLike, target: ArrayLike) -> NDArray[np.float64]:
    p, t = as_real(prediction, "prediction"), as_array(target, "target")
    _same_shape(p, "prediction", t)
    return np.asarray(p - t)


def _logits_and_target(
    logits: ArrayLike, target: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    z, y = as_real(logits, "logits"), as_array(target, "target")
    _same_shape(z, "logits", y)
    if y.min() < 0 or y.max() > 1:
        raise ValueError(f"target must be in [0, 1], got values from {y.min():g} to {y.max():g}")
    return z, y


def _logits_and_classes(
    logits: ArrayLike, target: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    refuse_masked(target, "target")
    z, classes = as_real(logits, "logits"), np.asarray(target)
    if classes.dtype.kind not in "iu" and classes.size > 0:
        raise TypeError(f"target must hold classes as integers, got dtype {classes.dtype}")
    if z.ndim != 2 or classes.ndim != 1:
        raise ValueError(
            f"logits must be 2-D and target 1-D, got shapes {z.shape} and {classes.shape}"
        )
    same_length(z, "logits", classes, "target")
    if classes.size == 0:
        raise ValueError("target must not be empty, got shape (0,)")
    if classes.min() < 0 or classes.max() >= z.shape[1]:
        raise ValueError(
            f"target must be in 0 ... {z.shape[1] - 1}, the columns of logits, "
            f"got values from {classes.min()} to {classes.max()}"
        )
    return z, classes.astype(np.intp)
