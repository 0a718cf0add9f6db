import numpy as np
import pytest
from scipy.signal import lfilter
from statsmodels.tsa.arima_process import arma2ma
from statsmodels.tsa.stattools import acf

from calcguide import time_series


@pytest.fixture
def series():
    return np.random.default_rng(0).normal(size=60).cumsum() / 3


# Differences


@pytest.mark.parametrize(("n", "lag"), [(0, 1), (1, 1), (2, 1), (3, 1), (1, 4), (2, 4)])
def test_differences_are_those_of_numpy_within_each_season(n, lag, series):
    expected = np.empty(60 - n * lag)
    for first in range(lag):
        expected[first::lag] = np.diff(series[first::lag], n)
    np.testing.assert_allclose(expected, time_series.difference(series, n, lag=lag), atol=1e-14)


@pytest.mark.parametrize(("n", "lag"), [(1, 1), (2, 1), (3, 1), (1, 12), (2, 4)])
def test_undifference_is_the_inverse_of_difference(n, lag, series):
    w = time_series.difference(series, n, lag=lag)
    actual = time_series.undifference(w, series[: n * lag], n, lag=lag)
    np.testing.assert_allclose(series, actual, atol=1e-10)


def test_differences_bring_down_the_degree_of_a_polynomial():
    t = np.arange(20.0)
    np.testing.assert_array_equal(np.full(17, 6.0), time_series.difference(t**3, 3))
    season = np.tile([1.0, 5.0, 2.0, 7.0], 5)
    np.testing.assert_array_equal(np.full(16, 8.0), time_series.difference(2 * t + season, lag=4))


# Lag polynomials


def test_products_of_lag_polynomials_do_to_a_series_what_one_after_the_other_does(series):
    first, second = (
        time_series.lag_polynomial([-0.5, 0.2]),
        time_series.lag_polynomial([0.3], lag=4),
    )
    np.testing.assert_array_equal([1, 0, 0, 0, 0.3], second)
    once = lfilter(np.convolve(first, second), [1.0], series)
    np.testing.assert_allclose(once, lfilter(first, [1.0], lfilter(second, [1.0], series)))


def test_psi_weights_agree_with_statsmodels_and_with_the_closed_form_of_an_arma_1_1():
    ar, ma = [1.0, -0.5, 0.3], [1.0, 0.4, 0.0, -0.2]
    np.testing.assert_allclose(
        arma2ma(ar, ma, lags=30), time_series.psi_weights(ar, ma, 30), atol=1e-15
    )
    expected = np.r_[1.0, (0.6 + 0.3) * 0.6 ** np.arange(9)]
    np.testing.assert_allclose(expected, time_series.psi_weights([1.0, -0.6], [1.0, 0.3], 10))


def test_autocorrelation_agrees_with_statsmodels(series):
    np.testing.assert_allclose(
        acf(series, nlags=20, fft=False), time_series.autocorrelation(series, 20)
    )
