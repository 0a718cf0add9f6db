r"""Convolution and pooling of images: the layers of a convolutional network, forward and backward.

Images stand in arrays of shape `(n_samples, n_channels, height, width)`. As in `calcguide.networks`
every layer has a backward function beside it, which takes `g`, the derivative of the loss with
respect to the layer's output, and returns the derivatives with respect to what went in.

What networks call a convolution is a cross-correlation: the filter is slid over the image as it is.
A convolution in the sense of mathematics, and of `scipy.signal.convolve`, flips it first.

The forward functions can also be differentiated by `calcguide.autodiff`, as often as is wanted.
"""

import functools
from typing import Any, TypeAlias

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import ArrayLike, NDArray

from calcguide._checks import as_integer, as_real
from calcguide.autodiff import Variable
from calcguide.autodiff.primitives import recorded

__all__ = [
    "avg_pool2d",
    "avg_pool2d_backward",
    "conv2d",
    "conv2d_backward",
    "max_pool2d",
    "max_pool2d_backward",
]

Array: TypeAlias = NDArray[np.float64]


# --- convolution --------------------------------------------------------------------------------


def conv2d(X: Any, W: Any, b: Any, *, padding: int = 0) -> Any:
    r"""Return the output of a convolutional layer: each filter slid over each image.

    Parameters
    ----------
    X : array_like of shape (n_samples, n_channels, height, width)
        The images.
    W : array_like of shape (n_filters, n_channels, kernel_height, kernel_width)
        The weights of the filters. A filter sees all channels at once.
    b : array_like of shape (n_filters,)
        The biases, one for each filter.
    padding : int, default 0
        How many rows and columns of zeros are put around each image first. With an odd kernel of
        size $k$ and the padding $(k - 1)/2$, the output is as large as the image.

    Returns
    -------
    ndarray of shape (n_samples, n_filters, out_height, out_width)
        One map for each filter, with `out_height = height + 2 * padding - kernel_height + 1`, and
        the width likewise.

    Raises
    ------
    ValueError
        If shapes do not fit, a filter is larger than the padded image, or `padding` is negative.
    TypeError
        If an array does not hold real numbers, or `padding` is not an integer.

    Notes
    -----
    For each image, with the channel $c$ and the place $(u, v)$ in the kernel,

    $$Z_{fij} = b_f + \sum_{c,u,v} W_{fcuv}\, X_{c,\,i+u,\,j+v}.$$

    This is the cross-correlation of the field [1], section 9.1. To get a convolution proper, flip
    the filters: `W[:, :, ::-1, ::-1]`.

    References
    ----------
    [1] I. Goodfellow, Y. Bengio, A. Courville, *Deep Learning*, MIT Press, 2016, chapter 9.

    Examples
    --------
    A filter that looks for edges, on an image that is dark on the left and bright on the right:

    >>> import numpy as np
    >>> from calcguide.convolution import conv2d
    >>> image = np.array([[[[0.0, 0.0, 1.0, 1.0], [0.0, 0.0, 1.0, 1.0]]]])
    >>> edge = np.array([[[[-1.0, 1.0]]]])
    >>> conv2d(image, edge, [0.0])
    array([[[[0., 1., 0.],
             [0., 1., 0.]]]])
    """
    X, W, b = _real(X, "X"), _real(W, "W"), _real(b, "b")
    padding = as_integer(padding, "padding", least=0)
    _check_layer(X, W, padding)
    # Without this check, a single bias would be broadcast to all filters.
    if b.shape != W.shape[:1]:
        raise ValueError(f"b must have shape ({W.shape[0]},), one for each filter, got {b.shape}")
    return _correlate(_pad(X, margin=(padding, padding)), W) + b.reshape(-1, 1, 1)


