"""Logistic regression: calcguide's Newton method against scikit-learn's L-BFGS.

Both fit 100 000 samples of 50 features with the same L2 penalty, to a gradient of 1e-6, alternately,
on two kinds of data: features that are independent, which L-BFGS likes best, and features that are
correlated. Printed is the ratio of the median times for each; the aim is at most 1, at a loss that
is no higher.
"""

import argparse
import statistics
import time

import numpy as np
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


def main() -> None:
    """Time both on both kinds of data, print losses and ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeat", type=int, default=7, help="number of runs of each")
    repeat = parser.parse_args().repeat
    for kind in ("independent", "correlated"):
        X, y = data(kind)
        peer = LogisticRegression(C=1 / (ALPHA * len(y)), tol=TOLERANCE, max_iter=10_000)
        ours, theirs = [], []
        for _ in range(repeat):
            start = time.perf_counter()
            model = logistic_regression(X, y, ALPHA, gtol=TOLERANCE)
            ours.append(time.perf_counter() - start)
            start = time.perf_counter()
            peer.fit(X, y)
            theirs.append(time.perf_counter() - start)
        loss, their_loss = (
            cross_entropy(X @ w + b, y) + 0.5 * ALPHA * w @ w
            for w, b in ((model.coef, model.intercept), (peer.coef_[0], peer.intercept_[0]))
        )
        ratio = statistics.median(ours) / statistics.median(theirs)
        verdict = "reached" if ratio <= AIM and loss <= their_loss else "missed"
        print(f"{kind} features: loss {loss:.15f}, scikit-learn {their_loss:.15f}")
        print(f"logistic_regression / scikit-learn: {ratio:.2f} (aim: at most {AIM}, {verdict})")


if __name__ == "__main__":
    main()
