"""The likelihood of a Weibull regression in coordinates in which it is convex and no unit matters.

The columns of X are shifted and scaled and made orthogonal, Z = X @ back, and the log times lose
their least squares line: log t = X @ line + unit * e. With phi = (gamma, rho), rho > 0, the
parameters of the model are

    coef = line + unit * back @ gamma / rho,    sigma = unit / rho,    z = rho * e - Z @ gamma.

All functions are means over the lifetimes, where the model's loss is a sum.
"""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from calcguide._directions import rising_direction
from calcguide._logarithms import log_ratio

__all__ = ["Likelihood", "standardize"]

Array: TypeAlias = NDArray[np.float64]

_EPS = float(np.finfo(float).eps)


@dataclass(frozen=True, eq=False, kw_only=True)
class Likelihood:
    """The loss of the parameters phi, with the way back to those of the model."""

    U: Array  # the columns -Z and e: z = U @ phi
    failed: Array  # 1 for a failure, 0 for a censored lifetime
    line: Array
    back: Array
    unit: float
    noise: float  # how uncertain e is by rounding

    def start(self) -> Array:
        """Return the least squares line, with a sigma for which no exponential is large."""
        phi = np.zeros(self.U.shape[1])
        phi[-1] = min(1.0, 3.0 / max(self.U[:, -1].max(), 1.0))
        return phi

    def loss(self, phi: Array) -> float:
        """Return the negative log-likelihood, up to a constant; infinite for rho <= 0."""
        if not phi[-1] > 0:
            return np.inf
        z = self.U @ phi
        return float(np.mean(np.exp(z) - self.failed * (z + np.log(phi[-1]))))

    def gradient(self, phi: Array) -> Array:
        """Return the gradient of the loss."""
        gradient = (np.exp(self.U @ phi) - self.failed) @ self.U / len(self.U)
        gradient[-1] -= self.failed.mean() / phi[-1]
        return np.asarray(gradient)

    def hessian(self, phi: Array) -> Array:
        """Return the Hessian of the loss."""
        hessian = (self.U.T * np.exp(self.U @ phi)) @ self.U / len(self.U)
        hessian[-1, -1] += self.failed.mean() / phi[-1] ** 2
        return np.asarray(hessian)

    def minimize(self, maxiter: int) -> tuple[Array, int, bool]:
        """Return where Newton's method ends, after how many steps, and whether at the minimum.

        That is where the next step is below 1e-8 standard errors, and changes each z and log rho
        by much less than 1. As long as the loss never rises along some direction, each step
        changes one of them by at least 1: so the second condition proves that there is a minimum.
        """
        phi = self.start()
        for nit in range(maxiter + 1):
            root, value, gradient = _root(self.hessian(phi)), self.loss(phi), self.gradient(phi)
            if root is None:
                break
            relative = np.linalg.solve(root, gradient)
            step = -np.linalg.solve(root.T, relative)
            decrease, size = float(relative @ relative), 1.0
            change = max(np.abs(self.U @ step).max(), abs(step[-1]) / phi[-1])
            if len(self.U) * decrease < 1e-16 and change < 1e-3:
                return phi, nit, True
            if nit == maxiter:
                break
            # Near the minimum the decrease is smaller than the rounding of the loss.
            bound = value + 16 * _EPS * (1 + abs(value))
            while (
                size > _EPS and not self.loss(phi + size * step) <= bound - 1e-4 * size * decrease
            ):
                size /= 2
            phi = phi + size * step
        return phi, nit, False

    def covariance(self, phi: Array) -> Array:
        """Return the inverse Hessian of the model's loss by (coef, log sigma), at the minimum."""
        rho, width = phi[-1], len(phi)
        by_phi = np.zeros((width, width))
        by_phi[:-1, :-1] = self.back * (self.unit / rho)
        by_phi[:-1, -1] = self.back @ phi[:-1] * (-self.unit / rho**2)
        by_phi[-1, -1] = -1 / rho
        half = np.linalg.solve(np.linalg.cholesky(self.hessian(phi)), by_phi.T)
        return np.asarray(half.T @ half / len(self.U))

    def coef(self, phi: Array) -> Array:
        """Return the coefficients of the model."""
        return np.asarray(self.line + self.unit * (self.back @ (phi[:-1] / phi[-1])))

    def endless_direction(self) -> Array | None:
        """Return a direction along which the loss never rises, of growing rho if there is one."""
        failures, others = self.U[self.failed == 1], self.U[self.failed == 0]
        # It changes no z of a failure. (Zeros, so that there are as many rows as columns.)
        padded = np.vstack((failures, np.zeros(self.U.shape[1:] * 2)))
        _, s, Vt = np.linalg.svd(padded, full_matrices=False)
        free = Vt[s <= s[0] * len(padded) * self.noise].T
        # It raises no z of another, and does not lower rho.
        slopes = np.vstack((-others, np.eye(self.U.shape[1])[-1:])) @ free
        slopes[np.abs(slopes) < 1e4 * self.noise] = 0.0
        for gain in (slopes[-1], None):
            direction = rising_direction(slopes, gain)
            if direction is not None:
                return np.asarray(free @ direction)
        return None


