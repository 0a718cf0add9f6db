#!/usr/bin/env bash
# What: scipy.optimize.minimize on an objective that is NaN wherever it is asked.
# Version: SciPy 1.17.1, NumPy 2.4.6.
# Source of the guess: OptimizeResult, whose success says "whether or not the
#   optimizer exited successfully", and the COBYLA options, which do not mention
#   NaN.
# Guess: no method reports success, and fun is NaN.
# Seen: COBYLA reports success and a finite minimum, 1e30: it puts that number
#   in the place of NaN, finds the function flat and shrinks its trust region
#   to nothing. A check of success, or of np.isfinite(result.fun), passes. Seven
#   other methods, COBYQA among them, report failure with NaN.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install --quiet 'scipy==1.17.1' 'numpy==2.4.6'
"$work/env/bin/python" -W ignore - <<'PY'
import numpy as np
from scipy.optimize import minimize


def log_likelihood(x):
    """Be undefined to the left of 100, where every method starts and stays."""
    return float(np.log(x[0] - 100.0) ** 2 + x[1] ** 2)


for method in ("COBYLA", "COBYQA", "Nelder-Mead", "Powell", "BFGS", "CG", "L-BFGS-B", "TNC"):
    result = minimize(log_likelihood, [1.0, 2.0], method=method, options={"maxiter": 200})
    print(f"{method}: success={bool(result.success)}, fun={result.fun:.3g}")
    if method == "COBYLA":
        assert result.success and result.fun == 1e30
        assert np.isnan(log_likelihood(result.x))
    else:
        assert not result.success and np.isnan(result.fun)
PY
