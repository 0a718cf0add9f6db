import math
from decimal import Decimal, localcontext

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import norm

from calcguide.derivatives import derivative
from calcguide.dynamics import geometric_brownian_motion
from calcguide.options import black_scholes

CASES = [
    (42.0, 40.0, 0.1, 0.2, 0.5),
    (100.0, 140.0, 0.03, 0.4, 2.0),
    (100.0, 90.0, -0.01, 0.15, 0.1),
]
KINDS = ["call", "put"]


def payoff(kind, s, strike):
    return max(s - strike, 0.0) if kind == "call" else max(strike - s, 0.0)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("case", CASES)
def test_price_is_the_discounted_expectation_of_the_payoff(kind, case):
    s0, strike, rate, sigma, maturity = case
    root = sigma * np.sqrt(maturity)
    kink = (np.log(strike / s0) - (rate - sigma**2 / 2) * maturity) / root

    def integrand(z):
        s = geometric_brownian_motion(s0, rate, sigma, [maturity], [z * np.sqrt(maturity)])[0]
        return payoff(kind, s, strike) * norm.pdf(z)

    total = sum(quad(integrand, a, b, epsabs=1e-13)[0] for a, b in [(-12, kink), (kink, 12 + root)])
    expected = np.exp(-rate * maturity) * total
    np.testing.assert_allclose(black_scholes(*case, kind=kind).price, expected, rtol=1e-9)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("case", CASES)
def test_greeks_are_the_derivatives_of_the_price(kind, case):
    def price_of(i):
        def fun(x):
            return float(black_scholes(*case[:i], float(x), *case[i + 1 :], kind=kind).price)

        return fun

    def delta(s):
        return float(black_scholes(float(s), *case[1:], kind=kind).delta)

    value = black_scholes(*case, kind=kind)
    np.testing.assert_allclose(value.delta, derivative(price_of(0), case[0]), rtol=1e-6)
    np.testing.assert_allclose(value.gamma, derivative(delta, case[0]), rtol=1e-6)
    np.testing.assert_allclose(value.vega, derivative(price_of(3), case[3]), rtol=1e-6)
    np.testing.assert_allclose(value.theta, -derivative(price_of(4), case[4]), rtol=1e-6)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("case", CASES)
def test_price_solves_the_equation_of_black_and_scholes(kind, case):
    s, _, rate, sigma, _ = case
    v = black_scholes(*case, kind=kind)
    left = v.theta + rate * s * v.delta + sigma**2 * s**2 * v.gamma / 2
    np.testing.assert_allclose(left, rate * v.price, atol=1e-12)


@pytest.mark.parametrize("case", CASES)
def test_call_without_put_is_the_share_without_the_discounted_strike(case):
    s0, strike, rate, _, maturity = case
    call, put = (black_scholes(*case, kind=kind) for kind in KINDS)
    forward = s0 - strike * np.exp(-rate * maturity)
    np.testing.assert_allclose(call.price - put.price, forward, rtol=1e-12)
    np.testing.assert_allclose(call.delta - put.delta, 1.0)
    np.testing.assert_allclose(call.gamma, put.gamma)
    np.testing.assert_allclose(call.vega, put.vega)


def test_published_prices():
    # J. C. Hull, Options, Futures, and Other Derivatives, example 15.6.
    call, put = (black_scholes(42.0, 40.0, 0.1, 0.2, 0.5, kind=kind) for kind in KINDS)
    assert 4.76 == round(float(call.price), 2)
    assert 0.81 == round(float(put.price), 2)


@pytest.mark.parametrize("kind", KINDS)
def test_many_prices_at_once_are_those_one_by_one(kind):
    s0 = np.array([[50.0, 80.0, 100.0], [120.0, 200.0, 1e-3]])
    many = black_scholes(s0, 100.0, 0.05, 0.3, 1.0, kind=kind)
    for name in ("price", "delta", "gamma", "vega", "theta"):
        values = getattr(many, name)
        assert s0.shape == values.shape
        single = [
            getattr(black_scholes(s, 100.0, 0.05, 0.3, 1.0, kind=kind), name) for s in s0.ravel()
        ]
        np.testing.assert_array_equal(np.reshape(single, s0.shape), values)


def test_without_uncertainty_the_price_is_the_discounted_payoff():
    almost = black_scholes([90.0, 110.0], 100.0, 0.05, 1e-6, 1.0)
    np.testing.assert_allclose(almost.price, [0.0, 110 - 100 * np.exp(-0.05)], atol=1e-9)
    np.testing.assert_allclose(almost.delta, [0.0, 1.0], atol=1e-12)


def test_far_from_the_strike_nothing_overflows():
    far = black_scholes([1e-300, 1e300], 1.0, 0.0, 0.1, 1.0)
    assert np.isfinite([far.price, far.delta, far.gamma, far.vega, far.theta]).all()
    assert 0.0 == far.price[0]


def arctan_of_inverse(n):
    power = total = Decimal(1) / n
    for k in range(1, 800):
        power /= -n * n
        total += power / (2 * k + 1)
    return total


def normal_cdf(z):
    """The standard normal distribution function, by its power series in the current precision."""
    term = total = z
    k = 1
    while abs(term) > abs(total) * Decimal(10) ** -490:
        k += 2
        term *= z * z / k
        total += term
    pi = 16 * arctan_of_inverse(5) - 4 * arctan_of_inverse(239)
    return Decimal("0.5") + total * (-z * z / 2).exp() / (2 * pi).sqrt()


