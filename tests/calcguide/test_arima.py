import autograd
import autograd.numpy as anp
import numpy as np
import pytest
from scipy.optimize import minimize_scalar
from scipy.signal import lfilter
from statsmodels.tsa.ar_model import AutoReg
from statsmodels.tsa.arima.model import ARIMA
from statsmodels.tsa.statespace.sarimax import SARIMAX

from calcguide import arima
from calcguide.arima import FitStatus
from calcguide.datasets import load_air_passengers, load_nile
from calcguide.derivatives import check_gradient, jacobian

# Orders, seasonal orders, and parameters for which both sides have their roots outside.
MODELS = [
    ((1, 0, 0), (0, 0, 0, 1), [0.3, 0.6]),
    ((0, 0, 2), (0, 0, 0, 1), [0.3, 0.5, -0.2]),
    ((2, 0, 1), (0, 0, 0, 1), [0.3, 0.5, -0.3, 0.4]),
    ((0, 1, 1), (0, 1, 1, 4), [-0.4, -0.5]),
    ((1, 1, 1), (1, 0, 2, 4), [0.4, -0.3, 0.5, 0.2, 0.3]),
    ((0, 2, 0), (2, 1, 0, 3), [0.3, -0.2]),
]
AIRLINE = (0, 1, 1), (0, 1, 1, 12)


@pytest.fixture
def series():
    return np.random.default_rng(0).normal(size=60).cumsum() / 3


@pytest.fixture
def nile():
    return load_nile().values[:, 0]


@pytest.fixture
def passengers():
    return np.log(load_air_passengers().values[:, 0])


def residuals_by_loops(params, y, order, seasonal_order):
    """The model as it is written, value after value, for numbers that autograd can follow."""
    (p, d, q), (P, D, Q, s) = order, seasonal_order
    w = list(y)
    for lag in [s] * D + [1] * d:
        w = [w[t] - w[t - lag] for t in range(lag, len(w))]
    if d + D == 0:
        w = [value - params[0] for value in w]
        params = params[1:]
    phi, theta = params[:p], params[p : p + q]
    Phi, Theta = params[p + q : p + q + P], params[p + q + P :]

    # u = Phi(B^s) w, v = phi(B) u = Theta(B^s) x, x = theta(B) e.
    def value(series, t):
        return series[t] if t >= 0 else 0.0

    u = [w[t] - sum(Phi[i] * w[t - s * (i + 1)] for i in range(P)) for t in range(s * P, len(w))]
    v = [u[t] - sum(phi[i] * u[t - i - 1] for i in range(p)) for t in range(p, len(u))]
    x, e = [], []
    for t in range(len(v)):
        x.append(v[t] - sum(Theta[j] * value(x, t - s * (j + 1)) for j in range(Q)))
        e.append(x[t] - sum(theta[j] * value(e, t - j - 1) for j in range(q)))
    return anp.array(e)


def zero_before_the_start(params, y, order, seasonal_order):
    """statsmodels' model with all that was before the first value set to zero, its mean."""
    model = SARIMAX(
        y,
        order=order,
        seasonal_order=seasonal_order,
        simple_differencing=True,
        concentrate_scale=True,
    )
    model.update(params)
    step = model.ssm["selection"]
    model.initialize_known(np.zeros(model.k_states), step @ step.T)
    return model.smooth(params)


# Residuals, likelihood and their derivatives


@pytest.mark.parametrize(("order", "seasonal", "params"), MODELS)
def test_residuals_are_those_of_the_recursion_written_out(order, seasonal, params, series):
    expected = residuals_by_loops(params, series, order, seasonal)
    actual = arima.conditional_residuals(params, series, order, seasonal)
    np.testing.assert_allclose(expected, actual, atol=1e-12)