def standardize(X: Array, time: Array, failed: Array) -> Likelihood:
    """Return the likelihood of lifetimes, or say which columns of X are linearly dependent."""
    n, width = X.shape
    low, high = X.min(axis=0), X.max(axis=0)
    with np.errstate(over="ignore"):
        far = (np.maximum(low, -high) > high - low) & (low < high)
    ones = _intercept(X, ~far)
    # Numbers from one power of two to the next are subtracted without rounding.
    origin = np.where(far, low, 0.0) if ones is not None else np.zeros(width)
    shifted = X - origin
    size = np.abs(shifted).max(axis=0)
    size[size == 0] = 1.0
    Q, R = np.linalg.qr(shifted / size)
    _check_rank(R, n)
    Z, back = np.sqrt(n) * Q, np.sqrt(n) * np.linalg.inv(R) / size[:, np.newaxis]
    line = np.zeros(width)
    log_time = np.log(time)
    if ones is not None:
        back -= np.outer(ones, origin @ back)
        middle = float(np.sort(time)[n // 2])
        line += ones * np.log(middle)
        log_time = log_ratio(time, middle)

    e = log_time.copy()
    for _ in range(2):  # the second time takes off what rounding has left
        slopes = Z.T @ e / n
        e -= Z @ slopes
        line += back @ slopes
    noise = 8 * _EPS * (1 + float(np.abs(log_time).max()))
    if np.abs(e).max() <= noise:
        e[:] = 0.0
    unit = float(np.sqrt(np.mean(e**2))) or 1.0
    return Likelihood(
        U=np.column_stack((-Z, e / unit)),
        failed=failed,
        line=line,
        back=back,
        unit=unit,
        noise=max(_EPS, min(noise / unit, 1e-3)),
    )


def _intercept(X: Array, near: NDArray[np.bool_]) -> Array | None:
    """Return the combination of columns that is 1 everywhere, if there is one."""
    ones = np.zeros(X.shape[1])
    constant = np.flatnonzero((np.ptp(X, axis=0) == 0) & (X[0] != 0))
    if constant.size:
        ones[constant[0]] = 1 / X[0, constant[0]]
        return ones
    size = np.abs(X).max(axis=0)
    near &= size > 0
    if not near.any():
        return None
    A, rest = X[:, near] / size[near], np.ones(len(X))
    for _ in range(2):  # the second time takes off what rounding has left
        part, *_ = np.linalg.lstsq(A, rest)
        rest -= A @ part
        ones[near] += part / size[near]
    return ones if np.abs(rest).max() < 1e-10 else None


def _check_rank(R: Array, n: int) -> None:
    _, s, Vt = np.linalg.svd(R)
    width = R.shape[1]
    rank = int(np.count_nonzero(s > s[0] * max(n, width) * _EPS))
    if rank < width:
        involved = np.flatnonzero(np.abs(Vt[rank:]).max(axis=0) > 1e-8).tolist()
        raise ValueError(
            f"X must have linearly independent columns, its rank is {rank}: of the columns "
            f"{involved}, some are combinations of the others"
        )


def _root(hessian: Array) -> Array | None:
    """Return the Cholesky factor, if the matrix is positive definite."""
    if not np.isfinite(hessian).all():
        return None
    try:
        root = np.linalg.cholesky(hessian)
    except np.linalg.LinAlgError:
        return None
    # In a browser nothing is raised: there NumPy cannot see LAPACK's failure, and returns NaN.
    return np.asarray(root) if np.isfinite(root).all() else None