def exact_price(s0, strike, rate, sigma, maturity, kind):
    """The textbook formula, in decimal arithmetic with 500 digits, from the exact arguments."""
    with localcontext() as context:
        context.prec = 500
        s, k, r, v, t = map(Decimal, (s0, strike, rate, sigma, maturity))
        root = v * t.sqrt()
        d1 = ((s / k).ln() + r * t) / root + root / 2
        sign = 1 if kind == "call" else -1
        discounted = k * (-r * t).exp()
        return float(
            sign * (s * normal_cdf(sign * d1) - discounted * normal_cdf(sign * (d1 - root)))
        )


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "case",
    [
        pytest.param((100.0, 100.0, 0.0, 1e-9, 1.0), id="tiny volatility at the strike"),
        pytest.param((100.0, 100.0, 0.0, 0.2, 1e-16), id="an instant before maturity"),
        pytest.param((100.0, 100.0 + 1e-6, 0.0, 1e-9, 1.0), id="tiny volatility off the strike"),
        pytest.param((100.0, 100.0 + 1e-5, 0.0, 1e-8, 1.0), id="ten deviations off the strike"),
        pytest.param((100.0, 300.0, 0.0, 0.1, 1.0), id="far off the strike"),
        pytest.param((100.0, 103.0, 0.0, 1e-3, 1.0), id="thirty deviations off the strike"),
        pytest.param((1e-150, 1e150, 0.0, 30.0, 1.0), id="orders of magnitude off the strike"),
        pytest.param((1e150, 1e-150, 0.0, 30.0, 1.0), id="orders of magnitude beyond the strike"),
        pytest.param((100.0, 90.0, -7.0, 5.0, 100.0), id="a discount of e^700"),
        pytest.param((1e200, 1e-300, -8.0, 2.0, 100.0), id="a discount beyond the floats"),
        pytest.param((100.0, 90.0, 0.0, 40.0, 1.0), id="huge volatility"),
        pytest.param((42.0, 40.0, 0.1, 0.2, 0.5), id="Hull's"),
    ],
)
def test_price_keeps_its_digits(case, kind):
    expected = exact_price(*case, kind)
    price = float(black_scholes(*case, kind=kind).price)
    # The tails magnify the rounding of the logarithms.
    assert expected == pytest.approx(price, rel=3e-12, abs=1e-320)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["sigma", "maturity", "strike", "rate"])
@pytest.mark.parametrize("size", 10.0 ** np.arange(-300, 301, 50))
def test_prices_are_between_their_bounds_or_refused(name, size, kind):
    deal = {"strike": 90.0, "rate": 0.01, "sigma": 0.2, "maturity": 2.0} | {name: size}
    s0 = np.array([1e-200, 89.0, 90.0, 1e200])
    try:
        value = black_scholes(s0, **deal, kind=kind)
    except ValueError as error:
        assert name in str(error)  # noqa: PT017
        return
    discounted = deal["strike"] * math.exp(-deal["rate"] * deal["maturity"])
    most = s0 if kind == "call" else np.full(4, discounted)
    least = np.maximum(s0 - discounted if kind == "call" else discounted - s0, 0)
    rounding = 1e-15 * np.maximum(s0, discounted)  # of the bounds, before their digits cancel
    assert (value.price >= np.maximum(least - rounding, 0)).all()
    assert (value.price <= most * (1 + 1e-15)).all()
    assert (np.abs(value.delta) <= 1).all()
    assert (value.gamma >= 0).all()
    assert (value.vega >= 0).all()


def test_a_call_that_is_worthless_after_a_century_of_negative_interest_has_the_price_zero():
    value = black_scholes(100.0, 90.0, -8.0, 0.2, 100.0)
    assert [0.0, 0.0, 0.0, 0.0] == [value.price, value.delta, value.vega, value.theta]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"rate": -8.0, "maturity": 100.0, "kind": "put"}, "the price is too large for a float"),
        ({"s0": 1e-200, "strike": 1e-200}, "the gamma is too large for a float"),
        ({"rate": 1e300, "maturity": 1e10}, r"rate \* maturity must be finite, got 1e\+300 \* 1e"),
        ({"sigma": 1e-250, "maturity": 1e-250}, r"sigma \* sqrt\(maturity\) must be > 0"),
    ],
)
def test_what_no_float_can_hold_is_refused(change, message):
    good = {"s0": 1.0, "strike": 1.0, "rate": 0.0, "sigma": 1e-150, "maturity": 1.0}
    with pytest.raises(ValueError, match=message):
        black_scholes(**(good | change))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"s0": 0.0}, "s0 must be positive, got 0"),
        ({"s0": [1.0, -2.0]}, "s0 must be positive, got -2"),
        ({"s0": [np.nan]}, "s0 must be finite"),
        ({"strike": 0.0}, "strike must be finite and > 0"),
        ({"rate": np.inf}, "rate must be finite"),
        ({"sigma": 0.0}, "sigma must be finite and > 0"),
        ({"maturity": 0.0}, "maturity must be finite and > 0"),
        ({"kind": "straddle"}, "kind must be 'call' or 'put', got 'straddle'"),
    ],
)
def test_bad_values_are_named(change, message):
    good = {"s0": 1.0, "strike": 1.0, "rate": 0.0, "sigma": 0.2, "maturity": 1.0}
    with pytest.raises(ValueError, match=message):
        black_scholes(**(good | change))


def test_wrong_types_are_named():
    with pytest.raises(TypeError, match="sigma must be a real number, got str"):
        black_scholes(1.0, 1.0, 0.0, "0.2", 1.0)


def test_share_prices_are_not_changed():
    s0 = np.array([90.0, 110.0])
    black_scholes(s0, 100.0, 0.0, 0.2, 1.0)
    np.testing.assert_array_equal([90.0, 110.0], s0)
