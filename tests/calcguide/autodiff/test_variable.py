import math

import numpy as np
import pytest

from calcguide.autodiff import grad

X = np.array([[0.3, -0.7, 1.2], [2.1, 0.4, -1.6]])


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
        (lambda x: np.add(x[0], x[1], out=x[0]).sum(), "write into an array"),
        (lambda x: np.add(x[0, 0], x[0, 1], out=x[1, 1]), "write into an array"),
        (lambda x: np.zeros(()).__iadd__(x[0, 0]), "write into an array"),
        (lambda x: np.array([x[0, 0], x[0, 1]]).sum(), "np.stack"),
        (lambda x: np.asarray(x).sum(), "np.stack"),
        (lambda x: float(x[0, 0]), "leave float out"),
        (lambda x: math.exp(x[0, 0]), "np.exp instead of math.exp"),
        (lambda x: x.sum() + "a", "an operand must hold real numbers"),
        (lambda x: x.sum() + None, "an operand must hold real numbers, got a NoneType"),
        (lambda x: x.sum() * 1j, "an operand must hold real numbers, got dtype complex128"),
        (
            lambda x: x.sum() * np.array(1j),
            "an operand must hold real numbers, got dtype complex128",
        ),
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
        (lambda x: (x // 2.0).sum(), "np.floor_divide"),
        (lambda x: np.multiply.reduce(x.ravel()), "np.multiply.reduce"),
        (lambda x: np.exp(x, where=X > 0).sum(), "np.exp with where="),
        (lambda x: np.dot(np.ones((2, 2, 2)), x).sum(), "np.dot of arrays with more than two axes"),
        (lambda x: np.linalg.norm(x), "np.linalg.norm of a matrix"),
    ],
)
def test_an_operation_without_a_rule_is_refused_by_name(fun, name):
    with pytest.raises(NotImplementedError, match=f"autodiff has no rule for {name}: .*use "):
        grad(fun)(X)
