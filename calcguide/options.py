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

__all__ = ["OptionValue", "black_scholes"]

Array: TypeAlias = NDArray[np.float64]


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
        If an argument is out of its range.
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

    The derivatives keep the equation $\Theta + r S \Delta + \frac12 \sigma^2 S^2 \Gamma = r V$.

    References
    ----------
    [1] F. Black, M. Scholes, "The pricing of options and corporate liabilities", *Journal of
    Political Economy* 81, 637–654 (1973).

    [2] J. C. Hull, "Options, Futures, and Other Derivatives", 10th ed., Pearson (2018), example
    15.6, from where the figures of the example are.

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
    from scipy.special import ndtr  # here, as SciPy is slow to load where nothing else needs it

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

    root = sigma * math.sqrt(maturity)
    d1 = (np.log(s / strike) + rate * maturity) / root + root / 2
    d2 = d1 - root
    discounted = strike * math.exp(-rate * maturity)
    density = np.exp(-(d1**2) / 2) / math.sqrt(2 * math.pi)
    exercised = ndtr(sign * d2)  # the probability of it, if the drift is the rate
    delta = sign * ndtr(sign * d1)
    return OptionValue(
        price=s * delta - sign * discounted * exercised,
        delta=delta,
        gamma=density / (s * root),
        vega=s * density * math.sqrt(maturity),
        theta=-s * density * sigma / (2 * math.sqrt(maturity))
        - sign * rate * discounted * exercised,
    )
