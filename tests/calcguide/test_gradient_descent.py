import tracemalloc
from types import SimpleNamespace

import numpy as np
import pytest
from scipy.optimize import minimize

from calcguide.convergence import convergence_rate, order_of_accuracy
from calcguide.derivatives import gradient
from calcguide.gradient_descent import (
    adam,
    gradient_descent,
    momentum,
    nesterov,
    proximal_gradient,
)
from calcguide.objectives import (
    beale,
    booth,
    double_well,
    himmelblau,
    quadratic,
    rosenbrock,
    styblinski_tang,
)
from calcguide.results import IntermediateResult, OptimizeResult, Status
from calcguide.schedules import constant, cosine_decay, exponential_decay, inverse_time_decay


def proximal(*args, **kwargs):
    """The proximal method without a penalty, which must do what the plain one does."""
    return proximal_gradient(*args, prox=lambda v, step: v, penalty=lambda x: 0.0, **kwargs)


def fista(*args, **kwargs):
    return proximal(*args, accelerated=True, **kwargs)


METHODS = [gradient_descent, momentum, nesterov, adam, proximal, fista]
QUADRATIC = quadratic([[2.0, 1.0], [1.0, 20.0]], [1.0, -3.0], 2.0)


@pytest.fixture(params=METHODS, ids=lambda method: method.__name__)
def method(request):
    return request.param


def run(method, objective=QUADRATIC, learning_rate=0.04, **kwargs):
    kwargs = {"x0": objective.x0, "jac": objective.jac} | kwargs
    return method(objective.fun, learning_rate=learning_rate, **kwargs)


def soft_threshold(v, step):
    return np.sign(v) * np.maximum(np.abs(v) - step, 0)


# --- Known minima

# The learning rate is set by the largest curvature on the way; Adam's by the distance to go.
RATES = {
    "Quadratic": 0.04,
    "Rosenbrock": 1.2e-3,
    "Himmelblau": 0.01,
    "Beale": 0.01,
    "Booth": 0.04,
    "Styblinski-Tang": 0.01,
    "Double well": 0.01,
}
PROBLEMS = [
    QUADRATIC,
    rosenbrock(),
    himmelblau(),
    beale(),
    booth(),
    styblinski_tang(2),
    double_well(),
    double_well(3),
]


@pytest.mark.parametrize("problem", PROBLEMS, ids=lambda p: f"{p.name}-{p.x0.size}")
def test_every_method_finds_the_minimum_of_every_problem(method, problem):
    rate = 0.1 if method is adam else RATES[problem.name]
    # Much of each step of the accelerated methods is taken again.
    rate /= {momentum: 5, nesterov: 5, fista: 2}.get(method, 1)
    result = run(
        method,
        problem,
        learning_rate=rate,
        # Zero is in the valley of a local minimum of the function of Styblinski and Tang.
        x0=problem.x0 - (problem.name == "Styblinski-Tang"),
        maxiter=50_000,
    )
    assert result.success, result
    assert problem.f_min == pytest.approx(result.fun, rel=1e-6, abs=1e-6)
    if problem.name == "Double well":
        assert np.sqrt(10) == pytest.approx(np.linalg.norm(result.x), rel=1e-5)
    else:
        assert np.linalg.norm(problem.x_min - result.x, axis=1).min() < 1e-3


def test_the_minimum_agrees_with_that_of_scipy(method):
    rng = np.random.default_rng(0)
    X, y = rng.standard_normal((40, 5)), rng.standard_normal(40)
    sign = 2 * (y > 0) - 1

    def fun(w):
        return np.logaddexp(0, -sign * (X @ w)).mean() + 0.05 * (w @ w)

    def jac(w):
        return X.T @ (-sign / (1 + np.exp(sign * (X @ w)))) / len(y) + 0.1 * w

    expected = minimize(fun, np.zeros(5), jac=jac, options={"gtol": 1e-10})
    rate = exponential_decay(0.3, decay=0.01) if method is adam else 0.3
    actual = method(fun, np.zeros(5), jac=jac, learning_rate=rate, gtol=1e-8)
    assert actual.success, actual
    np.testing.assert_allclose(actual.x, expected.x, atol=1e-7)


# --- Recurrences, written out once more

GRADIENTS = [np.array([1.0, -4.0]), np.array([0.5, 3.0]), np.array([-2.0, 0.25])]


def follow(method, rate, **kwargs):
    """Run a method on prescribed gradients, whatever the point."""
    gradients = iter([*GRADIENTS, np.zeros(2)])
    result = method(
        lambda x: 0.0,
        [1.0, 2.0],
        jac=lambda x: next(gradients),
        learning_rate=rate,
        maxiter=3,
        gtol=0,
        **kwargs,
    )
    return result.history.x


