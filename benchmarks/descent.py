"""What gradient_descent costs beside the arithmetic: 10 000 steps against the same loop in bare NumPy.

Both evaluate the mean squared error of a linear regression, 100 samples of 10 features, and its
gradient in each step; ours checks what they return, tests for convergence and keeps the history.
The aim is at most 1.5 times the time.
"""

import numpy as np
from _sides import median_seconds, repetitions, report

from calcguide.gradient_descent import gradient_descent
from calcguide.results import OptimizeResult

N_SAMPLES, N_FEATURES, STEPS, RATE, AIM = 100, 10, 10_000, 1e-3, 1.5


def main() -> None:
    """Check that both do the same, time them, print the ratio."""
    repeat = repetitions(__doc__, 21)
    rng = np.random.default_rng(0)
    X, y = rng.random((N_SAMPLES, N_FEATURES)), rng.random(N_SAMPLES)
    start = np.zeros(N_FEATURES)

    def fun(w: np.ndarray) -> float:
        residual = X @ w - y
        return float(residual @ residual) / N_SAMPLES

    def jac(w: np.ndarray) -> np.ndarray:
        return 2 / N_SAMPLES * (X.T @ (X @ w - y))

    def ours() -> OptimizeResult:
        return gradient_descent(fun, start, jac=jac, learning_rate=RATE, maxiter=STEPS, gtol=0.0)

    def bare() -> tuple[np.ndarray, float]:
        w = start
        value, grad = fun(w), jac(w)
        for _ in range(STEPS):
            w = w - RATE * grad
            value, grad = fun(w), jac(w)
        return w, value

    result, (w, value) = ours(), bare()
    same = np.array_equal(result.x, w) and result.fun == value
    kept = result.history.x.shape == (STEPS + 1, N_FEATURES)
    times = median_seconds(repeat, ours=ours, bare=bare)
    ratio = times["ours"] / times["bare"]
    report("gradient_descent / bare NumPy", ratio, AIM, correct=same and kept)


if __name__ == "__main__":
    main()
