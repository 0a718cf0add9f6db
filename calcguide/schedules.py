r"""Learning-rate schedules: pure functions from the step 0, 1, 2, ... to the rate.

Each function here returns such a schedule, for an integer or an array of integers, not negative.
"""

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np

from calcguide._checks import as_integer, as_number, refuse_masked

__all__ = [
    "constant",
    "cosine_decay",
    "exponential_decay",
    "inverse_time_decay",
    "step_decay",
]

Schedule: TypeAlias = Callable[[Any], Any]


def constant(rate: float) -> Schedule:
    r"""Return the schedule $\alpha_k = \alpha_0$.

    Parameters
    ----------
    rate : float
        The rate $\alpha_0 > 0$ of all steps.

    Returns
    -------
    callable
        From a step, or an array of steps, to the rate.

    Examples
    --------
    >>> from calcguide.schedules import constant
    >>> constant(0.1)(7)
    0.1
    """
    rate = as_number(rate, "rate", above=0)

    def schedule(step: Any) -> Any:
        return rate + 0.0 * _steps(step)

    return schedule


def step_decay(rate: float, *, factor: float, every: int) -> Schedule:
    r"""Return a schedule that falls in stairs.

    Parameters
    ----------
    rate : float
        The first rate $\alpha_0 > 0$.
    factor : float
        What each stair multiplies the rate by, $0 < q \le 1$.
    every : int
        The number $s \ge 1$ of steps on a stair.

    Returns
    -------
    callable
        From a step, or an array of steps, to the rate.

    Notes
    -----
    $$\alpha_k = \alpha_0\, q^{\lfloor k/s \rfloor}$$

    Examples
    --------
    >>> import numpy as np
    >>> from calcguide.schedules import step_decay
    >>> step_decay(0.8, factor=0.5, every=2)(np.arange(6))
    array([0.8, 0.8, 0.4, 0.4, 0.2, 0.2])
    """
    rate = as_number(rate, "rate", above=0)
    factor = as_number(factor, "factor", above=0, most=1)
    every = as_integer(every, "every", least=1)

    def schedule(step: Any) -> Any:
        return rate * factor ** (_steps(step) // every)

    return schedule


def exponential_decay(rate: float, *, decay: float) -> Schedule:
    r"""Return a schedule that falls by the same share in each step.

    Parameters
    ----------
    rate : float
        The first rate $\alpha_0 > 0$.
    decay : float
        The decay constant $\lambda \ge 0$ per step.

    Returns
    -------
    callable
        From a step, or an array of steps, to the rate.

    Notes
    -----
    $$\alpha_k = \alpha_0\, e^{-\lambda k}$$

    All rates together come to $\alpha_0/(1 - e^{-\lambda})$, which bounds how far the steps can
    lead: with a decay too fast, the minimum is never reached (the first condition under
    `inverse_time_decay` fails).

    Examples
    --------
    >>> import numpy as np
    >>> from calcguide.schedules import exponential_decay
    >>> exponential_decay(0.8, decay=np.log(2))(np.arange(4))
    array([0.8, 0.4, 0.2, 0.1])
    """
    rate = as_number(rate, "rate", above=0)
    decay = as_number(decay, "decay", least=0)

    def schedule(step: Any) -> Any:
        return rate * np.exp(-decay * _steps(step))

    return schedule


def inverse_time_decay(rate: float, *, decay: float) -> Schedule:
    r"""Return a schedule that falls like $1/k$.

    Parameters
    ----------
    rate : float
        The first rate $\alpha_0 > 0$.
    decay : float
        The decay constant $\lambda \ge 0$: after $1/\lambda$ steps the rate has halved.

    Returns
    -------
    callable
        From a step, or an array of steps, to the rate.

    Notes
    -----
    $$\alpha_k = \frac{\alpha_0}{1 + \lambda k}$$

    For $\lambda > 0$ it fulfils the conditions of Robbins and Monro [1], under which stochastic
    gradient descent converges in spite of the noise in its gradients:

    $$\sum_k \alpha_k = \infty, \qquad \sum_k \alpha_k^2 < \infty.$$

    The first lets the steps lead anywhere, the second lets the noise die out.

    References
    ----------
    [1] H. Robbins, S. Monro, "A stochastic approximation method", The Annals of Mathematical
    Statistics 22(3), 400-407 (1951).

    Examples
    --------
    >>> import numpy as np
    >>> from calcguide.schedules import inverse_time_decay
    >>> inverse_time_decay(1.0, decay=1.0)(np.arange(4))
    array([1.        , 0.5       , 0.33333333, 0.25      ])
    """
    rate = as_number(rate, "rate", above=0)
    decay = as_number(decay, "decay", least=0)

    def schedule(step: Any) -> Any:
        return rate / (1 + decay * _steps(step))

    return schedule


def cosine_decay(rate: float, *, n_steps: int, final: float = 0.0) -> Schedule:
    r"""Return a schedule that falls along half a cosine wave, and then stays.

    Parameters
    ----------
    rate : float
        The first rate $\alpha_0 > 0$.
    n_steps : int
        The number $n \ge 1$ of steps after which the final rate is reached.
    final : float, default 0.0
        The final rate, $0 \le \alpha_n \le \alpha_0$.

    Returns
    -------
    callable
        From a step, or an array of steps, to the rate.

    Notes
    -----
    One period of the schedule of [1], without its restarts:

    $$\alpha_k = \alpha_n + \tfrac12 (\alpha_0 - \alpha_n)
    \bigl(1 + \cos(\pi \min(k, n)/n)\bigr)$$

    References
    ----------
    [1] I. Loshchilov, F. Hutter, "SGDR: Stochastic gradient descent with warm restarts",
    ICLR (2017), arXiv:1608.03983.

    Examples
    --------
    >>> import numpy as np
    >>> from calcguide.schedules import cosine_decay
    >>> cosine_decay(1.0, n_steps=4)(np.arange(6)).round(3)
    array([1.   , 0.854, 0.5  , 0.146, 0.   , 0.   ])
    """
    rate = as_number(rate, "rate", above=0)
    n_steps = as_integer(n_steps, "n_steps", least=1)
    final = as_number(final, "final", least=0, most=rate)

    def schedule(step: Any) -> Any:
        passed = np.minimum(_steps(step), n_steps) / n_steps
        return final + (rate - final) * (1 + np.cos(np.pi * passed)) / 2

    return schedule


def _steps(step: Any) -> Any:
    """Return the step as an int, or several as an array of them."""
    refuse_masked(step, "step")
    steps = np.asarray(step)
    if steps.dtype.kind not in "ui":
        raise TypeError(f"step must be an integer or an array of them, got dtype {steps.dtype}")
    if steps.size and steps.min() < 0:
        raise ValueError(f"step must be >= 0, got {steps.min()}")
    # 64 bits, for a small type could not hold what a step is compared with.
    return int(steps) if steps.ndim == 0 else steps.astype(np.int64)
