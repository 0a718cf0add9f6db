"""Write the data sets of calcguide, from the copies that scikit-learn brings along.

Run ``python tools/make_data.py`` from the checkout. The files are the same at every run: the
shortest decimal number that reads back as the same double, and line ends of one kind.
"""

import csv
from pathlib import Path

import numpy as np
from sklearn.datasets import load_breast_cancer, load_diabetes
from sklearn.utils import Bunch

DATA = Path(__file__).resolve().parent.parent / "calcguide" / "data"


def main() -> None:
    """Write both files."""
    write("diabetes.csv", load_diabetes(scaled=False), "progression")
    write("breast_cancer.csv", load_breast_cancer(), "diagnosis")


def write(name: str, source: Bunch, target_name: str) -> None:
    """Write the features and the target, with their names in the first row."""
    with (DATA / name).open("w", encoding="ascii", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow([*source.feature_names, target_name])
        for features, target in zip(source.data, source.target, strict=True):
            rows.writerow([text(number) for number in (*features, target)])


def text(number: float) -> str:
    """Return the shortest decimal number that reads back as the same double."""
    return np.format_float_positional(number, trim="-")


if __name__ == "__main__":
    main()
