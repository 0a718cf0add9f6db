import math

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


@pytest.mark.parametrize(("method", "calls"), [("forward", 5), ("central", 8), ("complex", 4 + 12)])
def test_gradient_takes_the_stated_number_of_evaluations(method, calls):
    # The complex step takes 12 more, to see whether the function is analytic.
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


MATRIX = np.array([[3.0, 1.0, 0.5], [1.0, 2.0, 0.1], [0.5, 0.1, 4.0]])
NOT_ANALYTIC = {
    "sign": lambda x: (np.sign(x) * x).sum(),
    "conj": lambda x: (x * np.conj(x)).sum(),
    "vdot": lambda x: np.vdot(x, MATRIX @ x),
    "abs": lambda x: (np.abs(x) * x).sum(),
    "norm": lambda x: np.linalg.norm(x) * x[0],
    "real": lambda x: (x.real * x).sum(),
    "var": lambda x: np.var(x) * (1 + 0 * x[0]),
    "cov": lambda x: np.cov(np.array([x, x**2]))[0, 1],
    "cholesky": lambda x: np.linalg.cholesky(MATRIX + np.outer(x, x)).sum(),
    "qr": lambda x: np.linalg.qr(MATRIX + np.diag(x))[1][0, 1],
    "svd": lambda x: np.linalg.svd(MATRIX + np.diag(x))[1].sum() + 0 * x[0],
    "in one variable of small weight": lambda x: 1e3 * x[0] ** 2 + 1e-3 * x[2] * np.conj(x[2]),
}


@pytest.mark.parametrize("fun", NOT_ANALYTIC.values(), ids=NOT_ANALYTIC)
def test_complex_step_refuses_functions_that_are_not_analytic(fun):
    x = [0.7, -1.3, 2.1]
    for call in (
        lambda: gradient(fun, x, method="complex"),
        lambda: jacobian(lambda z: np.array([z[0] ** 2, fun(z)]), x, method="complex"),
        lambda: check_gradient(fun, np.ones_like, x, method="complex"),
    ):
        with pytest.raises(ValueError, match=r"method 'complex' needs an analytic fun: .* conj"):
            call()


@pytest.mark.parametrize("scale", [1e-12, 1e-3, 1.0, 1e3, 1e8])
def test_complex_step_refuses_them_at_any_scale_and_for_many_points_at_once(scale):
    x = scale * np.array([1.0, -2.0, 3.0])
    for f in (lambda x: np.sign(x) * x, lambda x: x * np.conj(x), lambda x: np.abs(x) + 0 * x):
        with pytest.raises(ValueError, match="method 'complex' needs an analytic f"):
            derivative(f, x, method="complex")


ANALYTIC = {
    "exp": (np.exp, np.exp),
    "tiny values": (lambda x: 1e-200 * np.exp(x), lambda x: 1e-200 * np.exp(x)),
    "huge values": (lambda x: 1e200 * x**3, lambda x: 3e200 * x**2),
    "an offset": (lambda x: 1e12 + x * x, lambda x: 2 * x),
    "fast waves": (lambda x: np.sin(1e6 * x), lambda x: 1e6 * np.cos(1e6 * x)),
    "a sharp peak": (lambda x: 1 / (1 + 1e8 * x * x), lambda x: -2e8 * x / (1 + 1e8 * x * x) ** 2),
    "high powers": (lambda x: x**20, lambda x: 20 * x**19),
    "almost a kink": (lambda x: np.sqrt(x * x + 1e-12), lambda x: x / np.sqrt(x * x + 1e-12)),
    "a branch": (lambda x: np.where(x.real > 0, x, 0), lambda x: 1.0 * (x > 0)),
    "logarithm": (np.log, lambda x: 1 / x),
    "reciprocal": (lambda x: 1 / x, lambda x: -1 / x**2),
}


@pytest.mark.parametrize("scale", [1e-100, 1e-12, 1e-6, 1.0, 1e3, 1e8])
@pytest.mark.parametrize(("f", "slope"), ANALYTIC.values(), ids=ANALYTIC)
def test_complex_step_gives_no_false_alarm_for_analytic_functions_of_any_scale(f, slope, scale):
    x = scale * np.array([0.7, 1.3, 2.1])
    with np.errstate(over="ignore", under="ignore"):
        usual = (np.abs(f(x)) < 1e290).all() and (np.abs(slope(x) * x) > 1e-250).all()
    if usual:
        np.testing.assert_allclose(derivative(f, x, method="complex"), slope(x), rtol=1e-9)