def conv2d_backward(
    g: ArrayLike, X: ArrayLike, W: ArrayLike, *, padding: int = 0
) -> tuple[Array, Array, Array]:
    r"""Return the derivatives of the loss with respect to what went into `conv2d`.

    Parameters
    ----------
    g : array_like of shape (n_samples, n_filters, out_height, out_width)
        $\partial L / \partial Z$, the derivative with respect to the output.
    X, W, padding
        The input, the weights and the padding of the layer.

    Returns
    -------
    tuple of ndarray
        $\partial L / \partial X$, $\partial L / \partial W$ and $\partial L / \partial b$, each of
        the shape of what it belongs to.

    Raises
    ------
    ValueError, TypeError
        If shapes do not fit, or as in `conv2d`.

    Notes
    -----
    For each sample, and with $X$ for the padded image,

    $$\frac{\partial L}{\partial W_{fcuv}} = \sum_{i,j} g_{fij}\, X_{c,\,i+u,\,j+v}, \qquad
    \frac{\partial L}{\partial X_{cpq}} = \sum_{f,i,j} g_{fij}\, W_{fc,\,p-i,\,q-j}, \qquad
    \frac{\partial L}{\partial b_f} = \sum_{i,j} g_{fij},$$

    where a weight outside the kernel counts as 0. The first is a cross-correlation of the image
    with $g$, and is summed over the samples, like the last. The second is the full convolution of
    $g$ with the filters, that is the cross-correlation of the padded $g$ with the flipped filters.

    References
    ----------
    [1] Y. LeCun, B. Boser, J. S. Denker et al., "Backpropagation applied to handwritten zip code
    recognition", *Neural Computation* 1 (1989), 541-551.

    Examples
    --------
    >>> import numpy as np
    >>> from calcguide.convolution import conv2d_backward
    >>> image = np.array([[[[1.0, 2.0, 3.0]]]])
    >>> by_X, by_W, by_b = conv2d_backward([[[[1.0, 10.0]]]], image, [[[[4.0, 5.0]]]])
    >>> by_X
    array([[[[ 4., 45., 50.]]]])
    >>> by_W, by_b
    (array([[[[21., 32.]]]]), array([11.]))
    """
    g, X, W = as_real(g, "g"), as_real(X, "X"), as_real(W, "W")
    padding = as_integer(padding, "padding", least=0)
    _check_layer(X, W, padding)
    height, width = (n + 2 * padding - k + 1 for n, k in zip(X.shape[2:], W.shape[2:], strict=True))
    _check_shape(g, (len(X), len(W), height, width))
    margin = (padding, padding)
    by_X = _crop(_correlate_by_image(g, W), margin=margin)
    by_W = _correlate_by_kernel(g, _pad(X, margin=margin))
    return by_X, by_W, g.sum(axis=(0, 2, 3))


# The derivatives of a correlation are correlations. So autodiff, which finds them here, can go on
# and differentiate them in turn.


@functools.partial(recorded, keeps=True)
def _correlate(X: Any, W: Any) -> Any:
    """Return the cross-correlation of images and filters, where they overlap entirely."""
    if Variable in (type(X), type(W)):  # of an outer tape
        value = _correlate(X, W)
    else:
        windows = sliding_window_view(X, W.shape[2:], axis=(2, 3))
        n_samples, _, height, width, _, _ = windows.shape
        # One column for each window makes it one product of matrices.
        columns = windows.transpose(1, 4, 5, 0, 2, 3).reshape(W[0].size, -1)
        maps = W.reshape(len(W), -1) @ columns
        value = maps.reshape(len(W), n_samples, height, width).swapaxes(0, 1)
    return value, lambda g: _correlate_by_image(g, W), lambda g: _correlate_by_kernel(g, X)


def _correlate_by_image(g: Any, W: Any) -> Any:
    height, width = W.shape[2:]
    flipped = W[:, :, ::-1, ::-1].swapaxes(0, 1)
    return _correlate(_pad(g, margin=(height - 1, width - 1)), flipped)


def _correlate_by_kernel(g: Any, X: Any) -> Any:
    # Each channel is an image and each sample a channel of it, as the sum goes over the samples.
    return _correlate(X.swapaxes(0, 1), g.swapaxes(0, 1)).swapaxes(0, 1)


@recorded
def _pad(X: Any, *, margin: tuple[int, int]) -> Any:
    if type(X) is Variable:
        value = _pad(X, margin=margin)
    else:
        (rows, columns), (height, width) = margin, X.shape[2:]
        # In a fraction of the time that np.pad takes for small images.
        value = np.zeros((*X.shape[:2], height + 2 * rows, width + 2 * columns))
        value[:, :, rows : rows + height, columns : columns + width] = X
    return value, lambda g: _crop(g, margin=margin)


@recorded
def _crop(X: Any, *, margin: tuple[int, int]) -> Any:
    (rows, columns), (height, width) = margin, X.shape[2:]
    value = X[:, :, rows : height - rows, columns : width - columns]
    return value, lambda g: _pad(g, margin=margin)


# --- pooling ------------------------------------------------------------------------------------


def max_pool2d(X: Any, size: int) -> Any:
    r"""Return the largest value of each square tile of each image.

    Parameters
    ----------
    X : array_like of shape (n_samples, n_channels, height, width)
        The images.
    size : int
        The side of the tiles, which do not overlap. Height and width are multiples of it.

    Returns
    -------
    ndarray of shape (n_samples, n_channels, height // size, width // size)
        One value for each tile.

    Raises
    ------
    ValueError
        If `X` is not 4-D, or `size` is not positive or does not divide its height and width.
    TypeError
        If `X` does not hold real numbers, or `size` is not an integer.

    Examples
    --------
    >>> import numpy as np
    >>> from calcguide.convolution import max_pool2d
    >>> image = np.array([[[[1.0, 2.0, 5.0, 6.0], [4.0, 3.0, 8.0, 7.0]]]])
    >>> max_pool2d(image, 2)
    array([[[[4., 8.]]]])
    """
    return _tiles(X, size).max(axis=0)


