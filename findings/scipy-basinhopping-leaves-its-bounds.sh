#!/usr/bin/env bash
# What: a basinhopping search kept inside bounds by accept_test.
# Version: SciPy 1.17.1, NumPy 2.4.6.
# Source of the guess: the documentation of accept_test: "If any of the tests
#   return False then the step is rejected".
# Guess: with a test for bounds, and a start inside of them, the result lies
#   inside too.
# Seen: the minimum of the first local search is not put to the test. Where that
#   search leaves the bounds for a lower valley outside, its end is the best value
#   for good, because no point inside can beat it: fifty steps later it is
#   returned with success, whatever the seed. A start in the basin of the inner
#   valley gives the expected result.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install --quiet 'scipy==1.17.1' 'numpy==2.4.6'
"$work/env/bin/python" - <<'PY'
import numpy as np
from scipy.optimize import basinhopping

LOWER, UPPER = 0.0, 2.0
tested = []


def two_valleys(x):
    """Have valleys at -1.30, 3.51 below zero, and at 1.13, 1.07 below zero."""
    return x[0] ** 4 - 3 * x[0] ** 2 + x[0]


def inside(*, x_new, **_):
    tested.append(float(x_new[0]))
    return bool(LOWER <= x_new[0] <= UPPER)


for start, valley in ((0.1, -1.3008), (0.3, 1.1309)):
    for seed in range(5):
        tested.clear()
        result = basinhopping(two_valleys, [start], niter=50, accept_test=inside, rng=seed)
        x = float(result.x[0])
        assert np.isclose(x, valley, atol=1e-3) and result.success and len(tested) == 50
    print(f"from {start}, bounds {LOWER} to {UPPER}: {x:.4f}, success={result.success}")
    print(f"  inside the bounds: {LOWER <= x <= UPPER}, points tested: {len(tested)}")
    assert inside(x_new=result.x) == (valley > 0)
PY
