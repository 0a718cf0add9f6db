import re
from importlib.resources import files

import numpy as np
import pytest
from sklearn import datasets as oracle

from calcguide.datasets import load_breast_cancer, load_diabetes, load_digits, load_stocks

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
