"""Write the data sets of calcguide, from the copies that scikit-learn and vega_datasets bring along.

Run ``pip install --no-deps vega_datasets==0.9.0`` and then ``python tools/make_data.py`` from the
checkout. The files are the same at every run: the
shortest decimal number that reads back as the same double, and line ends of one kind.
"""

import csv
import datetime as dt
from importlib import metadata
from pathlib import Path

import numpy as np
from sklearn.datasets import load_breast_cancer, load_diabetes, load_digits
from sklearn.utils import Bunch

DATA = Path(__file__).resolve().parent.parent / "calcguide" / "data"


def main() -> None:
    """Write all files."""
    write("diabetes.csv", load_diabetes(scaled=False), "progression")
    write("breast_cancer.csv", load_breast_cancer(), "diagnosis")
    write("digits.csv", load_digits(), "digit")
    write_stocks("stocks.csv")


def write(name: str, source: Bunch, target_name: str) -> None:
    """Write the features and the target, with their names in the first row."""
    with (DATA / name).open("w", encoding="ascii", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow([*source.feature_names, target_name])
        for features, target in zip(source.data, source.target, strict=True):
            rows.writerow([text(number) for number in (*features, target)])


def write_stocks(name: str) -> None:
    """Write a row for each month, with a column for each share that was priced in all of them."""
    source = metadata.distribution("vega_datasets").locate_file("vega_datasets/_data/stocks.csv")
    prices: dict[str, dict[str, str]] = {}
    with Path(str(source)).open(encoding="ascii", newline="") as file:
        for row in csv.DictReader(file):
            month = dt.datetime.strptime(row["date"], "%b %d %Y").strftime("%Y-%m")
            prices.setdefault(row["symbol"], {})[month] = row["price"]
    months = sorted(set().union(*prices.values()))
    shares = [share for share in prices if len(prices[share]) == len(months)]
    with (DATA / name).open("w", encoding="ascii", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(["month", *shares])
        for month in months:
            rows.writerow([month, *(prices[share][month] for share in shares)])


def text(number: float) -> str:
    """Return the shortest decimal number that reads back as the same double."""
    return np.format_float_positional(number, trim="-")


if __name__ == "__main__":
    main()