@pytest.mark.parametrize(("order", "seasonal", "params"), MODELS)
def test_jacobian_agrees_with_automatic_differentiation(order, seasonal, params, series):
    y = series[:30]
    expected = autograd.jacobian(lambda b: residuals_by_loops(b, y, order, seasonal))
    actual = arima.conditional_residuals_jacobian(params, y, order, seasonal)
    np.testing.assert_allclose(expected(np.array(params)), actual, atol=1e-12)


@pytest.mark.parametrize(("order", "seasonal", "params"), MODELS)
def test_derivatives_agree_with_differences(order, seasonal, params, series):
    args = series, order, seasonal
    assert check_gradient(
        arima.conditional_loglikelihood,
        arima.conditional_loglikelihood_gradient,
        params,
        args=args,
    ).success
    np.testing.assert_allclose(
        jacobian(arima.conditional_residuals, params, args=args),
        arima.conditional_residuals_jacobian(params, *args),
        atol=1e-8,
    )


def test_loglikelihood_is_the_largest_over_the_variance(series):
    params, order = [0.3, 0.5, 0.4], (1, 0, 1)
    e = arima.conditional_residuals(params, series, order)

    def negative(log_variance):
        variance = np.exp(log_variance)
        return 0.5 * np.sum(np.log(2 * np.pi * variance) + e**2 / variance)

    best = minimize_scalar(negative, bracket=(-5, 5))
    assert -best.fun == pytest.approx(arima.conditional_loglikelihood(params, series, order))


@pytest.mark.parametrize(
    ("order", "seasonal", "params"), [MODELS[3], ((0, 1, 2), (0, 0, 1, 4), [0.4, -0.2, 0.3])]
)
def test_loglikelihood_of_moving_averages_is_statsmodels_with_zeros_before_the_start(
    order, seasonal, params, series
):
    theirs = zero_before_the_start(params, series, order, seasonal)
    np.testing.assert_allclose(
        theirs.resid, arima.conditional_residuals(params, series, order, seasonal), atol=1e-10
    )
    ours = arima.conditional_loglikelihood(params, series, order, seasonal)
    assert theirs.llf == pytest.approx(ours, rel=1e-10)


# Fits


@pytest.mark.parametrize("p", [1, 3])
def test_an_autoregression_is_a_least_squares_fit(p, nile):
    theirs = AutoReg(nile, p).fit()
    model = arima.fit_arima(nile, (p, 0, 0))
    intercept, *coef = theirs.params
    assert model.success
    np.testing.assert_allclose(coef, model.params[1:], rtol=1e-6)
    assert intercept / (1 - sum(coef)) == pytest.approx(model.params[0], rel=1e-6)
    assert theirs.llf == pytest.approx(model.loglikelihood, rel=1e-10)
    assert theirs.sigma2 == pytest.approx(model.sigma2, rel=1e-8)
    np.testing.assert_allclose(theirs.resid, model.residuals, atol=1e-3)
    np.testing.assert_allclose(theirs.bse[1:], model.standard_errors[1:], rtol=1e-5)


def test_the_mean_alone_is_the_average(nile):
    model = arima.fit_arima(nile, (0, 0, 0))
    assert nile.mean() == pytest.approx(model.params[0], rel=1e-9)
    assert nile.var() == pytest.approx(model.sigma2, rel=1e-9)
    assert nile.std() / 10 == pytest.approx(model.standard_errors[0], rel=1e-9)


def test_a_random_walk_has_no_parameters(nile):
    model = arima.fit_arima(nile, (0, 1, 0))
    forecast = model.forecast(4)
    sigma = np.sqrt(np.mean(np.diff(nile) ** 2))
    assert ((), 0, True) == (model.names, model.params.size, model.success)
    np.testing.assert_allclose(np.full(4, nile[-1]), forecast.mean)
    np.testing.assert_allclose(sigma * np.sqrt([1, 2, 3, 4]), forecast.standard_error)


