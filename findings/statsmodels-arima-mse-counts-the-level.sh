#!/usr/bin/env bash
# What: mse, mae and sse of a fitted ARIMA model with differences.
# Version: statsmodels 0.15.0, SciPy 1.17.1, NumPy 2.4.6.
# Source of the guess: the documentation of the three, "Mean squared error",
#   "Mean absolute error" and "Sum of squared errors"; and the likelihood of the
#   same fit, which leaves out the first value (loglikelihood_burn is 1).
# Guess: for a random walk, ARIMA(0, 1, 0), mse is about the variance of a step,
#   and adding 1000 to the series changes nothing.
# Seen: a walk with steps of variance 0.93 that starts near 1000 has an mse of
#   5002. Before the first value the model knows no level, so that its first
#   "error" is that value itself, and its square counts like the others: one number
#   in 200 makes the sum. Parameters and aic are the same at any level; only
#   the figures by which one compares forecasts are not. With two differences the
#   second value spoils them too.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install --quiet 'statsmodels==0.15.0' 'scipy==1.17.1' 'numpy==2.4.6'
"$work/env/bin/python" -W ignore - <<'PY'
import numpy as np
from statsmodels.tsa.arima.model import ARIMA

LEVEL = 1000.0
walk = np.cumsum(np.random.default_rng(0).normal(size=200))

for order in ((0, 1, 0), (1, 1, 1), (0, 2, 1)):
    low = ARIMA(walk, order=order).fit()
    high = ARIMA(LEVEL + walk, order=order).fit()
    known = slice(order[1], None)
    without_start = np.mean(high.resid[known] ** 2)
    print(f"{order}: aic {low.aic:.2f} and {high.aic:.2f}, mse {low.mse:.2f} and {high.mse:.0f},")
    print(f"  mae {low.mae:.2f} and {high.mae:.2f}; mse without the start {without_start:.2f}")
    assert np.isclose(low.aic, high.aic, atol=1e-2)
    assert low.loglikelihood_burn == high.loglikelihood_burn == order[1]
    assert 0.9 < low.mse < 1 and 0.9 < without_start < 1
    assert high.mse > LEVEL**2 / len(walk) and high.mae > LEVEL / len(walk)
    assert abs(high.resid[0] - (LEVEL + walk[0])) < 0.01
PY
