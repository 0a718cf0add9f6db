r"""Penalties on the parameters: their value, their gradient and their proximal operator.

The proximal operator of a penalty $h$ is the compromise between staying near $v$ and making the
penalty small,

$$\operatorname{prox}_{t h}(v) = \arg\min_x \; \tfrac{1}{2} \lVert x - v \rVert^2 + t \, h(x),$$

where $t$ is the step. It replaces the gradient step where $h$ has no derivative, as in
`calcguide.gradient_descent.proximal_gradient`.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from calcguide._checks import as_array, as_number, as_real

__all__ = ["L1", "L2"]


@dataclass(frozen=True, eq=False)
class L1:
    r"""The lasso penalty $\alpha \sum_j |w_j|$.

    Parameters
    ----------
    alpha : float or array_like, same shape as the parameters
        The weight, at least 0. An array gives each parameter its own weight: 0 for an intercept.

    Raises
    ------
    ValueError
        If a weight is negative or not finite, or if an array of weights and the parameters
        differ in shape.
    TypeError
        If ``alpha`` does not hold real numbers.

    References
    ----------
    R. Tibshirani, "Regression shrinkage and selection via the lasso", *Journal of the Royal
    Statistical Society B* 58 (1996), 267–288.

    N. Parikh and S. Boyd, "Proximal algorithms", *Foundations and Trends in Optimization* 1
    (2014), 127–239, section 6.5.

    Examples
    --------
    >>> import numpy as np
    >>> penalty = L1(0.5)
    >>> w = np.array([3.0, -0.2, 0.0])
    >>> penalty(w)
    1.6
    >>> penalty.prox(w, 1.0)
    array([2.5, 0. , 0. ])

    The first parameter is an intercept, left alone:

    >>> L1([0.0, 0.5, 0.5]).prox(w, 1.0)
    array([3., 0., 0.])
    """

    alpha: float | NDArray[np.float64]

    def __post_init__(self) -> None:
        object.__setattr__(self, "alpha", _weights(self.alpha))

    def __call__(self, w: ArrayLike) -> float:
        r"""Return $\alpha \sum_j |w_j|$.

        Parameters
        ----------
        w : array_like
            The parameters.

        Returns
        -------
        float
            The penalty.
        """
        return float(np.sum(self.alpha * np.abs(_parameters(w, self.alpha))))

    def gradient(self, w: ArrayLike) -> NDArray[np.float64]:
        r"""Return the subgradient $\alpha \operatorname{sign}(w)$.

        Parameters
        ----------
        w : array_like
            The parameters.

        Returns
        -------
        ndarray, same shape
            The derivative where $w_j \neq 0$. At $w_j = 0$ there is none: every number in
            $[-\alpha, \alpha]$ is a subgradient, and this is the smallest, 0.
        """
        return np.asarray(self.alpha * np.sign(_parameters(w, self.alpha)))

    def prox(self, v: ArrayLike, step: float) -> NDArray[np.float64]:
        r"""Return the proximal operator at ``v``: the soft threshold.

        Parameters
        ----------
        v : array_like
            The parameters.
        step : float
            The step $t > 0$.

        Returns
        -------
        ndarray, same shape
            $\operatorname{sign}(v_j) \max(|v_j| - t \alpha, 0)$, that is $v_j$ less its
            projection onto $[-t \alpha, t \alpha]$.

        Notes
        -----
        The minimum of $\frac12 (x - v)^2 + t \alpha |x|$ is found for each parameter alone. Where
        it is at $x > 0$, the derivative $x - v + t \alpha$ vanishes: $x = v - t \alpha$, which is
        positive if $v > t \alpha$. Likewise $x = v + t \alpha$ if $v < -t \alpha$. In between, 0
        is a subgradient at $x = 0$, since $v \in [-t \alpha, t \alpha]$: the parameter becomes
        exactly zero.
        """
        threshold = _step(step) * self.alpha
        v = _parameters(v, self.alpha)
        return np.asarray(v - np.clip(v, -threshold, threshold))


@dataclass(frozen=True, eq=False)
class L2:
    r"""The ridge penalty $\frac{1}{2} \alpha \sum_j w_j^2$, also called weight decay.

    Parameters
    ----------
    alpha : float or array_like, same shape as the parameters
        The weight, at least 0. An array gives each parameter its own weight: 0 for an intercept.

    Raises
    ------
    ValueError
        If a weight is negative or not finite, or if an array of weights and the parameters
        differ in shape.
    TypeError
        If ``alpha`` does not hold real numbers.

    Notes
    -----
    The factor ½ is part of the penalty, so that its gradient is $\alpha w$.

    References
    ----------
    A. E. Hoerl and R. W. Kennard, "Ridge regression: biased estimation for nonorthogonal
    problems", *Technometrics* 12 (1970), 55–67.

    Examples
    --------
    >>> import numpy as np
    >>> penalty = L2(0.5)
    >>> w = np.array([2.0, -4.0])
    >>> penalty(w)
    5.0
    >>> penalty.gradient(w)
    array([ 1., -2.])
    >>> penalty.prox(w, 2.0)
    array([ 1., -2.])
    """

    alpha: float | NDArray[np.float64]

    def __post_init__(self) -> None:
        object.__setattr__(self, "alpha", _weights(self.alpha))

    def __call__(self, w: ArrayLike) -> float:
        r"""Return $\frac{1}{2} \alpha \sum_j w_j^2$.

        Parameters
        ----------
        w : array_like
            The parameters.

        Returns
        -------
        float
            The penalty.
        """
        return 0.5 * float(np.sum(self.alpha * _parameters(w, self.alpha) ** 2))

    def gradient(self, w: ArrayLike) -> NDArray[np.float64]:
        r"""Return $\alpha w$.

        Parameters
        ----------
        w : array_like
            The parameters.

        Returns
        -------
        ndarray, same shape
            The derivative.
        """
        return np.asarray(self.alpha * _parameters(w, self.alpha))

    def prox(self, v: ArrayLike, step: float) -> NDArray[np.float64]:
        r"""Return the proximal operator at ``v``: a shrinkage towards zero.

        Parameters
        ----------
        v : array_like
            The parameters.
        step : float
            The step $t > 0$.

        Returns
        -------
        ndarray, same shape
            $v_j / (1 + t \alpha)$.

        Notes
        -----
        The derivative of $\frac12 (x - v)^2 + \frac12 t \alpha x^2$ is
        $x - v + t \alpha x$, which vanishes at that point only.
        """
        shrinkage = 1.0 + _step(step) * self.alpha
        return np.asarray(_parameters(v, self.alpha) / shrinkage)


def _weights(alpha: object) -> float | NDArray[np.float64]:
    if np.ndim(alpha) == 0:  # type: ignore[arg-type]
        return as_number(alpha, "alpha", least=0)
    weights = as_array(alpha, "alpha")  # type: ignore[arg-type]
    if weights.min() < 0:
        raise ValueError(f"alpha must be >= 0, got {weights.min():g}")
    weights.flags.writeable = False
    return weights


def _step(step: float) -> float:
    return as_number(step, "step", above=0)


def _parameters(w: ArrayLike, alpha: float | NDArray[np.float64]) -> NDArray[np.float64]:
    array = as_real(w, "parameters")
    if isinstance(alpha, np.ndarray) and alpha.shape != array.shape:
        raise ValueError(
            f"alpha and the parameters must have the same shape, "
            f"got shapes {alpha.shape} and {array.shape}"
        )
    return array
