import numpy as np
import pytest
from scipy.special import expit, log_softmax
from scipy.special import huber as scipy_huber
from scipy.special import softmax as scipy_softmax
from sklearn.metrics import log_loss, mean_squared_error

from calcguide import losses
from calcguide.derivatives import check_gradient

PAIRS = [
    (losses.squared_error, losses.squared_error_gradient),
    (losses.half_squared_error, losses.half_squared_error_gradient),
    (losses.cross_entropy, losses.cross_entropy_gradient),
    (losses.huber, losses.huber_gradient),
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


# Huber


@pytest.mark.parametrize("delta", [0.1, 1.0, 7.0])
def test_huber_agrees_with_scipy(delta, sample):
    prediction, target = sample
    expected = np.mean(scipy_huber(delta, prediction - target))
    assert expected == pytest.approx(losses.huber(prediction, target, delta), rel=1e-14)


def test_huber_is_half_the_square_near_zero_and_a_line_of_slope_delta_far_away():
    assert losses.half_squared_error([0.7], [0.0]) == losses.huber([0.7], [0.0], 0.7)
    values = [losses.huber([r], [0.0], 0.7) for r in (10.0, 11.0, 12.0)]
    np.testing.assert_allclose(np.diff(values), [0.7, 0.7], rtol=1e-12)
    for sign in (1, -1):
        assert sign * 0.7 == losses.huber_gradient([sign * 1e9], [0.0], 0.7)[0]


def test_huber_refuses_a_delta_that_is_not_positive():
    for function in (losses.huber, losses.huber_gradient):
        with pytest.raises(ValueError, match="delta must be finite and > 0, got 0"):
            function([1.0], [0.0], 0.0)


# Several classes


@pytest.fixture
def classes():
    rng = np.random.default_rng(2)
    return rng.normal(scale=3, size=(30, 4)), rng.integers(0, 4, size=30)


def test_softmax_cross_entropy_agrees_with_scipy_and_scikit_learn(classes):
    logits, target = classes
    actual = losses.softmax_cross_entropy(logits, target)
    assert -log_softmax(logits, axis=1)[np.arange(30), target].mean() == pytest.approx(
        actual, rel=1e-14
    )
    assert log_loss(target, scipy_softmax(logits, axis=1)) == pytest.approx(actual, rel=1e-12)


def test_softmax_agrees_with_scipy_for_any_number_of_axes(classes):
    for logits in (classes[0], classes[0].reshape(5, 6, 4), classes[0][0]):
        np.testing.assert_allclose(
            losses.softmax(logits), scipy_softmax(logits, axis=-1), rtol=1e-13
        )


def test_gradient_of_softmax_cross_entropy_is_its_derivative(classes):
    logits, target = classes
    assert check_gradient(
        losses.softmax_cross_entropy,
        losses.softmax_cross_entropy_gradient,
        logits,
        args=(target,),
    ).success


def test_two_classes_are_binary_cross_entropy(sample):
    z, target = sample
    logits = np.column_stack([np.zeros_like(z), z])
    assert losses.cross_entropy(z, target) == pytest.approx(
        losses.softmax_cross_entropy(logits, target), rel=1e-14
    )
    np.testing.assert_allclose(losses.softmax(logits)[:, 1], losses.sigmoid(z), rtol=1e-13)


def test_softmax_cross_entropy_neither_overflows_nor_loses_small_losses():
    logits = np.array([[1e6, 0.0, -1e6]])
    assert [0.0, 1e6, 2e6] == [losses.softmax_cross_entropy(logits, [t]) for t in range(3)]
    small = losses.softmax_cross_entropy([[0.0, -40.0, -41.0]], [0])
    assert np.exp(-40.0) + np.exp(-41.0) == pytest.approx(small, rel=1e-15)
    np.testing.assert_array_equal([[1.0, 0.0, 0.0]], losses.softmax(logits))


def test_twice_the_samples_give_the_same_mean(classes):
    logits, target = classes
    expected = losses.softmax_cross_entropy(logits, target)
    actual = losses.softmax_cross_entropy(np.tile(logits, (2, 1)), np.tile(target, 2))
    assert expected == pytest.approx(actual, rel=1e-14)


@pytest.mark.parametrize(
    "function", [losses.softmax_cross_entropy, losses.softmax_cross_entropy_gradient]
)
def test_classes_that_do_not_fit_the_logits_are_refused(function):
    logits = np.zeros((2, 3))
    with pytest.raises(TypeError, match="target must hold classes as integers, got dtype float64"):
        function(logits, [0.0, 1.0])
    with pytest.raises(ValueError, match=r"target must be in 0 ... 2, .* from -1 to 3"):
        function(logits, [-1, 3])
    with pytest.raises(ValueError, match="logits and target must have the same length"):
        function(logits, [0, 1, 2])
    with pytest.raises(ValueError, match="logits must be 2-D and target 1-D"):
        function(logits[0], [0])
    with pytest.raises(ValueError, match="target must not be empty"):
        function(np.zeros((0, 3)), [])
    with pytest.raises(TypeError, match="logits must be an array of real numbers"):
        function([["a"]], [0])


def test_softmax_of_a_single_number_is_refused():
    with pytest.raises(ValueError, match="logits must have an axis of classes"):
        losses.softmax(1.0)


@pytest.mark.parametrize("logit", [1.0, 20.0, 36.0, 40.0, 300.0, 700.0])
def test_slopes_of_confident_correct_predictions_keep_their_digits(logit):
    """The probability of the wrong class is e^-z / (1 + e^-z), with all its digits."""
    wrong = np.exp(-logit) / (1 + np.exp(-logit))
    slopes = losses.cross_entropy_gradient([logit, -logit], [1.0, 0.0])
    np.testing.assert_allclose(slopes, [-wrong / 2, wrong / 2], rtol=1e-14)
    gradient = losses.softmax_cross_entropy_gradient([[logit, 0.0]], [0])
    np.testing.assert_allclose(gradient, [[-wrong, wrong]], rtol=1e-14)
    loss = losses.softmax_cross_entropy([[logit, 0.0]], [0])
    assert np.log1p(np.exp(-logit)) == pytest.approx(loss, rel=1e-14, abs=0)


def test_logits_further_apart_than_the_largest_float_have_their_probabilities():
    np.testing.assert_array_equal(losses.softmax([1e308, -1e308, 1e308]), [0.5, 0.0, 0.5])
    far = [[1e308, -1e308]]
    assert losses.softmax_cross_entropy(far, [0]) == 0.0
    np.testing.assert_array_equal(losses.softmax_cross_entropy_gradient(far, [0]), [[0.0, 0.0]])


def test_huber_of_an_error_whose_square_is_too_large_is_finite():
    assert losses.huber([1e200], [0.0]) == 1e200
    assert losses.squared_error([1e200], [0.0]) == np.inf
