#!/usr/bin/env bash
# What: the complex-step derivative of statistics that are plain algebra.
# Version: SciPy 1.17.1, NumPy 2.4.6.
# Source of the guess: scipy.stats.linregress and zscore, whose documentation
#   gives formulas in sums, products and roots and does not mention complex
#   numbers. Functions that cannot differentiate this way say so: pearsonr raises
#   for complex data.
# Guess: the slope of the line is linear in y, so the complex step is exact; a
#   function that can't do it raises, or gives 0 as a sign.
# Seen: linregress accepts complex y and returns the derivative with the wrong
#   sign and the right size, since np.cov conjugates its second argument.
#   zscore and np.corrcoef return other wrong numbers of the right order of
#   magnitude: their mean is differentiated, but their variance is made of
#   absolute values. A check of "not zero, right size" passes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install --quiet 'scipy==1.17.1' 'numpy==2.4.6'
"$work/env/bin/python" -W error - <<'PY'
import numpy as np
from scipy import stats

x = np.array([1.0, 2.0, 4.0])
y = np.array([1.0, 3.0, 2.5])


def complex_step(function, h=1e-20):
    moved = y.astype(complex)
    moved[0] += 1j * h
    return complex(function(moved)).imag / h


def differences(function, h=1e-6):
    nudge = np.array([h, 0.0, 0.0])
    return float(function(y + nudge) - function(y - nudge)) / (2 * h)


def slope(values):
    return stats.linregress(x, values).slope


exact = (x[0] - x.mean()) / np.sum((x - x.mean()) ** 2)
found = complex_step(slope)
print(f"linregress: d slope / d y[0] = {exact:.6f}, complex step {found:.6f}")
assert np.isclose(differences(slope), exact)
assert np.isclose(found, -exact)

for name, function in (
    ("zscore", lambda values: stats.zscore(values)[0]),
    ("corrcoef", lambda values: np.corrcoef(values, x)[0, 1]),
):
    expected, found = differences(function), complex_step(function)
    print(f"{name}: derivative {expected:.6f}, complex step {found:.6f}")
    assert found != 0 and abs(found) < 20 * abs(expected)
    assert abs(found - expected) > abs(expected)

try:
    stats.pearsonr(y.astype(complex), x)
except ValueError as error:
    print("pearsonr:", error)
else:
    raise AssertionError("pearsonr now accepts complex data")
PY
