import autograd
import autograd.numpy as anp
import numpy as np
import pytest
from autograd.scipy.signal import convolve as autograd_convolve
from scipy.ndimage import maximum_filter, uniform_filter
from scipy.signal import convolve2d, correlate

from calcguide.autodiff import grad, hvp
from calcguide.convolution import (
    avg_pool2d,
    avg_pool2d_backward,
    conv2d,
    conv2d_backward,
    max_pool2d,
    max_pool2d_backward,
)
from calcguide.derivatives import check_gradient
from calcguide.networks import dense, dense_backward

# Images, filters and padding, in shapes that tell the axes apart.
CASES = [
    pytest.param((4, 3, 7, 6), (5, 3, 2, 4), 0, id="valid"),
    pytest.param((4, 2, 6, 5), (3, 2, 3, 3), 1, id="same"),
    pytest.param((2, 3, 5, 4), (4, 3, 2, 3), 4, id="padding wider than the kernel"),
    pytest.param((3, 2, 4, 5), (4, 2, 4, 5), 0, id="kernel as large as the image"),
    pytest.param((3, 4, 5, 6), (2, 4, 1, 1), 0, id="kernel of one pixel"),
]
POOLS = [
    pytest.param(max_pool2d, max_pool2d_backward, id="max"),
    pytest.param(avg_pool2d, avg_pool2d_backward, id="avg"),
]


def layer(images, filters, padding, seed=0):
    """Return X, W, b and a g of the shape of the output."""
    rng = np.random.default_rng(seed)
    X, W, b = rng.normal(size=images), rng.normal(size=filters), rng.normal(size=filters[0])
    return X, W, b, rng.normal(size=conv2d(X, W, b, padding=padding).shape)


def padded(X, padding):
    return np.pad(X, ((0, 0), (0, 0), (padding, padding), (padding, padding)))


# --- convolution --------------------------------------------------------------------------------


@pytest.mark.parametrize(("images", "filters", "padding"), CASES)
def test_conv2d_is_the_cross_correlation_of_scipy(images, filters, padding):
    X, W, b, _ = layer(images, filters, padding)
    expected = [
        [correlate(image, kernel, "valid")[0] + bias for kernel, bias in zip(W, b, strict=True)]
        for image in padded(X, padding)
    ]
    np.testing.assert_allclose(expected, conv2d(X, W, b, padding=padding), rtol=1e-12, atol=1e-13)


