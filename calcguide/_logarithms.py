"""Logarithms that keep their digits."""

import math

import numpy as np
from numpy.typing import NDArray

__all__ = ["log_ratio"]


def log_ratio(x: NDArray[np.float64], reference: float) -> NDArray[np.float64]:
    """Return log(x / reference) for positive numbers, with all its digits where they are close."""
    with np.errstate(over="ignore", divide="ignore"):
        relative = (x - reference) / reference
        far = np.log(x) - math.log(reference)
        return np.where(np.abs(relative) < 0.5, np.log1p(relative), far)
