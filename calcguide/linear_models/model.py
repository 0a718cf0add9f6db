"""What all linear models share: the result of a fit, and the checks of their arguments."""

from dataclasses import dataclass, field
from enum import IntEnum

import numpy as np
from numpy.typing import ArrayLike, NDArray

from calcguide._checks import as_array, as_real, same_length

__all__ = [
    "MESSAGES",
    "Fit",
    "FitStatus",
    "features_and_target",
    "outputs_and_targets",
    "positive_penalties",
    "theta_and_design",
]

Array = NDArray[np.float64]


class FitStatus(IntEnum):
    """How a fit ended."""

    CONVERGED = 0
    ITERATION_LIMIT = 1
    NOT_FINITE = 2
    SEPARABLE = 5
    NOT_UNIQUE = 6


MESSAGES = {
    FitStatus.CONVERGED: "Converged: the conditions for a minimum hold within the tolerance.",
    FitStatus.ITERATION_LIMIT: (
        "Not converged: the iteration limit was reached. Raise maxiter, or standardize the features."
    ),
    FitStatus.NOT_UNIQUE: (
        "Solved, but the centred columns of X are linearly dependent: these are the coefficients of "
        "least norm among infinitely many that fit as well. Drop columns, or use ridge."
    ),
    FitStatus.SEPARABLE: (
        "No finite minimum: a hyperplane separates the classes. Use a penalty, alpha > 0."
    ),
    FitStatus.NOT_FINITE: (
        "Not converged: a number has become too large to hold. Standardize the features."
    ),
}


@dataclass(frozen=True, eq=False, kw_only=True)
class Fit:
    """What every fit returns, see its subclasses."""

    coef: Array
    intercept: float
    fun: float
    jac: Array = field(repr=False)
    nit: int
    status: FitStatus

    @property
    def success(self) -> bool:
        """Whether ``coef`` and ``intercept`` minimize the objective."""
        return self.status in (FitStatus.CONVERGED, FitStatus.NOT_UNIQUE)

    @property
    def message(self) -> str:
        """The status in words, with what to do."""
        return MESSAGES[self.status]

    def _output(self, X: ArrayLike) -> Array:
        X = as_array(X, "X", ndim=2)
        if X.shape[1] != self.coef.size:
            raise ValueError(f"X must have {self.coef.size} columns, got shape {X.shape}")
        return np.asarray(X @ self.coef + self.intercept)


def features_and_target(X: ArrayLike, y: ArrayLike) -> tuple[Array, Array]:
    """Return what a fit is given, as arrays that may be those of the caller."""
    X, y = as_array(X, "X", ndim=2, copy=False), as_array(y, "y", ndim=1, copy=False)
    same_length(X, "X", y, "y")
    return X, y


def positive_penalties(alphas: ArrayLike) -> Array:
    """Return the weights of a path of penalties, all of them positive."""
    alphas = as_array(alphas, "alphas", ndim=1)
    if alphas.min() <= 0:
        raise ValueError(f"alphas must be > 0, got {alphas.min():g}")
    return alphas


def theta_and_design(theta: ArrayLike, X: ArrayLike) -> tuple[Array, Array]:
    """Return what an objective is given, whether theta is finite or not."""
    # Not as_array: a diverging theta is to give inf or nan, and X would be copied at each call.
    theta, X = as_real(theta, "theta", ndim=1), as_real(X, "X", ndim=2)
    if theta.size != X.shape[1]:
        raise ValueError(
            f"theta must have one entry for each column of X, "
            f"got shapes {theta.shape} and {X.shape}"
        )
    return theta, X


def outputs_and_targets(theta: ArrayLike, X: ArrayLike, y: ArrayLike) -> tuple[Array, Array, Array]:
    """Return the design matrix, what the linear model says, and the targets."""
    theta, X = theta_and_design(theta, X)
    y = as_array(y, "y", ndim=1)
    same_length(X, "X", y, "y")
    return X, X @ theta, y
