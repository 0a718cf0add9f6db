#!/usr/bin/env bash
# What: LinearRegression of scikit-learn on a polynomial that fits exactly.
# Version: scikit-learn 1.9.1, SciPy 1.17.1, NumPy 2.4.6.
# Source of the guess: the class description, "Ordinary least squares Linear
#   Regression", from the point of view of implementation "just plain Ordinary
#   Least Squares (scipy.linalg.lstsq)". scipy.linalg.lstsq, left to its
#   defaults, drops directions below machine precision.
# Guess: data that are a polynomial of degree 5 on [-9, -3] are reproduced to
#   about 1e-13, as by scipy.linalg.lstsq and np.polyfit.
# Seen: the error is 1e-4 of the range, a billion times larger. The parameter
#   tol=1e-6, an accuracy by name, is passed on as the cutoff for singular values,
#   and one of the five directions is dropped in silence: rank_ says 4. The score
#   is 0.99999997. tol=1e-15 gives the expected fit. That tol means `cond` for
#   dense data stands in the parameter's own entry, not where the class is
#   said to be plain least squares.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install --quiet 'scikit-learn==1.9.1' 'scipy==1.17.1' 'numpy==2.4.6'
"$work/env/bin/python" -W error - <<'PY'
import numpy as np
from scipy.linalg import lstsq
from sklearn.linear_model import LinearRegression

DEGREE = 5
x = np.linspace(-9.0, -3.0, 82)
y = np.polynomial.Polynomial([(-0.1) ** power for power in range(DEGREE + 1)])(x)
powers = np.vander(x, DEGREE + 1)[:, :-1]


def error(prediction):
    return np.abs(prediction - y).max() / np.ptp(y)


default = LinearRegression().fit(powers, y)
strict = LinearRegression(tol=1e-15).fit(powers, y)
design = np.column_stack([powers, np.ones_like(x)])
direct = design @ lstsq(design, y)[0]
errors = {
    "LinearRegression()": error(default.predict(powers)),
    "LinearRegression(tol=1e-15)": error(strict.predict(powers)),
    "scipy.linalg.lstsq": error(direct),
    "numpy.polyfit": error(np.polyval(np.polyfit(x, y, DEGREE), x)),
}
for name, value in errors.items():
    print(f"{name}: largest error over range {value:.1e}")
print(f"rank {default.rank_} of {DEGREE}, score {default.score(powers, y):.9f}")
assert errors.pop("LinearRegression()") > 1e-5
assert max(errors.values()) < 1e-11
assert default.rank_ == DEGREE - 1 and strict.rank_ == DEGREE
PY
