import re
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest
from sklearn import datasets as oracle
from statsmodels.datasets import nile

from calcguide.datasets import (
    load_air_passengers,
    load_alice,
    load_breast_cancer,
    load_diabetes,
    load_digits,
    load_eu_stocks,
    load_motors,
    load_movielens,
    load_nile,
    load_reviews,
    load_stocks,
)

LOADERS = [load_breast_cancer, load_diabetes, load_digits]


def test_diabetes_is_the_unscaled_set_of_scikit_learn():
    expected, actual = oracle.load_diabetes(scaled=False), load_diabetes()
    # Releases of scikit-learn differ in the last bit of a few values.
    np.testing.assert_allclose(actual.data, expected.data, rtol=1e-15, strict=True)
    np.testing.assert_array_equal(expected.target, actual.target, strict=True)
    assert tuple(expected.feature_names) == actual.feature_names


def test_breast_cancer_is_exactly_the_set_of_scikit_learn():
    expected, actual = oracle.load_breast_cancer(), load_breast_cancer()
    np.testing.assert_array_equal(expected.data, actual.data, strict=True)
    np.testing.assert_array_equal(expected.target, actual.target)
    assert tuple(expected.feature_names) == actual.feature_names
    assert tuple(expected.target_names) == actual.target_names


def test_digits_are_exactly_the_set_of_scikit_learn():
    expected, actual = oracle.load_digits(), load_digits()
    np.testing.assert_array_equal(expected.data, actual.data, strict=True)
    np.testing.assert_array_equal(expected.target, actual.target)
    assert tuple(expected.feature_names) == actual.feature_names
    assert tuple(map(str, expected.target_names)) == actual.target_names


@pytest.mark.parametrize("load", LOADERS)
def test_changing_the_arrays_does_not_change_those_of_the_next_call(load):
    first = load()
    data, target = first.data.copy(), first.target.copy()
    first.data[:] = 0
    first.target[:] = 0
    np.testing.assert_array_equal(data, load().data)
    np.testing.assert_array_equal(target, load().target)


@pytest.mark.parametrize("load", LOADERS)
def test_arrays_own_their_memory_in_row_order(load):
    dataset = load()
    assert dataset.data.flags.owndata
    assert dataset.data.flags.c_contiguous


@pytest.mark.parametrize("name", ["diabetes.csv", "breast_cancer.csv", "digits.csv", "stocks.csv"])
def test_readme_tells_of_each_file_and_the_script_that_writes_it(name):
    readme = files("calcguide").joinpath("data", "README.md").read_text("utf-8")
    assert f"## `{name}`" in readme
    assert "tools/make_data.py" in readme


@pytest.mark.parametrize("load", LOADERS)
def test_readme_explains_every_column(load):
    readme = files("calcguide").joinpath("data", "README.md").read_text("utf-8")
    for name in load().feature_names:
        root = name.removeprefix("mean ").removeprefix("worst ").removesuffix(" error")
        root = re.sub(r"_\d_\d$", "_row_column", root)
        assert f"| `{root}` |" in readme


def test_films_are_the_part_of_movielens_that_the_readme_tells_of():
    films = load_movielens()
    n_items = len(films.item_names)
    assert (18026, 295, 156) == (films.ratings.size, films.users.max() + 1, n_items)
    assert {len(films.item_years), len(films.item_genres), films.items.max() + 1} == {n_items}
    assert np.bincount(films.users).min() >= 30
    assert np.bincount(films.items).min() >= 80
    pairs = np.stack([films.users, films.items])
    assert films.ratings.size == np.unique(pairs, axis=1).shape[1]
    np.testing.assert_array_equal(np.arange(1, 11) / 2, np.unique(films.ratings))
    assert np.dtype(np.intp) == films.users.dtype == films.items.dtype


def test_films_hold_what_their_source_says():
    films = load_movielens()
    first = films.item_names.index("Toy Story")
    assert 1995 == films.item_years[first]
    assert ("Adventure", "Animation", "Children", "Comedy", "Fantasy") == films.item_genres[first]
    assert "Amelie (Fabuleux destin d'Amélie Poulain, Le)" in films.item_names
    # User 0 gave 5 stars first of all, to Apollo 13.
    assert ("Apollo 13", 5.0) == (films.item_names[films.items[0]], films.ratings[0])


def test_changing_the_ratings_does_not_change_those_of_the_next_call():
    load_movielens().ratings[:] = 0
    assert (load_movielens().ratings > 0).all()


