import gc
import math
import subprocess
import sys
import weakref

import autograd
import autograd.numpy as anp
import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.special import expit

from calcguide import derivatives
from calcguide.autodiff import Variable, grad, hvp, jacobian, primitive, value_and_grad
from calcguide.objectives import himmelblau, rosenbrock

X = np.array([[0.3, -0.7, 1.2], [2.1, 0.4, -1.6]])
POSITIVE = np.abs(X) + 0.2
WEIGHTS = np.array([[1.0, -2.0, 0.5], [0.7, 1.5, -1.1]])


def weighted(values):
    """One number in which every element has a weight of its own."""
    return np.sum(values * np.cos(np.arange(values.size)).reshape(values.shape))


def assert_gradient(fun, x, rtol=1e-6):
    x = np.asarray(x, dtype=float)
    expected = derivatives.gradient(fun, x)
    np.testing.assert_allclose(grad(fun)(x), expected, rtol=rtol, atol=1e-8)


# --- rules, against differences -----------------------------------------------------------------

ANALYTIC = [
    np.negative, np.positive, np.square, np.exp, np.expm1, np.sin, np.cos, np.tan, np.arctan,
    np.sinh, np.cosh, np.tanh, np.sqrt, np.log, np.log1p, np.reciprocal,
]  # fmt: skip


@pytest.mark.parametrize("ufunc", ANALYTIC, ids=lambda ufunc: ufunc.__name__)
def test_derivatives_of_analytic_functions_are_those_of_the_complex_step(ufunc):
    expected = derivatives.gradient(lambda x: weighted(ufunc(x)), POSITIVE, method="complex")
    np.testing.assert_allclose(grad(lambda x: weighted(ufunc(x)))(POSITIVE), expected, rtol=1e-13)


@pytest.mark.parametrize("ufunc", [np.abs, np.fabs, expit], ids=lambda ufunc: ufunc.__name__)
def test_derivatives_of_other_functions_are_those_of_differences(ufunc):
    assert_gradient(lambda x: weighted(ufunc(x)), X)


@pytest.mark.parametrize("ufunc", ANALYTIC, ids=lambda ufunc: ufunc.__name__)
def test_second_derivatives_are_those_of_the_first(ufunc):
    def slopes(x):
        return grad(lambda x: np.sum(ufunc(x)))(x)

    expected = derivatives.derivative(slopes, POSITIVE)
    np.testing.assert_allclose(
        jacobian(slopes)(POSITIVE.ravel()), np.diag(expected.ravel()), rtol=1e-7, atol=1e-12
    )


BINARY = [
    np.add, np.subtract, np.multiply, np.divide, np.power, np.logaddexp, np.maximum, np.minimum
]  # fmt: skip
SHAPES = [
    ((2, 3), (2, 3)), ((2, 3), (3,)), ((3,), (2, 3)), ((2, 3), (2, 1)), ((2, 1), (1, 3)),
    ((2, 3), ()), ((), (2, 3)), ((), ()), ((4, 1, 3), (2, 1)), ((1, 1), (3,)), ((1,), (1, 1)),
]  # fmt: skip


@pytest.mark.parametrize("shapes", SHAPES, ids=str)
@pytest.mark.parametrize("ufunc", BINARY, ids=lambda ufunc: ufunc.__name__)
def test_operands_are_broadcast_and_their_gradients_summed(ufunc, shapes):
    rng = np.random.default_rng(0)
    a, b = (rng.uniform(0.5, 2.0, size=shape) for shape in shapes)
    assert_gradient(lambda a: weighted(ufunc(a, b)), a)
    assert_gradient(lambda b: weighted(ufunc(a, b)), b)
    by_a, by_b = grad(lambda pair: weighted(ufunc(*pair)))([a, b])
    np.testing.assert_array_equal(grad(lambda a: weighted(ufunc(a, b)))(a), by_a)
    np.testing.assert_array_equal(grad(lambda b: weighted(ufunc(a, b)))(b), by_b)