@pytest.mark.parametrize(
    ("order", "seasonal"), [((1, 0, 1), (0, 0, 0, 1)), ((2, 1, 1), (0, 0, 0, 1)), AIRLINE]
)
def test_a_fit_is_a_maximum(order, seasonal, nile, passengers):
    y = passengers if seasonal[3] > 1 else nile
    model = arima.fit_arima(y, order, seasonal)
    args = y, order, seasonal
    best = arima.conditional_loglikelihood(model.params, *args)
    assert model.success
    assert best == model.loglikelihood
    for step in np.diag(model.standard_errors) * 0.1:
        assert best > arima.conditional_loglikelihood(model.params + step, *args)
        assert best > arima.conditional_loglikelihood(model.params - step, *args)
    gradient = arima.conditional_loglikelihood_gradient(model.params, *args)
    np.testing.assert_allclose(0, gradient * model.standard_errors, atol=1e-6)


def test_for_a_long_series_the_exact_likelihood_gives_the_same():
    y = 5 + lfilter([1.0, 0.4], [1.0, -0.7], np.random.default_rng(1).normal(size=4000))
    theirs = ARIMA(y, order=(1, 0, 1)).fit(method="innovations_mle")
    model = arima.fit_arima(y, (1, 0, 1))
    *expected, sigma2 = theirs.params
    np.testing.assert_allclose(0, (expected - model.params) / model.standard_errors, atol=0.05)
    np.testing.assert_allclose(theirs.bse[:-1], model.standard_errors, rtol=0.05)
    assert sigma2 == pytest.approx(model.sigma2, rel=2e-3)
    last, forecast = theirs.get_forecast(10), model.forecast(10)
    np.testing.assert_allclose(last.predicted_mean, forecast.mean, atol=0.02)
    np.testing.assert_allclose(last.se_mean, forecast.standard_error, rtol=5e-3)


def test_for_a_long_season_the_exact_likelihood_gives_the_same():
    ma = np.convolve(arima.lag_polynomial([-0.4]), arima.lag_polynomial([-0.6], lag=4))
    w = lfilter(ma, [1.0], np.random.default_rng(1).normal(size=2000))
    y = arima.undifference(arima.undifference(w, np.zeros(4), lag=4), [0.0])
    theirs = ARIMA(w, order=(0, 0, 1), seasonal_order=(0, 0, 1, 4), trend="n").fit(
        method="innovations_mle"
    )
    model = arima.fit_arima(y, (0, 1, 1), (0, 1, 1, 4))
    *expected, sigma2 = theirs.params
    np.testing.assert_allclose(0, (expected - model.params) / model.standard_errors, atol=0.1)
    np.testing.assert_allclose(theirs.bse[:-1], model.standard_errors, rtol=0.05)
    assert sigma2 == pytest.approx(model.sigma2, rel=2e-3)


def test_the_parameters_of_a_simulation_are_found_within_their_errors():
    ar, ma = [1.0, -0.7], [1.0, 0.4]
    rng = np.random.default_rng(2)
    scores = []
    for _ in range(25):
        y = 10 + lfilter(ar, ma, lfilter(ma, ar, lfilter(ma, ar, rng.normal(size=400))))
        model = arima.fit_arima(y, (1, 0, 1))
        assert model.success
        scores.append((model.params - [10, 0.7, 0.4]) / model.standard_errors)
    np.testing.assert_allclose(0, np.mean(scores, axis=0), atol=3.5 / np.sqrt(25))
    np.testing.assert_allclose(1, np.std(scores, axis=0), atol=0.4)


@pytest.mark.parametrize(("order", "seasonal"), [((1, 0, 1), (0, 0, 0, 1)), AIRLINE])
def test_units_change_nothing_but_units(order, seasonal, passengers):
    model = arima.fit_arima(passengers, order, seasonal)
    scaled = arima.fit_arima(1000 * passengers, order, seasonal)
    factors = [1000.0 if name == "mean" else 1.0 for name in model.names]
    np.testing.assert_allclose(model.params * factors, scaled.params, rtol=1e-6)
    assert 1e6 * model.sigma2 == pytest.approx(scaled.sigma2, rel=1e-8)