def test_complex_step_takes_functions_whose_values_are_complex_with_no_imaginary_part():
    def fun(x):
        return np.fft.fft(x)[0]  # the sum

    np.testing.assert_allclose(gradient(fun, [1.0, 2.0, 3.0], method="complex"), np.ones(3))


@pytest.mark.parametrize("method", METHODS)
def test_functions_may_return_one_array_each_time_and_write_into_the_point(method):
    kind = complex if method == "complex" else float
    buffers = np.empty(2, kind), np.empty(3, kind)

    def residuals(x):
        buffers[0][:] = x[0] * x[1], x[0] + x[1]
        x[:] = np.nan
        return buffers[0] if np.iscomplexobj(x) else buffers[0].real

    def sine(x):
        np.sin(x, out=buffers[1][:] if np.iscomplexobj(x) else buffers[1].real)
        x[:] = np.nan
        return buffers[1] if np.iscomplexobj(x) else buffers[1].real

    def one_number(x):
        buffers[0][0] = (x**3).sum()
        x[:] = np.nan
        return buffers[0][:1] if np.iscomplexobj(x) else buffers[0][:1].real

    points = np.array([0.0, 1.0, 2.0])
    close = {"rtol": 0, "atol": 1e-6}
    np.testing.assert_allclose(
        jacobian(residuals, [2.0, 3.0], method=method), [[3, 2], [1, 1]], **close
    )
    np.testing.assert_allclose(derivative(sine, points, method=method), np.cos(points), **close)
    np.testing.assert_allclose(gradient(one_number, points, method=method), 3 * points**2, **close)


def test_hessian_takes_gradients_in_one_array():
    buffer = np.empty(2)
    actual = hessian(lambda x: 0.0, [1.0, 1.0], jac=lambda x: np.multiply(x, [2, 6], out=buffer))
    np.testing.assert_allclose(actual, np.diag([2.0, 6.0]), atol=1e-9)


def test_masked_values_are_refused():
    masked = np.ma.masked_invalid([1.0, np.nan])
    with pytest.raises(TypeError, match="x must not be masked, got 1 masked entries"):
        gradient(np.sum, masked)
    with pytest.raises(TypeError, match="fun must not be masked"):
        jacobian(lambda x: masked, [1.0, 2.0])
    np.testing.assert_allclose(gradient(np.sum, np.ma.masked_invalid([1.0, 2.0])), 1, rtol=1e-9)


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


def test_a_point_at_the_edge_of_the_domain_is_not_checked_but_from_within():
    def fun(x):
        return (x + x * np.sqrt(x) * x).sum()

    def jac(x):
        return 1 + 2.5 * x**1.5

    report = check_gradient(fun, jac, [0.0, 1.0])
    assert not report.success
    assert report.status.tolist() == ["not checked", "correct"]
    assert report.reason.tolist() == ["undefined", ""]
    assert "at [0] fun is not finite on both sides" in report.message
    assert check_gradient(fun, jac, [0.0, 1.0], method="forward").success


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


RIGHT = {
    "log": (lambda x: np.log(x).sum(), lambda x: 1 / x),
    "math.log": (lambda x: math.log(x[0]), lambda x: 1 / x),
    "sqrt": (lambda x: np.sqrt(x).sum(), lambda x: 0.5 / np.sqrt(x)),
    "reciprocal": (lambda x: (1 / x).sum(), lambda x: -1 / x**2),
    "exp": (lambda x: np.exp(-x).sum(), lambda x: -np.exp(-x)),
    "cos": (lambda x: np.cos(x).sum(), lambda x: -np.sin(x)),
    "power": (lambda x: (x**5).sum(), lambda x: 5 * x**4),
}


@pytest.mark.parametrize("x", [1e-50, 1e-20, 1e-9, 1e-6, 1e-3, 0.1, 1.0, 30.0])
@pytest.mark.parametrize(("fun", "jac"), RIGHT.values(), ids=RIGHT)
def test_right_gradients_pass_and_wrong_ones_fail_at_points_of_any_size(fun, jac, x):
    report = check_gradient(fun, jac, [x])
    assert report.success, report
    # Near its stationary point, the slope of the cosine is below the noise of its value.
    if x > 1e-6 or jac is not RIGHT["cos"][1]:
        wrong = check_gradient(fun, lambda x: 1.001 * jac(x), [x])
        assert wrong.status.tolist() == ["wrong"], wrong


