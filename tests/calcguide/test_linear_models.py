import numpy as np
import pytest
from scipy.optimize import linprog, minimize
from sklearn import linear_model as oracle
from sklearn.preprocessing import StandardScaler

from calcguide import linear_models as lm
from calcguide.datasets import load_breast_cancer, load_diabetes
from calcguide.derivatives import check_gradient
from calcguide.gradient_descent import gradient_descent
from calcguide.linear_models import FitStatus


@pytest.fixture
def diabetes():
    dataset = load_diabetes()
    return dataset.data, dataset.target


@pytest.fixture
def cancer():
    dataset = load_breast_cancer()
    return lm.standardize(dataset.data)[0], dataset.target


@pytest.fixture
def overlapping(cancer):
    """Two features, in which the classes cannot be separated."""
    X, y = cancer
    return X[:, :2], y


LINE = lm.add_intercept([[1.0], [2.0]]), np.array([2.0, 3.0])
OBJECTIVES = [
    (
        lm.least_squares_loss,
        lm.least_squares_gradient,
        lambda theta, X: lm.least_squares_hessian(X),
    ),
    (lm.logistic_loss, lm.logistic_gradient, lm.logistic_hessian),
]
FITS = [
    lm.least_squares,
    lambda X, y: lm.ridge(X, y, 1.0),
    lambda X, y: lm.ridge_path(X, y, [1.0]),
    lambda X, y: lm.lasso(X, y, 1.0),
    lambda X, y: lm.lasso_path(X, y, [1.0]),
    lambda X, y: lm.lasso_duality_gap(np.zeros(2), X, y, 1.0),
    lm.logistic_regression,
]


# Design matrix


def test_intercept_is_a_first_column_of_ones(diabetes):
    X, _ = diabetes
    design = lm.add_intercept(X)
    np.testing.assert_array_equal(np.ones(len(X)), design[:, 0])
    np.testing.assert_array_equal(X, design[:, 1:])


def test_standardize_agrees_with_scikit_learn_and_leaves_constants_at_zero(diabetes):
    X = np.column_stack((diabetes[0], np.full(442, 0.1)))
    scaler = StandardScaler().fit(X)
    Z, mean, scale = lm.standardize(X)
    np.testing.assert_allclose(scaler.mean_, mean, rtol=1e-13)
    np.testing.assert_allclose(scaler.scale_, scale, rtol=1e-13)
    np.testing.assert_allclose(scaler.transform(X), Z, atol=1e-12)
    np.testing.assert_array_equal(np.zeros(442), Z[:, -1])


# Objectives


@pytest.mark.parametrize(("loss", "gradient", "hessian"), OBJECTIVES)
def test_derivatives_agree_with_differences(loss, gradient, hessian, cancer):
    X, y = cancer
    X = lm.add_intercept(X[:, :4])
    theta = np.random.default_rng(2).normal(size=5)
    assert check_gradient(loss, gradient, theta, args=(X, y)).success
    h = 1e-5
    rows = [
        (gradient(theta + h * e, X, y) - gradient(theta - h * e, X, y)) / (2 * h) for e in np.eye(5)
    ]
    np.testing.assert_allclose(rows, hessian(theta, X), atol=1e-9)


def test_hessian_of_the_two_point_line_has_the_known_eigenvalues():
    smallest, largest = np.linalg.eigvalsh(lm.least_squares_hessian(LINE[0]))
    assert pytest.approx((0.0729, 3.4271), abs=5e-5) == (smallest, largest)
    assert pytest.approx(47.0, abs=0.05) == largest / smallest


def test_objectives_are_functions_of_theta_and_args_for_scipy_and_gradient_descent():
    args, start = LINE, [0.5, 0.5]
    loss, gradient = lm.least_squares_loss, lm.least_squares_gradient
    ours = gradient_descent(
        loss, start, args, jac=gradient, learning_rate=0.5714, gtol=1e-10, maxiter=2000
    )
    theirs = minimize(loss, start, args, jac=gradient, tol=1e-10)
    np.testing.assert_allclose([1.0, 1.0], ours.x, rtol=1e-8)
    np.testing.assert_allclose([1.0, 1.0], theirs.x, rtol=1e-8)


