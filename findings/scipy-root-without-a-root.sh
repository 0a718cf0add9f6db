#!/usr/bin/env bash
# What: scipy.optimize.root with method='lm' on equations that have no solution.
# Version: SciPy 1.17.1, NumPy 2.4.6.
# Source of the guess: "Find a root of a vector function", and the success of
#   its result, "indicating if the algorithm exited successfully"; only the page
#   of options for 'lm' is headed "Solve for least squares".
# Guess: without a root there is no success, whatever the method.
# Seen: 'lm' reports success at the least-squares compromise: for x**2 + 1 at
#   x = 0, where the residual is 1, and for two contradicting equations with
#   residuals of 1 and -1. Its message speaks of reductions in the sum of squares.
#   The default 'hybr' and four other methods report failure; so switching to
#   'lm' because 'hybr' failed makes the failure disappear. Look at the residual.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install --quiet 'scipy==1.17.1' 'numpy==2.4.6'
"$work/env/bin/python" -W ignore - <<'PY'
import numpy as np
from scipy.optimize import root


def above_zero(x):
    """Be at least 1 everywhere."""
    return x**2 + 1


def contradiction(x):
    """Ask for a sum of 1 and for a sum of 3."""
    return np.array([x[0] + x[1] - 1, x[0] + x[1] - 3])


for equations, start in ((above_zero, [1.0]), (contradiction, [0.0, 0.0])):
    print(equations.__doc__)
    result = root(equations, start, method="lm")
    print(f"  lm: success={result.success}, residuals {result.fun.round(3)}")
    assert result.success and np.allclose(abs(result.fun), 1, atol=1e-6)
    result = root(equations, start)
    print(f"  hybr: success={result.success}, residuals {result.fun.round(3)}")
    assert not result.success

for method in ("broyden1", "anderson", "krylov", "df-sane"):
    result = root(above_zero, [1.0], method=method, options={"maxiter": 200})
    print(f"{method}: success={result.success}")
    assert not result.success
PY