@pytest.mark.parametrize("x", [1e-9, 1e-7, 1e-3, 0.3])
def test_fast_waves_are_told_from_slow_ones(x):
    assert check_gradient(
        lambda x: np.sin(1e6 * x).sum(), lambda x: 1e6 * np.cos(1e6 * x), x
    ).success


@pytest.mark.parametrize("scale", [1e-300, 1e-100, 1e-20, 1e-10, 1e10, 1e100, 1e300])
def test_the_verdict_does_not_depend_on_the_unit_of_the_function(scale):
    def check(factor):
        return check_gradient(
            lambda x: scale * (x @ x), lambda x: factor * scale * x, [0.3, -0.4]
        ).status.tolist()

    assert ["correct", "correct"] == check(2)
    for factor in (0, -2, 1, 2.00001):
        assert ["wrong", "wrong"] == check(factor)


@pytest.mark.parametrize("offset", [1e6, 1e7, 1e8, 1e9, 1e10])
def test_gradients_that_are_zero_or_of_the_wrong_sign_are_found_below_a_large_offset(offset):
    for factor in (0, -2, 4):
        report = check_gradient(lambda x: offset + x @ x, lambda x, f=factor: f * x, [0.3, 0.4])
        assert (report.status == "wrong").all(), report
    right = check_gradient(lambda x: offset + x @ x, lambda x: 2 * x, [0.3, 0.4])
    assert not (right.status == "wrong").any(), right


@pytest.mark.parametrize("offset", [1e12, 1e15, 1e17, 1e30])
def test_what_an_offset_hides_is_not_checked(offset):
    for factor in (-2, 0, 2):
        report = check_gradient(lambda x: offset + x @ x, lambda x, f=factor: f * x, [0.3, 0.4])
        assert not report.success, report
    if offset > 1e15:
        assert (report.reason == "noise floor").all()
        assert report.message.startswith(
            "Not checked: 2 of 2 components; at [0] differences of fun are only known to within "
        )


def test_a_forgotten_component_of_small_weight_is_found_or_not_checked():
    for weight in (1e-3, 1e-6, 1e-8, 1e-10, 1e-13, 1e-16):
        report = check_gradient(
            lambda x, w=weight: 1e6 * x[0] ** 2 + w * x[1] ** 2,
            lambda x: np.array([2e6 * x[0], 0.0]),
            [0.7, 0.8],
        )
        assert not report.success, report
        assert "correct" == report.status[0]


def test_a_variable_that_does_not_matter_is_correct():
    report = check_gradient(lambda x: x[0] ** 2, lambda x: np.array([2 * x[0], 0]), [3.0, 2.0])
    assert report.success, report
    report = check_gradient(lambda x: x[0] ** 2, lambda x: np.array([2 * x[0], 0.1]), [3.0, 2.0])
    assert "wrong" == report.status[1]

    # A unit that is not active, far from its threshold and not so far.
    for bias in (-0.1, -1.0, -1e3):
        report = check_gradient(
            lambda x, b=bias: x[0] ** 2 + np.maximum(0, x[1] + b - 1),
            lambda x: np.array([2 * x[0], 0]),
            [3.0, 1.0],
        )
        assert report.success, report


@pytest.mark.parametrize(
    ("fun", "jac", "subgradients"),
    [
        (lambda x: np.abs(x).sum(), np.sign, [-1.0, 0.0, 0.5, 1.0]),
        (lambda x: np.maximum(x, 0).sum(), lambda x: 1.0 * (x > 0), [0.0, 0.5, 1.0]),
        (lambda x: np.maximum(-3 * x, x).sum(), lambda x: np.where(x > 0, 1, -3), [-3.0, 1.0]),
    ],
    ids=["abs", "relu", "hinge"],
)
def test_a_kink_is_not_checked_unless_the_value_lies_outside_its_slopes(fun, jac, subgradients):
    for value in subgradients:
        report = check_gradient(fun, lambda x, v=value: np.where(x == 0, v, jac(x)), [0.0, 2.0])
        assert report.status.tolist() == ["not checked", "correct"]
        assert report.reason.tolist() == ["kink", ""]
        assert "[0]" in report.message
    report = check_gradient(fun, lambda x: np.where(x == 0, 7.0, jac(x)), [0.0, 2.0])
    assert report.status.tolist() == ["wrong", "correct"]


