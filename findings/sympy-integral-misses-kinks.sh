#!/usr/bin/env bash
# What: definite integrals in SymPy of functions with many kinks or jumps.
# Version: SymPy 1.14.0, mpmath 1.3.0.
# Source of the guess: integrate gives an exact number, or an unevaluated Integral
#   where it knows none; and abs(sin(x)) from 0 to 2*pi, which is 4 as it should be.
# Guess: over three half-waves of abs(sin(x)) the integral is 6.
# Seen: it is 2, and from 2*pi to 3*pi it is -2, for a function that is never
#   negative. Only the kinks in the first period are found, whatever the range.
#   So are those of Max(0, sin(x)), sign(sin(x)) and abs(sin(x) - 1/2); and of
#   abs(sin(2*x)), for which half of 0 to 2*pi counts. The number is exact, real
#   and wrong, without a sign of doubt. Quadrature in pieces gives the right one.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install --quiet 'sympy==1.14.0' 'mpmath==1.3.0'
"$work/env/bin/python" - <<'PY'
import mpmath
from sympy import Abs, Max, Rational, integrate, lambdify, pi, sign, sin, symbols

PIECES = 24  # of each half-wave of sin(2*x)
x = symbols("x", real=True)


def numerically(function, lower, upper):
    """Integrate piece by piece."""
    count = PIECES * int((upper - lower) / (pi / 2))
    points = mpmath.linspace(lower.evalf() if lower else 0, upper.evalf(), count + 1)
    return float(mpmath.quad(lambdify(x, function, "mpmath"), points))


CASES = (
    (Abs(sin(x)), 0 * pi, 2 * pi, 4, 4),
    (Abs(sin(x)), 0 * pi, 3 * pi, 2, 6),
    (Abs(sin(x)), 2 * pi, 3 * pi, -2, 2),
    (Abs(sin(2 * x)), 0 * pi, 2 * pi, 2, 4),
    (Max(0, sin(x)), 0 * pi, 4 * pi, 2, 4),
    (sign(sin(x)), 0 * pi, 3 * pi, 0, pi),
    (x * Abs(sin(x)), 0 * pi, 3 * pi, -pi, 9 * pi),
)
for function, lower, upper, seen, expected in CASES:
    result = integrate(function, (x, lower, upper))
    check = numerically(function, lower, upper)
    print(f"{function} from {lower} to {upper}: {result}, numerically {check:.4f}")
    assert result == seen
    assert abs(check - float(expected)) < 0.01
result = integrate(Abs(sin(x) - Rational(1, 2)), (x, 0, 4 * pi))
check = numerically(Abs(sin(x) - Rational(1, 2)), 0 * pi, 4 * pi)
print(f"Abs(sin(x) - 1/2) from 0 to 4*pi: {result.evalf(5)}, numerically {check:.4f}")
assert check - float(result) > 1
PY