def test_gradient_descent_follows_its_recurrence():
    rate = inverse_time_decay(0.1, decay=1.0)
    x = [np.array([1.0, 2.0])]
    for k, g in enumerate(GRADIENTS):
        x.append(x[-1] - 0.1 / (1 + k) * g)
    np.testing.assert_allclose(follow(gradient_descent, rate), x, rtol=1e-15)


def test_momentum_follows_polyaks_two_step_form():
    # x[k+1] = x[k] - rate[k] g[k] + beta (x[k] - x[k-1])
    rate = inverse_time_decay(0.1, decay=1.0)
    x = [np.array([1.0, 2.0])] * 2
    for k, g in enumerate(GRADIENTS):
        x.append(x[-1] - 0.1 / (1 + k) * g + 0.8 * (x[-1] - x[-2]))
    np.testing.assert_allclose(follow(momentum, rate, beta=0.8), x[1:], rtol=1e-15)


def test_nesterov_follows_the_form_in_two_sequences():
    rate = inverse_time_decay(0.1, decay=1.0)
    x = np.array([1.0, 2.0])
    y = [x]
    for k, g in enumerate(GRADIENTS):
        x, last = y[-1] - 0.1 / (1 + k) * g, x
        y.append(x + 0.8 * (x - last))
    np.testing.assert_allclose(follow(nesterov, rate, beta=0.8), y, rtol=1e-15)


def test_adam_follows_its_closed_form():
    # The bias-corrected means are weighted means of all gradients so far.
    beta1, beta2, eps = 0.8, 0.95, 1e-2
    x = [np.array([1.0, 2.0])]
    for k in range(3):
        age = np.arange(k + 1)[::-1]
        seen = np.array(GRADIENTS[: k + 1])
        mean = np.average(seen, axis=0, weights=beta1**age)
        square = np.average(seen**2, axis=0, weights=beta2**age)
        x.append(x[-1] - 0.1 * mean / (np.sqrt(square) + eps))
    actual = follow(adam, 0.1, beta1=beta1, beta2=beta2, eps=eps)
    np.testing.assert_allclose(actual, x, rtol=1e-14)


def test_the_first_step_of_adam_has_the_length_of_the_rate_at_any_scale():
    for scale in (1e-3, 1.0, 1e6):
        result = adam(
            lambda x, s=scale: s * (x @ x),
            [3.0, -4.0],
            jac=lambda x, s=scale: 2 * s * x,
            learning_rate=0.1,
            maxiter=1,
        )
        np.testing.assert_allclose(result.x, [2.9, -3.9], rtol=1e-5)


def test_the_first_step_of_adam_is_half_the_rate_where_the_slope_is_epsilon():
    result = adam(
        lambda x: 1e-8 * x.sum(),
        [0.0],
        jac=lambda _: [1e-8],
        learning_rate=0.1,
        maxiter=1,
        gtol=0,
    )
    np.testing.assert_allclose([-0.05], result.x, rtol=1e-9)


def test_without_momentum_the_methods_are_gradient_descent():
    expected = run(gradient_descent)
    for actual in (run(momentum, beta=0), run(nesterov, beta=0), run(proximal)):
        np.testing.assert_allclose(actual.history.x, expected.history.x, rtol=1e-9, atol=1e-14)
        assert expected.nit == actual.nit


# --- Theory

EIGENVALUES = np.array([1.0, 4.0, 10.0])
DIAGONAL = quadratic(np.diag(EIGENVALUES))


@pytest.mark.parametrize(
    ("method", "limit"),
    [
        (gradient_descent, 2 / 10),
        (lambda *a, **k: momentum(*a, beta=0.5, **k), 2 * (1 + 0.5) / 10),
        (lambda *a, **k: nesterov(*a, beta=0.5, **k), 2 * (1 + 0.5) / ((1 + 2 * 0.5) * 10)),
        (proximal, 2 / 10),
    ],
    ids=["gradient_descent", "momentum", "nesterov", "proximal"],
)
def test_the_stability_limit_is_sharp(method, limit):
    below = run(method, DIAGONAL, learning_rate=0.99 * limit, maxiter=5000)
    assert below.success
    above = run(method, DIAGONAL, learning_rate=1.01 * limit, maxiter=100_000)
    assert Status.NOT_FINITE is above.status
    assert not above.success
    assert above.message.startswith("Diverged")
    assert np.isfinite(above.x).all()
    assert np.isfinite(above.fun)


@pytest.mark.parametrize("rate", [0.02, 0.1, 2 / 11, 0.19])
def test_the_observed_rate_is_the_predicted_one(rate):
    result = run(gradient_descent, DIAGONAL, learning_rate=rate, maxiter=300, gtol=0)
    predicted = np.abs(1 - rate * EIGENVALUES).max()
    observed = convergence_rate(result.history.grad_norm[:200], limit=0)[-1]
    assert predicted == pytest.approx(observed, rel=1e-6)


