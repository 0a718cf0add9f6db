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
