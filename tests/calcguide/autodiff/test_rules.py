import math
import subprocess
import sys

import autograd
import autograd.numpy as anp
import numpy as np
import pytest
from scipy.special import expit

from calcguide import derivatives
from calcguide.autodiff import grad, hvp, jacobian, value_and_grad

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


# Against differences


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


# Conventions where there is no derivative


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


def test_nan_and_infinity_pass_through():
    slopes = grad(lambda x: np.sum(x * x))([np.nan, np.inf, 1.0])
    np.testing.assert_array_equal([np.nan, np.inf, 2.0], slopes)


def test_a_selection_gives_no_gradient_to_what_is_not_selected():
    x = np.array([-1.0, 4.0])
    safe = grad(lambda x: np.sum(np.where(x > 0, np.sqrt(np.where(x > 0, x, 1.0)), 0.0)))(x)
    np.testing.assert_array_equal([0.0, 0.25], safe)


# Against autograd


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


def test_importing_it_does_not_import_scipy():
    code = "import sys, calcguide.autodiff; sys.exit('scipy' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