def test_films_say_that_they_are_not_under_the_licence_of_the_package():
    readme = files("calcguide").joinpath("data", "README.md").read_text("utf-8")
    assert "not MIT" in load_movielens().licence
    assert "doi:10.1145/2827872" in load_movielens().source
    for name in ("movielens_ratings.csv", "movielens_films.csv"):
        assert f"`{name}`" in readme
    assert "permission from a faculty member of the GroupLens Research Project" in readme
    for name in ("user", "film", "rating", "movie_id", "title", "year", "genres"):
        assert f"| `{name}` |" in readme


def test_stocks_are_positive_prices_of_each_month():
    stocks = load_stocks()
    expected = np.arange("2000-01", "2010-04", dtype="datetime64[M]")
    np.testing.assert_array_equal(expected, stocks.time, strict=True)
    assert (123, len(stocks.names)) == stocks.values.shape
    assert (stocks.values > 0).all()


def test_stocks_hold_what_their_source_says():
    stocks = load_stocks()
    by_name = dict(zip(stocks.names, stocks.values.T, strict=True))
    assert ("MSFT", "AMZN", "IBM", "AAPL") == stocks.names
    for name, first, last in [
        ("MSFT", 39.81, 28.8),
        ("AMZN", 64.56, 128.82),
        ("IBM", 100.52, 125.55),
        ("AAPL", 25.94, 223.02),
    ]:
        assert [first, last] == by_name[name][[0, -1]].tolist()


def test_changing_the_prices_does_not_change_those_of_the_next_call():
    load_stocks().values[:] = 0
    assert (load_stocks().values > 0).all()


def test_readme_explains_every_share():
    readme = files("calcguide").joinpath("data", "README.md").read_text("utf-8")
    for name in ("month", *load_stocks().names):
        assert f"| `{name}` |" in readme


def test_the_nile_is_exactly_that_of_statsmodels():
    series = load_nile()
    expected = nile.load().data
    np.testing.assert_array_equal(expected["volume"], series.values[:, 0])
    np.testing.assert_array_equal(expected["year"], series.time.astype(np.int64) + 1970)
    assert ("volume",) == series.names


def test_air_passengers_are_those_of_the_book():
    series = load_air_passengers()
    expected = np.arange("1949-01", "1961-01", dtype="datetime64[M]")
    np.testing.assert_array_equal(expected, series.time, strict=True)
    assert ("passengers",) == series.names
    # The first and the last year, and the sum of each year.
    assert [112, 118, 132, 129, 121, 135] == series.values[:6, 0].tolist()
    assert [622, 606, 508, 461, 390, 432] == series.values[-6:, 0].tolist()
    sums = [1520, 1676, 2042, 2364, 2700, 2867, 3408, 3939, 4421, 4572, 5140, 5714]
    assert sums == series.values.reshape(12, 12).sum(axis=1).tolist()


@pytest.mark.parametrize("load", [load_nile, load_air_passengers, load_stocks])
def test_changing_a_series_does_not_change_that_of_the_next_call(load):
    load().values[:] = 0
    load().time[:] = 0
    assert (load().values > 0).all()
    assert (np.diff(load().time.astype(np.int64)) == 1).all()


@pytest.mark.parametrize("name", ["nile.csv", "air_passengers.csv"])
def test_readme_explains_the_columns_of_a_series(name):
    readme = files("calcguide").joinpath("data", "README.md").read_text("utf-8")
    section = readme.partition(f"## `{name}`")[2].partition("## ")[0]
    header = files("calcguide").joinpath("data", name).read_text("ascii").splitlines()[0]
    for column in header.split(","):
        assert f"| `{column}` |" in section


def test_alice_is_the_whole_book_and_nothing_else():
    text = load_alice().text
    assert 144342 == len(text)
    assert text.startswith(
        "CHAPTER I. Down the Rabbit-Hole\n\nAlice was beginning to get very tired"
    )
    assert text.endswith("happy summer days.\n\n              THE END\n")
    numerals = re.findall(r"^CHAPTER ([IVX]+)\. ", text, re.MULTILINE)
    assert ["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII"] == numerals
    assert "Gutenberg" not in text


def test_alice_is_plain_text_with_line_ends_of_one_kind():
    text = load_alice().text
    assert text.isascii()
    assert {"\n"} == {c for c in text if not c.isprintable()}
    assert all(line == line.rstrip() for line in text.split("\n"))


def test_alice_says_where_it_comes_from():
    alice = load_alice()
    assert "1865" in alice.source
    assert "public domain" in alice.licence
    assert "## `alice.txt`" in files("calcguide").joinpath("data", "README.md").read_text("utf-8")


