"""A Hessian by differences of the function: calcguide.derivatives.hessian against numdifftools.

Both compute the Hessian of Rosenbrock's function of 20 variables from its values. The aims are at
most 0.2 of the time, at a relative error of at most 1e-6 in the largest entry.
"""

import numdifftools
import numpy as np
from _sides import median_seconds, repetitions, report

from calcguide.derivatives import hessian
from calcguide.objectives import rosenbrock

N, AIM, ACCURACY = 20, 0.2, 1e-6


def main() -> None:
    """Time both, print errors and ratio."""
    repeat = repetitions(__doc__, 11)
    objective = rosenbrock(N)
    x = np.random.default_rng(0).uniform(-2, 2, N)
    exact = objective.hess(x)
    peer = numdifftools.Hessian(objective.fun)
    sides = {"ours": lambda: hessian(objective.fun, x), "numdifftools": lambda: peer(x)}
    errors = {
        name: np.abs(side() - exact).max() / np.abs(exact).max() for name, side in sides.items()
    }
    times = median_seconds(repeat, **sides)
    for name, error in errors.items():
        print(f"relative error of {name}: {error:.1e}")
    ratio = times["ours"] / times["numdifftools"]
    report("hessian / numdifftools", ratio, AIM, correct=errors["ours"] <= ACCURACY)


if __name__ == "__main__":
    main()
