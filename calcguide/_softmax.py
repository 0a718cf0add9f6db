"""The cross-entropy of logits and its slopes, where neither large nor tiny losses lose digits."""

import numpy as np
from numpy.typing import NDArray

__all__ = ["row_losses", "row_slopes"]

Array = NDArray[np.float64]


@np.errstate(over="ignore", invalid="ignore")
def row_losses(logits: Array, classes: NDArray[np.intp]) -> tuple[Array, Array]:
    """Return the loss of each row, and the probabilities."""
    rows = np.arange(len(logits))
    shifted = logits - logits.max(axis=1, keepdims=True)
    e = np.exp(shifted)
    # The largest is 1. Beside it, a sum of tiny others would be rounded away.
    largest = rows, logits.argmax(axis=1)
    e[largest] = 0.0
    # A product with ones is the sum over short rows that NumPy computes fastest.
    others = e @ np.ones(logits.shape[1])
    e[largest] = 1.0
    losses = np.log1p(others) - shifted[rows, classes]
    return losses, e / (1.0 + others)[:, np.newaxis]


def row_slopes(probabilities: Array, classes: NDArray[np.intp]) -> Array:
    """Return the derivative of each row's loss: the probabilities, less 1 at the truth."""
    truth = np.arange(len(probabilities)), classes
    slopes = probabilities.copy()
    # p - 1 is minus the sum of the others, which keeps its digits where p is close to 1.
    slopes[truth] = 0.0
    slopes[truth] = -(slopes @ np.ones(slopes.shape[1]))
    return slopes