@pytest.mark.parametrize(
    "fun",
    [
        lambda x: x + 1, lambda x: 1 + x, lambda x: x - 1, lambda x: 1 - x, lambda x: x * 3,
        lambda x: 3 * x, lambda x: x / 2, lambda x: 2 / x, lambda x: x**2, lambda x: x**3,
        lambda x: x**-1, lambda x: x**0, lambda x: x**0.5, lambda x: 2**x, lambda x: x**x,
        lambda x: -x, lambda x: +x, lambda x: abs(x), lambda x: x + [1, 2, 3],  # noqa: RUF005

        lambda x: [1, 2, 3] * x, lambda x: np.float64(2) * x, lambda x: x / np.int64(2),
        lambda x: x @ WEIGHTS.T, lambda x: WEIGHTS.T @ x, lambda x: WEIGHTS - x,
        lambda x: x * (x > 0.55), lambda x: np.sign(x - 0.8) * x, lambda x: x * np.floor(x),
    ],
)  # fmt: skip
def test_operators_have_the_gradient_of_differences(fun):
    assert_gradient(lambda x: weighted(fun(x)), POSITIVE)


@pytest.mark.parametrize("keepdims", [False, True])
@pytest.mark.parametrize("axis", [None, 0, 1, -1, (0, 2), (0, 1, 2)], ids=str)
@pytest.mark.parametrize("name", ["sum", "mean", "max", "min"])
def test_reductions_have_the_gradient_of_differences(name, axis, keepdims):
    x = np.random.default_rng(1).normal(size=(2, 3, 4))
    settings = {"axis": axis, "keepdims": keepdims}
    assert_gradient(lambda x: weighted(getattr(np, name)(np.sin(x), **settings)), x)
    assert_gradient(lambda x: weighted(getattr(np.sin(x) + 0, name)(**settings)), x)


@pytest.mark.parametrize("keepdims", [False, True])
@pytest.mark.parametrize("axis", [None, 0, -1, (0, 2)], ids=str)
@pytest.mark.parametrize("ufunc", [np.add, np.maximum, np.minimum, np.logaddexp])
def test_reductions_by_ufuncs_have_the_gradient_of_differences(ufunc, axis, keepdims):
    x = np.random.default_rng(1).normal(size=(2, 3, 4))
    if ufunc is np.logaddexp and isinstance(axis, tuple):
        return  # NumPy has it for one axis only
    assert_gradient(lambda x: weighted(ufunc.reduce(x, axis=axis, keepdims=keepdims)), x)


def test_logaddexp_reduce_neither_overflows_nor_loses_the_value():
    z = np.array([[1000.0, 1000.0], [-1000.0, -np.inf]])
    value, slopes = value_and_grad(lambda z: np.sum(np.logaddexp.reduce(z, axis=1)))(z)
    assert math.log(2) == pytest.approx(value)
    np.testing.assert_allclose([[0.5, 0.5], [1.0, 0.0]], slopes)


PRODUCTS = [
    ((3,), (3,)), ((2, 3), (3,)), ((2,), (2, 3)), ((2, 3), (3, 4)), ((5, 2, 3), (3, 4)),
    ((5, 2, 3), (5, 3, 4)), ((2, 3), (5, 3, 4)), ((5, 1, 2, 3), (6, 3, 4)), ((3,), (5, 3, 4)),
    ((5, 2, 3), (3,)),
]  # fmt: skip


@pytest.mark.parametrize("shapes", PRODUCTS, ids=str)
def test_products_have_the_gradient_of_differences(shapes):
    rng = np.random.default_rng(2)
    a, b = (rng.normal(size=shape) for shape in shapes)
    assert_gradient(lambda a: weighted(a @ b), a)
    assert_gradient(lambda b: weighted(np.matmul(a, b)), b)
    assert_gradient(lambda a: weighted((a @ b) ** 2), a)
    if max(a.ndim, b.ndim) <= 2:
        assert_gradient(lambda a: weighted(np.dot(a, b)), a)
        assert_gradient(lambda b: weighted(np.dot(a, b)), b)
        assert_gradient(lambda a: weighted(a.dot(b)), a)


