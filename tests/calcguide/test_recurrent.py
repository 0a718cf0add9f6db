import autograd
import autograd.numpy as anp
import numpy as np
import pytest
from autograd.scipy.special import logsumexp

from calcguide.autodiff import grad, jacobian
from calcguide.derivatives import check_gradient
from calcguide.losses import softmax, softmax_cross_entropy
from calcguide.recurrent import (
    clip_by_norm,
    init_rnn,
    jacobian_products,
    rnn_logits,
    rnn_loss,
    rnn_sample,
    rnn_states,
    rnn_value_and_grad,
    state_jacobians,
)

NAMES = ["U", "W", "b", "V", "c"]


def network(seed=0, n_symbols=5, n_hidden=6, n_steps=7, n_sequences=3, scale=1.2):
    """Return parameters without zeros, inputs, targets and a start that is not zero."""
    rng = np.random.default_rng(seed)
    params = init_rnn(n_symbols, n_hidden, rng, scale=scale)
    params[2] += rng.normal(size=n_hidden)
    params[4] += rng.normal(size=n_symbols)
    inputs, targets = rng.integers(n_symbols, size=(2, n_steps, n_sequences))
    return params, inputs, targets, rng.uniform(-1, 1, size=(n_sequences, n_hidden))


# --- the network --------------------------------------------------------------------------------


def test_the_states_are_those_of_a_loop_over_single_numbers():
    params, inputs, _, start = network()
    U, W, b, V, c = params
    states, logits = rnn_states(params, inputs, start), rnn_logits(params, inputs, start)
    for s in range(inputs.shape[1]):
        h = list(start[s])
        for t, symbol in enumerate(inputs[:, s]):
            h = [
                np.tanh(U[symbol, j] + sum(h[i] * W[i, j] for i in range(6)) + b[j])
                for j in range(6)
            ]
            np.testing.assert_allclose(h, states[t + 1, s], rtol=1e-12)
            z = [sum(h[i] * V[i, k] for i in range(6)) + c[k] for k in range(5)]
            np.testing.assert_allclose(z, logits[t, s], rtol=1e-12, atol=1e-14)
    np.testing.assert_array_equal(start, states[0])


def test_sequences_side_by_side_do_not_disturb_each_other():
    params, inputs, _, start = network()
    together = rnn_states(params, inputs, start)
    for s in range(inputs.shape[1]):
        alone = rnn_states(params, inputs[:, [s]], start[[s]])
        np.testing.assert_allclose(alone[:, 0], together[:, s], rtol=1e-12)


def test_without_a_start_the_state_is_zero():
    params, inputs, targets, start = network()
    expected = rnn_states(params, inputs, np.zeros_like(start))
    np.testing.assert_array_equal(expected, rnn_states(params, inputs))
    assert rnn_loss(params, inputs, targets, 0 * start) == rnn_loss(params, inputs, targets)


def test_reading_on_from_the_last_state_is_reading_all_at_once():
    params, inputs, targets, start = network()
    whole = rnn_logits(params, inputs, start)
    _, _, middle = rnn_value_and_grad(params, inputs[:4], targets[:4], start)
    parts = [rnn_logits(params, inputs[:4], start), rnn_logits(params, inputs[4:], middle)]
    np.testing.assert_allclose(whole, np.concatenate(parts), rtol=1e-12)


def test_the_loss_is_the_mean_cross_entropy_of_the_logits():
    params, inputs, targets, start = network()
    logits = rnn_logits(params, inputs, start).reshape(-1, 5)
    expected = softmax_cross_entropy(logits, targets.ravel())
    assert expected == pytest.approx(rnn_loss(params, inputs, targets, start), rel=1e-13)
    value, _, _ = rnn_value_and_grad(params, inputs, targets, start)
    assert expected == pytest.approx(value, rel=1e-13)


def test_a_network_that_knows_nothing_pays_the_logarithm_of_the_number_of_symbols():
    _, inputs, targets, _ = network()
    params = [np.zeros((5, 6)), np.zeros((6, 6)), np.zeros(6), np.zeros((6, 5)), np.zeros(5)]
    assert np.log(5) == pytest.approx(rnn_loss(params, inputs, targets), rel=1e-14)


@pytest.mark.parametrize("factor", [1e3, 1e200])
def test_huge_logits_overflow_neither_the_loss_nor_the_gradient(factor):
    params, inputs, targets, start = network()
    params[3] = params[3] * factor
    value, gradient, _ = rnn_value_and_grad(params, inputs, targets, start)
    assert rnn_loss(params, inputs, targets, start) == pytest.approx(value, rel=1e-12)
    assert np.isfinite(value)
    assert all(np.isfinite(part).all() for part in gradient)


# --- backpropagation through time ---------------------------------------------------------------


