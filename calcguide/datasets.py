"""Small sets of real data, brought along in the package.

What the columns mean, where the data come from and under which licence is told in
``calcguide/data/README.md``.
"""

from dataclasses import dataclass, field
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "Dataset",
    "TimeSeries",
    "load_breast_cancer",
    "load_diabetes",
    "load_digits",
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
    text = files("calcguide").joinpath("data", "stocks.csv").read_text("ascii")
    header, *rows = (line.split(",") for line in text.splitlines())
    months, *columns = zip(*rows, strict=True)
    return TimeSeries(
        time=np.array(months, dtype="datetime64[M]"),
        values=np.array(columns, dtype=np.float64).T.copy(),
        names=tuple(header[1:]),
        description="Monthly prices of four shares, in US dollars.",
        source="vega-datasets, stocks.csv, as distributed with vega_datasets 0.9.0",
        licence="none stated for the prices; distributed with vega_datasets under MIT",
    )


def _read(name: str) -> tuple[tuple[str, ...], str, NDArray[np.float64]]:
    """Return the names of the features, the name of the target, and the table of both."""
    header, *rows = files("calcguide").joinpath("data", name).read_text("ascii").splitlines()
    *feature_names, target_name = header.split(",")
    return tuple(feature_names), target_name, np.loadtxt(rows, delimiter=",")
