"""What the area under the ROC curve costs: a million scores with ties, against scikit-learn.

Both get the same scores. The aim is at most the same time, and areas that differ by at most 1e-12.
"""

import numpy as np
from _sides import median_seconds, repetitions, report
from sklearn.metrics import roc_auc_score

from calcguide.roc import roc_auc

N_SAMPLES, AIM, TOLERANCE = 1_000_000, 1.0, 1e-12


def compare(y_true: np.ndarray, y_score: np.ndarray, repeat: int) -> None:
    """Time both on one sample, print ratio and difference."""
    times = median_seconds(
        repeat,
        ours=lambda: roc_auc(y_true, y_score),
        theirs=lambda: roc_auc_score(y_true, y_score),
    )
    difference = abs(roc_auc(y_true, y_score) - roc_auc_score(y_true, y_score))
    print(f"{N_SAMPLES:,} scores, {len(np.unique(y_score)):,} of them distinct:")
    print(f"the areas differ by {difference:.0e} (aim: at most {TOLERANCE:.0e})")
    ratio = times["ours"] / times["theirs"]
    report("roc_auc / scikit-learn", ratio, AIM, correct=difference <= TOLERANCE)


def main() -> None:
    """Compare them on scores with many and with few ties."""
    repeat = repetitions(__doc__, 9)
    rng = np.random.default_rng(0)
    y_true = (rng.random(N_SAMPLES) < 0.3).astype(int)
    y_score = rng.normal(size=N_SAMPLES) + y_true
    for decimals in (2, 5):
        compare(y_true, y_score.round(decimals), repeat)


if __name__ == "__main__":
    main()