@pytest.mark.parametrize("shapes", PRODUCTS, ids=str)
def test_hessian_vector_products_pass_through_products(shapes):
    rng = np.random.default_rng(2)
    pair, direction = ([rng.normal(size=shape) for shape in shapes] for _ in range(2))

    def fun(pair):
        return np.sum(np.sin(pair[0] @ pair[1]))

    h = 1e-6
    up, down = (
        grad(fun)([x + s * v for x, v in zip(pair, direction, strict=True)]) for s in (h, -h)
    )
    for u, d, actual in zip(up, down, hvp(fun)(pair, direction), strict=True):
        np.testing.assert_allclose((u - d) / (2 * h), actual, rtol=1e-6, atol=1e-7)


INDICES = [
    0, -1, slice(None), slice(1, None), (slice(None), 1), (0, slice(None, None, -1)), (1, 2),
    (Ellipsis, 0), (None, 0), (slice(None), None, slice(0, 2)), X > 0, [0, 0, 1],
    (np.array([0, 1, 1, 1]), np.array([2, 0, 0, 1])), (slice(None), [2, 2, 0]), np.int64(1),
    (np.array([True, False]), 1),
]  # fmt: skip


@pytest.mark.parametrize("index", INDICES, ids=str)
def test_indexing_has_the_gradient_of_differences(index):
    assert_gradient(lambda x: weighted(np.sin(x[index])), X)
    v = np.cos(X)
    expected = derivatives.gradient(
        lambda x: np.sum(grad(lambda x: weighted(x[index] ** 3))(x) * v), X
    )
    np.testing.assert_allclose(
        hvp(lambda x: weighted(x[index] ** 3))(X, v), expected, rtol=1e-6, atol=1e-8
    )


@pytest.mark.parametrize(
    "fun",
    [
        lambda x: x.reshape(3, 2), lambda x: x.reshape((6,)), lambda x: np.reshape(x, (-1, 2)),
        lambda x: x.ravel(), lambda x: np.ravel(x), lambda x: x.flatten(), lambda x: x.T,
        lambda x: x.transpose(1, 0), lambda x: np.transpose(x), lambda x: np.transpose(x, (1, 0)),
        lambda x: x.swapaxes(0, 1), lambda x: np.swapaxes(x, 0, 1), lambda x: x.copy(),
        lambda x: np.expand_dims(x, (0, 2)), lambda x: np.squeeze(x[:, :1]),
        lambda x: x[:1].squeeze(0), lambda x: np.broadcast_to(x, (4, 2, 3)),
        lambda x: np.concatenate([x, WEIGHTS, x * 2]), lambda x: np.concatenate([x, x], axis=-1),
        lambda x: np.stack([x, WEIGHTS]), lambda x: np.stack([x[0], x[1], x[0]], axis=1),
        lambda x: np.concatenate([x[0], [1.0]]),
        lambda x: np.where(x > 0, x, x**2), lambda x: np.where(WEIGHTS > 0, 0.0, x),
        lambda x: np.where(np.array([True, False, True]), x, 1.0), lambda x: np.outer(x, x[0]),
        lambda x: np.outer([1.0, 2.0], x), lambda x: np.linalg.norm(x[0]) * x,
        lambda x: np.stack([a * b for a, b in x.T]), lambda x: x * len(x) * x.size * x.ndim,
        lambda x: np.ones_like(x) * x + np.zeros_like(x), lambda x: x[:, np.argmax(x, axis=1)],
        lambda x: x[:, np.argsort(x[0])], lambda x: x * np.shape(x)[0] * np.ndim(x) * np.size(x),
        lambda x: x / np.linalg.norm(WEIGHTS),
        lambda x: np.transpose(np.broadcast_to(x, (4, 2, 3)), (1, 2, 0)),
    ],
)  # fmt: skip
def test_shapes_and_choices_have_the_gradient_of_differences(fun):
    assert_gradient(lambda x: weighted(np.sin(fun(x))), X)
    v = np.cos(X)
    expected = derivatives.gradient(
        lambda x: np.sum(grad(lambda x: weighted(fun(x) ** 2))(x) * v), X
    )
    np.testing.assert_allclose(
        hvp(lambda x: weighted(fun(x) ** 2))(X, v), expected, rtol=1e-6, atol=1e-7
    )


