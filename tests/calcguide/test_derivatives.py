import numpy as np
import pytest
from scipy.optimize import approx_fprime, rosen, rosen_der, rosen_hess

from calcguide.convergence import order_of_accuracy
from calcguide.derivatives import check_gradient, derivative, gradient, hessian, jacobian

METHODS = ["forward", "central", "complex"]
ACCURACY = {"forward": 2e-7, "central": 1e-9, "complex": 1e-14}


def wave(x):
    return np.exp(np.sin(x)) / (1 + x * x)


def wave_derivative(x):
    return np.exp(np.sin(x)) * (np.cos(x) * (1 + x * x) - 2 * x) / (1 + x * x) ** 2


def field(x):
    return np.array([x[0] * np.sin(x[1]), x[0] ** 2, np.exp(x[1] - x[0])])


def field_jacobian(x):
    grown = np.exp(x[1] - x[0])
    return np.array([[np.sin(x[1]), x[0] * np.cos(x[1])], [2 * x[0], 0], [-grown, grown]])


@pytest.mark.parametrize("method", METHODS)
def test_derivative_agrees_with_the_closed_form(method):
    x = np.linspace(-3, 3, 13).reshape(13, 1)
    actual = derivative(wave, x, method=method)
    np.testing.assert_allclose(actual, wave_derivative(x), rtol=0, atol=ACCURACY[method])
    assert (13, 1) == actual.shape


@pytest.mark.parametrize(("method", "order"), [("forward", 1), ("central", 2)])
def test_the_error_falls_with_the_order_of_the_formula(method, order):
    steps = 2.0 ** -np.arange(3, 9)
    errors = [
        abs(derivative(wave, 0.7, method=method, step=h) - wave_derivative(0.7)) for h in steps
    ]
    assert order == pytest.approx(order_of_accuracy(steps, errors), abs=0.05)


def test_the_error_of_the_complex_step_is_of_order_two_and_ends_at_rounding():
    steps = 2.0 ** -np.arange(3, 9)
    errors = [
        abs(derivative(wave, 0.7, method="complex", step=h) - wave_derivative(0.7)) for h in steps
    ]
    assert order_of_accuracy(steps, errors) == pytest.approx(2, abs=0.05)
    for step in (1e-20, 1e-100, 1e-300):
        tiny = derivative(wave, 0.7, method="complex", step=step)
        assert wave_derivative(0.7) == pytest.approx(tiny, rel=2e-15, abs=0)


@pytest.mark.parametrize("method", ["forward", "central"])
def test_the_default_step_is_near_the_best(method):
    x = np.random.default_rng(0).uniform(-2, 2, 200)

    def error(step):
        difference = derivative(wave, x, method=method, step=step) - wave_derivative(x)
        return np.sqrt(np.mean(difference**2))

    best = min(error(h) for h in 10.0 ** np.arange(-11, -1, 0.5))
    assert error(None) < 5 * best


def test_the_default_step_grows_with_the_point():
    large = 1e8
    assert 1 / large == pytest.approx(derivative(np.log, large), rel=1e-9, abs=0)


def test_the_derivative_at_one_point_is_one_number():
    assert 0 == np.ndim(derivative(np.sin, 0.0))
    assert "1.000" == f"{derivative(np.sin, 0.0):.3f}"


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("shape", [(6,), (2, 3), (1, 2, 3), ()])
def test_gradient_has_the_shape_of_the_point(method, shape):
    x = np.random.default_rng(1).standard_normal(shape)
    actual = gradient(lambda w: (w**3).sum(), x, method=method)
    assert shape == actual.shape
    np.testing.assert_allclose(actual, 3 * x**2, rtol=0, atol=30 * ACCURACY[method])


def test_gradient_agrees_with_scipy():
    x = np.random.default_rng(2).uniform(-2, 2, 7)
    np.testing.assert_allclose(
        gradient(rosen, x, method="forward"), approx_fprime(x, rosen), rtol=1e-4
    )
    np.testing.assert_allclose(gradient(rosen, x), rosen_der(x), rtol=1e-8)


@pytest.mark.parametrize("method", METHODS)
def test_jacobian_agrees_with_the_closed_form(method):
    x = np.array([0.8, -0.3])
    actual = jacobian(field, x, method=method)
    np.testing.assert_allclose(actual, field_jacobian(x), rtol=0, atol=ACCURACY[method])


