from fractions import Fraction

import numpy as np
import pytest
from scipy.integrate import trapezoid
from scipy.stats import mannwhitneyu
from sklearn import metrics

from calcguide.roc import roc_auc, roc_curve


def scored(*, n_samples, decimals, seed=0):
    """Two overlapping classes; the fewer decimals, the more ties."""
    rng = np.random.default_rng(seed)
    y_true = rng.permutation(np.arange(n_samples) % 3 == 0).astype(int)
    return y_true, np.round(rng.normal(size=n_samples) + y_true, decimals)


SAMPLES = [
    pytest.param(scored(n_samples=2000, decimals=decimals), id=f"{decimals} decimals")
    for decimals in [15, 2, 1, 0]
]


@pytest.mark.parametrize("sample", SAMPLES)
def test_the_curve_is_that_of_scikit_learn(sample):
    fpr, tpr, thresholds = metrics.roc_curve(*sample, drop_intermediate=False)
    curve = roc_curve(*sample)
    np.testing.assert_allclose(fpr, curve.fpr, rtol=0, atol=1e-15, strict=True)
    np.testing.assert_allclose(tpr, curve.tpr, rtol=0, atol=1e-15, strict=True)
    np.testing.assert_array_equal(thresholds, curve.thresholds, strict=True)


@pytest.mark.parametrize("sample", SAMPLES)
def test_the_area_is_that_of_scikit_learn(sample):
    expected = metrics.roc_auc_score(*sample)
    assert expected == pytest.approx(roc_auc(*sample), rel=0, abs=1e-12)


@pytest.mark.parametrize("sample", SAMPLES)
def test_the_area_is_the_mann_whitney_statistic_per_pair(sample):
    y_true, y_score = sample
    positives, negatives = y_score[y_true == 1], y_score[y_true == 0]
    expected = mannwhitneyu(positives, negatives).statistic / positives.size / negatives.size
    assert expected == pytest.approx(roc_auc(*sample), rel=0, abs=1e-14)


@pytest.mark.parametrize("sample", SAMPLES)
def test_the_area_is_the_share_of_pairs_in_order_with_ties_counted_half(sample):
    y_true, y_score = sample
    above = np.sign(np.subtract.outer(y_score[y_true == 1], y_score[y_true == 0]))
    expected = np.count_nonzero(above > 0) + 0.5 * np.count_nonzero(above == 0)
    assert expected / above.size == roc_auc(*sample)


@pytest.mark.parametrize("sample", SAMPLES)
def test_the_area_is_that_under_the_curve(sample):
    curve = roc_curve(*sample)
    assert trapezoid(curve.tpr, curve.fpr) == pytest.approx(roc_auc(*sample), rel=1e-13)


@pytest.mark.parametrize("sample", SAMPLES)
def test_the_curve_has_one_point_for_each_distinct_score_and_never_falls(sample):
    curve = roc_curve(*sample)
    assert len(np.unique(sample[1])) + 1 == len(curve.thresholds)
    assert (0, 0, np.inf) == (curve.fpr[0], curve.tpr[0], curve.thresholds[0])
    assert (1, 1) == (curve.fpr[-1], curve.tpr[-1])
    assert (np.diff(curve.fpr) >= 0).all()
    assert (np.diff(curve.tpr) >= 0).all()


def test_a_perfect_ranking_has_area_one_and_its_reverse_zero():
    assert roc_auc([0, 0, 1], [1.0, 2.0, 3.0]) == 1.0
    assert roc_auc([1, 1, 0], [1.0, 2.0, 3.0]) == 0.0


def test_scores_that_are_all_equal_say_nothing():
    curve = roc_curve([0, 1, 1], [7.0, 7.0, 7.0])
    assert [0.0, 1.0] == curve.fpr.tolist() == curve.tpr.tolist()
    assert roc_auc([0, 1, 1], [7.0, 7.0, 7.0]) == 0.5


def test_a_zero_is_a_zero_whatever_its_sign():
    assert roc_auc([1, 0], [0.0, -0.0]) == 0.5


def test_the_area_depends_on_the_order_of_the_scores_only():
    y_true, y_score = scored(n_samples=500, decimals=1)
    expected = roc_auc(y_true, y_score)
    assert expected == roc_auc(y_true, np.exp(y_score))
    assert expected == pytest.approx(1 - roc_auc(y_true, -y_score))
    assert expected == pytest.approx(1 - roc_auc(1 - y_true, y_score))


