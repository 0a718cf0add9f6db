import math

import numpy as np
import pandas as pd
import pytest

from calcguide import derivatives
from calcguide.autodiff import grad, hvp, jacobian, primitive, value_and_grad

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


def multiply_in_place(x):
    x *= 2
    return x.sum()


def divide_in_place(x):
    x //= 2
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
        (add_in_place, r"x \+= y changes an array in place, .*: write x = x \+ y"),
        (multiply_in_place, r"x \*= y changes an array in place, .*: write x = x \* y"),
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
        (lambda x: (2.0 // x).sum(), "np.floor_divide"),
        (lambda x: np.floor_divide(x, 2.0).sum(), "np.floor_divide"),
        (lambda x: (x % 2.0).sum(), "np.remainder"),
        (lambda x: (2.0 % x).sum(), "np.remainder"),
        (lambda x: divmod(x, 2.0)[1].sum(), "np.divmod"),
        (divide_in_place, "np.floor_divide"),
        (lambda x: np.linalg.norm(x, axis=1).sum(), "np.linalg.norm with axis="),
        (lambda x: np.linalg.norm(x[0], 1), "np.linalg.norm with 2 arguments"),
        (lambda x: np.sum(x, where=X > 0), "np.sum with where="),
        (lambda x: np.max(x, initial=0.0), "np.max with initial="),
        (lambda x: np.mean(x, dtype=float), "np.mean with dtype="),
        (lambda x: np.add.reduce(x[0], initial=1.0), "np.add.reduce with initial="),
        (lambda x: np.reshape(x, (3, 2), order="F").sum(), "np.reshape with order="),
        (lambda x: np.std(x), "np.std"),
        (lambda x: np.multiply.reduce(x.ravel()), "np.multiply.reduce"),
        (lambda x: np.exp(x, where=X > 0).sum(), "np.exp with where="),
        (lambda x: np.dot(np.ones((2, 2, 2)), x).sum(), "np.dot of arrays with more than two axes"),
        (lambda x: np.linalg.norm(x), "np.linalg.norm of a matrix"),
    ],
)
def test_an_operation_without_a_rule_is_refused_by_name(fun, name):
    with pytest.raises(NotImplementedError, match=f"autodiff has no rule for {name}: .*use "):
        grad(fun)(X)


MASKED = np.ma.array(np.ones((2, 3)), mask=X > 0)
STRANGERS = {
    "masked": (MASKED, "must be a plain array, got a MaskedArray"),
    "with a mask of nothing": (np.ma.array(np.ones((2, 3))), "got a MaskedArray"),
    "matrix": (np.ones((2, 3)).view(np.matrix), "must be a plain array, got a matrix"),
    "records": (np.rec.array([(1.0,)], dtype=[("a", float)]), "must be a plain array, got a rec"),
    "complex": (np.ones((2, 3)) * 1j, "must hold real numbers, got dtype complex128"),
    "complex64": (np.ones((2, 3), np.complex64), "must hold real numbers, got dtype complex64"),
    "complex number": (1j, "must hold real numbers, got dtype complex128"),
    "complex scalar": (np.complex128(1j), "must hold real numbers, got dtype complex128"),
    "list of complex": ([1j, 2, 3], "must hold real numbers, got dtype complex128"),
    "objects": (np.ones((2, 3), object), "must hold real numbers, got dtype object"),
    "strings": (np.array(["a", "b", "c"]), "must hold real numbers, got dtype <U1"),
    "structured": (np.zeros(3, [("a", float)]), "must hold real numbers, got dtype"),
    "dates": (np.zeros(3, "datetime64[D]"), "must hold real numbers, got dtype datetime64"),
    "dictionary": ({"a": 1.0}, "must hold real numbers, got a dict"),
}
MEETINGS = {
    "x * a": lambda x, a: x * a,
    "x + a": lambda x, a: x + a,
    "x - a": lambda x, a: x - a,
    "x / a": lambda x, a: x / a,
    "x ** a": lambda x, a: x**a,
    "multiply": lambda x, a: np.multiply(a, x),
    "logaddexp": lambda x, a: np.logaddexp(a, x),
    "maximum": lambda x, a: np.maximum(x, a),
    "where": lambda x, a: np.where(X > 0, x, a),
    "dot": lambda x, a: np.dot(x[0], a),
    "stack": lambda x, a: np.stack([x, a]),
    "concatenate": lambda x, a: np.concatenate([x, a]),
    "outer": lambda x, a: np.outer(x, a),
    "primitive": lambda x, a: primitive(lambda x, a: (x, abs, abs))(x, a),
}