@pytest.mark.parametrize(("method", "calls"), [("forward", 5), ("central", 8), ("complex", 4)])
def test_gradient_takes_the_stated_number_of_evaluations(method, calls):
    count = 0

    def fun(x):
        nonlocal count
        count += 1
        return (x * x).sum()

    gradient(fun, np.ones(4), method=method)
    assert calls == count


def test_further_arguments_are_handed_on():
    def fun(x, a, b):
        return a * (x @ x) + b

    x = np.array([1.0, 2.0])
    np.testing.assert_allclose(gradient(fun, x, args=(3.0, 1.0)), 6 * x, rtol=1e-9)
    np.testing.assert_allclose(
        gradient(lambda x, a: a * x.sum(), x, args=3.0), [3.0, 3.0], rtol=1e-9
    )
    np.testing.assert_allclose(hessian(fun, x, args=(3.0, 1.0)), 6 * np.eye(2), atol=1e-8)
    np.testing.assert_allclose(
        jacobian(lambda x, a: a * x, x, args=(3.0,)), 3 * np.eye(2), atol=1e-9
    )


@pytest.mark.parametrize("jac", [None, rosen_der])
def test_hessian_agrees_with_the_exact_one(jac):
    x = np.random.default_rng(3).uniform(-2, 2, 20)
    actual = hessian(rosen, x, jac=jac)
    np.testing.assert_array_equal(actual, actual.T)
    np.testing.assert_allclose(actual, rosen_hess(x), rtol=5e-8, atol=1e-6)


def test_the_error_of_second_differences_is_of_order_four():
    def fun(x):
        return np.exp(x[0]) * np.sin(x[1])

    x = np.array([0.3, 0.4])
    wave, tilt = np.exp(0.3) * np.sin(0.4), np.exp(0.3) * np.cos(0.4)
    exact = np.array([[wave, tilt], [tilt, -wave]])
    steps = 2.0 ** -np.arange(1, 6)
    errors = [np.abs(hessian(fun, x, step=h) - exact).max(axis=None) for h in steps]
    assert order_of_accuracy(steps, errors) == pytest.approx(4, abs=0.1)


def test_hessian_is_right_where_the_steps_differ_by_variable():
    def fun(x):
        return x[0] * x[1] ** 2

    actual = hessian(fun, [2.0, 1e4])
    np.testing.assert_allclose(actual, [[0, 2e4], [2e4, 4]], rtol=1e-6, atol=10)


def test_hessian_takes_the_stated_number_of_evaluations():
    count = 0

    def fun(x):
        nonlocal count
        count += 1
        return (x * x).sum()

    n = 5
    hessian(fun, np.ones(n))
    assert 2 * n * n + 2 * n + 1 == count


def test_the_point_is_not_changed_even_by_a_function_that_changes_its_argument():
    def fun(x):
        x *= 2
        return (x**2).sum() / 4

    x = np.array([1.0, 2.0])
    for method in METHODS:
        np.testing.assert_allclose(gradient(fun, x, method=method), 2 * x, rtol=1e-6)
    np.testing.assert_allclose(hessian(fun, x), 2 * np.eye(2), atol=1e-8)
    np.testing.assert_array_equal([1.0, 2.0], x)


def test_integer_points_are_taken_as_floats():
    np.testing.assert_allclose(gradient(lambda x: (x**2).sum(), [1, 2]), [2, 4], rtol=1e-9)


@pytest.mark.parametrize(
    "fun",
    [
        lambda x: float(np.real(x).sum()),
        lambda x: np.abs(x).sum(),
        lambda x: np.array(x, dtype=float).sum(),
        lambda x: float(x[0]),
    ],
)
def test_complex_step_refuses_functions_that_drop_the_imaginary_part(fun):
    with pytest.raises(ValueError, match="method 'complex' needs a function that accepts"):
        gradient(fun, [1.0, 2.0], method="complex")


