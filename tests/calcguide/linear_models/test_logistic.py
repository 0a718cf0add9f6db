import numpy as np
import pytest
from scipy.optimize import brentq, linprog
from scipy.special import expit
from sklearn import linear_model as oracle

from calcguide import linear_models as lm
from calcguide.datasets import load_breast_cancer
from calcguide.linear_models import FitStatus


def test_penalized_two_point_fit_has_the_known_solution():
    model = lm.logistic_regression([[1.0], [2.0]], [0, 1], alpha=0.1)
    assert (1.5675, -2.3513) == pytest.approx((model.coef[0], model.intercept), abs=5e-5)


@pytest.mark.parametrize("alpha", [1e-3, 0.1])
def test_logistic_regression_agrees_with_scikit_learn(alpha, cancer):
    X, y = cancer
    expected = oracle.LogisticRegression(
        C=1 / (len(y) * alpha), solver="newton-cholesky", tol=1e-12, max_iter=1000
    ).fit(X, y)
    model = lm.logistic_regression(X, y, alpha)
    np.testing.assert_allclose(expected.coef_[0], model.coef, rtol=1e-6, atol=1e-8)
    assert expected.intercept_[0] == pytest.approx(model.intercept, rel=1e-6)
    np.testing.assert_allclose(expected.decision_function(X), model.decision_function(X), atol=1e-6)
    np.testing.assert_allclose(expected.predict_proba(X), model.predict_proba(X), atol=1e-7)
    np.testing.assert_array_equal(expected.predict(X), model.predict(X))


@pytest.mark.parametrize("alpha", [0.0, 1e-3])
def test_logistic_result_is_the_penalized_loss_with_a_vanishing_gradient(alpha, overlapping):
    X, y = overlapping
    model = lm.logistic_regression(X, y, alpha)
    design, theta = lm.add_intercept(X), np.r_[model.intercept, model.coef]
    shrunk = alpha * np.r_[0.0, model.coef]
    loss = lm.logistic_loss(theta, design, y) + 0.5 * alpha * (model.coef @ model.coef)
    assert loss == pytest.approx(model.fun, rel=1e-14)
    np.testing.assert_allclose(
        lm.logistic_gradient(theta, design, y) + shrunk, model.jac, atol=1e-15
    )
    assert model.success
    assert np.linalg.norm(model.jac) <= 1e-10


def test_newton_converges_quadratically(cancer):
    X, y = cancer
    alpha = 1e-3
    # No tolerance is in sight, so each step has a Hessian of its own.
    fits = [lm.logistic_regression(X, y, alpha, gtol=1e-99, maxiter=k) for k in range(4, 11)]
    norms = np.array([np.linalg.norm(fit.jac) for fit in fits])
    norms = norms[norms > 1e-14]
    slopes = np.diff(np.log(norms[1:])) / np.diff(np.log(norms[:-1]))
    assert slopes[-1] == pytest.approx(2.0, abs=0.2), norms


def test_fit_of_unscaled_features_converges():
    dataset = load_breast_cancer()
    model = lm.logistic_regression(dataset.data, dataset.target, alpha=1e-3)
    assert model.success
    assert np.linalg.norm(model.jac) <= 1e-10


def test_many_samples_give_the_same_as_their_weights_in_few():
    # From 100 samples a parameter on, a fit of every tenth sample comes first.
    rng = np.random.default_rng(4)
    X, y = rng.normal(size=(60, 2)), rng.integers(0, 2, size=60)
    few, many = lm.logistic_regression(X, y), lm.logistic_regression(*map(tile, (X, y)))
    np.testing.assert_allclose(few.coef, many.coef, rtol=1e-9)
    assert few.intercept == pytest.approx(many.intercept, rel=1e-9)


def tile(array):
    return np.repeat(array, 50, axis=0)


SEPARABLE = {
    "two points": ([[1.0], [2.0]], [0, 1]),
    "quasi-complete": ([[0.0], [1.0], [1.0], [2.0]], [0, 0, 1, 1]),
    "quasi-complete with a second feature": (
        [[0.0, 1.0], [1.0, 0.3], [1.0, -1.0], [1.0, 0.5], [1.0, 2.0], [2.0, 0.0]],
        [0, 0, 1, 1, 0, 1],
    ),
    "tiny units": ([[1e-12], [2e-12]], [0, 1]),
    "huge units": ([[1e12], [2e12]], [0, 1]),
}