def test_the_value_is_what_numpy_computes():
    def fun(x):
        return np.mean(np.logaddexp(x @ WEIGHTS.T, 0) * np.sqrt(abs(x).sum(axis=1)))

    value, _ = value_and_grad(fun)(X)
    assert type(value) is float
    assert fun(X) == value


# --- conventions where there is no derivative ---------------------------------------------------


def test_the_derivative_of_abs_at_0_is_0():
    np.testing.assert_array_equal([-1.0, 0.0, 1.0], grad(lambda x: abs(x).sum())([-2.0, 0.0, 2.0]))


@pytest.mark.parametrize("ufunc", [np.maximum, np.minimum])
def test_tied_operands_share_equally(ufunc):
    by_x, by_y = grad(lambda pair: ufunc(*pair).sum())((np.array([1.0, 2.0]), np.array([1.0, 2.0])))
    np.testing.assert_array_equal([0.5, 0.5], by_x)
    np.testing.assert_array_equal([0.5, 0.5], by_y)
    assert 0.5 == grad(lambda x: ufunc(x, 0.0))(0.0)


@pytest.mark.parametrize("reduce", [np.max, np.min])
def test_tied_elements_share_equally(reduce):
    x = np.array([[1.0, 1.0, 1.0], [2.0, 2.0, 2.0]])
    np.testing.assert_allclose(np.full((2, 3), 1 / 3), grad(lambda x: reduce(x, axis=1).sum())(x))


def test_the_derivative_of_a_constant_power_0_is_0_everywhere():
    np.testing.assert_array_equal([0.0, 0.0], grad(lambda x: (x**0).sum())([0.0, 2.0]))
    exponents = np.array([0.0, 2.0])
    np.testing.assert_array_equal([0.0, 4.0], grad(lambda x: (x**exponents).sum())([0.0, 2.0]))


def test_the_derivative_by_the_exponent_of_0_is_0():
    assert 0.0 == grad(lambda y: 0.0**y)(2.0)


# --- the chain rule as a whole -------------------------------------------------------------------


STEPS = [
    lambda m, a, b, c: m.tanh(a) + b,
    lambda m, a, b, c: m.sin(a) * b,
    lambda m, a, b, c: a * c - b,
    lambda m, a, b, c: m.dot(m.tanh(a), m.cos(b)),
    lambda m, a, b, c: a / (1.5 + m.sin(b)),
    lambda m, a, b, c: m.exp(-m.square(a)) + c * b,
    lambda m, a, b, c: m.log1p(m.square(a)) * m.sum(m.cos(b)),
    lambda m, a, b, c: m.sqrt(1.0 + a * a) ** c,
    lambda m, a, b, c: m.logaddexp(a, c) * b.T,
    lambda m, a, b, c: m.concatenate([a[1:], b[:1]]) + m.mean(a, axis=0),
    lambda m, a, b, c: a - m.mean(b, axis=1, keepdims=True),
    lambda m, a, b, c: m.stack([a[0], b[:, 1], m.arctan(a[2])], axis=1),
    lambda m, a, b, c: m.where(a > c, m.cos(a), b),
    lambda m, a, b, c: m.reshape(m.ravel(a)[::-1], (3, 3)) * m.tanh(b),
]


