#!/usr/bin/env bash
# What: alpha of GaussianProcessRegressor together with normalize_y=True.
# Version: scikit-learn 1.9.1, SciPy 1.17.1, NumPy 2.4.6.
# Source of the guess: the documentation: alpha "can also be interpreted as the
#   variance of additional Gaussian measurement noise on the training
#   observations", and the normalization "is reversed before the GP predictions
#   are reported".
# Guess: measurements with a variance of 1 ask for alpha=1, normalized or not.
# Seen: alpha is added after y was divided by its standard deviation, so that the
#   number means a share of the variance of y. For a wave of amplitude 100,
#   alpha=1 then stands for a noise with the deviation of the wave itself: the
#   error of the fit grows from 1 to 24, the reported deviation from 0.5 to 22.
#   alpha=1/np.var(y) gives the expected fit back.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install --quiet 'scikit-learn==1.9.1' 'scipy==1.17.1' 'numpy==2.4.6'
"$work/env/bin/python" - <<'PY'
import numpy as np
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF, ConstantKernel

documentation = " ".join(GaussianProcessRegressor.__doc__.split())
assert "additional Gaussian measurement noise on the training observations" in documentation

x = np.linspace(0, 10, 60)[:, np.newaxis]
wave = 100 * np.sin(x[:, 0])
y = wave + np.random.default_rng(0).normal(size=60)


def fit(alpha, normalize):
    """Return the largest error and the mean of the reported deviations."""
    amplitude = 2.0 if normalize else 2.0 * np.var(y)
    kernel = ConstantKernel(amplitude, "fixed") * RBF(1.5, "fixed")
    model = GaussianProcessRegressor(kernel, alpha=alpha, normalize_y=normalize).fit(x, y)
    mean, deviation = model.predict(x, return_std=True)
    error = np.abs(mean - wave).max()
    print(f"normalize_y={normalize}, alpha={alpha:.3g}: error {error:.2f},")
    print(f"  claimed deviation {deviation.mean():.2f}")
    return error, deviation.mean()


error, deviation = fit(1.0, normalize=False)
assert error < 2 and 0.3 < deviation < 1
rescaled = fit(1 / np.var(y), normalize=True)
np.testing.assert_allclose(rescaled, (error, deviation), rtol=0.05)
error, deviation = fit(1.0, normalize=True)
assert error > 20 and deviation > 20
PY