def test_motors_are_the_published_test():
    motors = load_motors()
    assert (40, 1) == motors.data.shape
    assert [0, 7, 5, 5] == [
        int(motors.event[motors.data[:, 0] == degrees].sum()) for degrees in (150, 170, 190, 220)
    ]
    ends = {150: 8064, 170: 5448, 190: 1680, 220: 528}
    censored = motors.event == 0
    for degrees, time in zip(motors.data[censored, 0], motors.time[censored], strict=True):
        assert ends[int(degrees)] == time
    assert 408 == motors.time.min()
    assert "## `motors.csv`" in files("calcguide").joinpath("data", "README.md").read_text("utf-8")


def test_reviews_are_sentences_with_scores_in_their_range():
    reviews = load_reviews()
    assert 3708 == len(reviews.texts) == reviews.scores.size == reviews.groups.size
    assert 300 == np.unique(reviews.groups).size
    assert -4 <= reviews.scores.min() < reviews.scores.max() <= 4
    assert all(text.isascii() and text.strip() for text in reviews.texts)
    assert {"!", ","} <= set("".join(reviews.texts))
    # Two that are plain enough to be judged without twenty people.
    scores = dict(zip(reviews.texts, reviews.scores.tolist(), strict=True))
    assert 2.3 < scores["it plays alternate video formats (vcds, svcds, cvds) very well."]
    assert -0.5 > scores["no picture:  hopefully you still have the remote control."]
    assert "## `reviews.csv`" in files("calcguide").joinpath("data", "README.md").read_text("utf-8")


def test_eu_stocks_are_the_numbers_of_r_at_each_weekday():
    series = load_eu_stocks()
    assert ("DAX", "SMI", "CAC", "FTSE") == series.names
    assert (1860, 4) == series.values.shape
    assert [1628.75, 1678.1, 1772.8, 2443.6] == series.values[0].tolist()
    assert [5473.72, 7676.3, 3995.0, 5455.0] == series.values[-1].tolist()
    weekdays = np.arange("1991-07-01", "1998-08-15", dtype="datetime64[D]")
    np.testing.assert_array_equal(weekdays[np.is_busday(weekdays)], series.time, strict=True)


def test_eu_stocks_stand_still_on_holidays_and_so_have_the_right_dates():
    series = load_eu_stocks()
    still = series.time[1:][(np.diff(series.values, axis=0) == 0).all(axis=1)]
    easter = ["1992-04-19", "1993-04-11", "1994-04-03", "1995-04-16"]  # from the calendar
    easter += ["1996-04-07", "1997-03-30", "1998-04-12"]
    sundays = np.array(easter, dtype="datetime64[D]")
    fixed = [f"{year}-{day}" for year in range(1991, 1999) for day in ("01-01", "12-25")]
    day = np.timedelta64(1, "D")
    fridays, mondays = sundays - 2 * day, sundays + day
    holidays = np.concatenate(
        [np.array(fixed, dtype="datetime64[D]"), fridays, mondays, sundays + 50 * day]
    )
    assert 26 == still.size
    assert np.isin(still, holidays).all()
    assert np.isin(np.concatenate([fridays, mondays]), still).all()
    # The coup in Moscow, and the highest close of the FTSE before its fall.
    returns = np.diff(np.log(series.values), axis=0)
    assert np.datetime64("1991-08-19") == series.time[1:][returns[:, 0].argmin()]
    assert np.datetime64("1998-07-20") == series.time[series.values[:, 3].argmax()]


def test_eu_stocks_are_new_at_each_call_and_explained():
    load_eu_stocks().values[:] = 0
    assert (load_eu_stocks().values > 0).all()
    readme = files("calcguide").joinpath("data", "README.md").read_text("utf-8")
    section = readme.partition("## `eu_stocks.csv`")[2].partition("## ")[0]
    for name in ("day", *load_eu_stocks().names):
        assert f"| `{name}` |" in section


def test_all_data_together_are_small():
    folder = files("calcguide").joinpath("data")
    assert sum(len(file.read_bytes()) for file in folder.iterdir()) < 2_000_000


def test_readme_tells_of_each_file():
    folder = files("calcguide").joinpath("data")
    readme = folder.joinpath("README.md").read_text("utf-8")
    script = Path(__file__).parents[2].joinpath("tools/make_data.py").read_text("utf-8")
    for file in folder.iterdir():
        if file.name != "README.md":
            assert re.search(rf"^## .*`{re.escape(file.name)}`", readme, re.MULTILINE)
            assert f'"{file.name}"' in script