@pytest.mark.parametrize("i", range(5), ids=NAMES)
def test_the_gradient_agrees_with_differences(i):
    params, inputs, targets, start = network()

    def moved(part):
        return [*params[:i], part, *params[i + 1 :]]

    report = check_gradient(
        lambda part: rnn_loss(moved(part), inputs, targets, start),
        lambda part: rnn_value_and_grad(moved(part), inputs, targets, start)[1][i],
        params[i],
        rtol=1e-7,
        atol=1e-9,
    )
    assert report.success, report


@pytest.mark.parametrize("seed", range(3))
def test_the_gradient_agrees_with_autodiff(seed):
    params, inputs, targets, start = network(seed)
    expected = grad(rnn_loss)(params, inputs, targets, start)
    _, actual, _ = rnn_value_and_grad(params, inputs, targets, start)
    for by_tape, by_hand in zip(expected, actual, strict=True):
        np.testing.assert_allclose(by_tape, by_hand, rtol=1e-11, atol=1e-15)


@pytest.mark.parametrize("n_steps", [1, 2, 40])
def test_the_gradient_agrees_with_autograd(n_steps):
    params, inputs, targets, start = network(n_steps=n_steps)

    def loss(params):
        U, W, b, V, c = params
        h, total = start, 0.0
        for x, y in zip(inputs, targets, strict=True):
            h = anp.tanh(U[x] + anp.dot(h, W) + b)
            z = anp.dot(h, V) + c
            total = total + anp.sum(logsumexp(z, axis=1) - z[np.arange(len(y)), y])
        return total / targets.size

    value, gradient, _ = rnn_value_and_grad(params, inputs, targets, start)
    assert float(loss(params)) == pytest.approx(value, rel=1e-12)
    for by_tape, by_hand in zip(autograd.grad(loss)(params), gradient, strict=True):
        np.testing.assert_allclose(by_tape, by_hand, rtol=1e-10, atol=1e-14)


def test_the_gradient_of_almost_linear_states_has_its_closed_form():
    # With one unit, small enough for tanh(a) = a, the state is a geometric sum.
    w, small, n_steps = 0.8, 1e-6, 5
    params = [np.full((1, 1), small), np.array([[w]]), [0.0], np.array([[1.0, 0.0]]), [0.0, 0.0]]
    inputs, targets = np.zeros((n_steps, 1), dtype=int), np.ones((n_steps, 1), dtype=int)
    _, gradient, _ = rnn_value_and_grad(params, inputs, targets)
    t = np.arange(1, n_steps + 1)
    state = small * (1 - w**t) / (1 - w)
    by_w = [sum(k * w ** (k - 1) for k in range(1, n)) * small for n in t]
    # The loss is log(1 + exp(h)) on average, and its derivative ½ around h = 0.
    np.testing.assert_allclose(0.5 * np.mean(by_w), gradient[1][0, 0], rtol=1e-5)
    np.testing.assert_allclose(0.5 * np.mean(state) / small, gradient[0][0, 0], rtol=1e-5)


def test_nothing_that_is_passed_in_is_changed():
    params, inputs, targets, start = network()
    before = [np.copy(part) for part in (*params, inputs, targets, start)]
    rnn_value_and_grad(params, inputs, targets, start)[2][:] = 0
    rnn_states(params, inputs, start)[:] = 0
    clip_by_norm(params, 0.1)
    rnn_sample(params, inputs[:, 0], 3, np.random.default_rng(0))
    for expected, actual in zip(before, (*params, inputs, targets, start), strict=True):
        np.testing.assert_array_equal(expected, actual)


# --- products of Jacobians ----------------------------------------------------------------------


def test_the_jacobian_of_a_step_agrees_with_autodiff():
    params, inputs, _, start = network(n_steps=1, n_sequences=1)
    states = rnn_states(params, inputs, start)
    expected = jacobian(lambda h: rnn_states(params, inputs, h.reshape(1, -1))[1, 0])(start[0])
    np.testing.assert_allclose(expected, state_jacobians(params, states)[0, 0], rtol=1e-12)


def test_the_products_are_the_derivatives_of_the_last_state():
    params, inputs, _, start = network(n_steps=6)
    states = rnn_states(params, inputs, start)
    products = jacobian_products(params, states)
    assert (7, 3, 6, 6) == products.shape
    for lag in range(1, 7):
        for s in range(3):
            rest = inputs[6 - lag :, [s]]

            def last(h, rest=rest):
                return rnn_states(params, rest, h.reshape(1, -1))[-1, 0]

            expected = jacobian(last)(states[6 - lag, s])
            np.testing.assert_allclose(expected, products[lag, s], rtol=1e-10, atol=1e-14)


