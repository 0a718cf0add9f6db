"""Slopes where numbers are tiny, huge, zero or infinite, against decimals."""

import decimal
import math
import warnings
from decimal import Decimal

import numpy as np
import pytest
from scipy.special import expit, softmax

from calcguide.autodiff import grad, hvp, jacobian, value_and_grad

# So many that nothing is lost in 1 - exp(-5e-324); what is too large is infinite.
decimal.getcontext().prec = 400
decimal.getcontext().Emin, decimal.getcontext().Emax = decimal.MIN_EMIN, decimal.MAX_EMAX
decimal.getcontext().traps[decimal.Overflow] = False

MAGNITUDES = [
    0.0, 5e-324, 1e-320, 2.3e-308, 1e-300, 1e-200, 1e-160, 1e-100, 1e-30, 1e-16, 1e-8, 1e-3, 0.1,
    0.5, 0.9, 1.0, 1.5, 2.0, 2.6, 2.7, 4.0, 8.0, 15.0, 20.0, 30.0, 37.5, 100.0, 300.0, 354.0, 372.0,
    700.0, 709.0, 720.0, 744.0, 1e3, 1e5, 1e8, 1e16, 1e30, 1e100, 1e153, 1e160, 1e200, 1e300, 1.7e308,
]  # fmt: skip
POINTS = np.array([-m for m in MAGNITUDES[:0:-1]] + MAGNITUDES)
SLOPES = {
    np.exp: lambda x: x.exp(),
    np.expm1: lambda x: x.exp(),
    np.sinh: lambda x: (x.exp() + (-x).exp()) / 2,
    np.cosh: lambda x: (x.exp() - (-x).exp()) / 2,
    np.tanh: lambda x: 4 * (-2 * abs(x)).exp() / (1 + (-2 * abs(x)).exp()) ** 2,
    np.arctan: lambda x: 1 / (1 + x * x),
    expit: lambda x: (-abs(x)).exp() / (1 + (-abs(x)).exp()) ** 2,
    np.square: lambda x: 2 * x,
    np.reciprocal: lambda x: -1 / (x * x),
    np.sqrt: lambda x: 1 / (2 * x.sqrt()),
    np.log: lambda x: 1 / x,
    np.log1p: lambda x: 1 / (1 + x),
}
LEAST = {np.sqrt: 0.0, np.log: 0.0, np.log1p: -1.0}
BOUNDED = [np.tanh, np.arctan, expit]


def domain(ufunc):
    points = POINTS[(LEAST.get(ufunc, -np.inf) < POINTS)]
    return points[points != 0] if ufunc is np.reciprocal else points


def exactly(slope, *arguments):
    """Return a slope of decimals rounded to floats; it is infinite beyond them."""
    return np.array([float(slope(*map(Decimal, point))) for point in zip(*arguments, strict=True)])


def assert_close(actual, expected, rtol):
    # Below the normal numbers there are fewer digits: some steps of the smallest one.
    np.testing.assert_allclose(actual, expected, rtol=rtol, atol=5 * 5e-324)


@pytest.mark.parametrize("ufunc", SLOPES, ids=lambda ufunc: ufunc.__name__)
def test_slopes_keep_their_digits_from_the_smallest_to_the_largest_numbers(ufunc):
    points = domain(ufunc)
    expected = exactly(SLOPES[ufunc], points)
    with np.errstate(all="ignore"):
        actual = grad(lambda x: np.sum(ufunc(x)))(points)
        one_by_one = [grad(ufunc)(x) for x in points]
    assert_close(actual, expected, rtol=1e-13)
    assert_close(one_by_one, expected, rtol=1e-13)


@pytest.mark.parametrize("ufunc", BOUNDED, ids=lambda ufunc: ufunc.__name__)
def test_slopes_that_are_bounded_never_overflow_on_the_way(ufunc):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        slopes = grad(lambda x: np.sum(ufunc(x)))([-np.inf, -1.7e308, 1.7e308, np.inf])
    np.testing.assert_array_equal([0.0, 0.0, 0.0, 0.0], slopes)


def test_large_arrays_have_the_slopes_of_tanh_that_small_ones_have():
    x = np.random.default_rng(0).normal(scale=8.0, size=(200, 100))
    e = np.exp(-2 * np.abs(x))
    actual = grad(lambda x: np.sum(np.tanh(x)))(x)
    np.testing.assert_allclose(actual, 4 * e / (1 + e) ** 2, rtol=1e-12)
    transposed = grad(lambda x: np.sum(np.tanh(x)))(x.T)
    np.testing.assert_allclose(transposed, actual.T, rtol=1e-15)