def test_the_best_constant_rate_is_the_best():
    best = 2 / (EIGENVALUES.min() + EIGENVALUES.max())
    errors = [
        np.linalg.norm(run(gradient_descent, DIAGONAL, f * best, maxiter=100, gtol=0).x)
        for f in (0.95, 1.0, 1.05)
    ]
    assert min(errors) == errors[1]


def test_heavy_ball_reaches_its_optimal_rate():
    # Polyak: with the best parameters the error shrinks by (sqrt(k) - 1)/(sqrt(k) + 1).
    smallest, largest = np.sqrt(EIGENVALUES[[0, -1]])
    shrink = (largest - smallest) / (largest + smallest)
    rate = (2 / (largest + smallest)) ** 2
    result = run(momentum, DIAGONAL, learning_rate=rate, beta=shrink**2, maxiter=60, gtol=0)
    norms = result.history.grad_norm
    assert shrink == pytest.approx((norms[50] / norms[20]) ** (1 / 30), rel=0.05)


def worst_case(n):
    """Nesterov's function that is hard for all gradient methods, and its curvature."""
    return 2 * np.eye(n) - np.eye(n, k=1) - np.eye(n, k=-1), np.eye(n)[0], 4.0


@pytest.mark.parametrize(("accelerated", "order"), [(False, 0.5), (True, 1.0)])
def test_acceleration_beats_the_plain_proximal_method(accelerated, order):
    A, b, curvature = worst_case(200)
    start = np.zeros(200)
    best = 0.5 * b @ np.linalg.solve(A, b)
    result = proximal_gradient(
        lambda x: 0.5 * x @ A @ x - b @ x + best,
        start,
        jac=lambda x: A @ x - b,
        prox=lambda v, step: v,
        penalty=lambda x: 0.0,
        learning_rate=1 / curvature,
        accelerated=accelerated,
        maxiter=150,
        gtol=0,
    )
    k = np.arange(1, 151)
    gap = result.history.fun[1:]
    # The bounds of Beck and Teboulle, theorems 3.1 and 4.4.
    distance = np.sum(np.linalg.solve(A, b) ** 2)
    bound = 2 * curvature * distance / (k + 1) ** 2 if accelerated else curvature * distance / 2 / k
    assert (gap <= bound).all()
    # Before the end of the chain is reached, acceleration doubles the order.
    assert order == pytest.approx(-order_of_accuracy(k[20:80], gap[20:80]), abs=0.1)


@pytest.mark.parametrize("accelerated", [False, True])
def test_the_lasso_solution_fulfils_its_optimality_conditions(accelerated):
    rng = np.random.default_rng(1)
    X = rng.standard_normal((50, 12))
    y = X[:, :3] @ [3.0, -2.0, 1.0] + 0.1 * rng.standard_normal(50)
    alpha, n = 0.2, len(y)

    def smooth(w):
        return ((X @ w - y) ** 2).sum() / (2 * n)

    def jac(w):
        return X.T @ (X @ w - y) / n

    result = proximal_gradient(
        smooth,
        np.zeros(12),
        jac=jac,
        prox=lambda v, step: soft_threshold(v, alpha * step),
        penalty=lambda w: alpha * np.abs(w).sum(),
        learning_rate=1 / np.linalg.eigvalsh(X.T @ X / n)[-1],
        accelerated=accelerated,
        gtol=1e-10,
    )
    assert result.success
    zero = result.x == 0
    assert 9 == zero.sum()
    slope = -jac(result.x)
    np.testing.assert_allclose(slope[~zero], alpha * np.sign(result.x[~zero]), rtol=1e-8)
    assert (np.abs(slope[zero]) < alpha).all()
    assert smooth(result.x) + alpha * np.abs(result.x).sum() == pytest.approx(result.fun)


@pytest.mark.parametrize("accelerated", [False, True])
def test_a_projection_keeps_all_points_within_the_constraint(accelerated):
    result = proximal_gradient(
        lambda x: ((x - [3.0, 0.5]) ** 2).sum(),
        [0.0, 0.0],
        jac=lambda x: 2 * (x - [3.0, 0.5]),
        prox=lambda v, step: np.clip(v, 0, 1),
        penalty=lambda x: 0.0 if ((x >= 0) & (x <= 1)).all() else np.inf,
        learning_rate=0.1,
        accelerated=accelerated,
    )
    assert result.success
    np.testing.assert_allclose(result.x, [1, 0.5], atol=1e-5)
    assert (result.history.x >= 0).all()
    assert (result.history.x <= 1).all()


def test_acceleration_does_not_stop_where_the_extrapolated_point_passes_the_minimum():
    # The bound of the Notes: the mapping at the last point is at most 5 times the tolerance.
    rng = np.random.default_rng(2)
    for _ in range(50):
        A = np.diag(rng.uniform(0.01, 1, 3))
        result = proximal_gradient(
            lambda x, A=A: 0.5 * x @ A @ x,
            rng.standard_normal(3),
            jac=lambda x, A=A: A @ x,
            prox=lambda v, step: v,
            penalty=lambda x: 0.0,
            learning_rate=1.0,
            accelerated=True,
            gtol=1e-3,
        )
        assert result.success
        assert np.abs(A @ result.x).max() <= 5 * 1e-3


