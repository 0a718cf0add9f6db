import numpy as np
import pytest
from sklearn import linear_model as oracle

from calcguide import linear_models as lm
from calcguide.datasets import load_breast_cancer
from calcguide.linear_models import FitStatus


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
