r"""Evidence that a sequence converges, how fast, and to what.

A computed sequence is finite, and no finite part of it proves anything about its limit. What can be
had is evidence: steps that stay small (`is_converged`), steps that shrink by a steady factor
(`convergence_rate`), and a limit estimated from them (`aitken`).
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from calcguide._checks import as_array, as_integer, as_number

__all__ = [
    "aitken",
    "convergence_order",
    "convergence_rate",
    "is_converged",
    "order_of_accuracy",
]


def is_converged(
    values: ArrayLike, *, rtol: float = 1e-6, atol: float = 0.0, patience: int = 3
) -> bool:
    r"""Say whether the last steps of a sequence are all small.

    Parameters
    ----------
    values : array_like of shape (n,)
        The sequence so far, such as the history of a loss.
    rtol : float, default 1e-6
        What counts as small, relative to the values.
    atol : float, default 0.0
        What counts as small whatever the values: needed where the limit may be zero.
    patience : int, default 3
        How many last steps must be small, at least 1.

    Returns
    -------
    bool
        False if there are fewer than `patience` steps.

    Raises
    ------
    ValueError
        If a value is nan or infinite, naming its index: a sequence that has broken down is not
        one that is still on its way.

    Notes
    -----
    A step is small if
    $|s_k - s_{k-1}| \le \max(\mathrm{rtol} \cdot \max(|s_k|, |s_{k-1}|), \mathrm{atol})$.

    Small steps are necessary for convergence, not sufficient. The partial sums of the harmonic
    series take ever smaller steps and grow without bound, and an iteration whose learning rate
    is tiny takes small steps wherever it is. Look at `convergence_rate` as well: where it tends to 1, the
    small steps prove nothing. With a steady rate $r$ the error that is left is about $r/(1-r)$
    times the last step.

    Examples
    --------
    A divergent series that passes, and its rate, near 1, which says that this proves nothing:

    >>> import numpy as np
    >>> from calcguide.convergence import convergence_rate, is_converged
    >>> harmonic = np.cumsum(1 / np.arange(1, 100_001))
    >>> is_converged(harmonic)
    True
    >>> print(f"{convergence_rate(harmonic)[-1]:.5f}")
    0.99999
    """
    sequence = _sequence(values, "values", 0)
    rtol = as_number(rtol, "rtol", least=0)
    atol = as_number(atol, "atol", least=0)
    patience = as_integer(patience, "patience", least=1)
    if sequence.size <= patience:
        return False
    last = sequence[-patience - 1 :]
    scale = np.maximum(np.abs(last[1:]), np.abs(last[:-1]))
    return bool((np.abs(np.diff(last)) <= np.maximum(rtol * scale, atol)).all())


def aitken(values: ArrayLike) -> NDArray[np.float64]:
    r"""Accelerate a sequence by Aitken's Δ² process.

    Parameters
    ----------
    values : array_like of shape (n,)
        The sequence, at least three values.

    Returns
    -------
    ndarray of shape (n - 2,)
        An estimate of the limit from each three values in a row. Where they are equal it is
        their value; where they go up or down by equal steps it is infinite.

    Notes
    -----
    If the error shrinks by the same factor in each step, three values determine the limit [1]:

    $$\hat s_k = s_{k+2} - \frac{(\Delta s_{k+1})^2}{\Delta s_{k+1} - \Delta s_k},
    \qquad \Delta s_k = s_{k+1} - s_k.$$

    For a linearly convergent sequence $\hat s$ converges faster. If the estimates run on ahead of
    the sequence, as for the harmonic series, where they stay about 1 ahead, doubt that there is
    a limit; no finite number of values can prove or disprove it.

    References
    ----------
    [1] R. L. Burden, J. D. Faires, "Numerical Analysis", 9th ed., section 2.5 (2011).

    Examples
    --------
    The partial sums of 1 + 1/2 + 1/4 + ... determine their limit at once:

    >>> from calcguide.convergence import aitken
    >>> aitken([1.0, 1.5, 1.75, 1.875])
    array([2., 2.])
    """
    sequence = _sequence(values, "values", 3)
    steps = np.diff(sequence)
    first, second = steps[:-1], steps[1:]
    bend = second - first
    with np.errstate(divide="ignore", invalid="ignore"):
        # second / bend is about r / (r - 1) and neither overflows nor underflows, unlike a square.
        correction = np.where(second == 0, 0.0, second * (second / bend))
    estimate = sequence[2:] - correction
    return np.where((bend == 0) & (second != 0), np.copysign(np.inf, second), estimate)


def convergence_rate(values: ArrayLike, *, limit: float | None = None) -> NDArray[np.float64]:
    r"""Return the factors by which the steps of a sequence, or its errors, shrink.

    Parameters
    ----------
    values : array_like of shape (n,)
        The sequence: at least three values, or two if `limit` is given.
    limit : float, optional
        The limit, if it is known.

    Returns
    -------
    ndarray of shape (n - 2,), or (n - 1,) if `limit` is given
        The ratios. They tend to the rate $r$ of a linearly convergent sequence, to 0 for
        superlinear convergence, and to 1 for sublinear convergence or none. Where two steps
        (errors) in a row are zero, the ratio is nan.

    Notes
    -----
    Without a limit $r_k = |s_{k+2} - s_{k+1}| / |s_{k+1} - s_k|$, with the limit $s$
    $r_k = |s_{k+1} - s| / |s_k - s|$ (Q-convergence, [1]). For a linearly convergent sequence
    both have the same limit. Gradient descent with rate $\alpha$ on a quadratic tends to
    $\max_\lambda |1 - \alpha\lambda|$ over the eigenvalues $\lambda$ of its Hessian.

    References
    ----------
    [1] J. Nocedal, S. J. Wright, "Numerical Optimization", 2nd ed., appendix A.2 (2006).

    Examples
    --------
    >>> from calcguide.convergence import convergence_rate
    >>> convergence_rate([1.0, 1.5, 1.75, 1.875])
    array([0.5, 0.5])
    """
    if limit is None:
        sizes = np.abs(np.diff(_sequence(values, "values", 3)))
    else:
        sizes = np.abs(_sequence(values, "values", 2) - as_number(limit, "limit"))
    with np.errstate(divide="ignore", invalid="ignore"):
        return sizes[1:] / sizes[:-1]


def convergence_order(errors: ArrayLike) -> float:
    r"""Estimate the order of convergence of an iteration from its errors.

    Parameters
    ----------
    errors : array_like of shape (n,)
        The errors $e_k > 0$ of consecutive iterates, at least three. Leave out those at the
        rounding level, which say nothing about the method.

    Returns
    -------
    float
        The order $p$: 1 is linear, 2 quadratic convergence.

    Notes
    -----
    From $e_{k+1} \approx C e_k^p$, $p$ is the least-squares slope of $\log e_{k+1}$ against
    $\log e_k$.

    Examples
    --------
    Newton's iteration for the square root of 2 doubles its digits:

    >>> from calcguide.convergence import convergence_order
    >>> x, errors = 2.0, []
    >>> for _ in range(4):
    ...     x = (x + 2 / x) / 2
    ...     errors.append(abs(x - 2**0.5))
    >>> print(f"{convergence_order(errors):.2f}")
    2.00
    """
    e = _positive(errors, "errors", 3)
    return _slope(e[:-1], e[1:], "errors")


def order_of_accuracy(steps: ArrayLike, errors: ArrayLike) -> float:
    r"""Estimate the order of a discretization from its errors at several step sizes.

    Parameters
    ----------
    steps : array_like of shape (n,)
        The step sizes $h > 0$, at least two.
    errors : array_like of shape (n,)
        The error $e(h) > 0$ at each.

    Returns
    -------
    float
        The order $p$ in $e(h) \approx C h^p$: the least-squares slope of $\log e$ against
        $\log h$.

    Notes
    -----
    Take steps for which truncation dominates; below them rounding makes the error grow again.
    Observing the order finds mistakes that a small error hides [1].

    References
    ----------
    [1] P. J. Roache, "Verification and Validation in Computational Science and Engineering",
    Hermosa (1998).

    Examples
    --------
    The central difference is of order 2:

    >>> import numpy as np
    >>> from calcguide.convergence import order_of_accuracy
    >>> from calcguide.derivatives import derivative
    >>> steps = [0.1, 0.05, 0.025]
    >>> errors = [abs(derivative(np.exp, 0.0, step=h) - 1) for h in steps]
    >>> print(f"{order_of_accuracy(steps, errors):.2f}")
    2.00
    """
    h = _positive(steps, "steps", 2)
    e = _positive(errors, "errors", 2)
    if h.shape != e.shape:
        raise ValueError(
            f"steps and errors must have the same length, got shapes {h.shape} and {e.shape}"
        )
    return _slope(h, e, "steps")


def _sequence(values: ArrayLike, name: str, least: int) -> NDArray[np.float64]:
    """Return a sequence of at least so many finite numbers; with least 0, it may be empty."""
    if least == 0 and np.size(values) == 0:
        return np.empty(0)
    sequence = as_array(values, name, ndim=1)
    if sequence.size < least:
        raise ValueError(f"{name} must hold at least {least} values, got {sequence.size}")
    return sequence


def _positive(values: ArrayLike, name: str, least: int) -> NDArray[np.float64]:
    sequence = _sequence(values, name, least)
    if (sequence <= 0).any():
        i = int(np.argmax(sequence <= 0))
        raise ValueError(f"{name} must be positive, got {sequence[i]} at index {i}")
    return sequence


def _slope(x: NDArray[np.float64], y: NDArray[np.float64], name: str) -> float:
    """Return the least-squares slope of log y against log x."""
    u, v = np.log(x), np.log(y)
    u -= u.mean()
    if not u.any():
        raise ValueError(f"{name} must differ from each other, all are {x[0]:g}")
    return float(u @ v / (u @ u))
