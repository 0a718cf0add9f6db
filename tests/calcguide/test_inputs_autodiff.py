"""The public functions of autodiff and dynamics take the arrays that users have, or refuse them."""

import array

import numpy as np
import pandas as pd
import pytest

from calcguide import derivatives, dynamics
from calcguide.autodiff import grad, hvp, jacobian, primitive, value_and_grad
from calcguide.convergence import order_of_accuracy

POINT = [1, 2, 3]


def read_only(values):
    result = np.array(values, dtype=float)
    result.flags.writeable = False
    return result


FORMS = {
    "list": list,
    "tuple": tuple,
    "integers": np.array,
    "unsigned": lambda v: np.array(v, np.uint8),
    "float32": lambda v: np.array(v, np.float32),
    "float16": lambda v: np.array(v, np.float16),
    "long double": lambda v: np.array(v, np.longdouble),
    "read-only": read_only,
    "every other": lambda v: np.repeat(np.array(v, float), 2)[::2],
    "backwards": lambda v: np.array(v, float)[::-1].copy()[::-1],
    "other byte order": lambda v: np.array(v, float).astype(">f8"),
    "Series": lambda v: pd.Series(v, index=list("cab")),
    "array of Python": lambda v: array.array("d", v),
    "list of NumPy's numbers": lambda v: [np.int64(n) for n in v],
}
REFUSED = {
    "complex": (np.array([1j, 2, 3]), TypeError),
    "objects": (np.array([1, 2, 3], object), TypeError),
    "strings": (["a", "b", "c"], TypeError),
    "masked": (np.ma.array([1.0, 2.0, 3.0], mask=[False, True, False]), TypeError),
    "nothing": (None, TypeError),
    "text": ("123", TypeError),
    "a dictionary": ({"a": 1}, TypeError),
    "dates": (np.zeros(3, "datetime64[D]"), TypeError),
    "unequal rows": ([[1.0], [2.0, 3.0], [4.0]], ValueError),
}


def cubes(x):
    return np.sum(x**3)


def fall(t, y):
    return -np.sin(t) * y


def solve(method):
    return lambda y0: method(fall, (0, 1), y0, n_steps=4).y


