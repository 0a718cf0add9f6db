import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.linalg import expm

from calcguide.convergence import order_of_accuracy
from calcguide.derivatives import jacobian
from calcguide.dynamics import (
    euler,
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
