import numpy as np
import pytest
from scipy.special import expit
from sklearn.metrics import log_loss, mean_squared_error

from calcguide import losses

PAIRS = [
    (losses.squared_error, losses.squared_error_gradient),
    (losses.half_squared_error, losses.half_squared_error_gradient),
    (losses.cross_entropy, losses.cross_entropy_gradient),
]
FUNCTIONS = [function for pair in PAIRS for function in pair]


@pytest.fixture
def sample():
    rng = np.random.default_rng(1)
    return rng.normal(scale=3, size=50), rng.integers(0, 2, size=50)


@pytest.mark.parametrize(("loss", "gradient"), PAIRS)
def test_gradient_is_the_derivative_of_the_loss(loss, gradient, sample):
    prediction, target = sample
    h = 1e-5
    differences = [
        (loss(prediction + h * e, target) - loss(prediction - h * e, target)) / (2 * h)
        for e in np.eye(prediction.size)
    ]
    np.testing.assert_allclose(differences, gradient(prediction, target), atol=1e-9)


@pytest.mark.parametrize(("loss", "gradient"), PAIRS)
def test_losses_are_means_over_elements_of_any_shape(loss, gradient, sample):
    prediction, target = sample
    twice = np.stack((prediction, prediction)), np.stack((target, target))
    assert loss(prediction, target) == pytest.approx(loss(*twice), rel=1e-14)
    assert (2, 50) == gradient(*twice).shape
    np.testing.assert_allclose(gradient(prediction, target) / 2, gradient(*twice)[0], rtol=1e-13)


def test_squared_errors_agree_with_scikit_learn(sample):
    prediction, target = sample
    expected = mean_squared_error(target, prediction)
    assert expected == pytest.approx(losses.squared_error(prediction, target), rel=1e-14)
    assert expected / 2 == pytest.approx(losses.half_squared_error(prediction, target), rel=1e-14)


def test_cross_entropy_agrees_with_scikit_learn_at_moderate_logits(sample):
    logits, target = sample
    assert log_loss(target, expit(logits)) == pytest.approx(
        losses.cross_entropy(logits, target), rel=1e-13
    )


@pytest.mark.parametrize("logit", [37.0, 710.0, 1e6])
def test_cross_entropy_is_exact_where_the_probability_is_rounded_to_one(logit):
    assert float(expit(logit)) == 1.0
    assert logit == losses.cross_entropy([logit], [0])
    assert logit == losses.cross_entropy([-logit], [1])


def test_cross_entropy_of_a_confident_correct_prediction_keeps_its_digits():
    assert np.exp(-40.0) == pytest.approx(losses.cross_entropy([40.0], [1]), rel=1e-15)
    assert np.exp(-40.0) == pytest.approx(losses.cross_entropy([-40.0], [0]), rel=1e-15)


def test_cross_entropy_of_a_soft_target_is_least_at_its_log_odds():
    y = 0.3
    minimum = losses.cross_entropy([np.log(y / (1 - y))], [y])
    assert -y * np.log(y) - (1 - y) * np.log(1 - y) == pytest.approx(minimum, rel=1e-14)
    assert losses.cross_entropy_gradient([np.log(y / (1 - y))], [y]) == pytest.approx(0, abs=1e-15)


def test_sigmoid_agrees_with_scipy_to_rounding():
    z = np.linspace(-708, 708, 100_001)
    np.testing.assert_allclose(expit(z), losses.sigmoid(z), rtol=1e-13)


def test_what_a_diverging_model_says_gives_a_loss_that_is_not_finite():
    with np.errstate(all="ignore"):
        assert np.inf == losses.squared_error([np.inf], [0.0])
        assert np.isnan(losses.cross_entropy([np.nan], [0.0]))


@pytest.mark.parametrize("function", FUNCTIONS)
def test_different_shapes_are_refused_and_never_broadcast(function):
    with pytest.raises(
        ValueError, match=r"must have the same shape, got shapes \(3, 1\) and \(3,\)"
    ):
        function(np.zeros((3, 1)), np.zeros(3))


@pytest.mark.parametrize("function", FUNCTIONS)
def test_values_that_are_no_numbers_are_refused_by_name(function):
    with pytest.raises(TypeError, match=r"(prediction|logits) must be an array of real numbers"):
        function(["a"], [0.0])
    with pytest.raises(ValueError, match="target must be finite"):
        function([0.0], [np.nan])


@pytest.mark.parametrize("target", [-0.1, 1.1])
def test_targets_that_are_no_probabilities_are_refused(target):
    with pytest.raises(ValueError, match=r"target must be in \[0, 1\]"):
        losses.cross_entropy([0.0], [target])
    with pytest.raises(ValueError, match=r"target must be in \[0, 1\]"):
        losses.cross_entropy_gradient([0.0], [target])


@pytest.mark.parametrize("function", FUNCTIONS)
def test_arguments_are_not_changed(function, sample):
    prediction, target = sample
    copies = prediction.copy(), target.copy()
    function(prediction, target)
    np.testing.assert_array_equal(copies, sample)