TIMES = [1, 2, 3]
PATHS = [[0, 1, 2], [0, -1, 1]]
# By the name of the function and the argument.
CALLS = {
    "grad, x": (grad(cubes), "x"),
    "value_and_grad, x": (lambda x: value_and_grad(cubes)(x)[1], "x"),
    "jacobian, x": (jacobian(lambda x: x**2), "x"),
    "hvp, x": (lambda x: hvp(cubes)(x, POINT), "x"),
    "hvp, v": (lambda v: hvp(cubes)(POINT, v), "v"),
    "grad, a constant": (lambda a: grad(lambda x: np.sum(x**2 * a))(POINT), "an operand"),
    "grad, a divisor": (lambda a: grad(lambda x: np.sum(x / a + a / x))(POINT), "an operand"),
    "grad, an exponent": (lambda a: grad(lambda x: np.sum(x**a))(POINT), "an operand"),
    "grad, a vector": (lambda a: grad(lambda x: np.dot(a, x) * np.dot(x, a))(POINT), "an operand"),
    "grad, a part": (lambda a: grad(lambda x: np.sum(np.stack([x, a]) ** 2))(POINT), "an operand"),
    "primitive, an argument": (
        grad(primitive(lambda x: (x @ x, lambda g: g * 2 * x))), "x"),
    "primitive, a constant": (lambda a: grad(lambda x: primitive(
        lambda x, y: (np.dot(x, y), lambda g: g * y))(x, a))(POINT), "an operand"),
    "primitive, a value": (lambda a: grad(lambda x: np.sum(primitive(
        lambda x: (a, lambda g: g))(x) * x))(POINT), "the value of primitive"),
    "primitive, a pullback": (lambda a: grad(lambda x: primitive(
        lambda x: (x.sum(), lambda g: a))(x))(POINT), "the pullback"),
    "euler, y0": (solve(dynamics.euler), "y0"),
    "heun, y0": (solve(dynamics.heun), "y0"),
    "rk4, y0": (solve(dynamics.rk4), "y0"),
    "euler, fun": (lambda a: dynamics.euler(lambda t, y: a, (0, 1), POINT, n_steps=4).y,
                   "the value of fun"),
    "rk4, fun": (lambda a: dynamics.rk4(lambda t, y: a, (0, 1), POINT, n_steps=4).y,
                 "the value of fun"),
    "gradient_flow, x": (lambda x: dynamics.gradient_flow(lambda x: 2 * x)(0, x), "x must"),
    "gradient_flow, jac": (lambda a: dynamics.gradient_flow(lambda x: a)(0, POINT),
                           "the value of jac"),
    "lorenz, state": (lambda s: dynamics.lorenz(0, s), "state"),
    "brownian_motion, t": (lambda t: dynamics.brownian_motion(
        t, n_paths=2, rng=np.random.default_rng(0)), "t"),
    "geometric_brownian_motion, t": (
        lambda t: dynamics.geometric_brownian_motion(1, 0.1, 0.2, t, PATHS), "t"),
    "geometric_brownian_motion, w": (
        lambda w: dynamics.geometric_brownian_motion(1, 0.1, 0.2, TIMES, w), "w"),
    "euler_maruyama, t": (lambda t: dynamics.euler_maruyama(
        lambda t, x: x, lambda t, x: 0.1, 1, t, PATHS), "t"),
    "euler_maruyama, w": (lambda w: dynamics.euler_maruyama(
        lambda t, x: x, lambda t, x: 0.1, 1, TIMES, w), "w"),
    "euler_maruyama, drift": (lambda a: dynamics.euler_maruyama(
        lambda t, x: a, lambda t, x: 0.1, 1, TIMES, np.zeros((3, 3))), "the value of drift"),
    "euler_maruyama, diffusion": (lambda a: dynamics.euler_maruyama(
        lambda t, x: 0.1, lambda t, x: a, 1, TIMES, np.ones((3, 3))), "the value of diffusion"),
    "fit_geometric_brownian_motion, prices": (
        lambda p: dynamics.fit_geometric_brownian_motion(p, 0.5).mu.value, "prices"),
}  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", CALLS)
def test_the_form_of_an_array_does_not_matter(name, form):
    call, _ = CALLS[name]
    given = FORMS[form](POINT)
    before = np.array(given)
    np.testing.assert_allclose(
        np.array(call(given), float), call(np.array(POINT, float)), rtol=1e-6
    )
    np.testing.assert_array_equal(before, np.array(given))


@pytest.mark.parametrize("kind", REFUSED)
@pytest.mark.parametrize("name", CALLS)
def test_what_holds_no_real_numbers_is_refused_by_name(name, kind):
    call, argument = CALLS[name]
    value, error = REFUSED[kind]
    with pytest.raises((TypeError, ValueError), match=argument) as caught:
        call(value)
    assert caught.type is error


@pytest.mark.parametrize("fun", [3.0, None])
def test_what_is_no_function_is_refused_by_name(fun):
    for solver in (dynamics.euler, dynamics.heun, dynamics.rk4):
        with pytest.raises(TypeError, match=r"fun must be callable as fun\(t, y\), got"):
            solver(fun, (0, 1), POINT, n_steps=4)
    with pytest.raises(TypeError, match="fun must be callable"):
        dynamics.lyapunov_exponent(fun, (0, 1), np.eye(3), n_steps=20)
    with pytest.raises(TypeError, match="jac must be callable"):
        dynamics.gradient_flow(fun)
    with pytest.raises(TypeError, match="drift must be callable"):
        dynamics.euler_maruyama(fun, lambda t, x: x, 1, TIMES, PATHS)
    with pytest.raises(TypeError, match="diffusion must be callable"):
        dynamics.euler_maruyama(lambda t, x: x, fun, 1, TIMES, PATHS)


# Functions that write into what they are given, or return one and the same array each time