@pytest.mark.parametrize("scale", [0.5, 1.0, 1.5])
def test_around_the_state_zero_all_singular_values_are_powers_of_the_scale(scale):
    params = init_rnn(4, 7, np.random.default_rng(0), scale=scale)
    params[0] = 0 * params[0]
    states = rnn_states(params, np.zeros((20, 2), dtype=int))
    np.testing.assert_array_equal(0, states)
    values = np.linalg.svd(jacobian_products(params, states), compute_uv=False)
    expected = scale ** np.arange(21)[:, np.newaxis, np.newaxis] * np.ones((21, 2, 7))
    np.testing.assert_allclose(expected, values, rtol=1e-12)


def test_a_linear_step_back_is_a_power_of_the_matrix():
    params = init_rnn(4, 5, np.random.default_rng(3))
    params[1] = np.random.default_rng(4).normal(size=(5, 5))
    products = jacobian_products(params, np.zeros((10, 1, 5)))
    for k in range(10):
        expected = np.linalg.matrix_power(params[1].T, k)
        np.testing.assert_allclose(expected, products[k, 0], rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("scale", [0.3, 0.9, 2.0])
def test_no_product_is_larger_than_the_power_of_the_norm(scale):
    params, inputs, _, start = network(n_steps=25, scale=scale)
    products = jacobian_products(params, rnn_states(params, inputs, start))
    norms = np.linalg.norm(products, ord=2, axis=(2, 3))
    assert (norms <= scale ** np.arange(26)[:, np.newaxis] * (1 + 1e-12)).all()


# --- clipping -----------------------------------------------------------------------------------


def test_clipping_keeps_the_direction_of_all_parts_together():
    rng = np.random.default_rng(0)
    gradient = [rng.normal(size=(3, 4)), rng.normal(size=2), np.array(5.0)]
    clipped, norm = clip_by_norm(gradient, 0.5)
    whole, short = (np.concatenate([np.ravel(p) for p in parts]) for parts in (gradient, clipped))
    assert np.linalg.norm(whole) == pytest.approx(norm, rel=1e-14)
    np.testing.assert_allclose(0.5 * whole / norm, short, rtol=1e-14)


@pytest.mark.parametrize("max_norm", [5.0, 7.0, np.float64(1e300)])
def test_a_gradient_that_is_short_enough_is_left_alone(max_norm):
    gradient = [np.array([3.0]), np.array([[-4.0]])]
    clipped, norm = clip_by_norm(gradient, max_norm)
    assert 5.0 == norm
    np.testing.assert_array_equal(gradient[0], clipped[0])
    np.testing.assert_array_equal(gradient[1], clipped[1])
    assert clipped[0] is not gradient[0]


@pytest.mark.parametrize("size", [1e-200, 1e200, 1e307])
def test_squares_neither_overflow_nor_vanish(size):
    clipped, norm = clip_by_norm([[3 * size], [4 * size]], size)
    np.testing.assert_allclose([[0.6 * size], [0.8 * size]], clipped, rtol=1e-14)
    assert 5 * size == pytest.approx(norm, rel=1e-14)


def test_a_gradient_of_zeros_stays_zero():
    clipped, norm = clip_by_norm([np.zeros(3)], 1.0)
    assert 0.0 == norm
    np.testing.assert_array_equal(np.zeros(3), clipped[0])


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("where", [0, 1])
def test_a_gradient_that_is_not_finite_comes_back_and_its_norm_tells(bad, where):
    gradient = [np.array([1.0, 2.0]), np.array([3.0, 4.0])]
    gradient[where][1] = bad
    clipped, norm = clip_by_norm(gradient, 1.0)
    assert not np.isfinite(norm)
    np.testing.assert_array_equal(gradient, clipped)


# --- first parameters, and writing --------------------------------------------------------------


def test_first_parameters_have_the_spread_that_is_promised():
    U, W, b, V, c = init_rnn(200, 300, np.random.default_rng(0), scale=0.7)
    np.testing.assert_allclose(0.49 * np.eye(300), W @ W.T, atol=1e-12)
    assert 1.0 == pytest.approx(U.std(), rel=0.02)
    assert 300**-0.5 == pytest.approx(V.std(), rel=0.02)
    assert not b.any()
    assert not c.any()


def test_what_is_written_has_the_probabilities_of_the_network():
    # Without a state, each symbol is drawn independently, by the softmax of c.
    params = [np.zeros((3, 2)), np.zeros((2, 2)), [0.0, 0.0], np.zeros((2, 3)), [0.0, 1.0, 2.0]]
    for temperature in [1.0, 0.5]:
        written = rnn_sample(params, [0], 20_000, np.random.default_rng(0), temperature=temperature)
        share = np.bincount(written, minlength=3) / len(written)
        p = softmax(np.array(params[4]) / temperature)
        assert (np.abs(share - p) < 4 * np.sqrt(p * (1 - p) / len(written))).all()


def test_what_is_written_is_read():
    # Each symbol is followed by the next one: V is the inverse of what U does.
    U = 5 * np.eye(4)
    params = [U, np.zeros((4, 4)), np.zeros(4), 100 * np.roll(np.eye(4), 1, axis=1), np.zeros(4)]
    written = rnn_sample(params, [3, 1], 6, np.random.default_rng(0))
    assert [2, 3, 0, 1, 2, 3] == written.tolist()
    assert np.int64 == written.dtype


# --- bad input ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("i", "shape"), [(0, (5, 4)), (1, (6, 5)), (2, (1,)), (3, (5, 5)), (4, (1,)), (1, ())]
)
def test_parameters_that_do_not_fit_are_refused_and_not_broadcast(i, shape):
    params, inputs, _, _ = network()
    params[i] = np.zeros(shape)
    with pytest.raises(ValueError, match="params must have the shapes"):
        rnn_states(params, inputs)


