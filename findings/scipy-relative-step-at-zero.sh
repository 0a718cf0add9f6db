#!/usr/bin/env bash
# What: the option finite_diff_rel_step of scipy.optimize.minimize near x = 0.
# Version: SciPy 1.17.1, NumPy 2.4.6.
# Source of the guess: show_options('minimize', ...): with jac='2-point' the
#   step is h = rel_step * sign(x) * max(1, abs(x)). The option exists for
#   functions that are too noisy or too coarse for the default step.
# Guess: with finite_diff_rel_step=0.01, a coordinate at 0 is probed at 0.01.
# Seen: a step given by the user is multiplied by abs(x), not by max(1, abs(x)).
#   At 0.001 it is 1e-5; at 0 the product vanishes and the default of 1.5e-8 is
#   taken, so that the option does nothing at the commonest start of all. On an
#   objective known to four decimals every gradient is then 0, and five methods
#   report success at the start; from (2, 2), or with the absolute option eps,
#   they come to the minimum. least_squares(diff_step=0.01) does the same.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install --quiet 'scipy==1.17.1' 'numpy==2.4.6'
"$work/env/bin/python" - <<'PY'
import numpy as np
from scipy.optimize import least_squares, minimize, show_options

STEP = 0.01
probes = []


def coarse(x):
    """Return a parabola with its minimum at (1, 1), to four decimals."""
    probes.append(np.array(x))
    return round(float(np.sum((np.asarray(x) - 1) ** 2)), 4)


def run(start, method, jac, **options):
    """Return the result and the first step of the differences."""
    probes.clear()
    result = minimize(coarse, [start, start], method=method, jac=jac, options=options)
    return result, float(np.abs(probes[1] - probes[0]).max())


for method in ("BFGS", "CG", "L-BFGS-B", "SLSQP", "TNC"):
    text = show_options("minimize", method, disp=False)
    assert "max(1, abs(x))" in text, "the documented formula has changed"
    zero, step = run(0.0, method, "2-point", finite_diff_rel_step=STEP)
    _, near_step = run(0.001, method, "2-point", finite_diff_rel_step=STEP)
    far, far_step = run(2.0, method, "2-point", finite_diff_rel_step=STEP)
    absolute, eps_step = run(0.0, method, None, eps=STEP)
    print(f"{method}: step {step:.1e} at 0, {near_step:.1e} at 0.001, {far_step:.1e} at 2")
    print(f"  from 0, relative step: success={zero.success} at {zero.x}")
    print(f"  from 2, relative step: {np.round(far.x, 2)}; from 0, eps: {np.round(absolute.x, 2)}")
    assert np.isclose(step, np.sqrt(np.finfo(float).eps), rtol=1e-3)
    assert np.isclose(near_step, 1e-5, rtol=1e-6)
    assert np.isclose(far_step, 0.02) and np.allclose(far.x, 1, atol=0.02)
    assert zero.success and not zero.x.any()
    assert np.isclose(eps_step, STEP) and np.allclose(absolute.x, 1, atol=0.02)

fit = least_squares(lambda x: np.round(x - 1, 3), [0.0, 0.0], diff_step=STEP)
print("least_squares(diff_step):", f"success={fit.success} at {fit.x}")
assert fit.success and not fit.x.any()
PY