# --- Results and stopping


def test_the_result_describes_the_last_point(method):
    result = run(method, maxiter=20)
    assert isinstance(result, OptimizeResult)
    assert Status.ITERATION_LIMIT is result.status
    assert 20 == result.nit
    assert result.nfev == result.njev == 21
    np.testing.assert_array_equal(result.history.x[-1], result.x)
    assert result.history.fun[-1] == result.fun
    assert float is type(result.fun)
    assert QUADRATIC(result.x) == pytest.approx(result.fun)
    assert {(21, 2), (21,)} == {
        result.history.x.shape,
        result.history.fun.shape,
        result.history.grad_norm.shape,
    }


@pytest.mark.parametrize("method", [gradient_descent, momentum, nesterov, adam])
def test_the_history_holds_every_point_with_its_value_and_gradient(method):
    history = run(method, maxiter=50).history
    for x, value, norm in zip(history.x, history.fun, history.grad_norm, strict=True):
        assert QUADRATIC(x) == value
        assert np.linalg.norm(QUADRATIC.jac(x)) == pytest.approx(norm, rel=1e-14)


def test_the_run_stops_as_soon_as_no_component_of_the_gradient_is_above_the_tolerance():
    result = run(gradient_descent, gtol=1e-4)
    sizes = [np.abs(QUADRATIC.jac(x)).max() for x in result.history.x]
    assert Status.CONVERGED is result.status
    assert sizes[-1] <= 1e-4 < sizes[-2]


def test_the_tolerance_is_that_of_scipys_bfgs(method):
    # By default, and as gtol: success says the same about the last point.
    for options in ({}, {"gtol": 1e-3}):
        rate = {"learning_rate": 0.01, "maxiter": 20_000}
        ours = minimize(
            QUADRATIC.fun, [5.0, 5.0], jac=QUADRATIC.jac, method=method, options=rate | options
        )
        theirs = minimize(
            QUADRATIC.fun, [5.0, 5.0], jac=QUADRATIC.jac, method="BFGS", options=options
        )
        gtol = options.get("gtol", 1e-5)
        assert ours.success
        assert theirs.success
        assert np.abs(ours.jac).max() <= gtol
        assert np.abs(theirs.jac).max() <= gtol


@pytest.mark.parametrize("n", [1, 4, 1000])
def test_the_tolerance_holds_for_each_component_whatever_their_number(n):
    # The gradient 2x has n equal components.
    result = gradient_descent(
        lambda x: x @ x, np.ones(n), jac=lambda x: 2 * x, learning_rate=0.25, gtol=0.1
    )
    assert result.success
    assert 5 == result.nit  # 2 / 2**5 = 0.0625 is the first below 0.1


@pytest.mark.parametrize("start", [1.0, 1e3, 1e6, 1e9])
def test_success_says_the_same_about_the_last_point_whatever_the_start(start):
    # A line through the points (0, 1), (1, 3), (2, 5), (3, 7): intercept 1, slope 2.
    X, y = np.column_stack([np.ones(4), np.arange(4)]), 1 + 2 * np.arange(4.0)
    result = gradient_descent(
        lambda w: ((X @ w - y) ** 2).mean() / 2,
        [start, start],
        jac=lambda w: X.T @ (X @ w - y) / 4,
        learning_rate=0.4,
    )
    assert result.success
    # With the smallest eigenvalue mu of the Hessian, no point is farther than |g| / mu.
    mu = np.linalg.eigvalsh(X.T @ X / 4)[0]
    assert np.linalg.norm(result.x - [1, 2]) <= np.sqrt(2) * 1e-5 / mu


def test_a_slow_run_from_far_away_is_no_success():
    # A quartic from 1000 at a tiny rate: relative to its start, the slope of 4000 is small.
    result = gradient_descent(
        lambda x: (x @ x) ** 2,
        [1000.0],
        jac=lambda x: 4 * (x @ x) * x,
        learning_rate=1e-7,
        maxiter=20_000,
    )
    assert Status.ITERATION_LIMIT is result.status
    assert abs(result.jac[0]) > 1


def test_a_start_that_is_good_enough_is_a_success_at_once(method):
    best = QUADRATIC.x_min[0] + 1e-9
    result = run(method, x0=best)
    assert result.success
    assert 0 == result.nit


@pytest.mark.parametrize("scale", [1e160, 1e-160])
def test_gradients_whose_squares_overflow_or_underflow_are_finite(method, scale):
    result = method(
        lambda x: scale * (x @ x),
        [1.0, 2.0],
        jac=lambda x: 2 * scale * x,
        learning_rate=0.1 if method is adam else 0.1 / scale,
        gtol=1e-6 * scale,
        **({"eps": 1e-300} if method is adam else {}),
    )
    assert result.success, result
    norms = np.linalg.norm(2 * result.history.x, axis=1) * scale
    if method is not fista:  # whose norm is that of the mapping
        np.testing.assert_allclose(result.history.grad_norm, norms, rtol=1e-12)
    np.testing.assert_allclose(result.x, 0, atol=1e-6)


