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