def decimal_curvatures():
    def tanh(x):
        e = (-2 * abs(x)).exp()
        sign = 1 if x > 0 else -1
        return -2 * sign * (1 - e) / (1 + e) * 4 * e / (1 + e) ** 2

    def logistic(x):
        e = (-abs(x)).exp()
        sign = 1 if x > 0 else -1
        return -sign * (1 - e) / (1 + e) * e / (1 + e) ** 2

    return {
        np.tanh: tanh,
        expit: logistic,
        np.expm1: lambda x: x.exp(),
        np.arctan: lambda x: -2 * x / (1 + x * x) ** 2,
        np.log1p: lambda x: -1 / (1 + x) ** 2,
    }


@pytest.mark.parametrize("ufunc", decimal_curvatures(), ids=lambda ufunc: ufunc.__name__)
def test_second_derivatives_keep_their_digits_too(ufunc):
    points = domain(ufunc)
    points = points[(np.abs(points) > 1e-150) & (np.abs(points) < 1e100)]
    expected = exactly(decimal_curvatures()[ufunc], points)
    with np.errstate(all="ignore"):
        actual = hvp(lambda x: np.sum(ufunc(x)))(points, np.ones_like(points))
    assert_close(actual, expected, rtol=1e-12)


def test_the_third_derivative_of_the_logistic_function_at_0_is_exact():
    # σ''' = σ' (1 - 6 σ'), and σ'(0) = ¼.
    assert -0.125 == pytest.approx(grad(grad(grad(expit)))(0.0), rel=1e-14)
    assert -0.125 == pytest.approx(
        grad(grad(grad(lambda x: grad(lambda x: np.logaddexp(x, 0.0))(x))))(0.0), rel=1e-14
    )


@pytest.mark.parametrize(
    "pair",
    [
        (0.0, 0.0), (0.0, 700.0), (0.0, 740.0), (3.0, -40.0), (1e9, 1e9 + 1), (1e17, 1e17),
        (1e17, 1e17 + 32), (-1e300, -1e300), (1e308, -1e308), (1e-300, 5e-324), (-1e9, -1e9 - 20),
    ],
    ids=str,
)  # fmt: skip
def test_slopes_of_logaddexp_depend_on_the_difference_alone(pair):
    share = float(1 / (1 + (Decimal(pair[1]) - Decimal(pair[0])).exp()))
    rest = float(1 / (1 + (Decimal(pair[0]) - Decimal(pair[1])).exp()))
    with np.errstate(over="ignore"):  # NumPy itself subtracts
        by_x, by_y = grad(lambda p: np.logaddexp(p[0], p[1]))(pair)
        reduced = grad(np.logaddexp.reduce)(np.array(pair))
    assert_close([by_x, by_y], [share, rest], rtol=1e-14)
    assert_close(reduced, [share, rest], rtol=1e-14)


def test_slopes_of_logaddexp_reduce_are_those_of_softmax():
    z = 1e8 + np.random.default_rng(0).normal(scale=30, size=(6, 5))
    actual = grad(lambda z: np.sum(np.logaddexp.reduce(z, axis=1)))(z)
    np.testing.assert_allclose(actual, softmax(z, axis=1), rtol=1e-13)


@pytest.mark.parametrize("pair", [(-np.inf, -np.inf), (np.inf, np.inf)])
def test_equal_infinities_share_the_slope_of_logaddexp(pair):
    for fun in (np.logaddexp.reduce, lambda x: np.logaddexp(x[0], x[1])):
        value, slopes = value_and_grad(fun)(np.array(pair))
        assert pair[0] == value
        np.testing.assert_array_equal([0.5, 0.5], slopes)


def test_an_infinity_leaves_nothing_to_the_others():
    z = np.array([[-np.inf, 1.0], [np.inf, 1.0], [-np.inf, -np.inf]])
    slopes = grad(lambda z: np.sum(np.logaddexp.reduce(z[:2], axis=1)))(z)
    np.testing.assert_array_equal([[0.0, 1.0], [1.0, 0.0], [0.0, 0.0]], slopes)
    by_x, by_y = grad(lambda z: np.logaddexp(z[0, 0], z[0, 1]))(z)[0]
    assert (0.0, 1.0) == (by_x, by_y)
    value, slopes = value_and_grad(lambda z: np.sum(np.exp(np.logaddexp.reduce(z[2]))))(z)
    assert 0.0 == value
    np.testing.assert_array_equal(np.zeros((3, 2)), slopes)


