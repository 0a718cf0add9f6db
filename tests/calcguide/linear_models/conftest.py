import pytest

from calcguide import linear_models as lm
from calcguide.datasets import load_breast_cancer, load_diabetes


@pytest.fixture
def diabetes():
    dataset = load_diabetes()
    return dataset.data, dataset.target


@pytest.fixture
def cancer():
    dataset = load_breast_cancer()
    return lm.standardize(dataset.data)[0], dataset.target


@pytest.fixture
def overlapping(cancer):
    """Two features, in which the classes cannot be separated."""
    X, y = cancer
    return X[:, :2], y
