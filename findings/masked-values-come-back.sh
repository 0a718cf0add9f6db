#!/usr/bin/env bash
# What: data with masked values (np.ma) in fits and tests of SciPy and others.
# Version: SciPy 1.17.1, NumPy 2.4.6, scikit-learn 1.9.1, statsmodels 0.15.0.
# Source of the guess: scipy.stats, whose linregress and ttest_1samp are documented
#   to ignore masked elements and do; and NumPy, where the mean, the variance
#   and every residual of a masked array keep the mask.
# Guess: a straight line with one masked -999 is fitted as a straight line, and
#   what can't take a mask says so.
# Seen: curve_fit, np.polyfit, LinearRegression and OLS fit the -999, a slope of
#   29.6 in the place of 1, without a word; np.cov and spearmanr use it too, next
#   to np.var and linregress, which don't. least_squares has a third
#   answer for residuals with a mask, though minimize finds the line from their
#   sum of squares.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install --quiet 'scipy==1.17.1' 'numpy==2.4.6' 'scikit-learn==1.9.1' \
    'statsmodels==0.15.0'
"$work/env/bin/python" - <<'PY'
import numpy as np
import statsmodels.api as sm
from scipy import stats
from scipy.optimize import curve_fit, least_squares, minimize
from sklearn.linear_model import LinearRegression

x = np.arange(6.0)
y = np.ma.masked_equal([0.0, 1.0, -999.0, 3.0, 4.0, 5.0], -999.0)


def residuals(line):
    return line[0] + line[1] * x - y


kept = {
    "linregress": stats.linregress(x, y).slope,
    "np.ma.polyfit": np.ma.polyfit(x, y, 1)[0],
    "minimize": minimize(lambda line: np.sum(residuals(line) ** 2), [0.0, 0.0]).x[1],
}
dropped = {
    "curve_fit": curve_fit(lambda x, a, b: a + b * x, x, y)[0][1],
    "np.polyfit": np.polyfit(x, y, 1)[0],
    "LinearRegression": LinearRegression().fit(x[:, np.newaxis], y).coef_[0],
    "OLS": sm.OLS(y, sm.add_constant(x)).fit().params[1],
}
other = least_squares(residuals, [0.0, 0.0])
for name, slope in (kept | dropped).items():
    print(f"{name}: slope {slope:.3f}")
print(f"least_squares: slope {other.x[1]:.3f}, success={other.success}")
assert np.allclose(list(kept.values()), 1, atol=1e-4)
assert np.allclose(list(dropped.values()), 29.6, atol=1e-4)
assert other.success and abs(other.x[1] - 1) > 0.1 and abs(other.x[1] - 29.6) > 0.1

rank = stats.spearmanr(x, y).statistic
print(f"spearmanr {rank:.3f}; np.var {np.var(y):.3g}, np.cov {float(np.cov(y)):.3g}")
assert np.isclose(rank, 29 / 35) and np.var(y) < 4 and np.cov(y) > 1e5
PY
