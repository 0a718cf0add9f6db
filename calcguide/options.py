r"""The price of a European option and its derivatives, by the formula of Black and Scholes.

A *call* is the right to buy a share at a fixed price, the strike, on a fixed day; a *put* is the
right to sell it. What such a right is worth is an expectation over geometric Brownian motion
(`calcguide.dynamics.geometric_brownian_motion`), and here it has a closed form.
"""

import math
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from calcguide._checks import as_array, as_number
from calcguide._logarithms import log_ratio

__all__ = ["OptionValue", "black_scholes"]

Array: TypeAlias = NDArray[np.float64]

_ROOT2 = math.sqrt(2)


@dataclass(frozen=True, eq=False, kw_only=True)
class OptionValue:
    r"""What an option is worth, and how that changes: its derivatives, called the *Greeks*.

    Each has the shape of the share prices that it was asked for.

    Attributes
    ----------
    price : ndarray
        The value $V$ of the option today.
    delta : ndarray
        $\partial V/\partial S$: how many shares move as the option does.
    gamma : ndarray
        $\partial^2 V/\partial S^2$: how fast delta changes with the share.
    vega : ndarray
        $\partial V/\partial\sigma$, for a change of the volatility by 1 (not by a hundredth).
    theta : ndarray
        $-\partial V/\partial T$, per unit of time: what the option gains as time goes by, mostly
        a loss.
    """

    price: Array
    delta: Array
    gamma: Array
    vega: Array
    theta: Array


def black_scholes(
    s0: ArrayLike,
    strike: float,
    rate: float,
    sigma: float,
    maturity: float,
    *,
    kind: Literal["call", "put"] = "call",
) -> OptionValue:
    r"""Return the price of a European option, with its derivatives.

    Parameters
    ----------
    s0 : array_like
        The price of the share today, positive: one or many.
    strike : float
        The price $K$ at which the share may be bought or sold, positive.
    rate : float
        The interest rate $r$, compounded continuously, per unit of time.
    sigma : float
        The volatility, per square root of the unit of time, positive.
    maturity : float
        The time $T$ until the day of the option, positive.
    kind : {"call", "put"}, default "call"
        The right to buy, or the right to sell.

    Returns
    -------
    OptionValue
        Price, delta, gamma, vega and theta, each with the shape of `s0`.

    Raises
    ------
    ValueError
        If an argument is out of its range, or so extreme that a result would be too large for a
        float. Results that are too small for one are 0.
    TypeError
        If an argument has the wrong type.

    Notes
    -----
    With the standard normal distribution function $\Phi$ and

    $$d_1 = \frac{\log(S_0/K) + (r + \frac12\sigma^2)\,T}{\sigma\sqrt T}, \qquad
    d_2 = d_1 - \sigma\sqrt T,$$

    the price of the call is

    $$V = e^{-rT}\, \mathbb E\bigl[(S_T - K)^+\bigr] = S_0\,\Phi(d_1) - K e^{-rT}\,\Phi(d_2),$$

    where $S_T$ is geometric Brownian motion with the drift $r$, whatever the drift of the share.
    The put is $K e^{-rT}\,\Phi(-d_2) - S_0\,\Phi(-d_1)$. The share pays no dividend, and the option
    is exercised at its end only.

    Far from the strike, or with little uncertainty left, the difference in this formula loses its
    digits. With the forward price $F = S_0 e^{rT}$, $h = \log(F/K) / (\sigma\sqrt T)$ and
    $t = \sigma\sqrt T/2$, the call at $F \le K$ is

    $$V = e^{-rT} \sqrt{\frac{FK}{2\pi}}\, e^{-(h^2 + t^2)/2}\, \bigl(m(h + t) - m(h - t)\bigr),
    \qquad m(z) = \int_0^\infty e^{zu - u^2/2}\, du = \sqrt{\frac\pi2}
    \operatorname{erfcx}\Bigl(\frac{-z}{\sqrt2}\Bigr),$$

    and the put at $F \ge K$ is the same with $-h$ [3]. The option that would be exercised today is
    this one plus the forward contract, $\pm(S_0 - K e^{-rT})$. Powers and probabilities are
    multiplied by adding their logarithms.

    The derivatives keep the equation $\Theta + r S \Delta + \frac12 \sigma^2 S^2 \Gamma = r V$.

    References
    ----------
    [1] F. Black, M. Scholes, "The pricing of options and corporate liabilities", *Journal of
    Political Economy* 81, 637–654 (1973).

    [2] J. C. Hull, "Options, Futures, and Other Derivatives", 10th ed., Pearson (2018), example
    15.6, from where the figures of the example are.

    [3] P. Jäckel, "Let's be rational", *Wilmott* 2015(75), 40–53 (2015).

    Examples
    --------
    A share at 42, half a year, 10 % interest, volatility 20 %; the textbook has 4.76 and 0.81:

    >>> call = black_scholes(42.0, 40.0, 0.1, 0.2, 0.5)
    >>> put = black_scholes(42.0, 40.0, 0.1, 0.2, 0.5, kind="put")
    >>> print(f"call {call.price:.2f}, put {put.price:.2f}")
    call 4.76, put 0.81
    >>> print(f"delta {call.delta:.4f}, gamma {call.gamma:.4f}, vega {call.vega:.2f}")
    delta 0.7791, gamma 0.0500, vega 8.81
    """
    from scipy.special import (
        log_ndtr,
        ndtr,
    )  # here, as SciPy is slow to load where nothing else needs it

    s = as_array(s0, "s0")
    if s.min() <= 0:
        raise ValueError(f"s0 must be positive, got {s.min():g}")
    strike = as_number(strike, "strike", above=0)
    rate = as_number(rate, "rate")
    sigma = as_number(sigma, "sigma", above=0)
    maturity = as_number(maturity, "maturity", above=0)
    if kind not in ("call", "put"):
        raise ValueError(f"kind must be 'call' or 'put', got {kind!r}")
    sign = 1.0 if kind == "call" else -1.0
    root, interest = sigma * math.sqrt(maturity), rate * maturity
    if root == 0:
        raise ValueError(f"sigma * sqrt(maturity) must be > 0, got {sigma:g} * sqrt({maturity:g})")
    if not math.isfinite(interest):
        raise ValueError(f"rate * maturity must be finite, got {rate:g} * {maturity:g}")

    with np.errstate(all="ignore"):
        log_s, log_discounted = np.log(s), math.log(strike) - interest
        half_discount = np.exp(-interest / 2)  # its square may be too small for a float
        h = (log_ratio(s, strike) + interest) / root
        d1, d2 = h + root / 2, h - root / 2
        log_density = log_s - d1**2 / 2 - math.log(2 * math.pi) / 2
        interest_paid = np.exp(log_discounted + log_ndtr(sign * d2)) * rate
        value = OptionValue(
            price=_out_of_the_money(log_s, log_discounted, h, root / 2)
            + np.where(sign * h > 0, sign * (s - strike * half_discount * half_discount), 0.0),
            delta=sign * ndtr(sign * d1),
            gamma=np.exp(log_density - 2 * log_s - math.log(root)),
            vega=np.exp(log_density + math.log(maturity) / 2),
            theta=-np.exp(log_density + math.log(sigma) - math.log(maturity) / 2) / 2
            - sign * interest_paid,
        )
    for name, result in vars(value).items():
        if not np.isfinite(result).all():
            raise ValueError(
                f"the {name} is too large for a float with strike={strike:g}, rate={rate:g}, "
                f"sigma={sigma:g} and maturity={maturity:g}"
            )
    return value


