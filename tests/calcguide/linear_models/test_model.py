import numpy as np
import pytest
from scipy.optimize import minimize

from calcguide import linear_models as lm
from calcguide.derivatives import check_gradient
from calcguide.gradient_descent import gradient_descent
from calcguide.linear_models import FitStatus

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