def spoiling(t, y):
    slope = np.array([y[1] + np.sin(t), -np.sin(y[0]) - 0.2 * t * y[1]])
    y[:] = np.nan
    return slope


BUFFER = np.empty(2)


def buffered(t, y):
    BUFFER[:] = y[1] + np.sin(t), -np.sin(y[0]) - 0.2 * t * y[1]
    return BUFFER


def in_place(t, y):
    y[:] = y[1] + np.sin(t), -np.sin(y[0]) - 0.2 * t * y[1]
    return y


@pytest.mark.parametrize(
    ("solver", "order"), [(dynamics.euler, 1), (dynamics.heun, 2), (dynamics.rk4, 4)]
)
@pytest.mark.parametrize("fun", [spoiling, buffered, in_place])
def test_solvers_keep_their_order_with_functions_that_reuse_arrays(solver, order, fun):
    from scipy.integrate import solve_ivp

    exact = solve_ivp(
        lambda t, y: spoiling(t, y.copy()), (0, 2), [1, 0], method="DOP853", rtol=1e-13, atol=1e-14
    ).y[:, -1]
    numbers = np.array([50, 100, 200, 400])
    errors = [
        np.linalg.norm(solver(fun, (0, 2), [1, 0], n_steps=n).y[:, -1] - exact) for n in numbers
    ]
    assert order == pytest.approx(order_of_accuracy(2 / numbers, errors), abs=0.1)


@pytest.mark.parametrize("reuse", ["y", "buffer"])
def test_the_exponent_is_that_of_functions_that_reuse_nothing(reuse):
    starts = np.random.default_rng(1).normal([[0], [0], [25]], 5, size=(3, 4))
    buffer = np.empty((3, 8))

    def fun(t, y):
        target = y if reuse == "y" else buffer
        target[:] = dynamics.lorenz(t, y)
        return target

    expected = dynamics.lyapunov_exponent(dynamics.lorenz, (0, 5), starts, n_steps=500)
    assert expected == dynamics.lyapunov_exponent(fun, (0, 5), starts, n_steps=500)


def test_the_gradient_flow_is_that_of_a_gradient_that_reuses_nothing():
    matrix, buffer = np.array([[2.0, 1.0], [1.0, 20.0]]), np.empty(2)

    def jac(x):
        np.matmul(matrix, x, out=buffer)
        x[:] = np.nan
        return buffer

    x = np.array([1.0, 1.0])
    np.testing.assert_array_equal([-3.0, -21.0], dynamics.gradient_flow(jac)(0, x))
    np.testing.assert_array_equal([1.0, 1.0], x)
    expected = dynamics.heun(lambda t, x: -matrix @ x, (0, 1), x, n_steps=50).y
    actual = dynamics.heun(dynamics.gradient_flow(jac), (0, 1), x, n_steps=50).y
    np.testing.assert_allclose(actual, expected, rtol=1e-14)


def test_the_paths_are_those_of_coefficients_that_reuse_nothing():
    t = np.linspace(0, 1, 9)
    w = dynamics.brownian_motion(t, n_paths=5, rng=np.random.default_rng(0))
    buffer = np.empty(5)

    def drift(t, x):
        return np.multiply(x, 0.3, out=buffer)

    def diffusion(t, x):
        x *= 0.5
        return x

    expected = dynamics.euler_maruyama(lambda t, x: 0.3 * x, lambda t, x: 0.5 * x, 1.0, t, w)
    np.testing.assert_array_equal(expected, dynamics.euler_maruyama(drift, diffusion, 1.0, t, w))


def test_gradients_of_further_forms_are_those_of_differences():
    def fun(x, data, weights):
        return np.sum(np.tanh(data @ x) * weights)

    data = pd.DataFrame([[1, 2], [3, 4], [5, 6]])
    weights = pd.Series([1.0, -1.0, 0.5])
    x = np.array([0.2, -0.1])
    expected = derivatives.gradient(lambda x: fun(x, data.to_numpy(), weights.to_numpy()), x)
    np.testing.assert_allclose(grad(fun)(x, data.to_numpy(), weights), expected, rtol=1e-7)