@pytest.mark.parametrize(("loss", "gradient", "hessian"), OBJECTIVES)
def test_objectives_accept_lists(loss, gradient, hessian):
    X, y = [[1, 1], [1, 2]], [0, 1]
    assert loss([0.5, 0.5], np.array(X), np.array(y)) == loss([0.5, 0.5], X, y)
    assert (2,) == gradient([0.5, 0.5], X, y).shape
    assert (2, 2) == hessian([0.5, 0.5], X).shape


@pytest.mark.parametrize(("loss", "gradient", "hessian"), OBJECTIVES)
def test_objectives_refuse_shapes_that_do_not_fit(loss, gradient, hessian):
    X = np.ones((3, 2))
    for function in (loss, gradient):
        with pytest.raises(ValueError, match="theta must have one entry for each column of X"):
            function(np.ones(3), X, np.ones(3))
        with pytest.raises(ValueError, match="X and y must have the same length"):
            function(np.ones(2), X, np.ones(2))
        with pytest.raises(ValueError, match="y must be 1-D"):
            function(np.ones(2), X, np.ones((3, 1)))
        with pytest.raises(ValueError, match="theta must be 1-D"):
            function(np.ones((2, 1)), X, np.ones(3))
        with pytest.raises(TypeError, match="X must be an array of real numbers"):
            function(np.ones(2), [["a", "b"]], [1.0])


@pytest.mark.parametrize("loss", [lm.least_squares_loss, lm.logistic_loss])
def test_a_diverging_theta_gives_a_loss_that_is_not_finite(loss):
    with np.errstate(all="ignore"):
        assert not np.isfinite(loss([np.nan, 0.0], *LINE[:1], [0.0, 1.0]))


# Linear regression


def test_line_through_two_points_is_exact():
    model = lm.least_squares([[1.0], [2.0]], [2.0, 3.0])
    assert (1.0, 1.0) == pytest.approx((model.coef[0], model.intercept), rel=1e-14)
    assert model.success


def test_least_squares_agrees_with_scikit_learn(diabetes):
    X, y = diabetes
    expected, model = oracle.LinearRegression().fit(X, y), lm.least_squares(X, y)
    np.testing.assert_allclose(expected.coef_, model.coef, rtol=1e-10)
    assert expected.intercept_ == pytest.approx(model.intercept, rel=1e-10)
    np.testing.assert_allclose(expected.predict(X), model.predict(X), rtol=1e-10)
    assert X.shape[1] == model.rank


def test_least_squares_with_dependent_columns_takes_the_least_norm_and_says_so(diabetes):
    X, y = diabetes
    doubled = np.column_stack((X, X))
    model = lm.least_squares(doubled, y)
    np.testing.assert_allclose(np.tile(lm.least_squares(X, y).coef / 2, 2), model.coef, rtol=1e-8)
    assert (10, FitStatus.NOT_UNIQUE, True) == (model.rank, model.status, model.success)
    assert "linearly dependent" in model.message


def test_least_squares_survives_columns_whose_gram_matrix_is_singular_in_floating_point():
    # Läuchli's matrix: X^T X rounds to a singular matrix, X itself has full rank.
    e = 1e-9
    X = np.array([[1, 1], [e, 0], [0, e], [-1, -1], [-e, 0], [0, -e]])
    model = lm.least_squares(X, X @ [1.0, 2.0])
    np.testing.assert_allclose([1.0, 2.0], model.coef, rtol=1e-6)


@pytest.mark.parametrize("alpha", [1e-3, 1.0, 100.0])
def test_ridge_agrees_with_scikit_learn(alpha, diabetes):
    X, y = diabetes
    expected = oracle.Ridge(alpha=len(y) * alpha, solver="svd").fit(X, y)
    model = lm.ridge(X, y, alpha)
    np.testing.assert_allclose(expected.coef_, model.coef, rtol=1e-10)
    assert expected.intercept_ == pytest.approx(model.intercept, rel=1e-10)
    np.testing.assert_allclose(model.coef, lm.ridge_path(X, y, [5.0, alpha])[1], rtol=1e-12)


