import numpy as np
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