@pytest.mark.parametrize(("X", "y"), SEPARABLE.values(), ids=SEPARABLE)
def test_separable_classes_without_penalty_are_reported_with_the_remedy(X, y):
    assert separable_by_linear_program(X, y)
    model = lm.logistic_regression(X, y)
    assert FitStatus.SEPARABLE == model.status
    assert not model.success
    assert "Use a penalty, alpha > 0" in model.message
    assert np.isfinite(model.coef).all()


@pytest.mark.parametrize(("X", "y"), SEPARABLE.values(), ids=SEPARABLE)
def test_the_remedy_for_separable_classes_helps(X, y):
    X = lm.standardize(X)[0]
    assert lm.logistic_regression(X, y, alpha=1e-3).success


def test_real_data_are_reported_as_separable_exactly_if_a_linear_program_says_so(cancer):
    X, y = cancer
    for count in (2, 30):
        status = lm.logistic_regression(X[:, :count], y).status
        assert separable_by_linear_program(X[:, :count], y) == (status is FitStatus.SEPARABLE)


@pytest.mark.parametrize("seed", range(40))
def test_random_data_are_reported_as_separable_exactly_if_a_linear_program_says_so(seed):
    rng = np.random.default_rng(seed)
    # Small integers make ties, and so quasi-complete separation, frequent.
    X, y = rng.integers(-2, 3, size=(8, 3)).astype(float), rng.permutation(np.arange(8) % 2)
    model = lm.logistic_regression(X, y)
    expected = FitStatus.SEPARABLE if separable_by_linear_program(X, y) else FitStatus.CONVERGED
    assert expected == model.status


def separable_by_linear_program(X, y):
    """Whether a direction lowers the loss of some sample and raises that of none."""
    margins = lm.add_intercept(X) * (2 * np.asarray(y) - 1)[:, None]
    margins /= np.abs(margins).max(axis=0)
    bounds = [(-1, 1)] * margins.shape[1]
    result = linprog(-margins.sum(axis=0), -margins, np.zeros(len(margins)), bounds=bounds)
    return bool(-result.fun > 1e-7)


def test_dependent_columns_share_their_coefficient(overlapping):
    X, y = overlapping
    model = lm.logistic_regression(np.column_stack((X, X)), y)
    assert model.success
    np.testing.assert_allclose(
        np.tile(lm.logistic_regression(X, y).coef / 2, 2), model.coef, rtol=1e-8
    )


def test_fit_that_runs_out_of_steps_is_no_success(overlapping):
    model = lm.logistic_regression(*overlapping, maxiter=2)
    assert (FitStatus.ITERATION_LIMIT, 2, False) == (model.status, model.nit, model.success)
    assert "Raise maxiter" in model.message


@pytest.mark.parametrize(
    ("origin", "size"),
    [
        (0.0, 1e9),
        (0.0, 1e-9),
        (0.0, -1e200),
        (0.0, 1e-200),
        (738_000.0, 100.0),
        (1.7e9, 1e7),
        (-1.7e18, 1e15),
    ],
)
def test_fit_does_not_depend_on_the_units_of_a_column(origin, size, overlapping):
    X, y = overlapping
    moved = origin + size * X
    X = (moved - origin) / size  # what rounding has left of it
    for alpha in (0.0, 1e-3) if 1e-100 < abs(size) < 1e100 else (0.0,):
        expected = lm.logistic_regression(X, y, alpha)
        model = lm.logistic_regression(moved, y, alpha * size**2 if alpha else 0.0)
        assert model.success
        np.testing.assert_allclose(model.coef * size, expected.coef, rtol=1e-8)
        assert expected.fun == pytest.approx(model.fun, rel=1e-12)
        intercept = expected.intercept - origin * model.coef.sum()
        assert intercept == pytest.approx(model.intercept, rel=1e-7)


