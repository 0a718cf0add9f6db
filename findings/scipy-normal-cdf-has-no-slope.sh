#!/usr/bin/env bash
# What: the derivative of multivariate_normal.cdf by finite differences.
# Version: SciPy 1.17.1, NumPy 2.4.6.
# Source of the guess: a distribution function is a smooth function of its
#   arguments; the documentation of cdf names an error tolerance of 1e-5 and a
#   generator "used internally for QMC integration". In one and two dimensions
#   the values repeat to the last digit.
# Guess: the gradient is right to a few digits: an error of 1e-5 hardly changes
#   over a step of 1e-8.
# Seen: from three dimensions on each call draws new points, and calls at one
#   point differ by about 1e-5. Divided by the step that is a gradient of
#   hundreds, of either sign, where each entry lies between 0 and 0.4. On the
#   negative logarithm of such a value, as in a probit model, L-BFGS-B
#   reports success far from the minimum. A generator with the same seed in
#   each call makes the function smooth, the gradient right and the minimum found.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install --quiet 'scipy==1.17.1' 'numpy==2.4.6'
"$work/env/bin/python" -W ignore - <<'PY'
import numpy as np
from scipy.optimize import approx_fprime, minimize
from scipy.stats import multivariate_normal, norm

np.random.seed(0)  # the generator of calls without one of their own
start = np.array([0.0, 0.1, 0.2])


def plain(x):
    size = len(x)
    return multivariate_normal.cdf(x, np.zeros(size), 0.5 * np.eye(size) + 0.5)


def seeded(x):
    size, rng = len(x), np.random.default_rng(0)
    return multivariate_normal.cdf(x, np.zeros(size), 0.5 * np.eye(size) + 0.5, rng=rng)


def slope(x, i):
    """Return the density of one coordinate times the probability of the others, given it."""
    given = multivariate_normal.cdf(np.delete(x, i), np.full(2, x[i] / 2), 0.5 * np.eye(2) + 0.25)
    return norm.pdf(x[i]) * given


def minimum(probability):
    """Minimize a negative log-likelihood with a quadratic penalty."""
    return minimize(
        lambda x: -np.log(probability(x)) + np.sum((x + 1) ** 2), start, method="L-BFGS-B"
    )


assert plain(start[:2]) == plain(start[:2])
values = [plain(start) for _ in range(10)]
print(f"ten values at one point spread over {np.ptp(values):.0e}")
assert 1e-7 < np.ptp(values) < 1e-4

exact = np.array([slope(start, i) for i in range(3)])
noisy, smooth = approx_fprime(start, plain), approx_fprime(start, seeded)
print(f"exact gradient {exact.round(4)}, with a seed {smooth.round(4)}")
print(f"without one {noisy.round(1)}")
assert np.allclose(smooth, exact, atol=1e-4) and abs(noisy).max() > 10

best = minimum(seeded)
found = [minimum(plain) for _ in range(5)]
distances = [float(np.linalg.norm(result.x - best.x)) for result in found]
print(f"with a seed: success={best.success} at {best.x.round(3)}")
print("without one:", [result.success for result in found], np.round(distances, 2), "away")
assert best.success and min(distances) > 0.1
assert any(result.success for result in found)
PY
