r"""The receiver operating characteristic of a classifier's scores, and the area under it."""

from dataclasses import dataclass, field
from math import inf
from numbers import Integral, Real
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from calcguide._checks import as_array, refuse_masked, same_length

__all__ = ["RocCurve", "roc_auc", "roc_curve"]


@dataclass(frozen=True, eq=False)
class RocCurve:
    """The points of a receiver operating characteristic, from (0, 0) to (1, 1).

    Attributes
    ----------
    fpr : ndarray of shape (n_thresholds,)
        False positive rate at each threshold: the share of the negatives that score at least
        as high. It never falls.
    tpr : ndarray of shape (n_thresholds,)
        True positive rate: the same share of the positives.
    thresholds : ndarray of shape (n_thresholds,)
        The distinct scores from the highest to the lowest, after an infinite one that nothing
        reaches. Integers beyond $2^{53}$, which floats would merge, stay Python integers, in an
        array of dtype object.
    """

    fpr: NDArray[np.float64] = field(repr=False)
    tpr: NDArray[np.float64] = field(repr=False)
    thresholds: NDArray[Any] = field(repr=False)


def roc_curve(y_true: ArrayLike, y_score: ArrayLike) -> RocCurve:
    r"""Return the receiver operating characteristic of scores.

    Parameters
    ----------
    y_true : array_like of shape (n_samples,)
        The classes: 1 for a positive, 0 for a negative. Both must occur.
    y_score : array_like of shape (n_samples,)
        The scores: probabilities, logits, any numbers that are the higher, the more positive a
        sample is taken to be. They are compared as they are: integers of any size are not
        rounded to floats.

    Returns
    -------
    RocCurve
        One point for each distinct score, after the point (0, 0).

    Raises
    ------
    ValueError
        If a class is missing or neither 0 nor 1, a score is not finite, or the lengths differ.
    TypeError
        If an argument does not hold real numbers.

    Notes
    -----
    A sample is called positive if its score is at least the threshold $\tau$:

    $$\mathrm{TPR}(\tau) = P(s \ge \tau \mid y = 1), \qquad
    \mathrm{FPR}(\tau) = P(s \ge \tau \mid y = 0).$$

    Samples with the same score pass a threshold together: if both classes are among them, the
    curve goes up and right at once, along a slope, and not along one of the two corners. The
    points are those of ``sklearn.metrics.roc_curve(..., drop_intermediate=False)``.

    References
    ----------
    T. Fawcett, "An introduction to ROC analysis", *Pattern Recognition Letters* 27 (2006),
    861–874.

    Examples
    --------
    A positive and a negative share the score 0.5:

    >>> from calcguide.roc import roc_curve
    >>> curve = roc_curve([0, 0, 1, 1], [0.2, 0.5, 0.5, 0.9])
    >>> curve.thresholds
    array([inf, 0.9, 0.5, 0.2])
    >>> curve.fpr, curve.tpr
    (array([0. , 0. , 0.5, 1. ]), array([0. , 0.5, 1. , 1. ]))
    """
    false_positives, true_positives, thresholds = _counts(y_true, y_score)
    return RocCurve(
        false_positives / false_positives[-1], true_positives / true_positives[-1], thresholds
    )