def test_ridge_with_a_vanishing_penalty_is_the_least_squares_solution_of_least_norm(diabetes):
    X, y = diabetes
    doubled = np.column_stack((X, X))
    np.testing.assert_allclose(
        lm.least_squares(doubled, y).coef, lm.ridge(doubled, y, 1e-10).coef, rtol=1e-5
    )


@pytest.mark.parametrize("alpha", [1e-2, 0.1, 1.0, 10.0])
def test_lasso_agrees_with_scikit_learn(alpha, diabetes):
    X, y = diabetes
    expected = oracle.Lasso(alpha=alpha, tol=1e-13, max_iter=1_000_000).fit(X, y)
    model = lm.lasso(X, y, alpha)
    assert model.success
    np.testing.assert_allclose(expected.coef_, model.coef, rtol=1e-6, atol=1e-7)
    np.testing.assert_array_equal(expected.coef_ == 0, model.coef == 0)
    assert expected.intercept_ == pytest.approx(model.intercept, rel=1e-8)


@pytest.mark.parametrize("alpha", [1e-3, 0.1])
def test_lasso_fulfils_the_conditions_of_karush_kuhn_and_tucker(alpha):
    dataset = load_breast_cancer()  # unscaled: condition number of the Hessian above 1e10
    X, y = dataset.data, dataset.target
    model = lm.lasso(X, y, alpha)
    slope = X.T @ (X @ model.coef + model.intercept - y) / len(y)
    zero = model.coef == 0
    assert model.success
    assert zero.any()
    assert not zero.all()
    assert (np.abs(slope[zero]) <= alpha * (1 + 1e-6)).all()
    np.testing.assert_allclose(-alpha * np.sign(model.coef[~zero]), slope[~zero], rtol=1e-4)
    np.testing.assert_allclose(0, model.jac, atol=1e-4 * alpha)


def test_lasso_is_zero_from_the_largest_slope_on(diabetes):
    X, y = diabetes
    largest = np.abs((X - X.mean(axis=0)).T @ (y - y.mean())).max() / len(y)
    np.testing.assert_array_equal(np.zeros(10), lm.lasso(X, y, largest * 1.0001).coef)
    assert 1 == np.count_nonzero(lm.lasso(X, y, largest * 0.999).coef)


def test_lasso_that_runs_out_of_steps_is_no_success(diabetes):
    X, y = diabetes
    model = lm.lasso(X, y, 1.0, maxiter=3)
    assert (FitStatus.ITERATION_LIMIT, 3, False) == (model.status, model.nit, model.success)
    assert "Raise maxiter" in model.message
    with pytest.raises(RuntimeError, match="lasso with alpha = 1: Not converged"):
        lm.lasso_path(X, y, [1.0], maxiter=3)


def test_duality_gap_bounds_the_distance_to_the_minimum(diabetes):
    X, y = diabetes
    rng, alpha = np.random.default_rng(3), 2.0
    best = lm.lasso(X, y, alpha)
    for scale in (0.0, 1e-3, 0.1, 1.0):
        coef = best.coef + scale * rng.normal(size=10)
        residual = (y - y.mean()) - (X - X.mean(axis=0)) @ coef
        excess = (residual @ residual) / (2 * len(y)) + alpha * np.abs(coef).sum() - best.fun
        assert excess <= lm.lasso_duality_gap(coef, X, y, alpha) + 1e-9
    assert 0 == pytest.approx(lm.lasso_duality_gap(best.coef, X, y, alpha), abs=1e-8 * best.fun)