def test_classes_may_be_boolean_and_scores_integer_or_single():
    expected = roc_auc([0, 1, 1], [1.0, 0.0, 2.0])
    assert expected == roc_auc(np.array([False, True, True]), [1, 0, 2])
    assert expected == roc_auc([0.0, 1.0, 1.0], np.array([1, 0, 2], dtype=np.float32))


LARGE = [
    pytest.param([2**53, 2**53 + 1, 2**53 - 1], id="beyond 2**53"),
    pytest.param(np.array([2**63 - 2, 2**63 - 1, -(2**63)]), id="int64 at its limits"),
    pytest.param(np.array([2**64 - 2, 2**64 - 1, 0], dtype=np.uint64), id="uint64"),
    pytest.param([2**63, 2**63 + 1, -1], id="no one type of NumPy's"),
    pytest.param([10**400, 10**400 + 1, 0], id="Python's integers"),
    pytest.param([2**53, 2**53 + 1, 0.5], id="integers and a float"),
    pytest.param([Fraction(1, 3), Fraction(1, 3) + Fraction(1, 10**30), 0], id="fractions"),
    pytest.param(
        np.array([1, np.nextafter(np.longdouble(1), 2), 0], np.longdouble),
        id="long double",
    ),
]


@pytest.mark.parametrize("scores", LARGE)
@pytest.mark.parametrize("y_true", [[0, 1, 0], [1, 0, 0], [1, 0, 1]])
def test_scores_are_compared_without_rounding(scores, y_true):
    positives, negatives = (
        [s for s, y in zip(scores, y_true, strict=True) if y == c] for c in (1, 0)
    )
    in_order = [p > n for p in positives for n in negatives]
    assert np.mean(in_order) == roc_auc(y_true, scores)


@pytest.mark.parametrize("scores", LARGE)
def test_each_threshold_is_passed_by_the_scores_that_it_counts(scores):
    y_true = np.array([0, 1, 1])
    curve = roc_curve(y_true, scores)
    assert len(curve.thresholds) == 4
    for tpr, threshold in zip(curve.tpr, curve.thresholds, strict=True):
        assert tpr == np.mean([scores[1] >= threshold, scores[2] >= threshold])


def test_the_arguments_are_not_changed():
    y_true, y_score = np.array([1.0, 0.0, 1.0]), np.array([3.0, 2.0, 1.0])
    roc_curve(y_true, y_score)
    assert [1.0, 0.0, 1.0] == y_true.tolist()
    assert [3.0, 2.0, 1.0] == y_score.tolist()


@pytest.mark.parametrize("function", [roc_auc, roc_curve])
@pytest.mark.parametrize(
    ("y_true", "y_score", "message"),
    [
        ([1, 1], [0.1, 0.2], "y_true must hold both classes, 0 and 1, got only 1"),
        ([0, 0], [0.1, 0.2], "y_true must hold both classes, 0 and 1, got only 0"),
        ([0, 2], [0.1, 0.2], r"y_true must hold the classes 0 and 1, got \[0. 2.\]"),
        ([-1, 1], [0.1, 0.2], r"y_true must hold the classes 0 and 1, got \[-1.  1.\]"),
        ([0, np.nan], [0.1, 0.2], "y_true must be finite, got nan at index 1"),
        ([0, 1], [0.1, np.nan], "y_score must be finite, got nan at index 1"),
        ([0, 1], [np.inf, 0.1], "y_score must be finite, got inf at index 0"),
        ([0, 1], [0.1, 0.2, 0.3], "y_true and y_score must have the same length"),
        ([0, 1], [[0.1], [0.2]], "y_score must be 1-D"),
        ([0, 1], [[2**70], [1]], "y_score must be 1-D"),
        ([0, 1], [2**70, np.nan], "y_score must be finite, got nan at index 1"),
        ([], [], "y_true must not be empty"),
    ],
)
def test_bad_input_is_refused(function, y_true, y_score, message):
    with pytest.raises(ValueError, match=message):
        function(y_true, y_score)


def test_names_of_classes_are_refused():
    with pytest.raises(TypeError, match="y_true must be an array of real numbers"):
        roc_auc(["no", "yes"], [0.1, 0.2])