def test_conv2d_with_flipped_filters_is_the_convolution_of_scipy():
    X, W, _, _ = layer((1, 1, 6, 5), (1, 1, 3, 2), 0)
    expected = convolve2d(X[0, 0], W[0, 0], "valid")
    actual = conv2d(X, W[:, :, ::-1, ::-1], [0.0])[0, 0]
    np.testing.assert_allclose(expected, actual, rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize(("images", "filters", "padding"), CASES)
def test_each_derivative_of_conv2d_agrees_with_differences(images, filters, padding):
    X, W, b, G = layer(images, filters, padding)
    by_X, by_W, by_b = conv2d_backward(G, X, W, padding=padding)
    for report in (
        check_gradient(lambda X: np.sum(G * conv2d(X, W, b, padding=padding)), lambda _: by_X, X),
        check_gradient(lambda W: np.sum(G * conv2d(X, W, b, padding=padding)), lambda _: by_W, W),
        check_gradient(lambda b: np.sum(G * conv2d(X, W, b, padding=padding)), lambda _: by_b, b),
    ):
        assert report.success, report


@pytest.mark.parametrize(("images", "filters", "padding"), CASES)
def test_each_derivative_of_conv2d_agrees_with_autograd(images, filters, padding):
    X, W, b, G = layer(images, filters, padding)

    def output(X, W, b):
        # Autograd has a convolution with a rule of its own, for images without padding.
        around = anp.pad(X, ((0, 0), (0, 0), (padding, padding), (padding, padding)), "constant")
        flipped = W[:, :, ::-1, ::-1]
        Z = autograd_convolve(
            around, flipped, axes=([2, 3], [2, 3]), dot_axes=([1], [1]), mode="valid"
        )
        return anp.sum(G * (Z + anp.reshape(b, (-1, 1, 1))))

    expected = [autograd.grad(output, i)(X, W, b) for i in range(3)]
    for e, a in zip(expected, conv2d_backward(G, X, W, padding=padding), strict=True):
        np.testing.assert_allclose(e, a, rtol=1e-11, atol=1e-12)


def test_the_derivative_for_the_image_is_the_full_convolution_of_scipy():
    X, W, _, G = layer((1, 1, 6, 5), (1, 1, 3, 2), 0)
    by_X, _, _ = conv2d_backward(G, X, W)
    np.testing.assert_allclose(convolve2d(G[0, 0], W[0, 0], "full"), by_X[0, 0], atol=1e-13)


@pytest.mark.parametrize(("images", "filters", "padding"), CASES)
def test_the_derivative_for_the_image_is_the_adjoint_of_the_layer(images, filters, padding):
    X, W, _, G = layer(images, filters, padding)
    by_X, by_W, _ = conv2d_backward(G, X, W, padding=padding)
    through = np.sum(G * conv2d(X, W, np.zeros(len(W)), padding=padding))
    assert through == pytest.approx(np.sum(by_X * X), rel=1e-11)
    assert through == pytest.approx(np.sum(by_W * W), rel=1e-11)


def test_a_kernel_as_large_as_the_image_makes_a_dense_layer():
    X, W, b, G = layer((3, 2, 4, 5), (4, 2, 4, 5), 0)
    flat_X, flat_W, flat_G = X.reshape(3, 40), W.reshape(4, 40).T, G.reshape(3, 4)
    np.testing.assert_allclose(
        dense(flat_X, flat_W, b), conv2d(X, W, b).reshape(3, 4), rtol=1e-11, atol=1e-12
    )
    by_X, by_W, by_b = dense_backward(flat_G, flat_X, flat_W)
    expected = by_X.reshape(X.shape), by_W.T.reshape(W.shape), by_b
    for e, a in zip(expected, conv2d_backward(G, X, W), strict=True):
        np.testing.assert_allclose(e, a, rtol=1e-11, atol=1e-12)


def test_a_shifted_image_gives_a_shifted_map():
    X, W, b, _ = layer((2, 1, 9, 9), (3, 1, 3, 3), 0)
    Z = conv2d(X, W, b)
    shifted = conv2d(np.roll(X, (1, 2), axis=(2, 3)), W, b)
    np.testing.assert_allclose(Z[:, :, :-1, :-2], shifted[:, :, 1:, 2:], rtol=1e-12, atol=1e-13)


# --- pooling ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pool", "scipy"), [(max_pool2d, maximum_filter), (avg_pool2d, uniform_filter)]
)
@pytest.mark.parametrize("size", [1, 2, 3])
def test_pooling_is_a_filter_of_scipy_at_every_tile(pool, scipy, size):
    X = np.random.default_rng(0).normal(size=(2, 3, 6, 12))
    filtered = scipy(X, size=(1, 1, size, size))
    centre = size // 2
    expected = filtered[:, :, centre::size, centre::size]
    np.testing.assert_allclose(expected, pool(X, size), rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize(("pool", "backward"), POOLS)
@pytest.mark.parametrize("size", [1, 2, 3])
def test_the_derivative_of_pooling_agrees_with_differences(pool, backward, size):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(2, 3, 6, 12))
    G = rng.normal(size=pool(X, size).shape)
    report = check_gradient(
        lambda X: np.sum(G * pool(X, size)),
        lambda X: backward(G, X, size),
        X,
        rtol=1e-7,
        atol=1e-9,
    )
    assert report.success, report


def test_equal_maxima_share_the_derivative():
    X = np.array([[[[1.0, 1.0], [1.0, 0.0]]]])
    expected = [[[[2.0, 2.0], [2.0, 0.0]]]]
    np.testing.assert_allclose(expected, max_pool2d_backward([[[[6.0]]]], X, 2), rtol=1e-15)


# --- with automatic differentiation -------------------------------------------------------------


@pytest.mark.parametrize(("pool", "backward"), POOLS)
@pytest.mark.parametrize("padding", [0, 1])
def test_autodiff_gives_the_derivatives_by_hand(pool, backward, padding):
    X, W, b, _ = layer((3, 2, 6, 8), (4, 2, 3, 3), padding)
    Z = conv2d(X, W, b, padding=padding)
    G = np.random.default_rng(1).normal(size=pool(Z, 2).shape)

    def loss(parts):
        X, W, b = parts
        return (G * pool(conv2d(X, W, b, padding=padding), 2)).sum()

    by_hand = conv2d_backward(backward(G, Z, 2), X, W, padding=padding)
    for expected, actual in zip(by_hand, grad(loss)([X, W, b]), strict=True):
        np.testing.assert_allclose(expected, actual, rtol=1e-11, atol=1e-13)


@pytest.mark.parametrize("padding", [0, 2])
def test_second_derivatives_agree_with_differences_of_the_first(padding):
    X, W, b, G = layer((2, 2, 5, 6), (3, 2, 3, 2), padding)
    parts = [X, W, b]

    def loss(parts):
        X, W, b = parts
        return (np.tanh(conv2d(X, W, b, padding=padding)) * G).sum()

    rng = np.random.default_rng(2)
    V = [rng.normal(size=part.shape) for part in parts]
    h = 1e-5
    up, down = (grad(loss)([p + s * v for p, v in zip(parts, V, strict=True)]) for s in (h, -h))
    for u, d, actual in zip(up, down, hvp(loss)(parts, V), strict=True):
        np.testing.assert_allclose((u - d) / (2 * h), actual, rtol=1e-6, atol=1e-7)


# --- arguments ----------------------------------------------------------------------------------


