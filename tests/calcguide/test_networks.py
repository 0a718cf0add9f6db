import autograd
import autograd.numpy as anp
import numpy as np
import pytest
from autograd.scipy.special import logsumexp
from sklearn.neural_network import MLPClassifier

from calcguide.autodiff import grad, hvp
from calcguide.derivatives import check_gradient
from calcguide.losses import softmax, softmax_cross_entropy
from calcguide.networks import (
    dense,
    dense_backward,
    flatten,
    init_mlp,
    mlp_forward,
    mlp_gradient,
    mlp_loss,
    relu,
    relu_backward,
    tanh,
    tanh_backward,
    unflatten,
)

SIZES = [4, 7, 5, 3]
ACTIVATIONS = ["tanh", "relu"]


def network(seed=0, activation="tanh", n=11):
    rng = np.random.default_rng(seed)
    params = [(W, b + 0.1) for W, b in init_mlp(SIZES, rng, activation=activation)]
    return params, rng.normal(size=(n, SIZES[0])), rng.integers(SIZES[-1], size=n)


# --- layers -------------------------------------------------------------------------------------


def test_each_derivative_of_a_dense_layer_is_right():
    rng = np.random.default_rng(0)
    X, W, b, G = (rng.normal(size=shape) for shape in [(5, 4), (4, 3), (3,), (5, 3)])
    by_X, by_W, by_b = dense_backward(G, X, W)
    assert check_gradient(lambda X: np.sum(G * dense(X, W, b)), lambda _: by_X, X).success
    assert check_gradient(lambda W: np.sum(G * dense(X, W, b)), lambda _: by_W, W).success
    assert check_gradient(lambda b: np.sum(G * dense(X, W, b)), lambda _: by_b, b).success


@pytest.mark.parametrize(("forward", "backward"), [(tanh, tanh_backward), (relu, relu_backward)])
def test_the_derivative_of_an_activation_is_right(forward, backward):
    rng = np.random.default_rng(0)
    Z, G = rng.normal(size=(5, 3)), rng.normal(size=(5, 3))
    report = check_gradient(
        lambda Z: np.sum(G * forward(Z)), lambda Z: backward(G, forward(Z)), Z, rtol=1e-7
    )
    assert report.success, report


def test_relu_has_the_derivative_0_at_its_kink():
    np.testing.assert_array_equal(
        [0.0, 0.0, 1.0], relu_backward(np.ones(3), relu([-1.0, 0.0, 1.0]))
    )


# --- the network --------------------------------------------------------------------------------


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_backpropagation_by_hand_agrees_with_differences(activation):
    params, X, y = network(activation=activation)
    report = check_gradient(
        lambda v: mlp_loss(unflatten(v, SIZES), X, y, activation=activation),
        lambda v: flatten(mlp_gradient(unflatten(v, SIZES), X, y, activation=activation)),
        flatten(params),
    )
    assert report.success, report


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("seed", range(5))
def test_backpropagation_by_hand_agrees_with_autodiff(seed, activation):
    params, X, y = network(seed, activation)
    expected = mlp_gradient(params, X, y, activation=activation)
    actual = grad(mlp_loss)(params, X, y, activation=activation)
    for (W, b), (by_W, by_b) in zip(expected, actual, strict=True):
        np.testing.assert_allclose(W, by_W, rtol=1e-11, atol=1e-15)
        np.testing.assert_allclose(b, by_b, rtol=1e-11, atol=1e-15)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_backpropagation_by_hand_agrees_with_autograd(activation):
    params, X, y = network(activation=activation)

    def loss(params):
        out = X
        for W, b in params[:-1]:
            out = anp.dot(out, W) + b
            out = anp.tanh(out) if activation == "tanh" else anp.maximum(out, 0.0)
        logits = anp.dot(out, params[-1][0]) + params[-1][1]
        return anp.mean(logsumexp(logits, axis=1) - logits[np.arange(len(y)), y])

    assert float(loss(params)) == pytest.approx(mlp_loss(params, X, y, activation=activation))
    np.testing.assert_allclose(
        flatten(mlp_gradient(params, X, y, activation=activation)),
        flatten(autograd.grad(loss)(params)),
        rtol=1e-10,
        atol=1e-14,
    )


def test_the_hessian_vector_product_of_a_network_agrees_with_differences_of_the_gradient():
    params, X, y = network()
    x = flatten(params)
    v = np.random.default_rng(5).normal(size=x.size)
    h = 1e-5
    up, down = (flatten(mlp_gradient(unflatten(x + s * v, SIZES), X, y)) for s in (h, -h))
    actual = hvp(lambda x: mlp_loss(unflatten(x, SIZES), X, y))(x, v)
    np.testing.assert_allclose((up - down) / (2 * h), actual, rtol=1e-6, atol=1e-9)


def test_the_forward_pass_and_the_loss_are_those_of_scikit_learn():
    _, X, _ = network()
    judge = MLPClassifier(tuple(SIZES[1:-1]), activation="relu", max_iter=1, random_state=0)
    with pytest.warns(match="Maximum iterations"):
        judge.fit(X, np.arange(len(X)) % SIZES[-1])
    fitted = list(zip(judge.coefs_, judge.intercepts_, strict=True))
    logits = mlp_forward(fitted, X, activation="relu")
    np.testing.assert_allclose(judge.predict_proba(X), softmax(logits), rtol=1e-10)


@pytest.mark.parametrize("scale", [1.0, 1e4])
def test_the_loss_is_the_cross_entropy_of_the_logits(scale):
    params, X, y = network()
    expected = softmax_cross_entropy(mlp_forward(params, scale * X), y)
    assert expected == pytest.approx(mlp_loss(params, scale * X, y), rel=1e-12)


