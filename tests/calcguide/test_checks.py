from fractions import Fraction

import numpy as np
import pytest

from calcguide._checks import as_array, as_integer, as_number, as_scalar, same_length


@pytest.mark.parametrize(
    "value", [[1, 2], (1.0, 2.0), np.array([1, 2], dtype=np.int8), range(1, 3)]
)
def test_numbers_of_any_kind_become_an_array_of_floats(value):
    array = as_array(value, "x")
    np.testing.assert_array_equal([1.0, 2.0], array)
    assert np.float64 == array.dtype


def test_an_array_is_copied():
    original = np.array([1.0, 2.0])
    as_array(original, "x")[0] = 7
    np.testing.assert_array_equal([1.0, 2.0], original)


@pytest.mark.parametrize(
    ("value", "ndim", "error", "message"),
    [
        ([[1.0]], 1, ValueError, r"^x must be 1-D, got shape \(1, 1\)$"),
        ([1.0], (0, 2), ValueError, r"^x must be 0-D or 2-D, got shape \(1,\)$"),
        ([], None, ValueError, r"^x must not be empty, got shape \(0,\)$"),
        ([1.0, np.inf], None, ValueError, r"^x must be finite, got inf at index 1$"),
        ([[1.0, np.nan]], None, ValueError, r"^x must be finite, got nan at index \(0, 1\)$"),
        (np.nan, None, ValueError, r"^x must be finite, got nan$"),
        (["a"], None, TypeError, r"^x must be an array of real numbers, got dtype <U1$"),
        ([1j], None, TypeError, r"^x must be an array of real numbers, got dtype complex128$"),
        ([None], None, TypeError, r"^x must be an array of real numbers, got dtype object$"),
        ([[1.0], [1.0, 2.0]], None, ValueError, r"^x must be an array of numbers with equal rows"),
    ],
)
def test_a_bad_array_is_named_with_what_is_wanted(value, ndim, error, message):
    with pytest.raises(error, match=message):
        as_array(value, "x", ndim=ndim)


@pytest.mark.parametrize("value", [2, 2.0, np.float32(2), np.int64(2), Fraction(2)])
def test_real_numbers_of_any_type_are_numbers(value):
    number = as_number(value, "rate")
    assert number == 2.0
    assert float is type(number)


@pytest.mark.parametrize(
    ("bounds", "value", "inside"),
    [
        ({"above": 1}, 1.0, False),
        ({"above": 1}, 1.001, True),
        ({"least": 1}, 1.0, True),
        ({"least": 1}, 0.999, False),
        ({"below": 1}, 1.0, False),
        ({"below": 1}, 0.999, True),
        ({"most": 1}, 1.0, True),
        ({"most": 1}, 1.001, False),
        ({}, np.nan, False),
        ({}, -np.inf, False),
    ],
)
def test_bounds_are_strict_or_not_as_named(bounds, value, inside):
    if inside:
        assert value == as_number(value, "rate", **bounds)
    else:
        with pytest.raises(ValueError, match=r"^rate must be finite"):
            as_number(value, "rate", **bounds)


def test_both_bounds_are_named():
    with pytest.raises(ValueError, match=r"^beta must be finite and >= 0 and < 1, got 1$"):
        as_number(1, "beta", least=0, below=1)


@pytest.mark.parametrize("value", ["1", None, True, np.True_, 1j, [1.0], np.array(1.0)])
def test_what_is_no_real_number_is_named_by_its_type(value):
    with pytest.raises(
        TypeError, match=f"^rate must be a real number, got {type(value).__name__}$"
    ):
        as_number(value, "rate")


def test_integers_of_any_type_are_integers():
    for value in (3, np.int8(3)):
        number = as_integer(value, "n", least=3)
        assert number == 3
        assert int is type(number)
    with pytest.raises(ValueError, match=r"^n must be >= 3, got 2$"):
        as_integer(2, "n", least=3)
    for wrong in (3.0, True, "3", None):
        with pytest.raises(TypeError, match=r"^n must be an integer, got "):
            as_integer(wrong, "n", least=0)


@pytest.mark.parametrize(
    "value", [2.0, 2, np.float64(2), np.float32(2), [2.0], np.array(2), np.array([[2.0]])]
)
def test_one_real_number_is_accepted_in_any_wrapping(value):
    number = as_scalar(value, "fun")
    assert number == 2.0
    assert float is type(number)


@pytest.mark.parametrize("value", [[1.0, 2.0], [], 1j, "1", None, np.ones((2, 1))])
def test_what_is_not_one_real_number_is_named_with_dtype_and_shape(value):
    with pytest.raises(
        ValueError, match=r"^fun must return one real number, got dtype .* shape \("
    ):
        as_scalar(value, "fun")


def test_lengths_must_agree_but_not_shapes():
    same_length(np.ones((3, 2)), "X", np.ones(3), "y")
    with pytest.raises(
        ValueError, match=r"X and y must have the same length, .* \(3, 2\) and \(2,\)"
    ):
        same_length(np.ones((3, 2)), "X", np.ones(2), "y")


def test_masked_values_are_refused():
    masked = np.ma.masked_array([1.0, 2.0], mask=[False, True])
    with pytest.raises(TypeError, match="x must not be masked, got 1 masked entries"):
        as_array(masked, "x")
    assert [1.0, 2.0] == as_array(np.ma.masked_array([1.0, 2.0]), "x").tolist()


def test_integers_beyond_the_floats_are_refused_by_name():
    with pytest.raises(ValueError, match="n must be within the range of floats, got 1000"):
        as_number(10**400, "n")
