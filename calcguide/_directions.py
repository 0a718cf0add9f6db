"""Directions in which a convex loss never rises: with one, it has no unique minimum, or none."""

import numpy as np
from numpy.typing import NDArray

__all__ = ["rising_direction"]

Array = NDArray[np.float64]


def rising_direction(
    A: Array, gain: Array | None = None, *, hint: Array | None = None, search: bool = True
) -> Array | None:
    """Return a vector h with A h >= 0 and gain · h > 0, or None if none was found.

    By default the gain is the sum of A h, with the rows of ``A`` on one scale: any one that grows
    will do. Unless the ``hint`` leads to a vector, a linear program is to ``search`` one. But its
    tolerance is much coarser than the numbers in ``A``. So a vector is returned only if the
    inequalities hold up to the rounding of the products.
    """
    size = np.abs(A).max(axis=1, initial=0.0)
    A = A[size > 0] / size[size > 0, np.newaxis]
    gain = A.sum(axis=0) if gain is None else gain
    if not gain.any():
        return None
    gain = gain / np.abs(gain).max()
    if hint is not None and (h := _proven(A, gain, hint / np.abs(hint).max(), 1e-3)) is not None:
        return h
    if not search:
        return None

    from scipy.optimize import linprog  # here, as SciPy is slow to load where nothing else needs it

    result = linprog(-gain, A_ub=-A, b_ub=np.zeros(len(A)), bounds=(-1, 1), method="highs")
    return _proven(A, gain, np.asarray(result.x), 1e-6) if result.status == 0 else None


def _proven(A: Array, gain: Array, h: Array, small: float) -> Array | None:
    """Return the vector if it fulfils the inequalities, at least with what is small made zero."""
    tight = A[np.abs(A @ h) < small]
    for candidate in (h, _without(h, tight)):
        rounding = 4 * (1 + len(h)) * np.finfo(float).eps * (np.abs(A) @ np.abs(candidate))
        if gain @ candidate > 1e-9 and (A @ candidate >= -rounding).all():
            return np.asarray(candidate)
    return None


def _without(h: Array, rows: Array) -> Array:
    """Return the part of the vector that is orthogonal to all rows."""
    R = np.linalg.qr(np.vstack((rows, np.zeros((len(h), len(h))))), mode="r")
    _, s, Vt = np.linalg.svd(R)
    free = Vt[s <= s[0] * max(len(rows), len(h)) * np.finfo(float).eps]
    part = np.asarray(h @ free.T @ free)
    part[np.abs(part) < 1e-12 * np.abs(part).max()] = 0.0  # left by rounding
    return part
