from typing import NamedTuple

import numpy as np
import pytest
from scipy.optimize import minimize

from calcguide import derivatives
from calcguide.autodiff import grad, hvp, jacobian, value_and_grad
from calcguide.factorization import Factors, random_start, unpack
from calcguide.objectives import himmelblau, rosenbrock

X = np.array([[0.3, -0.7, 1.2], [2.1, 0.4, -1.6]])
WEIGHTS = np.array([[1.0, -2.0, 0.5], [0.7, 1.5, -1.1]])


def test_the_value_is_what_numpy_computes():
    def fun(x):
        return np.mean(np.logaddexp(x @ WEIGHTS.T, 0) * np.sqrt(abs(x).sum(axis=1)))

    value, _ = value_and_grad(fun)(X)
    assert type(value) is float
    assert fun(X) == value


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


# Arguments and results


def test_the_gradient_has_the_form_of_the_argument():
    params = [(X, X[0]), [np.array(2.0)]]
    [(by_W, by_b), [by_c]] = grad(lambda p: np.sum(p[0][0] * p[0][1]) * p[1][0])(params)
    assert (X.shape, X[0].shape, ()) == (by_W.shape, by_b.shape, by_c.shape)
    assert isinstance(grad(lambda p: p[0].sum())((X,)), tuple)


class Line(NamedTuple):
    slope: object
    level: object


def test_the_gradient_of_a_named_tuple_is_one():
    def fun(line):
        return np.sum((line.slope * X + line.level) ** 2)

    residuals = 2 * X + WEIGHTS
    for line in (Line(np.array(2.0), WEIGHTS), Line(2.0, WEIGHTS)):
        value, slopes = value_and_grad(fun)(line)
        assert type(slopes) is Line
        assert np.sum(residuals**2) == pytest.approx(value)
        assert 2 * np.sum(residuals * X) == pytest.approx(slopes.slope)
        np.testing.assert_allclose(2 * residuals, slopes.level)
    product = hvp(fun)(Line(2.0, WEIGHTS), Line(1.0, np.zeros((2, 3))))
    assert type(product) is Line
    assert 2 * np.sum(X**2) == pytest.approx(product.slope)
    np.testing.assert_allclose(2 * X, product.level)


def test_a_named_tuple_of_numbers_has_its_fields_too():
    assert Line(3.0, 2.0) == grad(lambda line: line.slope * line.level)(Line(2.0, 3.0))
    [inner] = grad(lambda lines: lines[0].slope ** 2)([Line(2.0, 3.0)])
    assert Line(4.0, 0.0) == inner


def test_factors_have_the_gradient_of_differences():
    sizes = (3, 2, 2)
    factors = Factors(*unpack(random_start(sizes, rng=np.random.default_rng(0)), sizes))

    def fun(f):
        ratings = f.user_bias[:, None] + f.item_bias + f.user_factors @ f.item_factors.T
        return np.sum(np.tanh(ratings - 0.5) ** 2)

    slopes = grad(fun)(factors)
    assert type(slopes) is Factors
    for name in Factors._fields:
        expected = derivatives.gradient(
            lambda part, name=name: fun(factors._replace(**{name: part})), getattr(factors, name)
        )
        np.testing.assert_allclose(getattr(slopes, name), expected, rtol=1e-7, atol=1e-9)


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