# Forecasts


@pytest.mark.parametrize(("order", "seasonal", "params"), MODELS[3:4])
def test_forecasts_are_those_of_statsmodels_with_zeros_before_the_start(
    order, seasonal, params, series
):
    fit = arima.fit_arima(series, order, seasonal)
    theirs = zero_before_the_start(fit.params, series, order, seasonal).get_forecast(9)
    # There the series is the differenced one.
    walk = arima.undifference(theirs.predicted_mean, arima.difference(series)[-4:], lag=4)[4:]
    expected = arima.undifference(walk, series[-1:])[1:]
    np.testing.assert_allclose(expected, fit.forecast(9).mean, atol=1e-10)


def test_forecasts_of_an_autoregression_return_to_the_mean(nile):
    model = arima.fit_arima(nile, (1, 0, 0))
    mu, phi = model.params
    h = np.arange(1, 9)
    forecast = model.forecast(8)
    np.testing.assert_allclose(mu + phi**h * (nile[-1] - mu), forecast.mean)
    variance = model.sigma2 * (1 - phi ** (2 * h)) / (1 - phi**2)
    np.testing.assert_allclose(np.sqrt(variance), forecast.standard_error)


def test_forecasts_of_0_1_1_are_exponential_smoothing(nile):
    model = arima.fit_arima(nile, (0, 1, 1))
    alpha = 1 + model.params[0]
    level = nile[0]
    for value in nile[1:]:
        level += alpha * (value - level)
    forecast = model.forecast(5)
    np.testing.assert_allclose(np.full(5, level), forecast.mean)
    variance = model.sigma2 * (1 + np.arange(5) * alpha**2)
    np.testing.assert_allclose(np.sqrt(variance), forecast.standard_error)


@pytest.mark.parametrize(("order", "seasonal", "params"), MODELS)
def test_the_error_of_the_next_value_is_its_residual(order, seasonal, params, series):
    model = arima.fit_arima(series[:50], order, seasonal, maxiter=1)
    longer = arima.conditional_residuals(model.params, series, order, seasonal)
    for n in (50, 55):
        expected = series[n] - longer[n - 60]
        assert expected == pytest.approx(model.forecast(1, y=series[:n]).mean[0], abs=1e-9)


def test_intervals_hold_the_share_of_the_future_that_they_promise():
    noise = np.random.default_rng(3).normal(size=(200, 130))
    paths = np.cumsum(lfilter([1.0, -0.5], [1.0], noise), axis=1)
    held = []
    for y in paths:
        forecast = arima.fit_arima(y[:120], (0, 1, 1)).forecast(10, level=0.8)
        held.append((forecast.lower <= y[120:]) & (y[120:] <= forecast.upper))
    np.testing.assert_allclose(0.8, np.mean(held), atol=0.04)


# What goes wrong


def test_a_season_that_is_differenced_too_often_is_not_invertible():
    noise = np.random.default_rng(31).normal(size=(20, 100))
    models = [arima.fit_arima(y, (0, 1, 1)) for y in noise]
    assert max(model.params[0] for model in models) < -0.8
    failed = [model for model in models if not model.success]
    assert failed
    for model in failed:
        assert FitStatus.NOT_INVERTIBLE == model.status
        assert model.params[0] <= -1
        assert "Take differences once less" in model.message


def test_a_series_that_explodes_is_not_stationary():
    y = lfilter([1.0], [1.0, -1.1], np.random.default_rng(4).normal(size=60))
    model = arima.fit_arima(y, (1, 0, 0))
    assert (FitStatus.NOT_STATIONARY, False) == (model.status, model.success)
    assert 1.1 == pytest.approx(model.params[1], abs=0.01)
    assert "Take differences once more" in model.message


