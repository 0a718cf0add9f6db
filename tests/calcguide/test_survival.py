"""The Weibull regression, against SciPy, autograd, closed forms and published fits."""

import autograd
import autograd.numpy as anp
import numpy as np
import pytest
from scipy import stats

from calcguide.datasets import load_motors
from calcguide.derivatives import check_gradient
from calcguide.linear_models import add_intercept
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


@pytest.mark.parametrize("theta", [[0.0, -800.0], [0.0, 800.0], [-1e5, 0.0]])
def test_parameters_out_of_reach_give_numbers_and_no_warning(theta):
    arguments = np.ones((2, 1)), [2.0, 3.0], [1, 0]
    assert np.isposinf(weibull_loss(theta, *arguments)) or theta[-1] == 800
    assert (2,) == weibull_gradient(theta, *arguments).shape
    assert (2, 2) == weibull_hessian(theta, *arguments).shape


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


def test_covariance_is_the_inverse_hessian_of_automatic_differentiation(lifetimes):
    X, time, event = lifetimes
    model = weibull_regression(X, time, event)

    def loss(theta):
        z = (anp.log(time) - anp.dot(X, theta[:-1])) * anp.exp(-theta[-1])
        return anp.sum(anp.exp(z)) - anp.dot(event, z - theta[-1])

    theta = np.append(model.coef, np.log(model.sigma))
    expected = np.linalg.inv(autograd.hessian(loss)(theta))
    np.testing.assert_allclose(model.covariance, expected, rtol=1e-8)
    np.testing.assert_allclose(autograd.grad(loss)(theta), np.zeros(4), atol=1e-7)


# Units and origins: with x = a + b z, the slope is that of z divided by b, and the intercept loses
# a times that. Both are linear, so the covariance is carried over in the same way.


UNITS = [
    pytest.param(0.0, 1e3, id="thousands"),
    pytest.param(20_000.0, 10.0, id="20000 +- 10"),
    pytest.param(738_000.0, 100.0, id="day number"),
    pytest.param(738_000.0, 0.01, id="day number in one hour"),
    pytest.param(1.7e9, 1e7, id="Unix time"),
    pytest.param(-1.7e18, 1e15, id="nanoseconds before 1970"),
    pytest.param(0.0, 1e9, id="load cycles"),
    pytest.param(0.0, 1e-8, id="metres"),
    pytest.param(0.0, 1e-150, id="very small"),
    pytest.param(0.0, -1e150, id="very large, with the other sign"),
]


@pytest.mark.parametrize(("origin", "size"), UNITS)
@pytest.mark.parametrize("grouped", [False, True], ids=["column of ones", "column for each group"])
def test_fit_does_not_depend_on_the_units_of_a_column(lifetimes, origin, size, grouped):
    X, time, event = lifetimes
    if grouped:  # the intercept is a sum of columns
        first = np.arange(60) % 3 == 0
        X = np.column_stack((first, ~first, X[:, 2]))
    moved = X.copy()
    moved[:, 2] = origin + size * X[:, 2]
    X[:, 2] = (moved[:, 2] - origin) / size  # what rounding has left of it
    plain, other = weibull_regression(X, time, event), weibull_regression(moved, time, event)
    assert other.success
    change = np.eye(4)
    change[2, 2] = 1 / size
    change[: 2 if grouped else 1, 2] = -origin / size
    np.testing.assert_allclose(other.coef, change[:3, :3] @ plain.coef, rtol=1e-6)
    assert plain.sigma == pytest.approx(other.sigma, rel=1e-7)
    assert plain.fun == pytest.approx(other.fun, rel=1e-9)
    expected = change @ plain.covariance @ change.T
    np.testing.assert_allclose(other.covariance, expected, rtol=1e-6)


@pytest.mark.parametrize("unit", [1e-300, 1e-9, 3600.0, 1e300])
def test_fit_does_not_depend_on_the_units_of_time(lifetimes, unit):
    X, time, event = lifetimes
    plain, other = weibull_regression(X, time, event), weibull_regression(X, time * unit, event)
    assert other.success
    np.testing.assert_allclose(
        other.coef, plain.coef + np.array([np.log(unit), 0, 0]), rtol=1e-9, atol=1e-9
    )
    assert plain.sigma == pytest.approx(other.sigma, rel=1e-9)
    np.testing.assert_allclose(other.covariance, plain.covariance, rtol=1e-7)