def test_parameters_come_back_from_the_vector():
    params, *_ = network()
    vector = flatten(params)
    assert (4 + 1) * 7 + (7 + 1) * 5 + (5 + 1) * 3 == vector.size
    for (W, b), (same_W, same_b) in zip(params, unflatten(vector, SIZES), strict=True):
        np.testing.assert_array_equal(W, same_W)
        np.testing.assert_array_equal(b, same_b)


@pytest.mark.parametrize(("activation", "gain"), [("tanh", 1.0), ("relu", 2.0)])
def test_first_weights_have_the_variance_that_keeps_signals_alive(activation, gain):
    [(W, b)] = init_mlp([200, 300], np.random.default_rng(0), activation=activation)
    assert gain / 200 == pytest.approx(W.var(), rel=0.03)
    np.testing.assert_array_equal(np.zeros(300), b)


def test_the_same_seed_draws_the_same_parameters():
    first, second = (init_mlp(SIZES, np.random.default_rng(3)) for _ in range(2))
    np.testing.assert_array_equal(flatten(first), flatten(second))


def test_arguments_are_never_changed():
    params, X, y = network()
    before = flatten(params), X.copy(), y.copy()
    mlp_gradient(params, X, y)
    mlp_loss(params, X, y)
    for expected, actual in zip(before, (flatten(params), X, y), strict=True):
        np.testing.assert_array_equal(expected, actual)


# --- what is refused ----------------------------------------------------------------------------


def test_a_bias_that_would_be_broadcast_is_refused():
    with pytest.raises(ValueError, match=r"got \(2, 3\), \(3, 4\) and \(1,\)"):
        dense(np.ones((2, 3)), np.ones((3, 4)), np.ones(1))


@pytest.mark.parametrize(
    ("y", "error", "message"),
    [
        ([0.0, 1.0], TypeError, "must hold integers"),
        ([0, 3], ValueError, "classes from 0 to 2, got 0 to 3"),
        ([-1, 0], ValueError, "classes from 0 to 2, got -1 to 0"),
        ([0], ValueError, r"\(1,\)"),
        ([[1, 0, 0], [0, 1, 0]], ValueError, r"\(2, 3\)"),
    ],
)
def test_classes_that_do_not_fit_are_refused(y, error, message):
    params, X, _ = network(n=2)
    for function in (mlp_loss, grad(mlp_loss)):
        with pytest.raises(error, match=message):
            function(params, X, y)


@pytest.mark.parametrize("sizes", [[3], [3, 0], [3, -1]])
def test_sizes_that_make_no_network_are_refused(sizes):
    with pytest.raises(ValueError, match="sizes must"):
        init_mlp(sizes, np.random.default_rng(0))


def test_a_seed_in_place_of_a_generator_is_refused():
    with pytest.raises(TypeError, match=r"rng must be a numpy\.random\.Generator, got int"):
        init_mlp([3, 2], 0)


def test_an_unknown_activation_is_refused():
    params, X, y = network()
    for call in (
        lambda: init_mlp(SIZES, np.random.default_rng(0), activation="sigmoid"),
        lambda: mlp_forward(params, X, activation="sigmoid"),
        lambda: mlp_gradient(params, X, y, activation="sigmoid"),
    ):
        with pytest.raises(ValueError, match="activation must be one of tanh, relu"):
            call()


def test_a_vector_of_the_wrong_length_is_refused():
    with pytest.raises(ValueError, match=r"vector must have shape \(93,\) for .*, got \(92,\)"):
        unflatten(np.zeros(92), SIZES)


@pytest.mark.parametrize("logit", [20.0, 40.0, 300.0])
def test_small_losses_and_slopes_keep_their_digits(logit):
    params = [(np.array([[logit, 0.0]]), np.zeros(2))]
    wrong = np.exp(-logit)
    assert np.log1p(wrong) == pytest.approx(mlp_loss(params, [[1.0]], [0]), rel=1e-14, abs=0)
    slopes = np.array([-wrong, wrong]) / (1 + wrong)
    for gradient in (mlp_gradient(params, [[1.0]], [0]), grad(mlp_loss)(params, [[1.0]], [0])):
        np.testing.assert_allclose(flatten(gradient), np.tile(slopes, 2), rtol=1e-14)


def test_small_integers_do_not_wrap_around():
    g, X = np.full((2, 1), 100, np.int8), np.full((2, 1), 100, np.int8)
    _, by_W, by_b = dense_backward(g, X, np.ones((1, 1), np.int8))
    assert ([[20_000.0]], [200.0]) == (by_W.tolist(), by_b.tolist())
    assert -255.0 == tanh_backward(np.ones(1, np.uint8), np.full(1, 16, np.uint8))[0]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: dense_backward(np.ones((2, 3)), np.ones((2, 2)), np.ones((2, 2))), "g, X and W"),
        (lambda: tanh_backward(np.ones(2), np.ones((2, 2))), "g and out must have the same shape"),
        (lambda: relu_backward(np.ones(1), np.ones(3)), "g and out must have the same shape"),
        (lambda: mlp_forward([], np.ones((1, 2))), "params must be a list of pairs"),
        (lambda: flatten([(np.ones(1),)]), "params must be a list of pairs"),
        (lambda: init_mlp([2, 1], np.random.default_rng(0), activation=[]), "activation must be"),
    ],
)
def test_what_does_not_fit_is_refused_and_never_broadcast(call, message):
    with pytest.raises(ValueError, match=message):
        call()