def test_arguments_are_never_changed_nor_handed_back():
    X, W, b, G = layer((2, 2, 4, 4), (3, 2, 1, 1), 0)
    before = [part.copy() for part in (X, W, b, G)]
    G_pooled = G[:, :2, ::2, ::2]
    results = [
        conv2d(X, W, b),
        *conv2d_backward(G, X, W),
        max_pool2d(X, 2),
        avg_pool2d(X, 2),
        max_pool2d_backward(G_pooled, X, 2),
        avg_pool2d_backward(G_pooled, X, 2),
    ]
    for result in results:
        assert not any(np.shares_memory(result, part) for part in (X, W, b, G))
        result += 1.0
    for expected, actual in zip(before, (X, W, b, G), strict=True):
        np.testing.assert_array_equal(expected, actual)


def test_whole_numbers_are_computed_as_floats():
    X = np.array([[[[200, 200], [200, 200]]]], dtype=np.uint8)
    assert 800.0 == conv2d(X, np.ones((1, 1, 2, 2), dtype=np.uint8), [0]).item()
    assert 200.0 == avg_pool2d(X, 2).item()


@pytest.mark.parametrize(
    ("X", "W", "b", "message"),
    [
        ((8, 8), (1, 1, 3, 3), (1,), r"got \(8, 8\) and \(1, 1, 3, 3\)"),
        ((1, 1, 8, 8), (3, 3), (1,), r"got \(1, 1, 8, 8\) and \(3, 3\)"),
        ((1, 2, 8, 8), (4, 1, 3, 3), (4,), r"got \(1, 2, 8, 8\) and \(4, 1, 3, 3\)"),
        ((1, 2, 8, 8), (4, 2, 3, 3), (1,), r"b must have shape \(4,\).*got \(1,\)"),
        ((1, 1, 8, 8), (4, 1, 9, 3), (4,), r"kernel of \(9, 3\) for images of \(8, 8\)"),
        ((0, 1, 8, 8), (4, 1, 3, 3), (4,), "must not be empty"),
        ((1, 1, 8, 8), (4, 1, 0, 3), (4,), "must not be empty"),
    ],
)
def test_layers_that_do_not_fit_are_refused(X, W, b, message):
    with pytest.raises(ValueError, match=message):
        conv2d(np.ones(X), np.ones(W), np.ones(b))


def test_text_and_complex_numbers_are_refused():
    with pytest.raises(TypeError, match="X must be an array of real numbers"):
        conv2d(np.full((1, 1, 2, 2), "a"), np.ones((1, 1, 1, 1)), [0.0])
    with pytest.raises(TypeError, match="W must be an array of real numbers, got dtype complex"):
        conv2d(np.ones((1, 1, 2, 2)), np.full((1, 1, 1, 1), 1j), [0.0])


@pytest.mark.parametrize(("padding", "error"), [(-1, ValueError), (1.0, TypeError)])
def test_a_padding_that_is_no_count_is_refused(padding, error):
    X, W = np.ones((1, 1, 4, 4)), np.ones((1, 1, 3, 3))
    for call in (
        lambda: conv2d(X, W, [0.0], padding=padding),
        lambda: conv2d_backward(np.ones((1, 1, 2, 2)), X, W, padding=padding),
    ):
        with pytest.raises(error, match="padding must be"):
            call()


def test_a_derivative_of_the_wrong_shape_is_refused():
    X, W = np.ones((2, 1, 4, 4)), np.ones((3, 1, 3, 3))
    with pytest.raises(ValueError, match=r"g must .*\(2, 3, 2, 2\), got \(2, 3, 4, 4\)"):
        conv2d_backward(np.ones((2, 3, 4, 4)), X, W)
    for backward in (max_pool2d_backward, avg_pool2d_backward):
        with pytest.raises(ValueError, match=r"g must .*\(2, 1, 2, 2\), got \(1, 1, 2, 2\)"):
            backward(np.ones((1, 1, 2, 2)), X, 2)


@pytest.mark.parametrize("pool", [max_pool2d, avg_pool2d])
def test_images_that_tiles_do_not_cover_are_refused(pool):
    with pytest.raises(ValueError, match=r"multiples of size=2, got \(1, 1, 5, 4\)"):
        pool(np.ones((1, 1, 5, 4)), 2)
    with pytest.raises(ValueError, match=r"got \(4, 4\)"):
        pool(np.ones((4, 4)), 2)
    with pytest.raises(ValueError, match="size must be >= 1, got 0"):
        pool(np.ones((1, 1, 4, 4)), 0)
    with pytest.raises(TypeError, match="size must be an integer"):
        pool(np.ones((1, 1, 4, 4)), 2.0)


def test_nan_in_a_tile_shows_in_its_gradient():
    image = np.arange(16.0).reshape(1, 1, 4, 4)
    image[0, 0, 0, 0] = np.nan
    gradient = max_pool2d_backward(np.ones((1, 1, 2, 2)), image, 2)
    assert np.isnan(gradient[0, 0, :2, :2]).all()
    assert np.isfinite(gradient[0, 0, 2:]).all()
