#!/usr/bin/env bash
# What: scipy.optimize.minimize from a start stored in single precision.
# Version: SciPy 1.17.1, NumPy 2.4.6.
# Source of the guess: the documentation of minimize, which asks for an array x0
#   and says nothing of its dtype, and says of jac that None and '2-point' are
#   both two-point differences.
# Guess: the start is converted to float64, or the result is good to a few
#   digits; in any case jac=None does as well as jac='2-point'.
# Seen: BFGS and CG report success after no iteration, at the start; L-BFGS-B
#   reports success halfway. The dtype of x0 becomes the dtype of the
#   arithmetic, and the absolute step of jac=None, 1.5e-8, is lost in float32.
#   jac='2-point' takes a step that fits the dtype and gets near the minimum;
#   the same start in float64 reaches it.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install --quiet 'scipy==1.17.1' 'numpy==2.4.6'
"$work/env/bin/python" - <<'PY'
import numpy as np
from scipy.optimize import minimize, rosen

start = np.array([-1.2, 1.0])
single = start.astype(np.float32)

for method in ("BFGS", "CG", "L-BFGS-B"):
    double = minimize(rosen, start, method=method)
    plain = minimize(rosen, single, method=method)
    scaled = minimize(rosen, single, method=method, jac="2-point")
    print(method)
    for name, result in (
        ("float64, jac=None     ", double),
        ("float32, jac=None     ", plain),
        ("float32, jac='2-point'", scaled),
    ):
        print(f"  {name} success={result.success} nit={result.nit} fun={result.fun:.2e}")
    assert double.fun < 1e-8
    assert plain.success and plain.fun > 1
    assert scaled.fun < 0.01
    if method != "L-BFGS-B":
        assert plain.nit == 0 and np.array_equal(plain.x, single)
PY
