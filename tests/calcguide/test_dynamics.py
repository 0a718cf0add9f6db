import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.linalg import expm

from calcguide.convergence import order_of_accuracy
from calcguide.derivatives import jacobian
from calcguide.dynamics import (
    brownian_motion,
    euler,
    euler_maruyama,
    fit_geometric_brownian_motion,
    geometric_brownian_motion,
    gradient_flow,
    heun,
    lorenz,
    lyapunov_exponent,
    rk4,
)

SOLVERS = [euler, heun, rk4]
ORDERS = [(euler, 1), (heun, 2), (rk4, 4)]
STAGES = [(euler, 1), (heun, 2), (rk4, 4)]


def forced(t, y):
    """Two coupled equations that are nonlinear and depend on the time."""
    return np.array([y[1] + np.sin(t), -np.sin(y[0]) - 0.2 * t * y[1]])


# The right-hand sides


def test_the_lorenz_system_rests_at_its_three_fixed_points():
    c = np.sqrt(8 / 3 * 27)
    for point in [[0, 0, 0], [c, c, 27], [-c, -c, 27]]:
        np.testing.assert_allclose(np.zeros(3), lorenz(0, point), atol=1e-13)


def test_volumes_shrink_at_a_constant_rate():
    for state in np.random.default_rng(0).normal(scale=10, size=(5, 3)):
        derivative = jacobian(lambda s: lorenz(0, s), state)
        assert -(10 + 1 + 8 / 3) == pytest.approx(np.trace(derivative), rel=1e-8)


def test_columns_are_states_of_their_own():
    states = np.random.default_rng(0).normal(size=(3, 4))
    expected = np.column_stack([lorenz(0, state) for state in states.T])
    np.testing.assert_array_equal(expected, lorenz(0, states))


def test_the_parameters_of_the_lorenz_system_are_those_of_the_formula():
    actual = lorenz(0, [1, 2, 3], sigma=5, rho=7, beta=11)
    np.testing.assert_array_equal([5.0, 2.0, -31.0], actual)


def test_the_lorenz_system_refuses_another_dimension():
    with pytest.raises(ValueError, match=r"state must have shape \(3,\) or \(3, n_states\)"):
        lorenz(0, [1, 2])


def test_eulers_method_for_the_gradient_flow_is_gradient_descent():
    H = np.array([[2.0, 1.0], [1.0, 20.0]])

    def jac(x, matrix):
        return matrix @ x

    x = np.array([1.0, 1.0])
    descent = [x]
    for _ in range(30):
        x = x - 0.05 * jac(x, H)
        descent.append(x)
    flow = euler(gradient_flow(jac, args=(H,)), (0, 30 * 0.05), [1, 1], n_steps=30)
    np.testing.assert_allclose(np.transpose(descent), flow.y, rtol=1e-12)


def test_the_gradient_flow_of_a_quadratic_is_a_matrix_exponential():
    H = np.array([[2.0, 1.0], [1.0, 20.0]])
    flow = rk4(gradient_flow(lambda x: H @ x), (0, 2), [1.0, 1.0], n_steps=200)
    np.testing.assert_allclose(expm(-2 * H) @ [1, 1], flow.y[:, -1], rtol=1e-5)


# The solvers


@pytest.mark.parametrize(("solve", "order"), ORDERS)
def test_the_error_falls_with_the_order_of_the_method(solve, order):
    exact = solve_ivp(forced, (0, 2), [1, 0], method="DOP853", rtol=1e-13, atol=1e-14).y[:, -1]
    numbers = np.array([50, 100, 200, 400])
    errors = [
        np.linalg.norm(solve(forced, (0, 2), [1, 0], n_steps=n).y[:, -1] - exact) for n in numbers
    ]
    assert order == pytest.approx(order_of_accuracy(2 / numbers, errors), abs=0.1)


@pytest.mark.parametrize(
    ("solve", "factor"),
    [
        (euler, lambda z: 1 + z),
        (heun, lambda z: 1 + z + z**2 / 2),
        (rk4, lambda z: 1 + z + z**2 / 2 + z**3 / 6 + z**4 / 24),
    ],
)
def test_a_step_of_a_linear_equation_is_the_taylor_polynomial_of_the_exponential(solve, factor):
    actual = solve(lambda t, y: -3 * y, (0, 0.4), [2.0], n_steps=2).y[0]
    np.testing.assert_allclose(2 * factor(-0.6) ** np.arange(3), actual, rtol=1e-14)


def test_runge_kutta_integrates_a_function_of_time_by_simpsons_rule():
    from calcguide.integration import simpson

    actual = rk4(lambda t, y: np.exp(t) + 0 * y, (0, 1), [0.0], n_steps=5).y[0, -1]
    assert simpson(np.exp, 0, 1, n_intervals=10) == pytest.approx(actual, rel=1e-14)


@pytest.mark.parametrize("solve", SOLVERS)
def test_the_result_has_the_shapes_of_solve_ivp(solve):
    expected = solve_ivp(forced, (0, 1), [1, 0], t_eval=np.linspace(0, 1, 11))
    actual = solve(forced, (0, 1), [1, 0], n_steps=10)
    np.testing.assert_allclose(expected.t, actual.t)
    assert expected.y.shape == actual.y.shape
    assert (expected.status, expected.success) == (actual.status, actual.success)
    assert actual.message == "The solver has reached the end of the time span."