# --- What the functions do to their arrays


def shifted(x):
    """Return |x - 3|^2, and spoil the point."""
    x -= 3.0
    return float(x @ x)


def shifted_jac(x):
    x -= 3.0
    return np.multiply(x, 2, out=x)


@pytest.mark.parametrize("both", [False, True])
def test_functions_may_write_into_the_point_they_are_given(method, both):
    def pair(x):
        value = shifted(x)
        return value, np.multiply(x, 2, out=x)

    fun, jac = (pair, True) if both else (shifted, shifted_jac)
    clean = {"jac": lambda x: 2 * (x - 3.0), "learning_rate": 0.1, "maxiter": 50}
    expected = method(lambda x: float((x - 3.0) @ (x - 3.0)), [0.0, 1.0], **clean)
    actual = method(fun, [0.0, 1.0], **clean | {"jac": jac})
    np.testing.assert_array_equal(expected.history.x, actual.history.x)
    np.testing.assert_array_equal(expected.history.fun, actual.history.fun)
    np.testing.assert_array_equal(expected.jac, actual.jac)


def test_penalty_and_proximal_operator_may_write_into_what_they_are_given():
    def penalty(x):
        np.abs(x, out=x)
        return x.sum()

    def prox(v, step):
        v[:] = soft_threshold(v, step)
        return v

    kwargs = {"learning_rate": 0.04, "maxiter": 30}
    expected = run(
        proximal_gradient, prox=soft_threshold, penalty=lambda x: np.abs(x).sum(), **kwargs
    )
    actual = run(proximal_gradient, prox=prox, penalty=penalty, **kwargs)
    np.testing.assert_array_equal(expected.history.x, actual.history.x)
    np.testing.assert_array_equal(expected.history.fun, actual.history.fun)


def test_a_value_in_a_buffer_is_read_before_the_gradient_overwrites_it(method):
    buffer = np.empty(2)

    def fun(x):
        buffer[0] = QUADRATIC(x)
        return buffer[:1]

    def jac(x):
        buffer[:] = QUADRATIC.jac(x)
        return buffer

    expected = run(method, maxiter=20)
    actual = method(fun, QUADRATIC.x0, jac=jac, learning_rate=0.04, maxiter=20)
    np.testing.assert_array_equal(expected.history.fun, actual.history.fun)
    np.testing.assert_array_equal(expected.history.x, actual.history.x)


def test_points_that_a_function_keeps_are_its_own(method):
    kept = []

    def fun(x):
        kept.append(x)
        return QUADRATIC(x)

    result = method(fun, QUADRATIC.x0, jac=QUADRATIC.jac, learning_rate=0.04, maxiter=3)
    np.testing.assert_array_equal(kept, result.history.x)


# --- Memory


def test_without_all_points_a_run_gives_the_same_in_little_memory(method):
    n, steps = 10_000, 50
    scales = np.linspace(1, 2, n)

    def start(return_all):
        tracemalloc.start()
        result = method(
            lambda x: x @ (scales * x) / 2,
            np.ones(n),
            jac=lambda x: scales * x,
            learning_rate=0.01,
            maxiter=steps,
            return_all=return_all,
        )
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return result, peak

    (full, much), (lean, little) = start(True), start(False)
    assert (steps + 1, n) == full.history.x.shape
    assert (0, n) == lean.history.x.shape
    assert much > steps * n * 8
    assert little < 20 * n * 8
    np.testing.assert_array_equal(full.x, lean.x)
    np.testing.assert_array_equal(full.history.fun, lean.history.fun)
    np.testing.assert_array_equal(full.history.grad_norm, lean.history.grad_norm)
    assert (full.nit, full.fun, full.status) == (lean.nit, lean.fun, lean.status)


def test_a_start_at_the_minimum_has_converged(method):
    result = method(lambda x: x @ x, [0.0, 0.0], jac=lambda x: 2 * x, learning_rate=0.1)
    assert result.success
    assert 0 == result.nit


def test_no_steps_are_taken_if_none_are_allowed(method):
    result = run(method, maxiter=0)
    assert Status.ITERATION_LIMIT is result.status
    np.testing.assert_array_equal(QUADRATIC.x0, result.x)


def test_the_start_is_neither_changed_nor_shared(method):
    x0 = np.array([1.0, 1.0])
    result = run(method, x0=x0, maxiter=3)
    result.x[:] = 7
    result.history.x[:] = 7
    np.testing.assert_array_equal([1.0, 1.0], x0)
    at_start = run(method, x0=x0, maxiter=0)
    at_start.x[:] = 7
    np.testing.assert_array_equal([1.0, 1.0], x0)
    np.testing.assert_array_equal([[1.0, 1.0]], at_start.history.x)


