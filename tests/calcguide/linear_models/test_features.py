import numpy as np
import pytest
from sklearn.preprocessing import StandardScaler

from calcguide import linear_models as lm


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


@pytest.mark.parametrize("size", [1e-300, 1e-160, 1e160, 1e307])
def test_standardized_columns_do_not_depend_on_their_unit(size):
    column = np.array([[1.0], [2.0], [4.0], [8.0]])
    expected, mean, scale = lm.standardize(column)
    Z, large_mean, large_scale = lm.standardize(column * size)
    np.testing.assert_allclose(Z, expected, rtol=1e-14)
    np.testing.assert_allclose([large_mean / size, large_scale / size], [mean, scale], rtol=1e-14)
