#!/usr/bin/env bash
# What: metrics of Keras for a model with a single output.
# Version: Keras 3.15.1 on jax 0.10.2, NumPy 2.4.6.
# Source of the guess: their names and formulas; BinaryAccuracy, R2Score and
#   CosineSimilarity, which take an output of shape (n, 1) as it is.
# Guess: F1Score() of a sigmoid output uses a threshold of 0.5; it is 1 for a
#   perfect classifier and 0 for one that is always wrong. The correlation of
#   two equal columns is 1.
# Seen: F1Score() and FBetaScore() are 0.419 for both, and for a model that never
#   says yes. Without a threshold the largest output of a row counts as a yes, as
#   is documented; in a single column that is every output, so that the number
#   depends on the labels alone. PearsonCorrelation() is NaN and
#   ConcordanceCorrelation() 0 for equal columns, because they correlate along
#   the last axis, the one number of each row. threshold=0.5 and axis=0 give the
#   expected values.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install --quiet 'keras==3.15.1' 'jax==0.10.2' 'numpy==2.4.6'
KERAS_BACKEND=jax JAX_PLATFORMS=cpu "$work/env/bin/python" -W ignore - <<'PY'
import numpy as np
from keras import metrics


def score(metric, truth, prediction):
    metric.update_state(truth, prediction)
    return np.asarray(metric.result()).item()


rng = np.random.default_rng(0)
labels = (rng.random((200, 1)) < 0.3).astype("float32")
share = labels.mean()
always_yes = 2 * share / (1 + share)
models = {"perfect": labels, "always wrong": 1 - labels, "never yes": 0 * labels}
for name, output in models.items():
    probability = 0.1 + 0.8 * output
    expected = 1.0 if name == "perfect" else 0.0
    plain = score(metrics.F1Score(), labels, probability)
    beta = score(metrics.FBetaScore(beta=1.0), labels, probability)
    threshold = score(metrics.F1Score(threshold=0.5), labels, probability)
    print(f"{name}: F1Score {plain:.3f}, FBetaScore {beta:.3f}, with a threshold {threshold:.0f}")
    assert np.isclose(plain, always_yes) and np.isclose(beta, always_yes)
    assert np.isclose(threshold, expected)

column = rng.normal(size=(100, 1)).astype("float32")
for metric in (metrics.PearsonCorrelation, metrics.ConcordanceCorrelation):
    by_rows = score(metric(), column, column)
    by_column = score(metric(axis=0), column, column)
    print(f"{metric.__name__} of equal columns: {by_rows}, with axis=0 {by_column:.3f}")
    assert np.isnan(by_rows) if metric is metrics.PearsonCorrelation else by_rows == 0
    assert np.isclose(by_column, 1)
assert np.isclose(score(metrics.R2Score(), column, column), 1)
assert np.isclose(score(metrics.CosineSimilarity(), column, column), 1)
PY