def test_bad_input_is_refused():
    with pytest.raises(
        ValueError, match="method must be one of forward, central, complex, got 'cs'"
    ):
        derivative(np.sin, 0.0, method="cs")
    with pytest.raises(ValueError, match=r"step must be finite and > 0, got 0"):
        derivative(np.sin, 0.0, step=0)
    with pytest.raises(ValueError, match="step must be large enough to change x, got 1e-20"):
        derivative(np.sin, 1.0, step=1e-20)
    with pytest.raises(ValueError, match=r"f must return shape \(3,\), got shape \(\)"):
        derivative(np.sum, [1.0, 2.0, 3.0])
    with pytest.raises(ValueError, match=r"fun must return one number, got shape \(2,\)"):
        gradient(lambda x: x, [1.0, 2.0])
    with pytest.raises(ValueError, match=r"x must be finite, got nan at index 1"):
        gradient(np.sum, [1.0, np.nan])
    with pytest.raises(ValueError, match=r"x must be 1-D, got shape \(1, 2\)"):
        jacobian(lambda x: x, [[1.0, 2.0]])
    with pytest.raises(ValueError, match=r"fun must return a vector, got shape \(\); use gradient"):
        jacobian(np.sum, [1.0, 2.0])
    with pytest.raises(ValueError, match=r"jac must return shape \(2,\), got shape \(3,\)"):
        hessian(np.sum, [1.0, 2.0], jac=lambda x: np.ones(3))
    with pytest.raises(TypeError, match="fun must be callable, got float"):
        gradient(1.0, [1.0])
    with pytest.raises(TypeError, match="fun must return real numbers, got dtype complex128"):
        gradient(lambda x: 1j * x.sum(), [1.0])
    with pytest.raises(TypeError, match="fun must return real numbers, got dtype <U"):
        gradient(lambda x: "one", [1.0])


# --- check_gradient


def quartic(x):
    return (x @ x - 10) ** 2


def quartic_gradient(x):
    return 4 * (x @ x - 10) * x


POINT = np.array([0.5, -1.25, 2.0])


@pytest.mark.parametrize("method", METHODS)
def test_a_correct_gradient_passes(method):
    report = check_gradient(quartic, quartic_gradient, POINT, method=method)
    assert report.success, report.message
    assert report.message.startswith("Correct: every component agrees")
    assert 1 == pytest.approx(report.ratio, rel=1e-6)
    np.testing.assert_array_equal(quartic_gradient(POINT), report.analytic)
    np.testing.assert_allclose(report.numerical, report.analytic, rtol=1e-6)
    assert report.rel_error.max() == report.max_rel_error


@pytest.mark.parametrize("factor", [2, 0.5, 100, -3, 1.001])
def test_a_constant_factor_is_named(factor):
    report = check_gradient(quartic, lambda x: factor * quartic_gradient(x), POINT)
    assert not report.success
    assert factor == pytest.approx(report.ratio, rel=1e-8)
    assert f"every component is {factor:g} times the numerical one" in report.message
    assert "times the numerical one (sum or mean? factor 1/2?)" in report.message


@pytest.mark.parametrize("point", [POINT, POINT[:1]])
def test_a_wrong_sign_is_named(point):
    report = check_gradient(quartic, lambda x: -quartic_gradient(x), point)
    assert not report.success
    assert -1 == pytest.approx(report.ratio)
    assert report.message.endswith("has the opposite sign of the numerical one.")


def test_otherwise_the_worst_component_is_named():
    def jac(x):
        result = quartic_gradient(x)
        result[1] *= 1.01
        return result

    report = check_gradient(quartic, jac, POINT)
    assert not report.success
    assert "1 of 3 components, the worst is [1]: analytic " in report.message
    np.testing.assert_array_equal([False, True, False], report.rel_error > 1e-6)


def test_a_single_wrong_component_is_not_taken_for_a_factor():
    report = check_gradient(quartic, lambda x: 2 * (x @ x) * np.ones(1), [1.0])
    assert not report.success
    assert "the worst is [0]: analytic 2, numerical -36" in report.message


def test_a_zero_gradient_is_named():
    report = check_gradient(quartic, np.zeros_like, POINT)
    assert "the analytic gradient is zero, the numerical one is not" in report.message


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_gradient_that_is_not_finite_is_reported(bad):
    report = check_gradient(quartic, lambda x: quartic_gradient(x) + np.array([0, bad, 0]), POINT)
    assert not report.success
    assert f"component [1] of the analytic gradient is {bad}" in report.message
    assert f"{bad}" in str(report)


def test_a_difference_that_leaves_the_domain_is_reported():
    report = check_gradient(lambda x: np.sqrt(x).sum(), lambda x: 0.5 / np.sqrt(x), [1e-12, 1.0])
    assert "component [0] of the numerical gradient is nan" in report.message


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("scale", [1.0, 1e6])
def test_components_near_zero_give_no_false_alarm(method, scale):
    # At the minimum the gradient vanishes, but the differences are rounding noise.
    rng = np.random.default_rng(4)
    X = rng.standard_normal((30, 5))
    y = rng.standard_normal(30)
    best = np.linalg.lstsq(X, y)[0]
    report = check_gradient(
        lambda w: scale * ((X @ w - y) ** 2).sum(),
        lambda w: 2 * scale * X.T @ (X @ w - y),
        best,
        method=method,
    )
    assert report.success, report


