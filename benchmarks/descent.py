"""What gradient_descent costs beside the arithmetic: 10 000 steps against the same loop in bare NumPy.

Both evaluate the same function and its gradient of 10 variables in each step, alternately; ours
checks what they return and keeps the history. Printed is the ratio of the median times; the aim is
at most 1.5.
"""

import argparse
import statistics
import time

import numpy as np

from calcguide.gradient_descent import gradient_descent

N, STEPS, RATE, AIM = 10, 10_000, 1e-3, 1.5


def main() -> None:
    """Time both, print the ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeat", type=int, default=21, help="number of runs of each")
    repeat = parser.parse_args().repeat
    rng = np.random.default_rng(0)
    root = rng.standard_normal((N, N))
    A, b, start = root @ root.T / N, rng.standard_normal(N), np.zeros(N)

    def fun(x: np.ndarray) -> float:
        return float(0.5 * x @ (A @ x) - b @ x)

    def jac(x: np.ndarray) -> np.ndarray:
        return A @ x - b

    ours, bare = [], []
    for _ in range(repeat):
        before = time.perf_counter()
        result = gradient_descent(fun, start, jac=jac, learning_rate=RATE, maxiter=STEPS, gtol=0.0)
        ours.append(time.perf_counter() - before)

        before = time.perf_counter()
        x = start
        value, grad = fun(x), jac(x)
        for _ in range(STEPS):
            x = x - RATE * grad
            value, grad = fun(x), jac(x)
        bare.append(time.perf_counter() - before)

    assert result.nit == STEPS
    assert result.history.x.shape == (STEPS + 1, N)
    assert np.array_equal(result.x, x)
    assert result.fun == value
    ratio = statistics.median(ours) / statistics.median(bare)
    verdict = "reached" if ratio <= AIM else "missed"
    print(f"gradient_descent / bare NumPy: {ratio:.2f} (aim: at most {AIM}, {verdict})")


if __name__ == "__main__":
    main()