def test_equal_infinities_share_the_slope_of_a_maximum():
    assert 0.5 == grad(lambda x: np.maximum(x, -np.inf))(-np.inf)
    assert 1.0 == grad(lambda x: np.maximum(x, -np.inf))(3.0)
    assert 1.0 == grad(lambda x: np.maximum(x, -1.7e308))(1.7e308)
    assert math.isnan(grad(lambda x: np.maximum(x, 1.0))(np.nan))


QUOTIENTS = [1e-300, 1e-200, 1e-100, 1e-8, 0.3, 1.0, 7.0, 1e8, 1e100, 1e200, 1e300]


def test_slopes_of_quotients_keep_their_digits():
    x, y = (grid.ravel() for grid in np.meshgrid(QUOTIENTS, QUOTIENTS))
    with np.errstate(all="ignore"):
        by_x, by_y = grad(lambda pair: np.sum(pair[0] / pair[1]))((x, y))
    assert_close(by_x, exactly(lambda x, y: 1 / y, x, y), rtol=1e-14)
    assert_close(by_y, exactly(lambda x, y: -x / y / y, x, y), rtol=1e-14)


@pytest.mark.parametrize("exponent", [-3.0, -2, -1, -0.5, 0.5, 1, 2, 2.5, 3])
def test_slopes_of_powers_keep_their_digits(exponent):
    x = np.array([5e-324, 1e-310, *QUOTIENTS])
    with np.errstate(all="ignore"):
        actual = grad(lambda x: np.sum(x**exponent))(x)
    p = Decimal(exponent)
    assert_close(actual, exactly(lambda x: p * (x.ln() * (p - 1)).exp(), x), rtol=1e-12)


# Where there is no derivative, or it is a limit


@pytest.mark.parametrize(
    "fun",
    [
        np.linalg.norm, lambda x: np.linalg.norm(x) ** 2, lambda x: np.linalg.norm(x) ** 3,
        lambda x: np.exp(-(np.linalg.norm(x) ** 2)), lambda x: np.cos(np.linalg.norm(x)),
        lambda x: np.sqrt(1 + np.linalg.norm(x) ** 2), lambda x: np.linalg.norm(x[:2]),
        lambda x: abs(x).sum() ** 2, lambda x: np.sum(abs(x) ** 1.5),
    ],
)  # fmt: skip
def test_the_gradient_of_a_norm_at_0_is_0(fun):
    np.testing.assert_array_equal(np.zeros(3), grad(fun)(np.zeros(3)) + 0.0)


def test_the_second_derivative_of_a_norm_at_0_is_no_number():
    with np.errstate(all="ignore"):
        assert np.isnan(hvp(lambda x: np.linalg.norm(x) ** 2)(np.zeros(2), np.ones(2))).all()


def test_the_slopes_of_a_norm_neither_over_nor_underflow():
    for scale in (5e-324, 1e-200, 1e-160, 1.0, 1e160, 1e200):
        with np.errstate(over="ignore"):
            actual = grad(np.linalg.norm)(np.array([3.0, -4.0]) * scale)
        np.testing.assert_allclose(actual, [0.6, -0.8], rtol=1e-14)


def test_the_hessian_of_a_norm_is_that_of_its_formula():
    x = np.array([1.0, -2.0, 0.5])
    r = np.sqrt(x @ x)
    expected = np.eye(3) / r - np.outer(x, x) / r**3
    np.testing.assert_allclose(jacobian(grad(np.linalg.norm))(x), expected, rtol=1e-13)


def test_powers_at_0_and_of_negative_numbers_have_their_limits():
    assert 0.0 == grad(lambda x: x**0)(0.0)
    assert 1.0 == grad(lambda x: x**1)(0.0)
    assert 0.0 == grad(lambda x: x**2)(0.0)
    assert 12.0 == grad(lambda x: x**3)(-2.0)
    assert -0.25 == grad(lambda x: x**-1.0)(-2.0)
    assert 0.0 == grad(lambda y: 0.0**y)(0.0)
    with np.errstate(all="ignore"):
        assert math.inf == grad(lambda x: x**0.5)(0.0)
        assert math.isnan(grad(lambda y: (-2.0) ** y)(2.0))
        assert math.inf == grad(np.sqrt)(0.0)


def test_a_mean_of_nothing_has_an_empty_gradient():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert (0, 3) == grad(lambda x: np.sum(np.mean(x, axis=1)))(np.zeros((0, 3))).shape
    assert 1.0 == grad(lambda x: np.mean(x))([2.0])[0]
