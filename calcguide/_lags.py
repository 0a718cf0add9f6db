"""Polynomials in the operator that goes back by one step, and the recursions they stand for.

A polynomial is the array of its coefficients, the constant first. Arguments are not checked.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter, lfiltic

__all__ = ["differences", "polynomial", "psi_weights", "resume"]

Array = NDArray[np.float64]


def polynomial(coef: Array, lag: int) -> Array:
    """Return 1 + c_1 B^s + c_2 B^(2s) + ... with s the lag."""
    result = np.zeros(1 + lag * coef.size)
    result[0], result[lag::lag] = 1.0, coef
    return result


def differences(n: int, lag: int) -> Array:
    """Return (1 - B^s)^n with s the lag."""
    result = np.ones(1)
    for _ in range(n):
        result = np.convolve(result, polynomial(-np.ones(1), lag))
    return result


def psi_weights(ar: Array, ma: Array, n_weights: int) -> Array:
    """Return the first coefficients of the power series ma(B) / ar(B)."""
    impulse = np.zeros(n_weights)
    impulse[0] = 1.0
    return np.asarray(lfilter(ma, ar, impulse))


def resume(b: Array, a: Array, x: Array, y_before: Array, x_before: Array) -> Array:
    """Return y for which a(B) y = b(B) x goes on from what was before."""
    state = lfiltic(b, a, y_before[::-1], x_before[::-1])
    return np.asarray(lfilter(b, a, x, zi=state)[0])
