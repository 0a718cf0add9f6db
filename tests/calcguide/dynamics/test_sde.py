import numpy as np
import pytest

from calcguide.convergence import order_of_accuracy
from calcguide.dynamics import (
    brownian_motion,
    euler,
    euler_maruyama,
    fit_geometric_brownian_motion,
    geometric_brownian_motion,
)


def test_brownian_motion_has_the_covariance_of_the_earlier_time():
    t = np.array([0.5, 1.0, 4.0])
    w = brownian_motion(t, n_paths=200_000, rng=np.random.default_rng(0))
    np.testing.assert_allclose(np.minimum.outer(t, t), np.cov(w.T), rtol=0.02)
    np.testing.assert_allclose(0, w.mean(axis=0), atol=0.02)


def test_brownian_motion_starts_at_zero():
    w = brownian_motion([0.0, 1.0], n_paths=5, rng=np.random.default_rng(0))
    np.testing.assert_array_equal(np.zeros(5), w[:, 0])
    assert (w[:, 1] != 0).all()


def test_geometric_brownian_motion_has_the_moments_of_the_log_normal_law():
    t = np.array([0.0, 0.5, 2.0])
    w = brownian_motion(t, n_paths=400_000, rng=np.random.default_rng(1))
    s = geometric_brownian_motion(50, 0.1, 0.3, t, w)
    np.testing.assert_allclose(50 * np.exp(0.1 * t), s.mean(axis=0), rtol=5e-3)
    np.testing.assert_allclose(50 * np.exp((0.1 - 0.045) * t), np.median(s, axis=0), rtol=5e-3)
    variance = 2500 * np.exp(0.2 * t) * (np.exp(0.09 * t) - 1)
    np.testing.assert_allclose(variance, s.var(axis=0), rtol=0.02)


def proportional(factor):
    return lambda t, x: factor * x


def strong_error(n_steps, *, sigma, n_paths=4000):
    t = np.linspace(0, 1, n_steps + 1)
    w = brownian_motion(t, n_paths=n_paths, rng=np.random.default_rng(2))
    x = euler_maruyama(proportional(0.1), proportional(sigma), 1.0, t, w)
    return np.abs(x[:, -1] - geometric_brownian_motion(1, 0.1, sigma, t, w)[:, -1]).mean()


def test_euler_maruyama_is_of_strong_order_one_half():
    numbers = np.array([16, 64, 256, 1024])
    errors = [strong_error(n, sigma=0.8) for n in numbers]
    assert 0.5 == pytest.approx(order_of_accuracy(1 / numbers, errors), abs=0.06)


def test_without_noise_euler_maruyama_is_eulers_method():
    t = np.linspace(0, 1, 11)
    expected = euler(lambda t, y: np.cos(t) - y, (0, 1), [2.0], n_steps=10).y[0]
    actual = euler_maruyama(lambda t, x: np.cos(t) - x, lambda t, x: 0.0, 2.0, t, np.zeros(11))
    np.testing.assert_allclose(expected, actual, rtol=1e-14)


def test_with_constant_coefficients_euler_maruyama_is_exact():
    t = np.array([0.0, 0.1, 0.5, 2.0])
    w = brownian_motion(t, n_paths=3, rng=np.random.default_rng(0))
    actual = euler_maruyama(lambda t, x: 2.0, lambda t, x: 3.0, 1.0, t, w)
    np.testing.assert_allclose(1 + 2 * t + 3 * w, actual, rtol=1e-14)


def test_a_path_that_is_not_finite_is_nan_from_there_and_the_others_go_on():
    t = np.linspace(0, 1, 101)
    w = np.zeros((2, 101))
    w[1, 1:] = 1000.0  # kicks the second path away
    x = euler_maruyama(lambda t, x: -(x**3), lambda t, x: 1.0, 1.0, t, w)
    assert np.isfinite(x[0]).all()
    first = int(np.argmax(np.isnan(x[1])))
    assert 1 < first < 10
    assert np.isnan(x[1, first:]).all()


