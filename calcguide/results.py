"""What an optimizer returns: the point it reached, why it stopped, and the way it took."""

from dataclasses import dataclass, field
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

__all__ = ["MESSAGES", "History", "IntermediateResult", "OptimizeResult", "Status"]


class Status(IntEnum):
    """Why an optimizer stopped; only ``CONVERGED`` is a success."""

    CONVERGED = 0
    ITERATION_LIMIT = 1
    NOT_FINITE = 2
    STOPPED_BY_CALLBACK = 3
    NO_PROGRESS = 4


MESSAGES = {
    Status.CONVERGED: "Converged: the gradient norm has fallen below its tolerance.",
    Status.ITERATION_LIMIT: (
        "Not converged: the iteration limit was reached. Raise maxiter, or take longer steps."
    ),
    Status.NOT_FINITE: (
        "Diverged: the function or its gradient is no longer finite. Take shorter steps."
    ),
    Status.STOPPED_BY_CALLBACK: "Stopped: the callback raised StopIteration.",
    Status.NO_PROGRESS: (
        "Not converged: no step lowers the function any more. Check the gradient with check_gradient."
    ),
}


@dataclass(frozen=True, eq=False)
class History:
    """The iterates of a run, the start included.

    Attributes
    ----------
    x : ndarray of shape (nit + 1, n)
        The points; of shape (0, n) from a run with ``return_all=False``.
    fun : ndarray of shape (nit + 1,)
        The function at each point.
    grad_norm : ndarray of shape (nit + 1,)
        The Euclidean norm of the gradient at each point; of the proximal gradient mapping
        where the function has a part without a derivative.
    """

    x: NDArray[np.float64]
    fun: NDArray[np.float64]
    grad_norm: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class IntermediateResult:
    """Where a run stands after a step: what a callback is told.

    Attributes
    ----------
    x : ndarray of shape (n,)
        The point.
    fun : float
        The function at ``x``.
    jac : ndarray of shape (n,)
        The gradient at ``x``.
    nit : int
        Number of steps so far.
    """

    x: NDArray[np.float64]
    fun: float
    jac: NDArray[np.float64]
    nit: int


@dataclass(frozen=True, eq=False)
class OptimizeResult:
    """The outcome of a minimization, with the field names of `scipy.optimize.OptimizeResult`.

    Attributes
    ----------
    x : ndarray of shape (n,)
        The last point at which the function and its gradient were finite.
    fun : float
        The function at ``x``.
    jac : ndarray of shape (n,)
        The gradient at ``x``.
    nit, nfev, njev : int
        Number of steps, and of evaluations of the function and of its gradient.
    status : Status
        Why the run stopped.
    history : History
        All points on the way.
    """

    x: NDArray[np.float64]
    fun: float
    jac: NDArray[np.float64]
    nit: int
    nfev: int
    njev: int
    status: Status
    history: History = field(repr=False)

    @property
    def success(self) -> bool:
        """Whether the run converged."""
        return self.status is Status.CONVERGED

    @property
    def message(self) -> str:
        """The status in words, with what to do."""
        return MESSAGES[self.status]