@pytest.mark.parametrize("meeting", MEETINGS)
@pytest.mark.parametrize("name", STRANGERS)
def test_a_constant_that_is_no_plain_array_of_real_numbers_is_refused(name, meeting):
    stranger, message = STRANGERS[name]
    with pytest.raises(TypeError, match=f"an operand {message}|an operand must|could not|concat"):
        grad(lambda x: np.sum(MEETINGS[meeting](x, stranger)))(X)
    with pytest.raises(TypeError):
        grad(lambda x: np.sum(stranger * x) + np.sum(stranger - x))(X)


@pytest.mark.parametrize("name", [name for name in STRANGERS if name != "dictionary"])
def test_an_argument_that_is_no_plain_array_of_real_numbers_is_refused(name):
    stranger, message = STRANGERS[name]
    for differentiate in (grad, jacobian, value_and_grad, lambda fun: lambda x: hvp(fun)(x, x)):
        with pytest.raises(TypeError, match=message.replace("must", "(x|v) must")):
            differentiate(lambda x: x)(stranger)


def test_a_masked_condition_or_index_is_refused():
    masked = np.ma.array([True, False, True], mask=[True, False, False])
    with pytest.raises(TypeError, match="the condition must be a plain array, got a MaskedArray"):
        grad(lambda x: np.sum(np.where(masked, x, 0.0)))(np.ones(3))
    with pytest.raises(TypeError, match="an index must be a plain array, got a MaskedArray"):
        grad(lambda x: np.sum(x[masked]))(np.ones(3))


def test_rows_of_different_lengths_are_refused_by_name():
    with pytest.raises(ValueError, match="x must be an array with equal rows"):
        grad(lambda x: 0.0)([[1.0], [2.0, 3.0]])
    with pytest.raises(ValueError, match="an operand must be an array with equal rows"):
        grad(lambda x: np.sum(x * [[1.0], [2.0, 3.0]]))(X)


def test_a_product_with_a_number_is_refused_as_by_numpy():
    for fun in (lambda x: x @ 2.0, lambda x: 2.0 @ x, lambda x: x[0, 0] @ x):
        with pytest.raises(ValueError, match="matmul: Input operand"):
            grad(lambda x, fun=fun: np.sum(fun(x)))(X)


def test_concatenation_without_an_axis_is_that_of_all_elements():
    actual = grad(lambda x: np.concatenate([x, x[0]], axis=None) @ np.arange(9.0))(X)
    np.testing.assert_array_equal([[6.0, 8.0, 10.0], [3.0, 4.0, 5.0]], actual)


def test_series_and_data_frames_are_arrays_where_they_meet_a_variable():
    series, frame = pd.Series([1.0, 2.0]), pd.DataFrame([[1, 2], [3, 4]])
    x = np.array([0.5, -1.0])
    for fun in (
        lambda x: np.sum((series - x) ** 2), lambda x: np.sum((x - series) ** 2),
        lambda x: np.sum((x @ frame - series) ** 2), lambda x: np.sum(np.multiply(series, x) ** 3),
        lambda x: np.sum((frame * x) ** 2), lambda x: np.sum(x[series > 1]),
    ):  # fmt: skip
        np.testing.assert_allclose(grad(fun)(x), derivatives.gradient(fun, x), rtol=1e-7)
    with pytest.raises(
        TypeError, match="plain arrays in place of masked arrays, matrices and data frames"
    ):
        grad(lambda x: np.sum((frame @ x) ** 2))(x)