def random_function(rng):
    """Return a random function of a 3 by 3 matrix, to be called with a NumPy and the matrix."""
    steps = [
        (
            STEPS[rng.integers(len(STEPS))],
            *rng.integers(0, 1 + i, size=2),
            rng.uniform(0.5, 1.5, size=[(3, 3), (3,), (3, 1), ()][rng.integers(4)]),
        )
        for i in range(rng.integers(3, 9))
    ]

    def fun(m, x):
        made = [x]
        for step, i, j, constant in steps:
            made.append(step(m, made[i], made[j], constant))
        return m.sum(m.tanh(made[-1]) + m.sin(made[len(made) // 2]))

    return fun


@pytest.mark.parametrize("seed", range(60))
def test_random_functions_have_the_gradient_of_autograd(seed):
    rng = np.random.default_rng(seed)
    fun, x, v = random_function(rng), rng.normal(size=(3, 3)), rng.normal(size=(3, 3))
    expected = autograd.grad(lambda x: fun(anp, x))(x)
    actual = grad(lambda x: fun(np, x))(x)
    np.testing.assert_allclose(actual, expected, rtol=1e-9, atol=1e-12)
    expected = autograd.grad(lambda x: anp.sum(autograd.grad(lambda x: fun(anp, x))(x) * v))(x)
    actual = hvp(lambda x: fun(np, x))(x, v)
    np.testing.assert_allclose(actual, expected, rtol=1e-8, atol=1e-9)


def test_a_chain_of_a_hundred_thousand_links_needs_no_recursion():
    def chain(x):
        for _ in range(100_000):
            x = x * 1.00001
        return x

    assert 1.00001**100_000 == pytest.approx(grad(chain)(1.0), rel=1e-9)


def test_a_value_used_many_times_gathers_all_contributions():
    assert 100.0 == grad(lambda x: sum(x for _ in range(100)))(2.0)
    assert 1024.0 == grad(lambda x: [x := x + x for _ in range(10)][-1])(1.0)


def test_the_function_runs_once_for_any_number_of_variables():
    runs = []

    def fun(x):
        runs.append(x.shape)
        return np.sum(x**2)

    grad(fun)(np.ones(1000))
    assert [(1000,)] == runs


def test_derivatives_nest_to_any_order():
    f = np.sin
    expected = [np.cos, lambda x: -np.sin(x), lambda x: -np.cos(x), np.sin]
    for derivative in expected:
        f = grad(f)
        assert derivative(0.7) == pytest.approx(f(0.7), rel=1e-14)


def test_three_derivatives_of_an_index_are_exact():
    def cubes(x):
        return np.sum(x[[0, 0, 1]] ** 3)

    def second(x):
        return grad(lambda x: grad(cubes)(x)[0])(x)[0]

    np.testing.assert_allclose([12.0, 0.0], grad(second)([1.5, 2.0]))


def test_inner_and_outer_derivatives_are_not_confused():
    # d/dx [x * d/dy (x + y)] = 1; a confusion of the two would give 2.
    assert 1.0 == grad(lambda x: x * grad(lambda y: x + y)(1.0))(1.0)
    # d/dx [x * d/dy (x * y)**2 at y = x] = d/dx 2 x^4
    assert 64.0 == grad(lambda x: x * grad(lambda y: (x * y) ** 2)(x))(2.0)


def test_the_hessian_of_a_test_function_is_that_of_its_formula():
    rosen = rosenbrock(5)

    def fun(x):
        return np.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)

    x, v = np.array([-1.2, 1.0, 0.3, 0.8, -0.5]), np.arange(5.0)
    np.testing.assert_allclose(rosen.jac(x), grad(fun)(x), rtol=1e-13)
    np.testing.assert_allclose(rosen.hess(x), jacobian(grad(fun))(x), rtol=1e-13)
    np.testing.assert_allclose(rosen.hess(x) @ v, hvp(fun)(x, v), rtol=1e-13)


def test_a_jacobian_is_that_of_the_complex_step():
    def fun(x):
        return np.tanh(WEIGHTS @ x) * x[0]

    x = np.array([0.2, -0.4, 0.9])
    expected = derivatives.jacobian(fun, x, method="complex")
    np.testing.assert_allclose(expected, jacobian(fun)(x), rtol=1e-13)


def test_a_jacobian_has_the_shape_of_the_result_and_then_that_of_the_argument():
    assert (2, 4, 2, 3) == jacobian(lambda x: x @ np.ones((3, 4)))(X).shape
    assert (2, 3) == jacobian(np.sum)(X).shape
    assert (3, 1) == jacobian(lambda x: np.ones(3))(np.zeros(1)).shape
    assert (0, 3) == jacobian(lambda x: x[:0])(np.zeros(3)).shape


def test_hessian_vector_products_take_and_give_groups():
    x, v = (np.array([1.0, 2.0]), [np.array(3.0)]), (np.array([1.0, 0.0]), [np.array(1.0)])
    by_a, (by_b,) = hvp(lambda x: np.sum(x[0] ** 2) * x[1][0])(x, v)
    np.testing.assert_allclose([8.0, 4.0], by_a)
    assert 2.0 == by_b


def test_a_linear_function_has_a_hessian_of_zeros():
    np.testing.assert_array_equal(np.zeros((2, 3)), hvp(np.sum)(X, X))


def test_value_and_gradient_go_to_scipy_together():
    reference = himmelblau()

    def fun(x):
        return (x[0] ** 2 + x[1] - 11) ** 2 + (x[0] + x[1] ** 2 - 7) ** 2

    result = minimize(value_and_grad(fun), [2.5, 2.5], jac=True, method="BFGS")
    assert result.success
    assert reference(result.x) == pytest.approx(0, abs=1e-9)


# --- arguments and results ----------------------------------------------------------------------


def test_the_gradient_has_the_form_of_the_argument():
    params = [(X, X[0]), [np.array(2.0)]]
    [(by_W, by_b), [by_c]] = grad(lambda p: np.sum(p[0][0] * p[0][1]) * p[1][0])(params)
    assert (X.shape, X[0].shape, ()) == (by_W.shape, by_b.shape, by_c.shape)
    assert isinstance(grad(lambda p: p[0].sum())((X,)), tuple)


def test_a_list_of_numbers_is_an_array():
    np.testing.assert_array_equal([2.0, 4.0], grad(lambda x: x @ x)([1, 2]))
    np.testing.assert_array_equal([[2, 4], [6, 8]], grad(lambda x: np.sum(x**2))([[1, 2], [3, 4]]))


def test_further_arguments_are_passed_on_as_they_are():
    def fun(x, a, *, b):
        assert type(a) is list
        return x * a[0] * b

    assert 6.0 == grad(fun)(1.0, [2.0], b=3.0)


def test_arguments_are_never_changed():
    x, y = X.copy(), WEIGHTS.copy()
    x.flags.writeable = y.flags.writeable = False
    grad(lambda x: np.sum(np.tanh(x * y + y) @ y.T))(x)
    np.testing.assert_array_equal(X, x)
    np.testing.assert_array_equal(WEIGHTS, y)


@pytest.mark.parametrize(
    "fun",
    [np.sum, lambda x: np.sum(x * WEIGHTS), lambda x: np.sum(x.T[1]), lambda x: 0.0 * x[0, 0]],
)
def test_gradients_are_arrays_of_their_own(fun):
    slopes = grad(fun)(X)
    assert slopes.flags.owndata
    assert slopes.flags.writeable
    assert not np.shares_memory(slopes, WEIGHTS)


def test_two_gradients_that_are_equal_are_not_the_same_array():
    first, second = grad(lambda pair: np.sum(np.sin(pair[0] + pair[1])))((X, X))
    assert not np.shares_memory(first, second)


def test_what_does_not_matter_has_the_gradient_zero():
    np.testing.assert_array_equal(np.zeros((2, 3)), grad(lambda x: 3.0)(X))
    np.testing.assert_array_equal([1.0, 0.0], grad(lambda x: x[0])(np.ones(2)))
    by_a, by_b = grad(lambda pair: pair[0].sum())((np.ones(2), np.ones(3)))
    np.testing.assert_array_equal(np.zeros(3), by_b)
    np.testing.assert_array_equal(np.ones(2), by_a)


def test_the_identity_has_the_derivative_1():
    assert 1.0 == grad(lambda x: x)(3.0)


def test_the_rule_of_a_constant_is_never_called():
    def forbidden(g):
        pytest.fail("the pullback of a constant was called")

    @primitive
    def product(x, y):
        return x * y, lambda g: g * y, forbidden

    assert 3.0 == grad(lambda x: product(x, 3.0))(2.0)
    assert 6.0 == product(2.0, 3.0)


def test_what_was_computed_on_the_way_is_freed_at_once():
    seen = []

    def fun(x):
        y = np.exp(x)
        seen.append(weakref.ref(y.value))
        return np.sum(y * y)

    gc.disable()
    try:
        grad(fun)(X)
        assert seen[0]() is None
    finally:
        gc.enable()


def test_nan_and_infinity_pass_through():
    slopes = grad(lambda x: np.sum(x * x))([np.nan, np.inf, 1.0])
    np.testing.assert_array_equal([np.nan, np.inf, 2.0], slopes)


def test_a_selection_gives_no_gradient_to_what_is_not_selected():
    x = np.array([-1.0, 4.0])
    safe = grad(lambda x: np.sum(np.where(x > 0, np.sqrt(np.where(x > 0, x, 1.0)), 0.0)))(x)
    np.testing.assert_array_equal([0.0, 0.25], safe)


# --- the variable as an array -------------------------------------------------------------------


def test_comparisons_give_plain_arrays():
    def fun(x):
        for result in (x > 0, x >= X, X < x, x <= 0, x == x, x != X, np.isfinite(x)):
            assert type(result) is np.ndarray
            assert result.dtype == bool
        np.testing.assert_array_equal(X > 0, x > 0)
        np.testing.assert_array_equal(X > 0, 0 < x)
        return np.sum(x)

    grad(fun)(X)


def test_a_condition_follows_the_value():
    def relu(x):
        return x if x > 0 else 0.0 * x

    assert [0.0, 1.0] == [grad(relu)(x) for x in (-1.0, 1.0)]
    assert 2.0 == grad(lambda x: 2 * x if x else x)(1.0)


def test_a_variable_shows_its_value():
    shown = []
    grad(lambda x: shown.append(repr(x)) or x)(2.0)
    assert ["Variable(array(2.))"] == shown


def test_a_scalar_can_be_added_up():
    def fun(x):
        total = 0.0
        for element in x:
            total += element**2
            total -= element
            total *= 2.0
            total /= 2.0
        return total

    np.testing.assert_array_equal([1.0, 3.0], grad(fun)([1.0, 2.0]))


def add_in_place(x):
    x += 1
    return x.sum()


def set_in_place(x):
    x[0] = 1
    return x.sum()


def add_to_plain(x):
    total = np.zeros((2, 3))
    total += x
    return total.sum()


def store_in_plain(x):
    plain = np.zeros(2)
    plain[0] = x[0, 0]
    return plain.sum()


@pytest.mark.parametrize(
    ("fun", "message"),
    [
        (add_in_place, r"write x = x \+ y"),
        (set_in_place, "build a new one by np.where"),
        (add_to_plain, "np.add is asked to write into an array"),
        (lambda x: np.exp(x, out=np.zeros((2, 3))).sum(), "write into an array"),
        (lambda x: np.array([x[0, 0], x[0, 1]]).sum(), "np.stack"),
        (lambda x: np.asarray(x).sum(), "np.stack"),
        (lambda x: float(x[0, 0]), "leave float out"),
        (lambda x: math.exp(x[0, 0]), "np.exp instead of math.exp"),
        (lambda x: x.sum() + "a", "an operand must hold real numbers"),
        (lambda x: x.sum() + None, "an operand must hold real numbers, got a NoneType"),
        (lambda x: x.sum() * 1j, "an operand must hold real numbers, got dtype complex128"),
        (lambda x: x.sum() * np.array(1j), "fun must return real numbers, got dtype complex128"),
        (lambda x: "loss", "fun must return real numbers"),
        (lambda x: None, "fun must return real numbers, got a NoneType"),
    ],
)
def test_what_would_cut_the_chain_is_refused(fun, message):
    with pytest.raises(TypeError, match=message):
        grad(fun)(X)


def test_an_element_of_a_plain_array_is_refused_with_the_reason_behind():
    # The exception is NumPy's, which gives the reason as its cause.
    with pytest.raises(ValueError, match="setting an array element") as caught:
        grad(store_in_plain)(X)
    assert "leave float out" in str(caught.value.__cause__)


@pytest.mark.parametrize(
    ("fun", "name"),
    [
        (lambda x: np.cumsum(x)[-1], "np.cumsum"),
        (lambda x: np.linalg.det(x @ x.T), "np.linalg.det"),
        (lambda x: np.hypot(x, 1.0).sum(), "np.hypot"),
        (lambda x: np.multiply.reduce(x.ravel()), "np.multiply.reduce"),
        (lambda x: np.exp(x, where=X > 0).sum(), "np.exp with where="),
        (lambda x: np.dot(np.ones((2, 2, 2)), x).sum(), "np.dot of arrays with more than two axes"),
        (lambda x: np.linalg.norm(x), "np.linalg.norm of a matrix"),
    ],
)
def test_an_operation_without_a_rule_is_refused_by_name(fun, name):
    with pytest.raises(NotImplementedError, match=f"autodiff has no rule for {name}: .*use "):
        grad(fun)(X)


@pytest.mark.parametrize("differentiate", [grad, value_and_grad])
def test_a_result_that_is_no_scalar_is_refused(differentiate):
    with pytest.raises(ValueError, match=r"got shape \(2, 3\): take its sum or mean, or use jac"):
        differentiate(np.sin)(X)
    with pytest.raises(ValueError, match=r"got shape \(1,\)"):
        differentiate(lambda x: np.ones(1))(X)


@pytest.mark.parametrize("differentiate", [grad, value_and_grad, jacobian, hvp])
def test_what_is_no_function_is_refused(differentiate):
    with pytest.raises(TypeError, match="fun must be callable, got float"):
        differentiate(1.0)


@pytest.mark.parametrize("x", [1j, "a", None, [np.ones(2), "a"]])
def test_a_point_that_does_not_hold_real_numbers_is_refused(x):
    with pytest.raises(TypeError, match="x must hold real numbers"):
        grad(lambda x: 0.0)(x)


def test_a_direction_of_another_shape_is_refused():
    with pytest.raises(ValueError, match="x and v must have the same shapes"):
        hvp(np.sum)(np.ones(3), np.ones(2))


def test_a_jacobian_of_groups_is_refused():
    with pytest.raises(TypeError, match="x must be one array, got a list of arrays"):
        jacobian(lambda x: x[0])([X])


def test_a_variable_that_escapes_is_a_constant_to_others():
    escaped = []
    grad(lambda x: escaped.append(x) or x)(2.0)
    assert isinstance(escaped[0], Variable)
    assert 6.0 == _plain_value(grad(lambda y: escaped[0] * y * y)(1.5))


def _plain_value(variable):
    return variable.value if isinstance(variable, Variable) else variable


def test_importing_it_does_not_import_scipy():
    code = "import sys, calcguide.autodiff; sys.exit('scipy' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
