import math

import numpy as np
import pytest

from calcguide.autodiff import Variable, grad, hvp, jacobian, primitive


def test_the_rule_of_a_constant_is_never_called():
    def forbidden(g):
        pytest.fail("the pullback of a constant was called")

    @primitive
    def product(x, y):
        return x * y, lambda g: g * y, forbidden

    assert 3.0 == grad(lambda x: product(x, 3.0))(2.0)
    assert 6.0 == product(2.0, 3.0)


def test_a_variable_that_escapes_is_a_constant_to_others():
    escaped = []
    grad(lambda x: escaped.append(x) or x)(2.0)
    assert isinstance(escaped[0], Variable)
    assert 6.0 == _plain_value(grad(lambda y: escaped[0] * y * y)(1.5))


def _plain_value(variable):
    return variable.value if isinstance(variable, Variable) else variable


# What rules may return


erf = primitive(
    lambda x: (math.erf(x), lambda g: g * 2 / math.sqrt(math.pi) * math.exp(-(float(x) ** 2)))
)


def test_a_rule_may_return_numbers_of_python():
    assert 4 / math.sqrt(math.pi) * math.exp(-0.25) == pytest.approx(
        grad(lambda x: 2 * erf(x))(0.5), rel=1e-15
    )
    step = primitive(lambda x: (np.floor(x), lambda g: 0.0))
    assert 1.0 == grad(lambda x: step(x) + x)(0.5)
    count = primitive(lambda x: (int(x), lambda g: 2))
    assert 5.0 == grad(lambda x: 3 * x + count(x))(1.5)


def test_a_rule_may_return_lists():
    double = primitive(lambda x: ([2 * x[0], 2 * x[1]], lambda g: [2 * g[0], 2 * g[1]]))
    np.testing.assert_array_equal([2.0, 4.0], grad(lambda x: double(x) @ [1, 2])(np.ones(2)))


def test_a_rule_may_return_arrays_of_other_numbers():
    double = primitive(lambda x: (np.float32(2) * x, lambda g: np.array([2, 2])))
    slopes = grad(lambda x: np.sum(double(x)))(np.ones(2))
    np.testing.assert_array_equal([2.0, 2.0], slopes)
    assert slopes.dtype == np.float64


def test_a_rule_may_return_one_and_the_same_array_each_time():
    value, slope = np.empty(2), np.empty(2)

    @primitive
    def cube(x):
        np.power(x, 3, out=value)
        return value, lambda g: np.multiply(g, 3 * x**2, out=slope)

    x = np.array([1.0, 2.0])
    np.testing.assert_array_equal(
        3 * x**2 + 30 * (x + 1) ** 2 + 200 * x,
        grad(lambda x: np.sum(cube(x) + 10 * cube(x + 1) + 100 * x**2))(x),
    )


def test_a_constant_of_a_rule_may_change_afterwards():
    product = primitive(lambda x, y: (x * y, lambda g: g * y, lambda g: g * x))

    def fun(x):
        a = np.array([1.0, 2.0])
        total = np.sum(product(x, a))
        a *= 10.0
        return total + np.sum(product(a, x))

    np.testing.assert_array_equal([11.0, 22.0], grad(fun)(np.ones(2)))


def test_classes_as_a_constant_stay_whole_numbers():
    @primitive
    def pick(x, index):
        def pullback(g):
            slope = np.zeros(x.shape)
            np.add.at(slope, index, g)
            return slope

        return x[index], pullback

    np.testing.assert_array_equal(
        [0.0, 2.0, 1.0], grad(lambda x: pick(x, np.array([1, 1, 2])).sum())(np.ones(3))
    )


def test_a_rule_cannot_write_into_what_others_use():
    @primitive
    def spoil(x):
        x *= 2
        return x, lambda g: g

    @primitive
    def spoil_adjoint(x):
        def pullback(g):
            g *= 2
            return g

        return 2 * x, pullback

    for function in (spoil, spoil_adjoint):
        with pytest.raises(ValueError, match="read-only"):
            grad(lambda x, function=function: np.sum(function(x)))(np.ones(2))


def test_the_pullback_of_a_broadcast_argument_may_have_the_shape_of_the_value():
    add = primitive(lambda x, y: (x + y, lambda g: g, lambda g: g))
    by_x, by_y = grad(lambda p: np.sum(add(*p) * np.arange(6.0).reshape(2, 3)))(
        [np.ones((2, 1)), np.ones(3)]
    )
    np.testing.assert_array_equal([[3.0], [12.0]], by_x)
    np.testing.assert_array_equal([3.0, 5.0, 7.0], by_y)


ROW = np.array([[1.0, 2.0]])


@pytest.mark.parametrize(
    ("pullback", "got"),
    [
        (lambda g: g.T @ ROW, r"\(3, 2\)"), (lambda g: 0.0, r"\(\)"), (lambda g: g, r"\(1, 3\)"),
        (lambda g: np.ones(6), r"\(6,\)"), (lambda g: np.ones((1, 2, 3)), r"\(1, 2, 3\)"),
        (lambda g: np.ones((4, 2, 3)), r"\(4, 2, 3\)"), (lambda g: [[1.0, 2.0]], r"\(1, 2\)"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("differentiate", [grad, jacobian, lambda f: lambda x: hvp(f)(x, x)])
def test_a_pullback_of_another_shape_is_refused(differentiate, pullback, got):
    @primitive
    def product(W):
        return ROW @ W, pullback

    message = rf"pullback of primitive product for argument 0 must .* shape \(2, 3\) .*, got {got}"
    with pytest.raises(ValueError, match=message):
        differentiate(lambda W: np.sum(np.sin(product(W))))(np.ones((2, 3)))


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        (lambda x: x, "must return a tuple of the value and at most 1 pullbacks, got"),
        (lambda x: (), "at most 1 pullbacks, got 0 items"),
        (lambda x: (x, abs, abs), "at most 1 pullbacks, got 3 items"),
        (lambda x: (x,), "has no pullback for argument 0"),
        (lambda x: (x, None), "has no pullback for argument 0"),
        (lambda x: ("a", abs), "the value of primitive <lambda> must hold real numbers"),
        (lambda x: (1j * x, abs), "the value of primitive <lambda> must hold real numbers"),
        (lambda x: (x, lambda g: 1j), "the pullback .* must hold real numbers, got dtype complex"),
        (lambda x: (x, lambda g: None), "the pullback .* must hold real numbers, got a NoneType"),
        (lambda x: (np.ma.array(x), abs), "must be a plain array, got a MaskedArray"),
    ],
)
def test_a_rule_of_another_form_is_refused(rule, message):
    with pytest.raises(TypeError, match=message):
        grad(lambda x: primitive(rule)(x) + x)(1.0)


def test_a_variable_by_keyword_is_refused():
    scale = primitive(lambda x, *, by: (x * by, lambda g: g * by))
    with pytest.raises(TypeError, match="primitive <lambda> got a variable as by="):
        grad(lambda x: scale(x, by=x))(2.0)
    assert 3.0 == grad(lambda x: scale(x, by=3.0))(2.0)


def test_a_primitive_of_operations_with_rules_has_higher_derivatives():
    cube = primitive(lambda x: (x**3, lambda g: g * 3 * x**2))
    assert 12.0 == grad(grad(cube))(2.0)
    assert 6.0 == grad(grad(grad(cube)))(2.0)
