#!/usr/bin/env bash
# What: the complex-step derivative f'(x) = imag f(x + ih) / h of special
#   functions that accept complex arguments.
# Version: SciPy 1.17.1, NumPy 2.4.6.
# Source of the guess: the docstrings of jv ("real order and complex argument")
#   and expi (continued analytically to the complex plane), and the usual advice
#   on the complex step: no difference is formed, so h = 1e-20 is as good as any.
# Guess: for these analytic functions the step 1e-20 gives the derivative to
#   full precision.
# Seen: jv, yv and expi give 0, the wrong sign or a value thousands of times too
#   large, without a warning; their modified relatives iv and kv, and exp1, give
#   all digits. The imaginary part of the former is accurate relative to the
#   whole value only, so that it drowns once h is below 1e-16: h = 1e-8 serves.
#   spherical_jn shares the fault.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install --quiet 'scipy==1.17.1' 'numpy==2.4.6'
"$work/env/bin/python" - <<'PY'
import numpy as np
from scipy import special

X = 0.7
functions = {
    "jv(1, x)": (lambda z: special.jv(1, z), special.jvp(1, X), False),
    "jv(2, x)": (lambda z: special.jv(2, z), special.jvp(2, X), False),
    "jv(0.5, x)": (lambda z: special.jv(0.5, z), special.jvp(0.5, X), False),
    "yv(1, x)": (lambda z: special.yv(1, z), special.yvp(1, X), False),
    "expi(x)": (special.expi, np.exp(X) / X, False),
    "spherical_jn(2, x)": (
        lambda z: special.spherical_jn(2, z),
        special.spherical_jn(2, X, derivative=True),
        False,
    ),
    "iv(1, x)": (lambda z: special.iv(1, z), special.ivp(1, X), True),
    "kv(1, x)": (lambda z: special.kv(1, z), special.kvp(1, X), True),
    "exp1(x)": (special.exp1, -np.exp(-X) / X, True),
}
for name, (function, slope, exact) in functions.items():
    tiny, moderate = (
        complex(function(np.complex128(complex(X, h)))).imag / h for h in (1e-20, 1e-8)
    )
    print(f"{name}: derivative {slope:.6f}, h=1e-20 gives {tiny:.6g}, h=1e-8 {moderate:.6f}")
    assert np.isclose(moderate, slope, rtol=1e-6)
    assert np.isclose(tiny, slope, rtol=1e-12) == exact
    if not exact:
        assert abs(tiny - slope) > 0.5 * abs(slope)
PY