def max_pool2d_backward(g: ArrayLike, X: ArrayLike, size: int) -> Array:
    r"""Return the derivative of the loss with respect to the input of `max_pool2d`.

    Parameters
    ----------
    g : array_like of shape (n_samples, n_channels, height // size, width // size)
        The derivative with respect to the output.
    X, size
        The input and the size of the tiles.

    Returns
    -------
    ndarray of shape (n_samples, n_channels, height, width)
        In each tile, `g` where the largest value stands, and 0 elsewhere.

    Raises
    ------
    ValueError, TypeError
        If the shape of `g` does not fit, or as in `max_pool2d`.

    Notes
    -----
    Only the largest value of a tile moves the output, and it does so one to one. Where several are
    equally large there is no derivative: here they share `g` equally, which gives a subgradient
    and is the convention of `autodiff`. PyTorch gives all of it to one of them.

    Examples
    --------
    >>> import numpy as np
    >>> from calcguide.convolution import max_pool2d_backward
    >>> image = np.array([[[[1.0, 2.0, 8.0, 8.0], [4.0, 3.0, 6.0, 7.0]]]])
    >>> max_pool2d_backward([[[[10.0, 20.0]]]], image, 2)
    array([[[[ 0.,  0., 10., 10.],
             [10.,  0.,  0.,  0.]]]])
    """
    g, X = as_real(g, "g"), as_real(X, "X")
    out = max_pool2d(X, size)
    _check_shape(g, out.shape)
    largest = _spread(out, size) == X
    ties = _tiles(largest, size).sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):  # a tile with nan has no largest value
        return np.asarray(largest * _spread(g / ties, size))


def avg_pool2d(X: Any, size: int) -> Any:
    r"""Return the mean of each square tile of each image.

    Parameters
    ----------
    X, size
        As for `max_pool2d`.

    Returns
    -------
    ndarray of shape (n_samples, n_channels, height // size, width // size)
        One value for each tile.

    Raises
    ------
    ValueError, TypeError
        As in `max_pool2d`.

    Examples
    --------
    >>> import numpy as np
    >>> from calcguide.convolution import avg_pool2d
    >>> image = np.array([[[[1.0, 2.0, 5.0, 6.0], [4.0, 3.0, 8.0, 7.0]]]])
    >>> avg_pool2d(image, 2)
    array([[[[2.5, 6.5]]]])
    """
    return _tiles(X, size).mean(axis=0)


def avg_pool2d_backward(g: ArrayLike, X: ArrayLike, size: int) -> Array:
    r"""Return the derivative of the loss with respect to the input of `avg_pool2d`.

    Parameters
    ----------
    g : array_like of shape (n_samples, n_channels, height // size, width // size)
        The derivative with respect to the output.
    X, size
        The input, of which only the shape matters, and the size of the tiles.

    Returns
    -------
    ndarray of shape (n_samples, n_channels, height, width)
        $g / \mathrm{size}^2$ at every place of a tile.

    Raises
    ------
    ValueError, TypeError
        As in `max_pool2d_backward`.

    Examples
    --------
    >>> import numpy as np
    >>> from calcguide.convolution import avg_pool2d_backward
    >>> avg_pool2d_backward([[[[8.0]]]], np.zeros((1, 1, 2, 2)), 2)
    array([[[[2., 2.],
             [2., 2.]]]])
    """
    g = as_real(g, "g")
    _check_shape(g, _tiles(X, size).shape[1:])
    return _spread(g / size**2, size)


def _tiles(X: Any, size: int) -> Any:
    """Return the values of each tile along the first axis, and the tiles along the others."""
    X = _real(X, "X")
    size = as_integer(size, "size", least=1)
    if X.ndim != 4 or 0 in X.shape or X.shape[2] % size or X.shape[3] % size:
        raise ValueError(
            "X must have shape (n_samples, n_channels, height, width), not empty and with a height "
            f"and a width that are multiples of size={size}, got {X.shape}"
        )
    return np.stack([X[:, :, i::size, j::size] for i in range(size) for j in range(size)])


def _spread(Z: Array, size: int) -> Array:
    """Return images in which every value fills a tile."""
    return Z.repeat(size, axis=2).repeat(size, axis=3)


# --- checks -------------------------------------------------------------------------------------


def _real(value: Any, name: str) -> Any:
    return value if type(value) is Variable else as_real(value, name)


def _check_layer(X: Any, W: Any, padding: int) -> None:
    if X.ndim != 4 or W.ndim != 4 or X.shape[1] != W.shape[1]:
        raise ValueError(
            "X and W must have shapes (n_samples, n_channels, height, width) and "
            f"(n_filters, n_channels, kernel_height, kernel_width), got {X.shape} and {W.shape}"
        )
    if 0 in X.shape or 0 in W.shape:
        raise ValueError(f"X and W must not be empty, got shapes {X.shape} and {W.shape}")
    if any(k > n + 2 * padding for n, k in zip(X.shape[2:], W.shape[2:], strict=True)):
        raise ValueError(
            f"W must not be larger than the padded image, got a kernel of {W.shape[2:]} for "
            f"images of {X.shape[2:]} with padding={padding}"
        )


def _check_shape(g: Array, shape: tuple[int, ...]) -> None:
    if g.shape != shape:
        raise ValueError(f"g must have the shape of the output, {shape}, got {g.shape}")
