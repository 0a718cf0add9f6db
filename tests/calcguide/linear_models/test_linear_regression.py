import numpy as np
import pytest
from sklearn import linear_model as oracle

from calcguide import linear_models as lm
from calcguide.linear_models import FitStatus

LINE = lm.add_intercept([[1.0], [2.0]]), np.array([2.0, 3.0])


def test_hessian_of_the_two_point_line_has_the_known_eigenvalues():
    smallest, largest = np.linalg.eigvalsh(lm.least_squares_hessian(LINE[0]))
    assert pytest.approx((0.0729, 3.4271), abs=5e-5) == (smallest, largest)
    assert pytest.approx(47.0, abs=0.05) == largest / smallest


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


@pytest.mark.parametrize("size", [1e-20, 1e-9, 1e9, 1e20])
def test_rank_and_coefficients_do_not_depend_on_the_units_of_a_column(size, diabetes):
    X, y = diabetes
    moved = X * np.r_[size, np.ones(9)]
    expected, model = lm.least_squares(X, y), lm.least_squares(moved, y)
    assert ("CONVERGED", 10) == (model.status.name, model.rank)
    assert lm.ridge(moved, y, 0.1).rank == 10
    np.testing.assert_allclose(model.coef * np.r_[size, np.ones(9)], expected.coef, rtol=1e-9)


def test_dates_have_their_slope():
    rng = np.random.default_rng(0)
    seconds = 1.7e9 + rng.integers(0, 1000, 50)
    model = lm.least_squares(seconds[:, np.newaxis], 3.0 * (seconds - 1.7e9))
    assert model.coef[0] == pytest.approx(3.0, rel=1e-12)


@pytest.mark.parametrize("value", [0.1, 1e9 + 0.1, 1e-9])
def test_a_constant_column_has_the_coefficient_zero(value):
    X = np.column_stack((np.full(7, value), np.arange(7.0)))
    model = lm.least_squares(X, 1 + 2 * X[:, 1])
    assert ("NOT_UNIQUE", 1) == (model.status.name, model.rank)
    np.testing.assert_allclose(model.coef, [0.0, 2.0], atol=1e-12)
    alone = lm.least_squares(X[:, :1], X[:, 1])
    assert (0, 0.0, 3.0) == (alone.rank, alone.coef[0], alone.intercept)


def test_dependent_columns_of_any_unit_get_the_shortest_coefficients():
    rng = np.random.default_rng(1)
    column, y = rng.normal(size=(2, 20))
    model = lm.least_squares(np.column_stack((column, 1e6 * column)), y)
    alone = lm.least_squares(column[:, np.newaxis], y).coef[0]
    np.testing.assert_allclose(model.coef, alone * np.array([1, 1e6]) / (1 + 1e12), rtol=1e-9)