def test_an_integer_start_becomes_floats(method):
    expected, actual = run(method, x0=[1.0, 2.0]), run(method, x0=np.array([1, 2]))
    np.testing.assert_array_equal(expected.x, actual.x)
    assert np.float64 == actual.x.dtype


def test_a_number_is_a_start_in_one_dimension():
    result = gradient_descent(
        lambda x: (x - 3) ** 2, 0.0, jac=lambda x: 2 * (x - 3), learning_rate=0.25
    )
    np.testing.assert_allclose(result.x, [3.0], atol=1e-5)


def test_a_gradient_in_one_buffer_is_as_good_as_a_new_one(method):
    buffer = np.empty(2)

    def jac(x):
        buffer[:] = QUADRATIC.jac(x)
        return buffer

    expected, actual = run(method, maxiter=30), run(method, jac=jac, maxiter=30)
    np.testing.assert_array_equal(expected.history.x, actual.history.x)
    buffer[:] = 7
    np.testing.assert_array_equal(expected.jac, actual.jac)


def test_value_and_gradient_can_come_from_one_function(method):
    calls = 0

    def both(x):
        nonlocal calls
        calls += 1
        return QUADRATIC(x), QUADRATIC.jac(x)

    expected, actual = run(method), method(both, QUADRATIC.x0, jac=True, learning_rate=0.04)
    np.testing.assert_array_equal(expected.history.x, actual.history.x)
    np.testing.assert_array_equal(expected.history.fun, actual.history.fun)
    if method is not fista:  # which takes value and gradient at different points
        assert calls == actual.nfev


def test_further_arguments_reach_function_and_gradient(method):
    expected = run(method, maxiter=10)
    actual = method(
        lambda x, a, b: a * QUADRATIC(x) + b,
        QUADRATIC.x0,
        args=(1.0, 0.0),
        jac=lambda x, a, b: a * QUADRATIC.jac(x),
        learning_rate=0.04,
        maxiter=10,
    )
    np.testing.assert_array_equal(expected.history.x, actual.history.x)
    single = method(
        lambda x, a: a * QUADRATIC(x),
        QUADRATIC.x0,
        1.0,
        jac=lambda x, a: a * QUADRATIC.jac(x),
        learning_rate=0.04,
        maxiter=10,
    )
    np.testing.assert_array_equal(expected.history.x, single.history.x)


def test_a_numerical_gradient_can_be_used():
    result = run(gradient_descent, jac=lambda x: gradient(QUADRATIC, x))
    np.testing.assert_allclose(result.x, QUADRATIC.x_min[0], atol=1e-4)


def test_the_schedule_is_asked_for_each_step_and_used():
    asked = []

    def schedule(step):
        asked.append(step)
        return 0.04

    expected, actual = (
        run(gradient_descent, maxiter=5),
        run(gradient_descent, learning_rate=schedule, maxiter=5),
    )
    np.testing.assert_array_equal(expected.history.x, actual.history.x)
    assert [0, 1, 2, 3, 4, 5] == asked
    same = run(gradient_descent, learning_rate=constant(0.04), maxiter=5)
    np.testing.assert_array_equal(expected.history.x, same.history.x)


def test_a_decaying_rate_lets_adam_converge_where_a_constant_one_does_not():
    problem = {"x0": [1.0, 1.0], "jac": lambda x: np.sign(x) + 2 * x * 1e-3}

    def fun(x):
        return np.abs(x).sum() + 1e-3 * (x @ x)

    constant_rate = adam(fun, **problem, learning_rate=0.03, gtol=0)
    decaying = adam(fun, **problem, learning_rate=cosine_decay(0.03, n_steps=1000), gtol=0)
    assert decaying.fun < 0.01 * constant_rate.history.fun[-100:].mean()


# --- Divergence


def test_divergence_ends_the_run_at_the_last_finite_point(method):
    # Adam's steps are bounded: give it a function with a cliff instead.
    result = method(
        lambda x: np.exp(x[0] ** 2) if x[0] > -20 else np.inf,
        [2.0],
        jac=lambda x: 2 * x * np.exp(x**2),
        learning_rate=30.0,
    )
    assert Status.NOT_FINITE is result.status
    for part in (result.x, result.fun, result.jac, result.history.x, result.history.fun):
        assert np.isfinite(part).all()
    assert result.nfev == result.nit + 2
    np.testing.assert_array_equal(result.history.x[-1], result.x)


