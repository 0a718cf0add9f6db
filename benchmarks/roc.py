"""What the area under the ROC curve costs: a million scores with ties, against scikit-learn.

Both get the same scores, alternately in one run. Printed is the ratio of the medians, with the
difference of the areas; the aims are at most 1 and at most 1e-12.
"""

import argparse
import statistics
import time
from collections.abc import Callable

import numpy as np
from sklearn.metrics import roc_auc_score

from calcguide.roc import roc_auc

N_SAMPLES, AIM, TOLERANCE = 1_000_000, 1.0, 1e-12


def seconds(auc: Callable[..., float], *sample: np.ndarray) -> float:
    """Return how long one call takes."""
    start = time.perf_counter()
    auc(*sample)
    return time.perf_counter() - start


def main() -> None:
    """Time both on scores with few and with many ties, print the ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeat", type=int, default=9, help="number of runs of each (default 9)")
    repeat = parser.parse_args().repeat
    rng = np.random.default_rng(0)
    y_true = (rng.random(N_SAMPLES) < 0.3).astype(int)
    y_score = rng.normal(size=N_SAMPLES) + y_true
    for decimals in [2, 5]:
        sample = y_true, y_score.round(decimals)
        ours, theirs = [], []
        for _ in range(repeat):
            ours.append(seconds(roc_auc, *sample))
            theirs.append(seconds(roc_auc_score, *sample))
        ratio = statistics.median(ours) / statistics.median(theirs)
        difference = abs(roc_auc(*sample) - roc_auc_score(*sample))
        reached = ratio <= AIM and difference <= TOLERANCE
        print(
            f"{N_SAMPLES:,} scores, {len(np.unique(sample[1])):,} of them distinct: "
            f"roc_auc / scikit-learn: {ratio:.2f}, areas differ by {difference:.0e} "
            f"(aim: at most {AIM:g} and {TOLERANCE:.0e}, {'reached' if reached else 'missed'})"
        )


if __name__ == "__main__":
    main()