def test_dates_of_failure_that_are_close_keep_their_digits():
    """For a small spread, 1e9 + t behaves as its logarithm does: log 1e9 + 1e-9 t."""
    rng = np.random.default_rng(7)
    t = rng.normal(size=50)
    model = weibull_regression(np.ones((50, 1)), 1e9 + t, np.ones(50))
    extreme_value = stats.gumbel_l.fit((1e9 + t) - 1e9)
    assert model.success
    assert extreme_value[1] == pytest.approx(1e9 * model.sigma, rel=1e-5)


# Likelihoods without a maximum


def test_a_group_without_failures_has_an_infinite_coefficient(lifetimes):
    _, time, event = lifetimes
    second = np.arange(60) % 2
    event = event * (1 - second)
    model = weibull_regression(np.column_stack((np.ones(60), second)), time, event)
    assert "INFINITE_COEFFICIENT" == model.status.name
    assert not model.success
    assert "a coefficient grows" in model.message
    assert np.isnan(model.covariance).all()
    # The group drops out, and the other one is fitted alone.
    alone = weibull_regression(np.ones((30, 1)), time[second == 0], event[second == 0])
    assert alone.sigma == pytest.approx(model.sigma, rel=1e-9)
    assert alone.coef[0] == pytest.approx(model.coef[0], rel=1e-9)


@pytest.mark.parametrize("size", [1e-9, 1.0, 1e9])
def test_a_column_that_only_censored_lifetimes_have_has_an_infinite_coefficient(lifetimes, size):
    _, time, event = lifetimes
    rng = np.random.default_rng(2)
    column = np.where(event == 1, 0.0, rng.random(60)) * size
    model = weibull_regression(np.column_stack((np.ones(60), column)), time, event)
    assert "INFINITE_COEFFICIENT" == model.status.name


def test_one_failure_in_the_group_is_enough_for_a_maximum(lifetimes):
    _, time, event = lifetimes
    second = np.arange(60) % 2
    event = event * (1 - second)
    event[np.flatnonzero(second)[5]] = 1
    model = weibull_regression(np.column_stack((np.ones(60), second)), time, event)
    assert model.success
    np.testing.assert_allclose(model.jac, np.zeros(3), atol=1e-8)


@pytest.mark.parametrize(
    ("X", "time", "event", "coef"),
    [
        pytest.param(np.ones((4, 1)), np.ones(4), np.ones(4), [0.0], id="all at the same time"),
        pytest.param(np.ones((3, 1)), [3.0, 2.0, 1.0], [1, 0, 0], [np.log(3)], id="one failure"),
        pytest.param(np.ones((3, 1)), [7.0, 7.0, 6.0], [1, 1, 0], [np.log(7)], id="two at once"),
        pytest.param(
            [[1.0, 0.0], [1.0, 1.0], [1.0, 2.0], [1.0, 3.0]],
            [np.e, np.exp(1.5), np.exp(2.0), np.exp(2.5)],
            [1, 1, 1, 0],
            [1.0, 0.5],
            id="on a line",
        ),
    ],
)
def test_failures_exactly_on_a_line_leave_the_likelihood_unbounded(X, time, event, coef):
    model = weibull_regression(X, time, event)
    assert "UNBOUNDED" == model.status.name
    assert not model.success
    assert "without bound" in model.message
    np.testing.assert_allclose(model.coef, coef, atol=1e-12)
    assert (0.0, -np.inf) == (model.sigma, model.fun)
    # The loss falls below any bound as sigma falls.
    losses = [weibull_loss([*coef, log_sigma], X, time, event) for log_sigma in (-5, -10, -20)]
    assert losses[0] - 4 > losses[1] > losses[2] + 4
    with pytest.raises(ValueError, match="the model has no distribution: its status is UNBOUNDED"):
        model.distribution([X[0]])


def test_a_longer_censored_lifetime_bounds_the_likelihood():
    model = weibull_regression(np.ones((3, 1)), [1.0, 2.0, 3.0], [1, 0, 0])
    assert model.success
    np.testing.assert_allclose(model.jac, np.zeros(2), atol=1e-12)


def test_too_few_steps_are_reported(lifetimes):
    model = weibull_regression(*lifetimes, maxiter=1)
    assert ("ITERATION_LIMIT", 1) == (model.status.name, model.nit)


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
