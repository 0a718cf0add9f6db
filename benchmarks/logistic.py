"""Logistic regression: calcguide's Newton method against scikit-learn's L-BFGS.

Both fit 100 000 samples of 50 features with the same L2 penalty, to a gradient of 1e-6, on two kinds
of data: features that are independent, which L-BFGS likes best, and features that are correlated.
The aim is at most the same time, at a loss that is no higher.
"""

import numpy as np
from _sides import median_seconds, repetitions, report
from sklearn.linear_model import LogisticRegression

from calcguide.linear_models import logistic_regression
from calcguide.losses import cross_entropy

N_SAMPLES, N_FEATURES, ALPHA, TOLERANCE, AIM = 100_000, 50, 1e-4, 1e-6, 1.0


def data(kind: str) -> tuple[np.ndarray, np.ndarray]:
    """Return features and classes drawn from a logistic model."""
    rng = np.random.default_rng(0)
    X = rng.standard_normal((N_SAMPLES, N_FEATURES))
    if kind == "correlated":
        X = X @ rng.standard_normal((N_FEATURES, N_FEATURES)) / np.sqrt(N_FEATURES)
    coef = 2 * rng.standard_normal(N_FEATURES) / np.sqrt(N_FEATURES)
    probability = 1 / (1 + np.exp(-(X @ coef + 0.3)))
    return X, (rng.random(N_SAMPLES) < probability).astype(float)


def compare(kind: str, repeat: int) -> None:
    """Time both on one kind of data, print losses and ratio."""
    X, y = data(kind)
    peer = LogisticRegression(C=1 / (ALPHA * len(y)), tol=TOLERANCE, max_iter=10_000)
    times = median_seconds(
        repeat,
        ours=lambda: logistic_regression(X, y, ALPHA, gtol=TOLERANCE),
        theirs=lambda: peer.fit(X, y),
    )
    model = logistic_regression(X, y, ALPHA, gtol=TOLERANCE)
    loss, their_loss = (
        cross_entropy(X @ w + b, y) + 0.5 * ALPHA * w @ w
        for w, b in ((model.coef, model.intercept), (peer.coef_[0], peer.intercept_[0]))
    )
    print(f"{kind} features: loss {loss:.15f}, scikit-learn {their_loss:.15f}")
    ratio = times["ours"] / times["theirs"]
    report("logistic_regression / scikit-learn", ratio, AIM, correct=loss <= their_loss)


def main() -> None:
    """Compare them on both kinds of data."""
    repeat = repetitions(__doc__, 7)
    for kind in ("independent", "correlated"):
        compare(kind, repeat)


if __name__ == "__main__":
    main()
