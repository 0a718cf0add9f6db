r"""Time series in general: differences, lag polynomials, autocorrelation.

With $B$, the operator that goes back by one step, $B y_t = y_{t-1}$, a polynomial in $B$ is the
array of its coefficients, the constant first. Products of polynomials are convolutions of such
arrays, and what they do to a series is done by `scipy.signal.lfilter`.
"""

from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from calcguide import _lags
from calcguide._checks import as_array, as_integer

__all__ = [
    "autocorrelation",
    "difference",
    "lag_polynomial",
    "psi_weights",
    "undifference",
]

Array: TypeAlias = NDArray[np.float64]


# Differences


def difference(y: ArrayLike, n: int = 1, *, lag: int = 1) -> Array:
    r"""Return the differences of a series, taken ``n`` times.

    Parameters
    ----------
    y : array_like of shape (n_times,)
        The series, longer than ``n * lag``.
    n : int, default 1
        How often to take differences; 0 returns a copy.
    lag : int, default 1
        The distance of the two values: 12 compares each month with the same one a year before.

    Returns
    -------
    ndarray of shape (n_times - n * lag,)
        $(1 - B^{\text{lag}})^n\, y_t$, from the first $t$ for which all values are there.

    Raises
    ------
    ValueError
        If the series is too short, not 1-D or not finite, or ``n`` or ``lag`` is out of range.
    TypeError
        If an argument has the wrong type.

    Notes
    -----
    Like derivatives, differences bring down the degree of a polynomial by one: a linear trend
    becomes constant. Those with a lag also bring to zero whatever has that period.

    Examples
    --------
    >>> difference([1.0, 4.0, 9.0, 16.0])
    array([3., 5., 7.])
    >>> difference([1.0, 4.0, 9.0, 16.0], 2)
    array([2., 2.])
    >>> difference([1.0, 4.0, 9.0, 16.0], lag=2)
    array([ 8., 12.])
    """
    y = as_array(y, "y", ndim=1)
    n, lag = as_integer(n, "n", least=0), as_integer(lag, "lag", least=1)
    if y.size <= n * lag:
        raise ValueError(f"y must have more than n * lag = {n * lag} values, got {y.size}")
    for _ in range(n):
        y = y[lag:] - y[:-lag]
    return y


def undifference(w: ArrayLike, start: ArrayLike, n: int = 1, *, lag: int = 1) -> Array:
    r"""Return the series that starts with ``start`` and has the differences ``w``.

    Parameters
    ----------
    w : array_like of shape (n_differences,)
        The differences.
    start : array_like of shape (n * lag,)
        The first values of the series: differences don't know them.
    n, lag : int, default 1
        As for `difference`, with ``n`` at least 1.

    Returns
    -------
    ndarray of shape (n * lag + n_differences,)
        The inverse of `difference`: ``undifference(difference(y, n, lag=lag), y[: n * lag], n,
        lag=lag)`` is ``y``.

    Raises
    ------
    ValueError
        If ``start`` has another length, or as for `difference`.
    TypeError
        If an argument has the wrong type.

    Examples
    --------
    >>> undifference([3.0, 5.0, 7.0], start=[1.0])
    array([ 1.,  4.,  9., 16.])
    >>> undifference([2.0, 2.0], start=[1.0, 4.0], n=2)
    array([ 1.,  4.,  9., 16.])
    """
    w, start = as_array(w, "w", ndim=1), as_array(start, "start", ndim=1)
    n, lag = as_integer(n, "n", least=1), as_integer(lag, "lag", least=1)
    if start.size != n * lag:
        raise ValueError(f"start must have n * lag = {n * lag} values, got {start.size}")
    return np.concatenate(
        (start, _lags.resume(np.ones(1), _lags.differences(n, lag), w, start, np.zeros(1)))
    )


# Lag polynomials


def lag_polynomial(coef: ArrayLike, *, lag: int = 1) -> Array:
    r"""Return the coefficients of $1 + c_1 B^s + c_2 B^{2s} + \dots$ with $s$ = ``lag``.

    Parameters
    ----------
    coef : array_like of shape (n_coefs,)
        The coefficients $c_1, c_2, \dots$; there may be none.
    lag : int, default 1
        The distance $s$ of the powers.

    Returns
    -------
    ndarray of shape (1 + n_coefs * lag,)
        The coefficients of all powers of $B$, the constant first.

    Raises
    ------
    ValueError
        If ``coef`` is not 1-D or not finite, or ``lag`` is not positive.
    TypeError
        If an argument has the wrong type.

    Examples
    --------
    The product $(1 - 0.4 B)(1 - 0.6 B^4)$ of the airline model for quarters:

    >>> import numpy as np
    >>> np.convolve(lag_polynomial([-0.4]), lag_polynomial([-0.6], lag=4)) + 0.0
    array([ 1.  , -0.4 ,  0.  ,  0.  , -0.6 ,  0.24])
    """
    coef = as_array(coef, "coef", ndim=1, empty=True)
    return _lags.polynomial(coef, as_integer(lag, "lag", least=1))