def _out_of_the_money(log_s: Array, log_discounted: float, h: Array, t: float) -> Array:
    """Return the price of the option, call or put, that would not be exercised today."""
    from scipy.special import erfcx, log_ndtr

    upper, lower = -np.abs(h) + t, -np.abs(h) - t
    difference = np.asarray(
        math.sqrt(math.pi / 2) * (erfcx(-upper / _ROOT2) - erfcx(-lower / _ROOT2))
    )
    close = (t < 2e-4 * (1 + np.abs(h))) & (np.abs(h) < 60)
    if close.any():
        difference[close] = _difference_of_integrals(-np.abs(h)[close], t)
    scale = (log_s + log_discounted - math.log(2 * math.pi) - h * h - t * t) / 2
    # Where m(h + t) would overflow, its probability is 1 and nothing cancels.
    put = h > 0
    kept = np.exp(np.where(put, log_discounted, log_s))
    given = np.exp(np.where(put, log_s, log_discounted) + log_ndtr(lower))
    return np.where(upper > 30, kept - given, np.exp(scale) * difference)


def _difference_of_integrals(h: Array, t: float) -> Array:
    """Return m(h + t) - m(h - t) for h <= 0 and a small t, as one integral of positive numbers."""
    nodes, weights = np.polynomial.legendre.leggauss(48)
    u, weights = (nodes + 1) / 2, weights / 2
    # From here on the integrand is below e^-40 times its largest value.
    end = 80 / (np.sqrt(h**2 + 80) - h)
    points = np.multiply.outer(end, u)
    values = 2 * np.sinh(t * points) * np.exp(h[:, np.newaxis] * points - points**2 / 2)
    return np.asarray(end * (values @ weights))