@pytest.mark.parametrize("broken", ["value", "gradient"])
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_a_value_or_gradient_that_is_not_finite_ends_the_run(method, broken, bad):
    calls = {"value": 0, "gradient": 0}

    def failing(name, sound, failed):
        def function(x):
            calls[name] += 1
            return failed if name == broken and calls[name] > 3 else sound(x)

        return function

    fun = failing("value", QUADRATIC, bad)
    jac = failing("gradient", QUADRATIC.jac, np.array([bad, 0.0]))
    result = method(fun, [1.0, 1.0], jac=jac, learning_rate=0.04)
    assert Status.NOT_FINITE is result.status
    assert 2 == result.nit
    assert 4 == result.nfev == result.njev
    assert np.isfinite(result.history.fun).all()
    assert np.isfinite(result.history.grad_norm).all()
    assert np.isfinite(result.jac).all()


def test_a_point_at_infinity_is_not_taken_for_a_minimum():
    # Value and gradient are finite there, and the gradient is zero.
    result = gradient_descent(
        lambda x: 0.0,
        [1e308],
        jac=lambda x: np.array([-1e100]) if np.isfinite(x[0]) else np.zeros(1),
        learning_rate=1e300,
    )
    assert Status.NOT_FINITE is result.status
    np.testing.assert_array_equal([1e308], result.x)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_start_where_the_function_is_not_finite_is_refused(method, bad):
    with pytest.raises(ValueError, match="must be finite at x0"):
        method(lambda x: bad, [1.0], jac=lambda x: x, learning_rate=0.1)
    with pytest.raises(ValueError, match="must be finite at x0"):
        method(lambda x: 1.0, [1.0], jac=lambda x: bad * x, learning_rate=0.1)


# --- Callback


def test_the_callback_gets_each_new_point_as_a_copy(method):
    seen = []

    def callback(xk):
        seen.append(xk.copy())
        xk[:] = 7

    result = run(method, callback=callback, maxiter=6)
    np.testing.assert_array_equal(result.history.x[1:], seen)


def test_the_callback_gets_the_intermediate_result_by_its_name(method):
    seen = []

    def callback(intermediate_result):
        seen.append(intermediate_result)

    result = run(method, callback=callback, maxiter=6)
    assert all(isinstance(item, IntermediateResult) for item in seen)
    np.testing.assert_array_equal(result.history.x[1:], [item.x for item in seen])
    np.testing.assert_array_equal(result.history.fun[1:], [item.fun for item in seen])
    assert [1, 2, 3, 4, 5, 6] == [item.nit for item in seen]
    np.testing.assert_array_equal(result.jac, seen[-1].jac)


def test_a_callback_stops_the_run_by_stop_iteration(method):
    def callback(xk):
        nonlocal count
        count += 1
        if count == 3:
            raise StopIteration

    count = 0
    result = run(method, callback=callback)
    assert Status.STOPPED_BY_CALLBACK is result.status
    assert not result.success
    assert result.nit == count == 3


def test_a_callback_without_signature_is_called_with_the_point():
    result = run(gradient_descent, callback=SimpleNamespace, maxiter=0)
    assert 0 == result.nit
    seen = []
    run(gradient_descent, callback=seen.append, maxiter=2)
    assert 2 == len(seen)


# --- As a method of SciPy


def test_scipy_minimize_takes_the_method(method):
    options = {"learning_rate": 0.04, "maxiter": 40}
    expected = run(method, maxiter=40)
    actual = minimize(
        QUADRATIC.fun, QUADRATIC.x0, jac=QUADRATIC.jac, method=method, options=options
    )
    np.testing.assert_array_equal(expected.history.x, actual.history.x)
    assert expected.message == actual.message


def test_scipy_minimize_takes_the_method_with_all_its_own_arguments():
    seen = []
    result = minimize(
        lambda x, a: (a * QUADRATIC(x), a * QUADRATIC.jac(x)),
        [1, 1],
        args=(2.0,),
        jac=True,
        method=gradient_descent,
        tol=1e-3,
        callback=seen.append,
        options={"learning_rate": 0.02},
    )
    sizes = [np.abs(2 * QUADRATIC.jac(x)).max() for x in result.history.x]
    assert result.success
    assert sizes[-1] <= 1e-3 < sizes[-2]
    np.testing.assert_array_equal(result.history.x[1:], seen)


def test_scipy_minimize_without_gradient_or_with_unsupported_arguments_is_told_so():
    problem = {
        "fun": QUADRATIC.fun,
        "x0": [1.0, 1.0],
        "method": gradient_descent,
        "options": {"learning_rate": 0.04},
    }
    with pytest.raises(ValueError, match=r"jac must be .* calcguide\.derivatives\.gradient"):
        minimize(**problem)
    with pytest.raises(ValueError, match="bounds must be left out"):
        minimize(**problem, jac=QUADRATIC.jac, bounds=[(0, 1), (0, 1)])
    with pytest.raises(ValueError, match="constraints must be left out"):
        minimize(**problem, jac=QUADRATIC.jac, constraints={"type": "eq", "fun": np.sum})
    with pytest.raises(ValueError, match="hess must be left out"):
        minimize(**problem, jac=QUADRATIC.jac, hess=QUADRATIC.hess)