def roc_auc(y_true: ArrayLike, y_score: ArrayLike) -> float:
    r"""Return the area under the receiver operating characteristic, by trapezoids.

    Parameters
    ----------
    y_true : array_like of shape (n_samples,)
        The classes: 1 for a positive, 0 for a negative. Both must occur.
    y_score : array_like of shape (n_samples,)
        The scores, the higher, the more positive.

    Returns
    -------
    float
        The area: 1 if every positive scores above every negative, 0.5 by chance.

    Raises
    ------
    ValueError
        If a class is missing or neither 0 nor 1, a score is not finite, or the lengths differ.
    TypeError
        If an argument does not hold real numbers.

    Notes
    -----
    The curve consists of straight lines, so the trapezoidal rule is exact. The areas are summed
    as whole numbers of pairs, a positive with a negative, and the only rounding is that of the
    last division. The area is a probability: that of a random positive to score above a
    random negative, where a tie counts one half,

    $$\mathrm{AUC} = P(s_+ > s_-) + \tfrac12 P(s_+ = s_-),$$

    which is the Mann–Whitney statistic of the two groups of scores (`scipy.stats.mannwhitneyu`)
    divided by the number of pairs.

    References
    ----------
    J. A. Hanley, B. J. McNeil, "The meaning and use of the area under a receiver operating
    characteristic (ROC) curve", *Radiology* 143 (1982), 29–36.

    Examples
    --------
    Of four pairs, three are in order and one is a tie:

    >>> from calcguide.roc import roc_auc
    >>> roc_auc([0, 0, 1, 1], [0.2, 0.5, 0.5, 0.9])
    0.875
    """
    false_positives, true_positives, _ = _counts(y_true, y_score)
    width, heights = np.diff(false_positives), true_positives[1:] + true_positives[:-1]
    n_pairs = int(false_positives[-1]) * int(true_positives[-1])
    return int(width @ heights) / (2 * n_pairs)


# Above it, a float stands for several integers.
_EXACT = 2**53


def _counts(
    y_true: ArrayLike, y_score: ArrayLike
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[Any]]:
    """Return how many negatives and positives score at least each threshold, and the thresholds."""
    classes = as_array(y_true, "y_true", ndim=1, copy=False)
    scores = _as_ordered(y_score, "y_score")
    same_length(classes, "y_true", scores, "y_score")
    positive = classes == 1
    n_positives = np.count_nonzero(positive)
    if np.count_nonzero(classes == 0) != len(classes) - n_positives:
        raise ValueError(f"y_true must hold the classes 0 and 1, got {np.unique(classes)[:5]}")
    if n_positives in (0, len(classes)):
        raise ValueError(f"y_true must hold both classes, 0 and 1, got only {classes[0]:g}")
    # Sorting values is several times as fast as finding the order that sorts them. Where the
    # positives stand among the sorted scores, binary search tells.
    distinct, multiplicity = np.unique(scores, return_counts=True)
    below = np.searchsorted(np.sort(scores[positive]), distinct)
    # 64 bits on every machine, as `roc_auc` multiplies these counts.
    true_positives = np.concatenate([[0], n_positives - below[::-1]]).astype(np.int64)
    passed = np.concatenate([[0], np.cumsum(multiplicity[::-1])]).astype(np.int64)
    if distinct.dtype.kind in "ui" and max(-int(distinct[0]), int(distinct[-1])) > _EXACT:
        distinct = distinct.astype(object)
    thresholds = np.concatenate([[np.inf], distinct[::-1]])
    return passed - true_positives, true_positives, thresholds


def _as_ordered(value: ArrayLike, name: str) -> NDArray[Any]:
    """Return finite real numbers in a type that tells any two of them apart that differ."""
    refuse_masked(value, name)
    numbers: NDArray[Any] = np.asarray(value)
    if numbers.dtype.kind == "f" and not hasattr(value, "dtype"):
        # NumPy makes a list floats if no one type of integer holds it, or if it has a float.
        exact = np.asarray(value, dtype=object)
        if any(isinstance(x, Integral) and abs(int(x)) > _EXACT for x in exact.flat):
            numbers = exact
    if numbers.dtype == object and all(isinstance(x, Real) for x in numbers.flat):
        finite = [1.0 if abs(x) < inf else float(x) for x in numbers.flat]
        as_array(np.reshape(finite, numbers.shape), name, ndim=1)
        return numbers
    floats = as_array(numbers, name, ndim=1, copy=False)
    return numbers if numbers.dtype.kind in "ui" or numbers.itemsize > 8 else floats
