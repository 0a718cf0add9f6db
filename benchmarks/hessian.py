"""A Hessian by differences of the function: calcguide.derivatives.hessian against numdifftools.

Both compute the Hessian of Rosenbrock's function of 20 variables from its values, alternately.
Printed are the relative errors, in the largest entry, and the ratio of the median times; the aims
are at most 1e-6 and at most 0.2.
"""

import argparse
import statistics
import time
from collections.abc import Callable

import numdifftools
import numpy as np

from calcguide.derivatives import hessian
from calcguide.objectives import rosenbrock

N, AIM, ACCURACY = 20, 0.2, 1e-6


def timed(function: Callable[[], np.ndarray]) -> tuple[float, np.ndarray]:
    """Call a function; return how long it took and what it returned."""
    start = time.perf_counter()
    result = function()
    return time.perf_counter() - start, result


def main() -> None:
    """Time both, print errors and ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeat", type=int, default=11, help="number of runs of each")
    repeat = parser.parse_args().repeat
    objective = rosenbrock(N)
    x = np.random.default_rng(0).uniform(-2, 2, N)
    exact = objective.hess(x)
    peer = numdifftools.Hessian(objective.fun)
    ours, theirs = [], []
    for _ in range(repeat):
        seconds, by_ours = timed(lambda: hessian(objective.fun, x))
        ours.append(seconds)
        seconds, by_theirs = timed(lambda: peer(x))
        theirs.append(seconds)
    error, their_error = (
        np.abs(h - exact).max() / np.abs(exact).max() for h in (by_ours, by_theirs)
    )
    ratio = statistics.median(ours) / statistics.median(theirs)
    verdict = "reached" if ratio <= AIM and error <= ACCURACY else "missed"
    print(
        f"relative error: {error:.1e} (aim: at most {ACCURACY:g}), numdifftools {their_error:.1e}"
    )
    print(f"hessian / numdifftools: {ratio:.3f} (aim: at most {AIM}, {verdict})")


if __name__ == "__main__":
    main()
