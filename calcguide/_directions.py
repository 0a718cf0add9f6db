"""Directions in which a convex loss never rises: with one, it has no unique minimum, or none."""

import numpy as np
from numpy.typing import NDArray

__all__ = ["rising_direction"]

Array = NDArray[np.float64]


def rising_direction(A: Array, gain: Array) -> Array | None:
    """Return a vector h with A h >= 0 and gain · h > 0, or None if none was found.

    The linear program finds it within its tolerance, which is much coarser than the numbers in
    ``A``. So it is returned only if the inequalities hold up to the rounding of the products.
    """
    from scipy.optimize import linprog  # here, as SciPy is slow to load where nothing else needs it

    size = np.abs(A).max(axis=1, initial=0.0)
    A = A[size > 0] / size[size > 0, np.newaxis]
    if not gain.any():
        return None
    gain = gain / np.abs(gain).max()
    result = linprog(-gain, A_ub=-A, b_ub=np.zeros(len(A)), bounds=(-1, 1), method="highs")
    if result.status != 0:
        return None
    found = np.asarray(result.x, np.float64)
    # What the program takes for zero is made zero, if it can be.
    tight = A[np.abs(A @ found) < 1e-6]
    for h in (found, found - np.linalg.pinv(tight) @ (tight @ found)):
        rounding = 4 * (1 + len(h)) * np.finfo(float).eps * (np.abs(A) @ np.abs(h))
        if gain @ h > 1e-9 and (A @ h >= -rounding).all():
            return h
    return None