@pytest.mark.parametrize("gap", 10.0 ** -np.arange(4, 31, 2))
def test_classes_that_overlap_by_little_have_their_minimum(gap):
    """By symmetry the intercept is 0, and the slope w fulfils gap sigma(w gap) = sigma(-w)."""
    x, y = np.array([-1.0, gap, -gap, 1.0]), np.array([0, 0, 1, 1])
    slope = brentq(lambda w: gap * expit(w * gap) - expit(-w), 1.0, 90.0, xtol=1e-13)
    for size in (1e-9, 1.0, 1e9):
        model = lm.logistic_regression(size * x[:, np.newaxis], y)
        assert model.success
        assert slope == pytest.approx(model.coef[0] * size, rel=1e-7)


def test_amounts_that_overlap_by_one_in_millions_are_not_separable():
    rng = np.random.default_rng(3)
    low, high = rng.integers(10_000, 3_000_000, 200), rng.integers(3_000_000, 9_000_000, 200)
    amounts = np.r_[low, high, 3_000_001, 3_000_000][:, np.newaxis]
    y = np.r_[np.zeros(200), np.ones(200), 0, 1]
    for X in (amounts, lm.standardize(amounts)[0], 1e12 + amounts):
        assert lm.logistic_regression(X, y).success
    # Without the two, a threshold separates the rest; with equal amounts, it touches them.
    assert "SEPARABLE" == lm.logistic_regression(amounts[:-2], y[:-2]).status.name
    amounts[-2:] = 3_000_000
    for X in (amounts, lm.standardize(amounts)[0], 1e12 + amounts):
        assert "SEPARABLE" == lm.logistic_regression(X, y).status.name


@pytest.mark.parametrize("size", [1e-9, 1.0, 1e9])
@pytest.mark.parametrize("n_samples", [60, 3000], ids=["few samples", "many samples"])
def test_a_rare_group_of_one_class_is_separable_and_of_two_is_not(n_samples, size):
    rng = np.random.default_rng(1)
    X = rng.normal(size=(n_samples, 3))
    rare = np.arange(n_samples) < 3
    X[:, 2] = size * rare
    y = rng.integers(0, 2, n_samples)
    y[rare] = 1
    assert "SEPARABLE" == lm.logistic_regression(X, y).status.name
    y[0] = 0
    model = lm.logistic_regression(X, y)
    assert model.success
    # The group's own share of ones is reproduced.
    assert 2 / 3 == pytest.approx(model.predict_proba(X[:3])[:, 1].mean(), rel=1e-8)


@pytest.mark.parametrize("noise", [1e-3, 1e-6, 1e-9])
def test_columns_that_are_nearly_equal_keep_their_own_coefficients(noise):
    rng = np.random.default_rng(2)
    common, difference = rng.normal(size=(2, 300))
    other = common + noise * difference
    difference = (other - common) / noise
    y = rng.integers(0, 2, 300)
    expected = lm.logistic_regression(np.column_stack((common, difference)), y)
    model = lm.logistic_regression(np.column_stack((common, other)), y)
    assert model.success
    # What rounding leaves of the difference has a relative error of 1e-16 / noise.
    assert expected.fun == pytest.approx(model.fun, rel=1e-16 / noise)
    fitted = [model.coef.sum(), model.coef[1] * noise]
    np.testing.assert_allclose(fitted, expected.coef, rtol=1e-5, atol=1e-7)


def test_probabilities_of_far_points_are_no_rounded_complements():
    model = lm.logistic_regression([[1.0], [2.0]], [0, 1], alpha=0.1)
    z = model.decision_function([[50.0]])[0]
    assert np.exp(-z) == pytest.approx(model.predict_proba([[50.0]])[0, 0], rel=1e-14)


def test_all_but_the_two_classes_0_and_1_are_refused():
    # One class alone drives the intercept to infinity, whatever the penalty on the coefficients.
    for y in ([1, 2], [0.0, 0.5], [0, 0], [1, 1]):
        with pytest.raises(ValueError, match="y must hold the classes 0 and 1, both of them"):
            lm.logistic_regression([[0.0], [1.0]], y, alpha=0.1)
