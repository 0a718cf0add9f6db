#!/usr/bin/env bash
# What: fit_regularized of statsmodels: the constant, and the meaning of alpha.
# Version: statsmodels 0.15.0, SciPy 1.17.1, NumPy 2.4.6.
# Source of the guess: the docstring of OLS.fit_regularized: "The implementation
#   closely follows the glmnet package in R", which leaves the intercept alone,
#   as scikit-learn does; and two classes for one model, Logit and GLM with a
#   binomial family, whose unpenalized fits agree to all digits.
# Guess: the constant is not penalized, and one alpha gives one fit of the
#   logistic regression.
# Seen: the constant added by add_constant is a coefficient like any other:
#   alpha=1 halves it, and with it the mean of the predictions. And alpha is
#   weighed against the mean log-likelihood in GLM, against the sum in Logit, so
#   that on n rows one number counts n times as much in GLM. The alpha that
#   leaves Logit a coefficient of 0.4 empties the GLM.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install --quiet 'statsmodels==0.15.0' 'scipy==1.17.1' 'numpy==2.4.6'
"$work/env/bin/python" -W ignore - <<'PY'
import numpy as np
import statsmodels.api as sm

assert "glmnet" in sm.OLS.fit_regularized.__doc__
rng = np.random.default_rng(0)
rows = 60
x = rng.normal(size=rows)
x -= x.mean()
design = sm.add_constant(x)
y = 10 + x + 0.1 * rng.normal(size=rows)

ridge = sm.OLS(y, design).fit_regularized(alpha=1.0, L1_wt=0.0)
print(f"mean of y {y.mean():.3f}, constant of the ridge fit {ridge.params[0]:.3f}")
print(f"mean of its predictions {ridge.predict(design).mean():.3f}")
assert np.isclose(ridge.params[0], y.mean() / 2)
assert np.isclose(ridge.predict(design).mean(), y.mean() / 2)

hit = (x + rng.logistic(size=rows) > 0).astype(float)
logit = sm.Logit(hit, design)
glm = sm.GLM(hit, design, family=sm.families.Binomial())
assert np.allclose(logit.fit(disp=0).params, glm.fit().params, atol=1e-6)

alpha = 3.0
by_logit = logit.fit_regularized(alpha=alpha, disp=0).params
by_glm = glm.fit_regularized(alpha=alpha, L1_wt=1.0).params
rescaled = glm.fit_regularized(alpha=alpha / rows, L1_wt=1.0).params
print(f"alpha={alpha}: Logit {by_logit.round(3)}, GLM {by_glm.round(3)}")
print(f"alpha={alpha}/{rows}: GLM {rescaled.round(3)}")
assert by_logit[1] > 0.3 and not by_glm.any()
assert np.allclose(by_logit, rescaled, atol=1e-3)
PY