@pytest.mark.parametrize("distance", [1e-15, 1e-12, 1e-9, 1e-7, 1e-5, 1e-2])
def test_no_right_gradient_is_condemned_near_a_kink(distance):
    report = check_gradient(lambda x: np.abs(x - 1).sum(), lambda x: np.sign(x - 1), 1 + distance)
    assert "wrong" != report.status
    if distance >= 1e-5:
        assert report.success, report


def single(dtype):
    rng = np.random.default_rng(8)
    X, y = rng.standard_normal((20, 4)).astype(dtype), rng.standard_normal(20).astype(dtype)

    def fun(w):
        residual = X @ w.astype(dtype) - y
        return residual @ residual

    def jac(w):
        return 2 * X.T @ (X @ w.astype(dtype) - y)

    return fun, jac, rng.standard_normal(4)


def test_single_precision_is_not_checked_beyond_its_digits():
    fun, jac, w = single(np.float32)
    exact_fun, exact_jac, _ = single(np.float64)
    cases = [(fun, jac), (lambda w: float(fun(w)), jac), (fun, exact_jac), (exact_fun, jac)]
    for value, slope in cases:
        report = check_gradient(value, slope, w)
        assert not (report.status == "wrong").any(), report
        assert (report.reason == "float32").all(), report
        assert check_gradient(value, slope, w, rtol=1e-3).success
        assert (check_gradient(value, lambda w, s=slope: 2 * s(w), w).status == "wrong").all()
    assert check_gradient(exact_fun, exact_jac, w.astype(np.float32)).success


def test_noise_from_within_the_function_is_seen():
    def fun(x):
        return (1e9 + x @ x) - 1e9

    right = check_gradient(fun, lambda x: 2 * x, [0.3, 0.4])
    assert not (right.status == "wrong").any(), right
    assert (check_gradient(fun, lambda x: 3 * x, [0.3, 0.4]).status == "wrong").all()


def test_the_reported_error_bounds_the_true_one():
    rng = np.random.default_rng(9)
    for _ in range(200):
        x = rng.uniform(-3, 3, 4) * 10.0 ** rng.uniform(-3, 3)
        report = check_gradient(rosen, rosen_der, x)
        assert (report.abs_error <= report.numerical_error).all()
    for _ in range(200):
        x = 10.0 ** rng.uniform(-8, 2, 3)
        report = check_gradient(lambda x: (np.log(x) * np.sin(x)).sum(), np.log, x)
        true = np.sin(x) / x + np.log(x) * np.cos(x)
        assert (
            np.abs(report.numerical - true) <= report.numerical_error + 1e-15 * np.abs(true)
        ).all()


def test_the_largest_step_can_be_given():
    reached = []

    def fun(x):
        reached.append(x[0])
        return np.sin(x).sum()

    assert check_gradient(fun, np.cos, [1.0], step=1e-2).success
    # The measurement of the noise looks farther only where nothing changes.
    assert 0.99 - 1e-9 <= min(reached) < max(reached) <= 1.01 + 1e-9
    with pytest.raises(ValueError, match="step must be finite and > 0, got 0"):
        check_gradient(fun, np.cos, [1.0], step=0)


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


def test_the_report_says_by_component_what_was_not_checked_and_why():
    text = str(check_gradient(lambda x: np.abs(x).sum(), np.sign, [0.0, 2.0]))
    *table, verdict = text.splitlines()
    assert table[1].split() == ["[0]", "0", "0", "not", "checked:", "kink"]
    assert table[2].split() == ["[1]", "1", "1", "<=", "1e-06"]
    assert (
        "Not checked: 1 of 2 components; at [0] the differences on both sides disagree." == verdict
    )


def test_a_wrong_component_comes_before_one_that_was_not_checked():
    report = check_gradient(lambda x: np.abs(x).sum(), lambda x: 0.0 * x, [0.0, 2.0])
    assert report.message.startswith("Wrong: ")
    assert report.message.endswith("; 1 more not checked.")


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