def test_the_fit_gives_the_mean_and_spread_of_the_log_returns():
    prices = np.exp([0.0, 0.1, 0.4, 0.3])
    fit = fit_geometric_brownian_motion(prices, 0.25)
    returns = np.array([0.1, 0.3, -0.1])
    assert np.sqrt(np.sum((returns - 0.1) ** 2) / 2 / 0.25) == pytest.approx(fit.sigma.value)
    assert 0.1 / 0.25 + fit.sigma.value**2 / 2 == pytest.approx(fit.mu.value)


def test_two_standard_errors_hold_the_true_parameters_in_95_of_100_cases():
    t = np.arange(241) / 12
    w = brownian_motion(t, n_paths=1000, rng=np.random.default_rng(3))
    fits = [
        fit_geometric_brownian_motion(path, 1 / 12)
        for path in geometric_brownian_motion(10, 0.1, 0.25, t, w)
    ]
    for name, true in [("mu", 0.1), ("sigma", 0.25)]:
        estimates = [getattr(fit, name) for fit in fits]
        held = np.mean([abs(e.value - true) <= 1.96 * e.standard_error for e in estimates])
        assert 0.95 == pytest.approx(held, abs=0.025)


def test_more_frequent_prices_sharpen_the_volatility_but_not_the_drift():
    t = np.arange(2561) / 256
    w = brownian_motion(t, n_paths=1, rng=np.random.default_rng(4))
    prices = geometric_brownian_motion(1, 0.1, 0.2, t, w)[0]
    often = fit_geometric_brownian_motion(prices, 1 / 256)
    seldom = fit_geometric_brownian_motion(prices[::16], 1 / 16)
    assert 4 == pytest.approx(seldom.sigma.standard_error / often.sigma.standard_error, rel=0.15)
    assert 1 == pytest.approx(seldom.mu.standard_error / often.mu.standard_error, rel=0.15)


def test_bad_input_of_the_stochastic_functions_is_refused():
    rng, t, w = np.random.default_rng(0), [0.0, 1.0], np.zeros((2, 2))
    with pytest.raises(ValueError, match="t must hold times that are not negative and increase"):
        brownian_motion([0.0, 1.0, 1.0], n_paths=1, rng=rng)
    with pytest.raises(ValueError, match="t must hold times that are not negative and increase"):
        brownian_motion([-1.0, 1.0], n_paths=1, rng=rng)
    with pytest.raises(TypeError, match=r"rng must be a numpy.random.Generator, got int"):
        brownian_motion(t, n_paths=1, rng=0)
    with pytest.raises(ValueError, match="s0 must be finite and > 0, got 0"):
        geometric_brownian_motion(0, 0.1, 0.2, t, w)
    with pytest.raises(ValueError, match="sigma must be finite and >= 0, got -1"):
        geometric_brownian_motion(1, 0.1, -1, t, w)
    with pytest.raises(ValueError, match="w must have a column for each of the 2 times"):
        geometric_brownian_motion(1, 0.1, 0.2, t, np.zeros((2, 3)))
    with pytest.raises(ValueError, match=r"drift must return the shape of x, \(2,\), got \(3,\)"):
        euler_maruyama(lambda t, x: np.zeros(3), proportional(1), 1.0, t, w)
    with pytest.raises(ValueError, match="prices must hold at least 3 values, got 2"):
        fit_geometric_brownian_motion([1.0, 2.0], 1)
    with pytest.raises(ValueError, match="prices must be positive, got 0 at index 1"):
        fit_geometric_brownian_motion([1.0, 0.0, 2.0], 1)
    with pytest.raises(ValueError, match="dt must be finite and > 0, got 0"):
        fit_geometric_brownian_motion([1.0, 2.0, 3.0], 0)