def test_too_few_steps_are_no_success(nile):
    model = arima.fit_arima(nile, (1, 0, 1), maxiter=2)
    assert (FitStatus.ITERATION_LIMIT, 2, False) == (model.status, model.nit, model.success)
    assert "Raise maxiter" in model.message


def test_parameters_that_cancel_have_large_errors():
    y = np.random.default_rng(5).normal(size=300)
    alone = arima.fit_arima(y, (1, 0, 0))
    both = arima.fit_arima(y, (1, 0, 1))
    assert both.standard_errors[1] > 5 * alone.standard_errors[1]


def test_arguments_are_not_changed(nile):
    before = nile.copy()
    model = arima.fit_arima(nile, (1, 1, 1))
    model.forecast(3, y=nile)
    arima.autocorrelation(nile, 3)
    arima.difference(nile, 0)[:] = 0
    model.y[:] = 0
    np.testing.assert_array_equal(before, nile)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        (([0.1], np.ones(9), (1, 0)), ValueError, "order must hold 3 integers"),
        (([0.1], np.ones(9), (1.0, 0, 0)), TypeError, r"order\[0\] must be an integer"),
        (([0.1], np.ones(9), (0, 0, -1)), ValueError, r"order\[2\] must be >= 0, got -1"),
        (([0.1], np.ones(9), (1, 1, 0), (0, 1, 1)), ValueError, "seasonal_order must hold 4"),
        (([0.1], np.ones(9), (1, 1, 0), (0, 1, 0, 1)), ValueError, "the period, must be >= 2"),
        (([0.1], np.ones(9), (1, 0, 0)), ValueError, r"length 2 \(mean, ar.L1\), got 1"),
        (([0.1], np.ones(2), (1, 1, 0)), ValueError, "more than the 2 values on which"),
        (([0.1], np.ones((9, 1)), (1, 1, 0)), ValueError, "y must be 1-D"),
        (
            ([0.1], [1.0, np.nan, 2.0], (1, 1, 0)),
            ValueError,
            "y must be finite, got nan at index 1",
        ),
        ((["a"], np.ones(9), (1, 1, 0)), TypeError, "params must be an array of real numbers"),
    ],
)
def test_objectives_say_what_is_wrong(arguments, error, message):
    for function in (
        arima.conditional_residuals,
        arima.conditional_residuals_jacobian,
        arima.conditional_loglikelihood,
        arima.conditional_loglikelihood_gradient,
    ):
        with pytest.raises(error, match=message):
            function(*arguments)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: arima.difference([1.0, 2.0], lag=2), "more than n \\* lag = 2 values, got 2"),
        (lambda: arima.undifference([1.0], [1.0], 2), "start must have n \\* lag = 2 values"),
        (lambda: arima.psi_weights([2.0], [1.0], 3), "ar must begin with 1, got 2"),
        (lambda: arima.psi_weights([1.0], [1.0], 0), "n_weights must be >= 1"),
        (lambda: arima.autocorrelation([1.0, 1.0], 1), "x must not be constant, got 1"),
        (lambda: arima.autocorrelation([1.0, 2.0], 2), "n_lags must be less than the length 2"),
        (lambda: arima.fit_arima(np.arange(9.0), (0, 1, 1)), "y must vary after its differences"),
        (lambda: arima.fit_arima([1.0, 2.0, 4.0], (1, 0, 1)), "more residuals than the 3 param"),
        (lambda: arima.fit_arima(np.ones(9), (0, 1, 1), gtol=0.0), "gtol must be finite and > 0"),
    ],
)
def test_other_functions_say_what_is_wrong(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_forecast_says_what_is_wrong(nile):
    model = arima.fit_arima(nile, (0, 1, 1))
    with pytest.raises(ValueError, match="n_steps must be >= 1"):
        model.forecast(0)
    with pytest.raises(ValueError, match="level must be finite and > 0 and < 1, got 95"):
        model.forecast(1, level=95)
    with pytest.raises(ValueError, match="y must have more than the 1 values"):
        model.forecast(1, y=[1.0])