def test_bad_arguments_are_named():
    params, inputs, targets, start = network()
    rng = np.random.default_rng(0)
    with pytest.raises(ValueError, match="params must hold five arrays, U, W, b, V and c, got 4"):
        rnn_states(params[:4], inputs)
    with pytest.raises(TypeError, match="inputs must hold symbols as integers, got dtype float64"):
        rnn_states(params, inputs * 1.0)
    with pytest.raises(ValueError, match="inputs must hold symbols from 0 to 4, got -1 to"):
        rnn_states(params, inputs - 1 - inputs.min())
    with pytest.raises(ValueError, match=r"inputs must be 2-D and not empty, got shape \(7,\)"):
        rnn_states(params, inputs[:, 0])
    with pytest.raises(ValueError, match="inputs must be 2-D and not empty"):
        rnn_states(params, np.empty((0, 3), dtype=int))
    with pytest.raises(ValueError, match=r"state must have shape \(3, 6\), got \(1, 6\)"):
        rnn_states(params, inputs, start[:1])
    for function in (rnn_loss, rnn_value_and_grad):
        with pytest.raises(ValueError, match=r"targets must have the shape of inputs, \(7, 3\)"):
            function(params, inputs, targets[:, :1])
        with pytest.raises(ValueError, match="targets must hold symbols from 0 to 4, got 0 to 5"):
            function(params, inputs, np.where(targets == targets.max(), 5, 0))
    with pytest.raises(ValueError, match="n_hidden must be >= 1, got 0"):
        init_rnn(5, 0, rng)
    with pytest.raises(ValueError, match="scale must be finite and >= 0, got -1"):
        init_rnn(5, 6, rng, scale=-1)
    with pytest.raises(TypeError, match=r"rng must be a numpy.random.Generator, got int"):
        init_rnn(5, 6, 0)
    with pytest.raises(ValueError, match="max_norm must be finite and > 0, got 0"):
        clip_by_norm(params, 0)
    with pytest.raises(
        ValueError, match=r"states must have shape \(n_steps \+ 1, n_sequences, 6\)"
    ):
        state_jacobians(params, np.zeros((1, 3, 6)))
    with pytest.raises(ValueError, match="prompt must be 1-D and not empty"):
        rnn_sample(params, [], 3, rng)
    with pytest.raises(ValueError, match="temperature must be finite and > 0, got 0"):
        rnn_sample(params, [0], 3, rng, temperature=0)
    with pytest.raises(ValueError, match="params must have as many outputs as inputs"):
        rnn_sample([*params[:3], np.zeros((6, 2)), np.zeros(2)], [0], 3, rng)


@pytest.mark.parametrize("logit", [20.0, 40.0, 300.0])
def test_small_losses_and_slopes_keep_their_digits(logit):
    params = [np.zeros((2, 1)), np.zeros((1, 1)), [0.0], np.zeros((1, 2)), [logit, 0.0]]
    loss, gradient, _ = rnn_value_and_grad(params, [[0]], [[0]])
    wrong = np.exp(-logit)
    assert np.log1p(wrong) == pytest.approx(loss, rel=1e-14, abs=0)
    assert loss == pytest.approx(rnn_loss(params, [[0]], [[0]]), rel=1e-14, abs=0)
    np.testing.assert_allclose(gradient[4], np.array([-wrong, wrong]) / (1 + wrong), rtol=1e-14)


def test_at_a_very_low_temperature_the_largest_logit_wins():
    params = [np.zeros((3, 1)), np.zeros((1, 1)), [0.0], np.zeros((1, 3)), [-1.0, 2.0, 1.0]]
    written = rnn_sample(params, [0], 5, np.random.default_rng(0), temperature=1e-310)
    assert [1] * 5 == written.tolist()