def psi_weights(ar: ArrayLike, ma: ArrayLike, n_weights: int) -> Array:
    r"""Return the first coefficients of the power series $\psi(B) = b(B) / a(B)$.

    Parameters
    ----------
    ar, ma : array_like of shape (n_ar,) and (n_ma,)
        The polynomials $a(B)$ and $b(B)$, the constant first, both constants 1. Those of a model
        are `ArimaModel.ar_polynomial`, with its differences, and `ArimaModel.ma_polynomial`.
    n_weights : int
        How many, at least 1.

    Returns
    -------
    ndarray of shape (n_weights,)
        $\psi_0 = 1, \psi_1, \dots$: what one unit of $\varepsilon_t$ adds to $y_t, y_{t+1}, \dots$

    Raises
    ------
    ValueError
        If a polynomial does not begin with 1, or is not 1-D or not finite.
    TypeError
        If an argument has the wrong type.

    Notes
    -----
    From $a(B)\, \psi(B) = b(B)$, $\psi_k = b_k - a_1 \psi_{k-1} - \dots - a_k \psi_0$. The error
    of a forecast over $h$ steps has the variance $\sigma^2 (\psi_0^2 + \dots + \psi_{h-1}^2)$.

    References
    ----------
    G. E. P. Box, G. M. Jenkins, G. C. Reinsel and G. M. Ljung, *Time Series Analysis:
    Forecasting and Control*, 5th ed., Wiley, 2015, section 5.1.

    Examples
    --------
    An AR(1) forgets by a constant factor, a random walk never:

    >>> psi_weights([1.0, -0.5], [1.0], 4)
    array([1.   , 0.5  , 0.25 , 0.125])
    >>> psi_weights([1.0, -1.0], [1.0], 4)
    array([1., 1., 1., 1.])
    """
    ar, ma = _monic(ar, "ar"), _monic(ma, "ma")
    return _lags.psi_weights(ar, ma, as_integer(n_weights, "n_weights", least=1))


def autocorrelation(x: ArrayLike, n_lags: int) -> Array:
    r"""Return the correlation of a series with itself at a distance.

    Parameters
    ----------
    x : array_like of shape (n_times,)
        The series, not constant.
    n_lags : int
        The largest distance, less than ``n_times``.

    Returns
    -------
    ndarray of shape (n_lags + 1,)
        $r_0 = 1, r_1, \dots$ with
        $r_k = \sum_{t > k} (x_t - \bar x)(x_{t-k} - \bar x) / \sum_t (x_t - \bar x)^2$.

    Raises
    ------
    ValueError
        If the series is constant, not 1-D or not finite, or ``n_lags`` is out of range.
    TypeError
        If an argument has the wrong type.

    Notes
    -----
    If the values are independent, $r_k$ for $k > 0$ has a standard deviation of about
    $1 / \sqrt{n}$.

    References
    ----------
    P. J. Brockwell and R. A. Davis, *Time Series: Theory and Methods*, 2nd ed., Springer, 1991,
    section 7.2.

    Examples
    --------
    >>> autocorrelation([1.0, -1.0, 1.0, -1.0], 2)
    array([ 1.  , -0.75,  0.5 ])
    """
    x = as_array(x, "x", ndim=1)
    n_lags = as_integer(n_lags, "n_lags", least=0)
    if n_lags >= x.size:
        raise ValueError(f"n_lags must be less than the length {x.size} of x, got {n_lags}")
    if np.ptp(x) == 0:
        raise ValueError(f"x must not be constant, got {x[0]:g} everywhere")
    x -= x.mean()
    return np.array([x[k:] @ x[: x.size - k] for k in range(n_lags + 1)]) / (x @ x)


def _monic(value: ArrayLike, name: str) -> Array:
    polynomial = as_array(value, name, ndim=1)
    if polynomial[0] != 1:
        raise ValueError(f"{name} must begin with 1, got {polynomial[0]:g}")
    return polynomial