def test_paths_are_fits_in_the_given_order(diabetes):
    X, y = diabetes
    alphas = [1.0, 10.0, 0.1]
    for path, fit in ((lm.ridge_path, lm.ridge), (lm.lasso_path, lm.lasso)):
        coefs = path(X, y, alphas)
        assert (3, 10) == coefs.shape
        for alpha, row in zip(alphas, coefs, strict=True):
            np.testing.assert_allclose(fit(X, y, alpha).coef, row, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("fit", [lm.ridge, lm.lasso])
def test_twice_the_data_is_the_same_problem(fit, diabetes):
    X, y = diabetes
    once, twice = fit(X, y, 1.0), fit(np.r_[X, X], np.r_[y, y], 1.0)
    np.testing.assert_allclose(once.coef, twice.coef, rtol=1e-6, atol=1e-7)
    assert once.fun == pytest.approx(twice.fun, rel=1e-10)


@pytest.mark.parametrize("fit", [FITS[0], FITS[1], FITS[3]])
def test_constant_features_get_no_coefficient(fit):
    model = fit(np.full((4, 1), 0.1), np.arange(4.0))
    assert (0.0, 1.5, 0) == (model.coef[0], model.intercept, model.rank)


# Logistic regression


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


def test_overflow_is_reported(overlapping):
    X, y = overlapping
    model = lm.logistic_regression(X * 1e200, y)
    assert (FitStatus.NOT_FINITE, False) == (model.status, model.success)


def test_probabilities_of_far_points_are_no_rounded_complements():
    model = lm.logistic_regression([[1.0], [2.0]], [0, 1], alpha=0.1)
    z = model.decision_function([[50.0]])[0]
    assert np.exp(-z) == pytest.approx(model.predict_proba([[50.0]])[0, 0], rel=1e-14)


# What all fits have in common


@pytest.mark.parametrize("status", FitStatus)
def test_every_status_has_a_message(status):
    assert lm.MESSAGES[status]


@pytest.mark.parametrize("fit", FITS)
def test_fits_refuse_bad_data_by_name(fit):
    X, y = np.array([[0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]), np.array([0.0, 1.0, 0.0])
    with pytest.raises(ValueError, match="X and y must have the same length"):
        fit(X, y[:2])
    with pytest.raises(ValueError, match="X must be 2-D"):
        fit(y, y)
    with pytest.raises(ValueError, match="X must be finite"):
        fit(np.where(X == 0, np.nan, X), y)
    with pytest.raises(ValueError, match="y must be 1-D"):
        fit(X, y[:, None])


@pytest.mark.parametrize("alpha", [0.0, -1.0, np.inf])
def test_penalties_that_are_not_positive_are_refused(alpha):
    X, y = np.array([[0.0], [1.0], [1.0]]), np.array([0.0, 1.0, 0.0])
    for fit in (lm.ridge, lm.lasso):
        with pytest.raises(ValueError, match="alpha must be finite and > 0"):
            fit(X, y, alpha)
    for path in (lm.ridge_path, lm.lasso_path):
        with pytest.raises(ValueError, match="alphas must be"):
            path(X, y, [1.0, alpha])
    if alpha != 0:
        with pytest.raises(ValueError, match="alpha must be finite and >= 0"):
            lm.logistic_regression(X, y, alpha)


def test_all_but_the_two_classes_0_and_1_are_refused():
    # One class alone drives the intercept to infinity, whatever the penalty on the coefficients.
    for y in ([1, 2], [0.0, 0.5], [0, 0], [1, 1]):
        with pytest.raises(ValueError, match="y must hold the classes 0 and 1, both of them"):
            lm.logistic_regression([[0.0], [1.0]], y, alpha=0.1)


def test_prediction_refuses_another_number_of_features(overlapping):
    model = lm.logistic_regression(*overlapping)
    with pytest.raises(ValueError, match="X must have 2 columns"):
        model.predict(np.ones((3, 4)))


@pytest.mark.parametrize("fit", FITS)
def test_fits_do_not_change_their_arguments(fit, overlapping):
    X, y = overlapping
    copies = X.copy(), y.copy()
    fit(X, y)
    np.testing.assert_array_equal(copies[0], X)
    np.testing.assert_array_equal(copies[1], y)