def test_correct_gradients_pass_at_many_random_points():
    rng = np.random.default_rng(5)
    for _ in range(100):
        x = rng.uniform(-3, 3, 4)
        report = check_gradient(rosen, rosen_der, x)
        assert report.success, report


def test_errors_just_above_the_tolerance_are_found():
    rng = np.random.default_rng(6)
    for _ in range(100):
        x = rng.uniform(-3, 3, 4)
        i = rng.integers(4)

        def jac(x, i=i):
            result = rosen_der(x)
            result[i] *= 1 + 1e-5
            return result

        report = check_gradient(rosen, jac, x)
        assert not report.success
        assert i == report.rel_error.argmax()


def test_a_kink_at_the_point_fails():
    report = check_gradient(lambda x: np.abs(x).sum(), np.sign, [1.0, 1e-7])
    assert not report.success
    assert 1 == report.rel_error.argmax()


def test_weights_in_a_matrix_are_checked_by_their_place():
    rng = np.random.default_rng(7)
    X, Y, W = rng.standard_normal((9, 3)), rng.standard_normal((9, 2)), rng.standard_normal((3, 2))

    def fun(W):
        return ((X @ W - Y) ** 2).mean()

    def jac(W):
        return 2 * X.T @ (X @ W - Y) / Y.size

    def wrong(W):
        result = jac(W)
        result[2, 1] += 1e-3
        return result

    assert check_gradient(fun, jac, W).success
    report = check_gradient(fun, wrong, W)
    assert "the worst is [2, 1]" in report.message
    assert (3, 2) == report.rel_error.shape


def test_further_arguments_reach_function_and_gradient():
    report = check_gradient(
        lambda x, a: a * (x @ x), lambda x, a: 2 * a * x, [1.0, 2.0], args=(3.0,)
    )
    assert report.success


def test_the_tolerances_decide():
    def jac(x):
        return quartic_gradient(x) * (1 + 1e-4)

    assert not check_gradient(quartic, jac, POINT).success
    assert check_gradient(quartic, jac, POINT, rtol=1e-3).success
    assert check_gradient(quartic, jac, POINT, atol=1.0).success


def test_a_flat_function_with_zero_tolerance_is_correct():
    report = check_gradient(lambda x: 0.0, np.zeros_like, [1.0, 2.0], atol=0)
    assert report.success
    assert np.isnan(report.ratio)


def test_the_report_prints_an_aligned_table_and_the_verdict():
    text = str(check_gradient(quartic, quartic_gradient, POINT))
    *table, verdict = text.splitlines()
    assert ["component", "analytic", "numerical", "rel_error"] == table[0].split()
    assert 1 + POINT.size == len(table)
    assert 1 == len({len(line) for line in table})
    assert verdict.startswith("Correct")


def test_the_report_of_many_components_shows_the_worst_ten():
    def jac(x):
        result = 2 * x
        result[[3, 17]] += 1
        return result

    lines = str(check_gradient(lambda x: x @ x, jac, np.linspace(1, 2, 30))).splitlines()
    assert 13 == len(lines)
    assert "(the 10 worst of 30 components)" == lines[-2]
    assert {"[3]", "[17]"} <= {line.split()[0] for line in lines[1:11]}


def test_bad_input_to_the_check_is_refused():
    with pytest.raises(ValueError, match=r"jac must return shape \(3,\), got shape \(1, 3\)"):
        check_gradient(quartic, lambda x: x[np.newaxis], POINT)
    with pytest.raises(ValueError, match=r"jac must return shape \(3,\), got shape \(\)"):
        check_gradient(quartic, lambda x: 1.0, POINT)
    with pytest.raises(ValueError, match="fun must be finite at x, got nan"):
        check_gradient(lambda x: np.nan, quartic_gradient, POINT)
    with pytest.raises(ValueError, match=r"fun must return one real number"):
        check_gradient(quartic_gradient, quartic_gradient, POINT)
    with pytest.raises(ValueError, match=r"rtol must be finite and > 0, got 0"):
        check_gradient(quartic, quartic_gradient, POINT, rtol=0)
    with pytest.raises(ValueError, match=r"atol must be finite and >= 0, got -1"):
        check_gradient(quartic, quartic_gradient, POINT, atol=-1)
    with pytest.raises(ValueError, match="method must be one of"):
        check_gradient(quartic, quartic_gradient, POINT, method="2-point")
    with pytest.raises(TypeError, match="jac must be callable, got ndarray"):
        check_gradient(quartic, quartic_gradient(POINT), POINT)
