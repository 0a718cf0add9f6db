import numpy as np
import pytest
from scipy.optimize import minimize_scalar

from calcguide.regularization import L1, L2

PENALTIES = [L1, L2]
WEIGHTS = [0.7, np.array([0.0, 0.4, 2.0, 1.0, 0.1])]


@pytest.fixture
def w():
    return np.array([1.5, -0.3, 2.0, -4.0, 0.8])


def test_values_follow_their_conventions(w):
    assert 0.5 * np.abs(w).sum() == pytest.approx(L1(0.5)(w), rel=1e-15)
    assert 0.25 * (w @ w) == pytest.approx(L2(0.5)(w), rel=1e-15)


@pytest.mark.parametrize("alpha", WEIGHTS, ids=["number", "array"])
@pytest.mark.parametrize("penalty", PENALTIES)
def test_gradient_is_the_derivative_away_from_zero(penalty, alpha, w):
    h, penalty = 1e-5, penalty(alpha)
    differences = [(penalty(w + h * e) - penalty(w - h * e)) / (2 * h) for e in np.eye(w.size)]
    np.testing.assert_allclose(differences, penalty.gradient(w), atol=1e-9)


def test_gradient_of_l1_at_zero_is_the_smallest_subgradient():
    np.testing.assert_array_equal([0.0, 2.0], L1(2.0).gradient([0.0, 1e-300]))


@pytest.mark.parametrize("step", [0.1, 1.0, 3.0])
@pytest.mark.parametrize("alpha", WEIGHTS, ids=["number", "array"])
@pytest.mark.parametrize("penalty", PENALTIES)
def test_prox_minimizes_distance_plus_penalty(penalty, alpha, step, w):
    expected = [
        minimize_scalar(
            lambda x, v=v, a=a: 0.5 * (x - v) ** 2 + step * penalty(a)([x]),
            bounds=(-10, 10),
            method="bounded",
            options={"xatol": 1e-10},
        ).x
        for v, a in zip(w, np.broadcast_to(alpha, w.shape), strict=True)
    ]
    np.testing.assert_allclose(expected, penalty(alpha).prox(w, step), atol=1e-6)


@pytest.mark.parametrize("step", [0.1, 1.0, 3.0])
def test_prox_fulfils_the_identity_of_moreau(step, w):
    # v = prox_{t h}(v) + t prox_{h*/t}(v/t), with the conjugates of the penalties in closed form:
    # the indicator of [-alpha, alpha], and the square with weight 1/alpha.
    alpha = 0.7
    np.testing.assert_allclose(
        w, L1(alpha).prox(w, step) + step * np.clip(w / step, -alpha, alpha), rtol=1e-14
    )
    np.testing.assert_allclose(
        w, L2(alpha).prox(w, step) + step * L2(1 / alpha).prox(w / step, 1 / step), rtol=1e-14
    )


def test_l1_prox_sets_small_parameters_to_exactly_zero():
    np.testing.assert_array_equal([0.0, 0.0, 0.5], L1(0.5).prox([0.5, -0.49, 1.0], 1.0))


@pytest.mark.parametrize("penalty", PENALTIES)
def test_a_parameter_of_weight_zero_is_left_alone(penalty, w):
    weights = np.r_[0.0, np.ones(w.size - 1)]
    assert penalty(1.0)(w[1:]) == pytest.approx(penalty(weights)(w), rel=1e-15)
    assert 0.0 == penalty(weights).gradient(w)[0]
    assert w[0] == penalty(weights).prox(w, 1.0)[0]


@pytest.mark.parametrize("penalty", PENALTIES)
def test_weights_are_copied_and_frozen(penalty):
    alpha = np.ones(2)
    frozen = penalty(alpha)
    alpha[0] = 5.0
    assert 1.0 == frozen.alpha[0]
    with pytest.raises(ValueError, match="read-only"):
        frozen.alpha[0] = 5.0
    with pytest.raises(AttributeError):
        frozen.alpha = 2.0


@pytest.mark.parametrize("penalty", PENALTIES)
def test_bad_arguments_are_refused_by_name(penalty):
    for alpha in (-1.0, np.nan, [1.0, -1.0]):
        with pytest.raises(ValueError, match="alpha must be"):
            penalty(alpha)
    with pytest.raises(TypeError, match="alpha must be"):
        penalty("1")
    with pytest.raises(ValueError, match=r"same shape, got shapes \(2,\) and \(3,\)"):
        penalty([1.0, 1.0])([1.0, 2.0, 3.0])
    with pytest.raises(TypeError, match="parameters must be an array of real numbers"):
        penalty(1.0)(["a"])
    with pytest.raises(ValueError, match="step must be finite and > 0"):
        penalty(1.0).prox([1.0], 0.0)


@pytest.mark.parametrize("penalty", PENALTIES)
def test_parameters_are_not_changed(penalty, w):
    before = w.copy()
    for function in (penalty(1.0), penalty(1.0).gradient, lambda v: penalty(1.0).prox(v, 1.0)):
        function(w)
    np.testing.assert_array_equal(before, w)
