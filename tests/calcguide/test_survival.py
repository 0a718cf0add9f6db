"""The Weibull regression, against SciPy, autograd, closed forms and published fits."""

import autograd
import autograd.numpy as anp
import numpy as np
import pytest
from scipy import stats

from calcguide.datasets import load_motors
from calcguide.derivatives import check_gradient
from calcguide.linear_models import add_intercept
from calcguide.results import Status
from calcguide.survival import (
    weibull_gradient,
    weibull_hessian,
    weibull_loss,
    weibull_regression,
)


@pytest.fixture
def lifetimes():
    """Sixty lifetimes with two features, a third of them censored."""
    rng = np.random.default_rng(3)
    X = add_intercept(rng.normal(size=(60, 2)))
    failure = np.exp(X @ [2.0, -0.5, 0.3]) * rng.weibull(2.5, size=60)
    end = rng.uniform(2, 16, size=60)
    return X, np.minimum(failure, end), (failure <= end).astype(int)


THETA = np.array([1.7, -0.4, 0.2, -0.6])


def test_loss_is_that_of_scipys_weibull_distribution(lifetimes):
    X, time, event = lifetimes
    law = stats.weibull_min(np.exp(0.6), scale=np.exp(X @ THETA[:-1]))
    expected = -np.where(event == 1, law.logpdf(time), law.logsf(time)).sum()
    assert expected == pytest.approx(weibull_loss(THETA, X, time, event), rel=1e-12)


def test_derivatives_are_those_of_automatic_differentiation(lifetimes):
    X, time, event = lifetimes

    def loss(theta):
        shape, scale = anp.exp(-theta[-1]), anp.exp(anp.dot(X, theta[:-1]))
        hazard = shape / scale * (time / scale) ** (shape - 1)
        return anp.sum((time / scale) ** shape) - anp.dot(event, anp.log(hazard))

    np.testing.assert_allclose(
        autograd.grad(loss)(THETA), weibull_gradient(THETA, X, time, event), rtol=1e-10
    )
    np.testing.assert_allclose(
        autograd.hessian(loss)(THETA), weibull_hessian(THETA, X, time, event), rtol=1e-10
    )


def test_gradient_passes_the_check(lifetimes):
    assert check_gradient(weibull_loss, weibull_gradient, THETA, args=lifetimes).success


def test_exponential_rate_is_failures_over_total_time():
    time, event = np.array([1.0, 3.0, 4.0, 4.0]), np.array([1, 1, 0, 0])
    log_scale = np.log(time.sum() / event.sum())
    gradient = weibull_gradient([log_scale, 0.0], np.ones((4, 1)), time, event)
    assert gradient[0] == pytest.approx(0, abs=1e-12)


def test_fit_without_features_is_scipys(lifetimes):
    _, time, event = lifetimes
    model = weibull_regression(np.ones((60, 1)), time, event)
    data = stats.CensoredData.right_censored(time, event == 0)
    shape, _, scale = stats.weibull_min.fit(data, floc=0)
    assert shape == pytest.approx(1 / model.sigma, rel=1e-4)
    assert scale == pytest.approx(np.exp(model.coef[0]), rel=1e-4)
    scipys = weibull_loss([np.log(scale), -np.log(shape)], np.ones((60, 1)), time, event)
    assert model.fun <= scipys + 1e-9


def test_fit_of_the_motors_is_the_published_one():
    """Venables and Ripley, Modern Applied Statistics with S, section 13.2."""
    motors = load_motors()
    model = weibull_regression(add_intercept(motors.data), motors.time, motors.event)
    assert model.success
    assert "Converged" in model.message
    np.testing.assert_allclose([16.31852, -0.04531], model.coef, atol=5e-6)
    assert -1.0956 == pytest.approx(np.log(model.sigma), abs=5e-5)
    assert 147.4 == pytest.approx(model.fun, abs=0.05)
    errors = np.sqrt(np.diag(model.covariance))
    np.testing.assert_allclose([0.62296, 0.00319, 0.21480], errors, atol=5e-6)


def test_fit_does_not_depend_on_the_unit_of_time(lifetimes):
    X, time, event = lifetimes
    hours, days = weibull_regression(X, time, event), weibull_regression(X, time / 24, event)
    np.testing.assert_allclose(hours.coef - [np.log(24), 0, 0], days.coef, rtol=1e-7)
    assert hours.sigma == pytest.approx(days.sigma, rel=1e-7)


def test_standard_errors_are_the_spread_of_estimates():
    """Of 400 simulated tests, the estimates scatter as the covariance of one of them says."""
    rng = np.random.default_rng(5)
    X = add_intercept(np.repeat([-1.0, 0.0, 1.0], 60)[:, None])
    estimates, variances = [], []
    for _ in range(400):
        failure = np.exp(X @ [1.0, 0.7]) * rng.weibull(2.0, size=180)
        model = weibull_regression(X, np.minimum(failure, 4), failure <= 4)
        estimates.append([*model.coef, np.log(model.sigma)])
        variances.append(np.diag(model.covariance))
    ratio = np.std(estimates, axis=0) / np.sqrt(np.mean(variances, axis=0))
    # The standard deviation of 400 values has a relative error of about 0.035.
    np.testing.assert_allclose(np.ones(3), ratio, atol=0.14)


def test_distribution_is_the_fitted_one(lifetimes):
    X, time, event = lifetimes
    model = weibull_regression(X, time, event)
    law = model.distribution(X[:2])
    expected = np.exp(-((3.0 / np.exp(X[:2] @ model.coef)) ** (1 / model.sigma)))
    np.testing.assert_allclose(expected, law.sf(3.0), rtol=1e-12)


def test_arguments_are_not_changed(lifetimes):
    copies = [np.array(one) for one in lifetimes]
    weibull_regression(*lifetimes)
    for copy, one in zip(copies, lifetimes, strict=True):
        np.testing.assert_array_equal(copy, one)


def test_failures_that_all_have_the_same_time_do_not_converge():
    model = weibull_regression(np.ones((4, 1)), np.ones(4), np.ones(4), maxiter=20)
    assert not model.success
    assert model.status is not Status.CONVERGED


X, TIME, EVENT = np.ones((3, 1)), [1.0, 2.0, 3.0], [1, 0, 1]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((X, [1.0, 0.0, 3.0], EVENT), "time must be positive, got 0.0 at index 1"),
        ((X, TIME, [1, 2, 0]), "event must be 0 or 1, got 2.0 at index 1"),
        ((X, TIME, [0, 0, 0]), "event must have at least one 1"),
        ((X, TIME, [1, 0]), r"time and event must have the same length"),
        ((X[:2], TIME, EVENT), r"X and time must have the same length"),
        ((np.ones((3, 2)), TIME, EVENT), "linearly independent columns, its rank is 1"),
        (([1.0, 1.0, 1.0], TIME, EVENT), "X must be 2-D"),
        ((X, [1.0, np.nan, 3.0], EVENT), "time must be finite, got nan at index 1"),
    ],
)
def test_bad_input_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        weibull_regression(*arguments)


def test_theta_of_another_length_is_refused():
    with pytest.raises(ValueError, match=r"one for log sigma, 2 in all, got shape \(1,\)"):
        weibull_loss([0.0], X, TIME, EVENT)


def test_rows_of_another_width_are_refused(lifetimes):
    model = weibull_regression(*lifetimes)
    with pytest.raises(ValueError, match="X must have 3 columns"):
        model.distribution([[1.0, 2.0]])