@pytest.mark.parametrize(("solve", "n_stages"), STAGES)
def test_evaluations_are_counted(solve, n_stages):
    calls = []

    def counted(t, y):
        calls.append(t)
        return forced(t, y)

    assert solve(counted, (0, 1), [1, 0], n_steps=7).nfev == len(calls) == 7 * n_stages


def test_time_may_run_backwards():
    there = rk4(forced, (0, 2), [1, 0], n_steps=400)
    back = rk4(forced, (2, 0), there.y[:, -1], n_steps=400)
    np.testing.assert_allclose([1, 0], back.y[:, -1], atol=1e-8)


@pytest.mark.parametrize(("solve", "n_stages"), STAGES)
def test_a_solution_that_is_not_finite_is_reported_at_once(solve, n_stages):
    run = solve(lambda t, y: y**3, (0, 10), [10.0], n_steps=1000)
    assert run.success is False
    assert run.status == -1
    assert run.message.startswith("Diverged: the state is no longer finite after t = ")
    assert len(run.t) == run.y.shape[1] < 50
    assert run.nfev == n_stages * len(run.t)
    assert np.isfinite(run.y).all()


@pytest.mark.parametrize("solve", SOLVERS)
def test_the_start_is_not_changed(solve):
    start = np.array([1.0, 2.0])
    run = solve(lambda t, y: -y, (0, 1), start, n_steps=3)
    run.y[:] = 0
    np.testing.assert_array_equal([1.0, 2.0], start)


@pytest.mark.parametrize("solve", SOLVERS)
def test_bad_input_of_a_solver_is_refused(solve):
    with pytest.raises(ValueError, match="t_span must be two different times"):
        solve(forced, (1, 1), [1, 0], n_steps=10)
    with pytest.raises(ValueError, match="n_steps must be >= 1, got 0"):
        solve(forced, (0, 1), [1, 0], n_steps=0)
    with pytest.raises(ValueError, match="y0 must be 1-D"):
        solve(forced, (0, 1), [[1, 0]], n_steps=10)
    with pytest.raises(ValueError, match="y0 must be finite, got nan at index 0"):
        solve(forced, (0, 1), [np.nan, 0], n_steps=10)
    with pytest.raises(ValueError, match=r"fun must return the shape of y, \(2,\), got \(\)"):
        solve(lambda t, y: 1.0, (0, 1), [1, 0], n_steps=10)


# Chaos


def scattered(n_starts):
    return np.random.default_rng(1).normal([[0], [0], [25]], 5, size=(3, n_starts))


def test_the_exponent_of_the_lorenz_system_is_that_of_the_literature():
    estimate = lyapunov_exponent(lorenz, (0, 40), scattered(200), n_steps=4000)
    assert estimate.standard_error < 0.005
    assert 0.9056 == pytest.approx(estimate.value, abs=4 * estimate.standard_error)


def test_without_chaos_the_exponent_is_not_positive():
    # With rho = 10 every path ends in one of two fixed points, spiralling in.
    estimate = lyapunov_exponent(
        lambda t, y: lorenz(t, y, rho=10), (0, 40), scattered(20), n_steps=4000, burn_in=0.5
    )
    c = np.sqrt(8 / 3 * 9)
    derivative = jacobian(lambda s: lorenz(0, s, rho=10), np.array([c, c, 9]))
    expected = np.linalg.eigvals(derivative).real.max()
    assert expected == pytest.approx(estimate.value, abs=0.02)
    assert expected < 0


@pytest.mark.parametrize("matrix", [np.diag([0.3, -0.5]), [[-0.1, 2.0], [-2.0, -0.1]]])
def test_the_exponent_of_a_linear_system_is_the_largest_real_part(matrix):
    matrix = np.array(matrix)
    estimate = lyapunov_exponent(lambda t, y: matrix @ y, (0, 30), np.eye(2), n_steps=600)
    assert np.linalg.eigvals(matrix).real.max() == pytest.approx(estimate.value, abs=1e-3)


def test_an_exponent_is_nan_where_the_state_is_not_finite():
    estimate = lyapunov_exponent(lambda t, y: y**3, (0, 10), [[1.0, 2.0]], n_steps=1000)
    assert np.isnan(estimate.value)
    assert np.isnan(estimate.standard_error)


def test_bad_input_of_the_exponent_is_refused():
    with pytest.raises(ValueError, match="y0 must hold at least 2 starts"):
        lyapunov_exponent(lorenz, (0, 1), np.ones((3, 1)), n_steps=100)
    with pytest.raises(ValueError, match="y0 must be 2-D"):
        lyapunov_exponent(lorenz, (0, 1), [1, 1, 1], n_steps=100)
    with pytest.raises(ValueError, match="burn_in must be"):
        lyapunov_exponent(lorenz, (0, 1), np.ones((3, 2)), n_steps=100, burn_in=1)
    with pytest.raises(ValueError, match="separation must be"):
        lyapunov_exponent(lorenz, (0, 1), np.ones((3, 2)), n_steps=100, separation=0)


# Stochastic differential equations


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
