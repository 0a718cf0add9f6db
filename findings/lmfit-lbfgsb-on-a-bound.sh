#!/usr/bin/env bash
# What: lmfit.minimize(method='lbfgsb') from a start on a bound.
# Version: lmfit 1.3.4, SciPy 1.17.1, NumPy 2.4.6.
# Source of the guess: the name of the method: L-BFGS-B is SciPy's optimizer for
#   bounds, built to leave a bound as soon as the gradient points inwards.
# Guess: min and max of the parameters become the bounds of L-BFGS-B, so that a
#   start on a bound is as good as any.
# Seen: lmfit gives L-BFGS-B no bounds, but a problem in transformed variables
#   (a sine for two bounds), whose derivative is 0 on a bound. The gradient
#   vanishes with it, and the fit "converges" at the start, success=True, after
#   one iteration. SciPy's L-BFGS-B finds the minimum from the same start, as
#   do other methods of lmfit, and lbfgsb itself from one a hair inside.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install --quiet 'lmfit==1.3.4' 'scipy==1.17.1' 'numpy==2.4.6'
"$work/env/bin/python" - <<'PY'
import lmfit
import numpy as np
from scipy import optimize

TRUTH = np.array([3.0, 0.5])
t = np.linspace(0.0, 5.0, 30)
y = TRUTH[0] * np.exp(-TRUTH[1] * t)


def residual(amplitude, rate):
    return amplitude * np.exp(-rate * t) - y


def fit(method, amplitude):
    parameters = lmfit.Parameters()
    parameters.add("amplitude", amplitude, min=0.0, max=10.0)
    parameters.add("rate", 0.3, min=0.0, max=10.0)
    result = lmfit.minimize(
        lambda p: residual(p["amplitude"], p["rate"]), parameters, method=method
    )
    values = np.array([result.params[name].value for name in ("amplitude", "rate")])
    print(f"lmfit {method} from amplitude {amplitude}: success={result.success}, {values.round(3)}")
    return result.success, values


success, stuck = fit("lbfgsb", 0.0)
assert success and np.allclose(stuck, [0.0, 0.3])
for method, start in (("lbfgsb", 0.001), ("leastsq", 0.0), ("nelder", 0.0)):
    success, found = fit(method, start)
    assert success and np.allclose(found, TRUTH, atol=0.01)

direct = optimize.minimize(
    lambda p: np.sum(residual(*p) ** 2), [0.0, 0.3], method="L-BFGS-B", bounds=[(0, 10), (0, 10)]
)
print(f"SciPy L-BFGS-B from amplitude 0.0: success={direct.success}, {direct.x.round(3)}")
assert np.allclose(direct.x, TRUTH, atol=0.01)
PY