# --- Bad input


def test_a_gradient_of_another_shape_is_refused_and_not_broadcast(method):
    for wrong in (np.ones(1), np.ones((1, 2)), np.ones((2, 1)), 1.0, np.ones(3)):
        with pytest.raises(ValueError, match=r"jac must return shape \(2,\), got shape"):
            run(method, jac=lambda x, wrong=wrong: wrong)


def test_a_function_that_does_not_return_one_number_is_refused(method):
    for wrong in (np.ones(2), None, 1j, [1.0, 2.0]):
        with pytest.raises(ValueError, match="fun must return one real number, got dtype"):
            method(lambda x, w=wrong: w, [1.0, 1.0], jac=QUADRATIC.jac, learning_rate=0.1)


def test_a_proximal_operator_of_another_shape_is_refused():
    with pytest.raises(ValueError, match=r"prox must return shape \(2,\), got shape \(1,\)"):
        run(proximal_gradient, prox=lambda v, step: v[:1], penalty=lambda x: 0.0)
    with pytest.raises(ValueError, match="penalty must return one real number"):
        run(proximal_gradient, prox=lambda v, step: v, penalty=lambda x: x)
    with pytest.raises(TypeError, match=r"prox must be callable as prox\(v, step\), got NoneType"):
        run(proximal_gradient, prox=None, penalty=lambda x: 0.0)
    with pytest.raises(TypeError, match=r"penalty must be callable as penalty\(x\), got float"):
        run(proximal_gradient, prox=lambda v, step: v, penalty=0.0)
    with pytest.raises(ValueError, match="learning_rate must stay above 0 for a proximal step"):
        run(proximal, learning_rate=lambda step: 0.0)


def test_bad_arguments_are_refused_before_any_evaluation(method):
    def untouched(x):
        pytest.fail("evaluated")

    def start(**kwargs):
        return method(untouched, **({"x0": [1.0], "jac": untouched, "learning_rate": 0.1} | kwargs))

    with pytest.raises(ValueError, match="learning_rate must be finite and > 0, got 0"):
        start(learning_rate=0)
    with pytest.raises(ValueError, match=r"learning_rate must be finite and > 0, got -0.1"):
        start(learning_rate=-0.1)
    with pytest.raises(TypeError, match="learning_rate must be a real number, got str"):
        start(learning_rate="fast")
    with pytest.raises(ValueError, match=r"learning_rate\(0\) must be finite and >= 0, got -1.0"):
        start(learning_rate=lambda step: -1.0)
    with pytest.raises(
        ValueError, match="jac must be a function that returns the gradient, or True"
    ):
        start(jac=None)
    with pytest.raises(ValueError, match="jac must be a function"):
        start(jac="2-point")
    with pytest.raises(ValueError, match="x0 must be finite, got nan at index 0"):
        start(x0=[np.nan])
    with pytest.raises(ValueError, match="x0 must be 0-D or 1-D, got shape"):
        start(x0=[[1.0]])
    with pytest.raises(TypeError, match="x0 must be an array of real numbers"):
        start(x0=["one"])
    with pytest.raises(TypeError, match="maxiter must be an integer, got float"):
        start(maxiter=10.0)
    with pytest.raises(ValueError, match="maxiter must be >= 0, got -1"):
        start(maxiter=-1)
    with pytest.raises(ValueError, match="gtol must be finite and >= 0, got -1"):
        start(gtol=-1)
    with pytest.raises(ValueError, match="tol must be finite and >= 0, got -1"):
        start(tol=-1)
    with pytest.raises(TypeError, match="return_all must be True or False, got str"):
        start(return_all="no")
    with pytest.raises(TypeError, match="callback must be callable, got int"):
        start(callback=1)
    with pytest.raises(ValueError, match="hessp must be left out"):
        start(hessp=untouched)
    with pytest.raises(TypeError, match="unknown option 'max_iter'"):
        start(max_iter=10)
    with pytest.raises(TypeError, match=r"fun must be callable as fun\(x, \*args\), got float"):
        method(1.0, [1.0], jac=untouched, learning_rate=0.1)


@pytest.mark.parametrize(
    ("method", "kwargs", "message"),
    [
        (momentum, {"beta": 1.0}, "beta must be finite and >= 0 and < 1, got 1"),
        (nesterov, {"beta": -0.1}, "beta must be finite and >= 0 and < 1, got -0.1"),
        (adam, {"beta1": 1.0}, "beta1 must be finite and >= 0 and < 1, got 1"),
        (adam, {"beta2": 1.0}, "beta2 must be finite and >= 0 and < 1, got 1"),
        (adam, {"eps": 0.0}, "eps must be finite and > 0, got 0"),
    ],
)
def test_parameters_out_of_range_are_refused(method, kwargs, message):
    with pytest.raises(ValueError, match=message):
        run(method, **kwargs)
