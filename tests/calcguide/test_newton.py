import numpy as np
import pytest
from scipy.optimize import minimize

from calcguide.convergence import convergence_order, convergence_rate
from calcguide.newton import (
    BFGSResult,
    NewtonResult,
    bfgs,
    newton,
    newton_direction,
    secant_update,
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

QUADRATIC = quadratic([[2.0, 1.0], [1.0, 20.0]], [1.0, -3.0], 2.0)
PROBLEMS = [
    QUADRATIC,
    rosenbrock(),
    rosenbrock(10),
    himmelblau(),
    beale(),
    booth(),
    styblinski_tang(2),
    double_well(),
    double_well(3),
]


@pytest.fixture(params=[newton, bfgs], ids=lambda method: method.__name__)
def method(request):
    return request.param


def run(method, objective=QUADRATIC, **kwargs):
    kwargs = {"x0": objective.x0, "jac": objective.jac} | kwargs
    if method is newton:
        kwargs = {"hess": objective.hess} | kwargs
    return method(objective.fun, **kwargs)


def logistic(seed=0):
    """A penalized logistic regression: value, gradient and Hessian."""
    rng = np.random.default_rng(seed)
    X, sign = rng.standard_normal((40, 5)), rng.choice([-1.0, 1.0], 40)

    def fun(w):
        return np.logaddexp(0, -sign * (X @ w)).mean() + 0.05 * (w @ w)

    def jac(w):
        return X.T @ (-sign / (1 + np.exp(sign * (X @ w)))) / 40 + 0.1 * w

    def hess(w):
        p = 1 / (1 + np.exp(X @ w))
        return X.T * (p * (1 - p)) @ X / 40 + 0.1 * np.eye(5)

    return fun, jac, hess


# --- Known minima


@pytest.mark.parametrize("problem", PROBLEMS, ids=lambda p: f"{p.name}-{p.x0.size}")
def test_both_methods_find_a_minimum_of_every_problem(method, problem):
    # Zero is in the valley of a local minimum of the function of Styblinski and Tang; the usual
    # start of Rosenbrock's function in ten dimensions in that of another.
    start = {"Styblinski-Tang": problem.x0 - 1, "Rosenbrock": np.abs(problem.x0)}
    result = run(method, problem, x0=start.get(problem.name, problem.x0))
    assert result.success, result
    assert problem.f_min == pytest.approx(result.fun, rel=1e-9, abs=1e-9)
    if problem.name == "Double well":
        assert np.sqrt(10) == pytest.approx(np.linalg.norm(result.x), rel=1e-6)
    else:
        assert np.linalg.norm(problem.x_min - result.x, axis=1).min() < 1e-4


def test_the_minimum_agrees_with_that_of_scipy(method):
    fun, jac, hess = logistic()
    expected = minimize(
        fun, np.zeros(5), jac=jac, hess=hess, method="trust-exact", options={"gtol": 1e-12}
    )
    kwargs = {"hess": hess} if method is newton else {}
    actual = method(fun, np.zeros(5), jac=jac, gtol=1e-10, **kwargs)
    assert actual.success, actual
    np.testing.assert_allclose(actual.x, expected.x, atol=1e-10)


def test_bfgs_needs_about_as_many_evaluations_as_scipys():
    for problem in PROBLEMS:
        ours = run(bfgs, problem)
        theirs = minimize(problem.fun, problem.x0, jac=problem.jac, method="BFGS")
        assert ours.nfev <= 1.6 * theirs.nfev + 5


# --- Theory of Newton's method


def test_newton_takes_one_step_on_a_quadratic_from_anywhere():
    rng = np.random.default_rng(0)
    root = rng.standard_normal((6, 6))
    problem = quadratic(root @ root.T + np.eye(6), rng.standard_normal(6))
    for start in 100 * rng.standard_normal((5, 6)):
        result = run(newton, problem, x0=start)
        assert result.success
        assert 1 == result.nit == result.nhev
        np.testing.assert_allclose(result.x, problem.x_min[0], atol=1e-10)


@pytest.mark.parametrize("problem", [rosenbrock(), himmelblau(), beale()], ids=lambda p: p.name)
def test_newton_converges_quadratically(problem):
    history = run(newton, problem, gtol=1e-14).history
    minimum = problem.x_min[np.linalg.norm(problem.x_min - history.x[-1], axis=1).argmin()]
    errors = np.linalg.norm(history.x - minimum, axis=1)
    assert 2 == pytest.approx(convergence_order(errors[errors > 1e-14][-4:]), abs=0.2)


def test_newton_is_invariant_under_a_linear_change_of_variables():
    fun, jac, hess = logistic()
    rng = np.random.default_rng(1)
    A = rng.standard_normal((5, 5)) * [1, 10, 100, 0.1, 0.01]
    start = 2 * rng.standard_normal(5)
    expected = newton(fun, start, jac=jac, hess=hess)
    actual = newton(
        lambda z: fun(A @ z),
        np.linalg.solve(A, start),
        jac=lambda z: A.T @ jac(A @ z),
        hess=lambda z: A.T @ hess(A @ z) @ A,
        gtol=0,
        maxiter=expected.nit,
    )
    assert expected.nit > 3
    np.testing.assert_allclose(expected.history.x, actual.history.x @ A.T, atol=1e-9)


def test_steps_are_halved_where_full_steps_of_newton_diverge():
    # For log cosh, full steps diverge from |x| > 1.0886.
    def minimum_of_log_cosh(x0):
        return newton(
            lambda x: np.logaddexp(x[0], -x[0]),
            [x0],
            jac=np.tanh,
            hess=lambda x: np.diag(1 / np.cosh(x) ** 2),
        )

    for x0 in (0.5, 1.2, 5.0, 20.0):
        result = minimum_of_log_cosh(x0)
        assert result.success
        assert abs(result.x[0]) < 1e-5
        assert (np.diff(result.history.fun) <= 1e-15).all()
    assert minimum_of_log_cosh(0.5).nfev == minimum_of_log_cosh(0.5).nit + 1
    assert minimum_of_log_cosh(5.0).nfev > minimum_of_log_cosh(5.0).nit + 1


@pytest.mark.parametrize("c1", [1e-4, 0.3])
def test_every_step_fulfils_armijos_rule(c1):
    problem = rosenbrock()
    history = run(newton, problem, c1=c1).history
    for x, following in zip(history.x[:-1], history.x[1:], strict=True):
        slope = problem.jac(x) @ (following - x)
        assert slope < 0
        assert problem(following) <= problem(x) + c1 * slope


def test_where_the_hessian_is_not_positive_definite_the_direction_still_leads_downhill():
    rng = np.random.default_rng(2)
    for _ in range(100):
        root = rng.standard_normal((4, 4))
        matrix, grad = root + root.T, rng.standard_normal(4)
        direction = newton_direction(matrix, grad)
        assert grad @ direction < 0
        # The same with the eigenvalues of the matrix: those of the square root of its square.
        eigenvalues, vectors = np.linalg.eigh(matrix @ matrix)
        magnitude = vectors * np.sqrt(eigenvalues) @ vectors.T
        np.testing.assert_allclose(magnitude @ direction, -grad, rtol=1e-6, atol=1e-8)


def test_where_it_is_positive_definite_the_direction_is_newtons():
    A = [[2.0, 1.0], [1.0, 20.0]]
    np.testing.assert_allclose(A @ newton_direction(A, [3.0, 4.0]), [-3.0, -4.0], rtol=1e-14)


def test_a_singular_hessian_gives_a_finite_direction():
    np.testing.assert_array_equal([-1.0, -2.0], newton_direction(np.zeros((2, 2)), [1.0, 2.0]))
    direction = newton_direction([[1.0, 0.0], [0.0, 0.0]], [1.0, 1e-9])
    np.testing.assert_allclose(direction, [-1.0, -1e-9 * 2**26], rtol=1e-12)


def test_newton_leaves_a_saddle_towards_a_minimum():
    # x^2/2 + y^4/4 - y^2/2 has a saddle at zero and minima at (0, 1) and (0, -1).
    result = newton(
        lambda x: x[0] ** 2 / 2 + x[1] ** 4 / 4 - x[1] ** 2 / 2,
        [1.0, 0.01],
        jac=lambda x: np.array([x[0], x[1] ** 3 - x[1]]),
        hess=lambda x: np.diag([1.0, 3 * x[1] ** 2 - 1]),
        gtol=1e-6,
    )
    assert result.success
    np.testing.assert_allclose(result.x, [0, 1], atol=1e-6)


# --- Theory of BFGS


def test_the_update_fulfils_the_secant_condition_and_stays_symmetric_positive_definite():
    rng = np.random.default_rng(3)
    for _ in range(50):
        root = rng.standard_normal((5, 5))
        B = root @ root.T + 0.1 * np.eye(5)
        s, y = rng.standard_normal((2, 5))
        y *= np.sign(s @ y)
        updated = secant_update(B, s, y)
        np.testing.assert_allclose(updated @ y, s, rtol=1e-8, atol=1e-9)
        np.testing.assert_array_equal(updated, updated.T)
        assert np.linalg.eigvalsh(updated)[0] > 0
        # The product form of the textbook.
        left = np.eye(5) - np.outer(s, y) / (s @ y)
        expected = left @ B @ left.T + np.outer(s, s) / (s @ y)
        np.testing.assert_allclose(updated, expected, rtol=1e-8, atol=1e-9)


def test_the_update_is_the_nearest_symmetric_matrix_that_fulfils_the_secant_condition():
    # In the norm |W^(1/2) (M - B) W^(1/2)| with any W that maps s to y, as the textbook has it.
    rng = np.random.default_rng(4)
    B, W = np.eye(3), np.diag([1.0, 2.0, 5.0])
    s = rng.standard_normal(3)
    y = W @ s
    root = np.sqrt(W)

    def distance(matrix):
        return np.linalg.norm(root @ (matrix - B) @ root)

    nearest = secant_update(B, s, y)
    for _ in range(200):
        # Another symmetric matrix with M y = s.
        project = np.eye(3) - np.outer(y, y) / (y @ y)
        noise = rng.standard_normal((3, 3))
        other = nearest + project @ (noise + noise.T) @ project
        np.testing.assert_allclose(other @ y, s, atol=1e-9)
        assert distance(nearest) < distance(other)


def test_with_nearly_exact_line_searches_bfgs_solves_a_quadratic_in_n_steps_and_learns_it():
    A = np.diag([1.0, 2.0, 4.0, 8.0, 16.0]) + 0.1
    result = run(bfgs, quadratic(A), c1=1e-9, c2=1e-8, gtol=1e-8)
    assert result.success
    assert 5 == result.nit
    np.testing.assert_allclose(result.hess_inv, np.linalg.inv(A), rtol=1e-4, atol=1e-6)


def test_the_learned_inverse_hessian_approaches_the_true_one():
    A = np.array([[2.0, 1.0], [1.0, 20.0]])
    errors = [
        np.linalg.norm(run(bfgs, gtol=gtol).hess_inv - np.linalg.inv(A)) for gtol in (0.3, 1e-9)
    ]
    assert errors[1] < 1e-3 < errors[0]


def test_before_any_step_the_inverse_hessian_is_the_identity():
    np.testing.assert_array_equal(np.eye(2), run(bfgs, maxiter=0).hess_inv)


def test_bfgs_converges_superlinearly_and_gradient_descent_does_not():
    problem = rosenbrock()
    history = run(bfgs, problem, gtol=1e-13).history
    errors = np.linalg.norm(history.x - 1, axis=1)
    rates = convergence_rate(errors[errors > 1e-13], limit=0)
    # The factors by which the error shrinks fall towards zero.
    assert np.median(rates[:10]) > 0.5
    assert rates[-3:].max() < 0.3
    assert rates[-1] < 0.05


def test_every_step_of_bfgs_fulfils_wolfes_conditions():
    problem = rosenbrock()
    history = run(bfgs, problem).history
    for x, following in zip(history.x[:-1], history.x[1:], strict=True):
        step = following - x
        slope = problem.jac(x) @ step
        assert slope < 0
        assert problem(following) <= problem(x) + 1e-4 * slope
        assert abs(problem.jac(following) @ step) <= 0.9 * abs(slope)


# --- Results and stopping


def test_the_result_describes_the_last_point(method):
    result = run(method, rosenbrock(), maxiter=7)
    assert isinstance(result, OptimizeResult)
    assert isinstance(result, NewtonResult if method is newton else BFGSResult)
    assert Status.ITERATION_LIMIT is result.status
    assert 7 == result.nit
    np.testing.assert_array_equal(result.history.x[-1], result.x)
    np.testing.assert_array_equal(rosenbrock().jac(result.x), result.jac)
    assert result.history.fun[-1] == result.fun == rosenbrock()(result.x)
    assert (8, 2) == result.history.x.shape


def test_evaluations_are_counted_and_none_is_made_twice(method):
    calls = {"fun": [], "jac": [], "hess": []}
    problem = rosenbrock()

    def counting(name):
        def function(x):
            calls[name].append(tuple(x))
            return getattr(problem, name)(x)

        return function

    kwargs = {"hess": counting("hess")} if method is newton else {}
    result = method(counting("fun"), problem.x0, jac=counting("jac"), **kwargs)
    assert len(calls["fun"]) == result.nfev
    assert len(calls["jac"]) == result.njev
    assert len(set(calls["fun"])) == result.nfev
    assert len(set(calls["jac"])) == result.njev
    if method is newton:
        assert len(calls["hess"]) == result.nhev == result.nit
        assert result.njev == result.nit + 1


def test_a_function_with_value_and_gradient_is_called_once_a_point(method):
    seen = []

    def both(x):
        seen.append(tuple(x))
        return rosenbrock()(x), rosenbrock().jac(x)

    kwargs = {"hess": rosenbrock().hess} if method is newton else {}
    result = method(both, [-1.2, 1.0], jac=True, **kwargs)
    assert result.success
    assert len(seen) == len(set(seen)) == result.nfev
    np.testing.assert_array_equal(run(method, rosenbrock()).x, result.x)


def test_the_run_stops_as_soon_as_no_component_of_the_gradient_is_above_the_tolerance(method):
    for options, gtol in (({"gtol": 1e-3}, 1e-3), ({}, 1e-5)):
        points = run(method, rosenbrock(), **options).history.x
        sizes = [np.abs(rosenbrock().jac(x)).max() for x in points]
        assert sizes[-1] <= gtol < sizes[-2]


def test_success_says_the_same_about_the_last_point_whatever_the_start(method):
    for start in (1.0, 1e4, 1e8):
        result = run(method, QUADRATIC, x0=[start, -start])
        assert result.success, result
        assert np.abs(QUADRATIC.jac(result.x)).max() <= 1e-5


@pytest.mark.parametrize("both", [False, True])
def test_functions_may_write_into_the_point_and_reuse_their_arrays(method, both):
    problem, grad, matrix = rosenbrock(), np.empty(2), np.empty((2, 2))

    def fun(x):
        value = problem(x)
        x[:] = np.nan
        return np.array(value)

    def jac(x):
        grad[:] = problem.jac(x)
        x[:] = np.nan
        return grad

    def hess(x):
        matrix[:] = problem.hess(x)
        x[:] = grad[:] = np.nan
        return matrix

    def pair(x):
        return fun(x.copy()), jac(x)

    kwargs = {"hess": hess} if method is newton else {}
    expected = run(method, problem)
    actual = method(pair if both else fun, problem.x0, jac=True if both else jac, **kwargs)
    np.testing.assert_array_equal(expected.history.x, actual.history.x)
    np.testing.assert_array_equal(expected.history.fun, actual.history.fun)
    np.testing.assert_array_equal(expected.jac, actual.jac)


def test_gradients_whose_squares_overflow_are_finite(method):
    scale = 1e160
    result = method(
        lambda x: scale * (x @ x),
        [1.0, 2.0],
        jac=lambda x: 2 * scale * x,
        gtol=1e-6 * scale,
        **({"hess": lambda x: 2 * scale * np.eye(2)} if method is newton else {}),
    )
    assert result.success, result
    np.testing.assert_allclose(result.x, 0, atol=1e-6)


def test_without_all_points_a_run_gives_the_same(method):
    full, lean = run(method, rosenbrock()), run(method, rosenbrock(), return_all=False)
    assert (0, 2) == lean.history.x.shape
    np.testing.assert_array_equal(full.x, lean.x)
    np.testing.assert_array_equal(full.history.fun, lean.history.fun)


def test_a_start_at_the_minimum_has_converged(method):
    result = run(method, booth(), x0=[1.0, 3.0])
    assert result.success
    assert 0 == result.nit


@pytest.mark.parametrize("problem", PROBLEMS, ids=lambda p: f"{p.name}-{p.x0.size}")
def test_a_tolerance_below_the_rounding_ends_without_running_on_for_ever(method, problem):
    result = run(method, problem, gtol=0)
    assert result.status in (Status.CONVERGED, Status.NO_PROGRESS)
    assert result.history.grad_norm[-1] <= 1e-8 * result.history.grad_norm[0]


def test_a_gradient_of_the_wrong_sign_is_reported_as_no_progress(method):
    result = run(method, jac=lambda x: -QUADRATIC.jac(x))
    assert Status.NO_PROGRESS is result.status
    assert "check_gradient" in result.message
    assert 0 == result.nit


def test_the_start_is_neither_changed_nor_shared(method):
    x0 = np.array([1.0, 1.0])
    result = run(method, x0=x0)
    result.x[:] = 7
    result.history.x[:] = 7
    np.testing.assert_array_equal([1.0, 1.0], x0)


def test_integers_args_and_a_callback_are_taken_as_by_gradient_descent(method):
    seen = []

    def callback(intermediate_result):
        seen.append(intermediate_result)
        if len(seen) == 2:
            raise StopIteration

    kwargs = {"hess": lambda x, a: a * rosenbrock().hess(x)} if method is newton else {}
    result = method(
        lambda x, a: a * rosenbrock()(x),
        [-1, 2],
        (3.0,),
        jac=lambda x, a: a * rosenbrock().jac(x),
        callback=callback,
        **kwargs,
    )
    assert Status.STOPPED_BY_CALLBACK is result.status
    assert all(isinstance(item, IntermediateResult) for item in seen)
    np.testing.assert_array_equal(result.history.x[1:], [item.x for item in seen])


@pytest.mark.parametrize("beyond", [np.nan, np.inf])
def test_steps_beyond_the_domain_of_the_function_are_shortened(method, beyond):
    # x - log x, whose Newton step from 3 leads to -3.
    result = method(
        lambda x: x[0] - np.log(x[0]) if x[0] > 0 else beyond,
        [3.0],
        jac=lambda x: 1 - 1 / x,
        **({"hess": lambda x: np.diag(x**-2)} if method is newton else {}),
    )
    assert result.success
    assert 1 == pytest.approx(result.x[0], rel=1e-5)
    assert (result.history.x > 0).all()


def test_a_function_without_lower_bound_is_reported_as_not_finite_or_not_converged(method):
    kwargs = {"hess": lambda x: np.diag(-np.exp(x))} if method is newton else {}
    result = method(lambda x: -np.exp(x[0]), [0.0], jac=lambda x: -np.exp(x), **kwargs)
    assert not result.success
    assert np.isfinite(result.x).all()
    assert np.isfinite(result.fun)


def test_a_hessian_that_is_not_finite_ends_the_run():
    result = run(newton, hess=lambda x: np.full((2, 2), np.nan))
    assert Status.NOT_FINITE is result.status
    assert 0 == result.nit
    assert 1 == result.nhev


# --- As methods of SciPy


def test_scipy_minimize_takes_the_methods(method):
    problem = rosenbrock()
    kwargs = {"hess": problem.hess} if method is newton else {}
    expected = run(method, problem, gtol=1e-9)
    actual = minimize(problem.fun, problem.x0, jac=problem.jac, method=method, tol=1e-9, **kwargs)
    np.testing.assert_array_equal(expected.history.x, actual.history.x)
    with pytest.raises(ValueError, match="bounds must be left out"):
        minimize(
            problem.fun,
            problem.x0,
            jac=problem.jac,
            method=method,
            bounds=[(0, 1), (0, 1)],
            **kwargs,
        )


def test_bfgs_refuses_a_hessian():
    with pytest.raises(ValueError, match="hess must be left out"):
        minimize(QUADRATIC.fun, QUADRATIC.x0, jac=QUADRATIC.jac, hess=QUADRATIC.hess, method=bfgs)


# --- Bad input


def test_bad_arguments_are_refused_before_any_evaluation(method):
    def untouched(x):
        pytest.fail("evaluated")

    def start(**kwargs):
        kwargs = {"x0": [1.0], "jac": untouched} | kwargs
        if method is newton:
            kwargs = {"hess": untouched} | kwargs
        return method(untouched, **kwargs)

    with pytest.raises(ValueError, match="jac must be a function that returns the gradient"):
        start(jac=None)
    with pytest.raises(ValueError, match="x0 must be finite, got nan at index 0"):
        start(x0=[np.nan])
    with pytest.raises(TypeError, match="maxiter must be an integer, got float"):
        start(maxiter=10.0)
    with pytest.raises(ValueError, match="gtol must be finite and >= 0, got -1"):
        start(gtol=-1)
    with pytest.raises(ValueError, match="c1 must be finite and > 0"):
        start(c1=0)
    with pytest.raises(TypeError, match="unknown option 'learning_rate'"):
        start(learning_rate=0.1)
    with pytest.raises(TypeError, match=r"fun must be callable as fun\(x, \*args\), got float"):
        method(1.0, [1.0], jac=untouched, **({"hess": untouched} if method is newton else {}))


def test_the_constants_of_the_line_searches_have_their_order():
    with pytest.raises(ValueError, match=r"c1 must be finite and > 0 and < 0.5, got 0.5"):
        run(newton, c1=0.5)
    with pytest.raises(ValueError, match=r"c1 must be finite and > 0 and < 0.1, got 0.1"):
        run(bfgs, c1=0.1, c2=0.1)
    with pytest.raises(ValueError, match="c2 must be finite and > 0 and < 1, got 1"):
        run(bfgs, c2=1)


def test_newton_without_hessian_is_told_where_to_get_one():
    with pytest.raises(ValueError, match=r"got None; calcguide\.derivatives\.hessian approx"):
        run(newton, hess=None)
    with pytest.raises(TypeError, match=r"hess must be callable as hess\(x, \*args\), got str"):
        run(newton, hess="2-point")


def test_derivatives_of_another_shape_are_refused(method):
    for wrong in (np.ones(1), np.ones((2, 1)), 1.0):
        with pytest.raises(ValueError, match=r"jac must return shape \(2,\), got shape"):
            run(method, jac=lambda x, wrong=wrong: wrong)
    with pytest.raises(ValueError, match=r"hess must return shape \(2, 2\), got shape \(2,\)"):
        run(newton, hess=lambda x: np.ones(2))
    kwargs = {"hess": QUADRATIC.hess} if method is newton else {}
    with pytest.raises(ValueError, match="fun must return one real number, got dtype"):
        method(lambda x: x, [1.0, 1.0], jac=QUADRATIC.jac, **kwargs)


def test_direction_and_update_refuse_what_does_not_fit():
    with pytest.raises(ValueError, match=r"hess must have shape \(2, 2\) to fit grad"):
        newton_direction(np.eye(3), np.ones(2))
    with pytest.raises(ValueError, match="step and change must have the same length"):
        secant_update(np.eye(2), np.ones(2), np.ones(3))
    with pytest.raises(ValueError, match=r"hess_inv must have shape \(2, 2\), got shape \(3, 3\)"):
        secant_update(np.eye(3), np.ones(2), np.ones(2))
    with pytest.raises(ValueError, match="step @ change must be positive, got -2"):
        secant_update(np.eye(2), np.ones(2), -np.ones(2))
