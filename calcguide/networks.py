r"""Multilayer perceptrons: each layer forwards, and its derivatives backwards, by hand.

Every layer has a backward function beside it. It takes `g`, the derivative of the loss with respect
to the layer's output, and returns the derivatives with respect to what went in: the chain rule, one
layer at a time. `mlp_gradient` calls them from the last to the first, which is backpropagation.

The forward functions can also be differentiated by `calcguide.autodiff`.
"""

import itertools
from collections.abc import Callable, Sequence
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from calcguide._checks import as_integer, as_real, refuse_masked
from calcguide._softmax import row_losses, row_slopes
from calcguide.autodiff import Variable
from calcguide.autodiff.primitives import recorded
from calcguide.losses import softmax_cross_entropy_gradient

__all__ = [
    "dense",
    "dense_backward",
    "flatten",
    "init_mlp",
    "mlp_forward",
    "mlp_gradient",
    "mlp_loss",
    "relu",
    "relu_backward",
    "tanh",
    "tanh_backward",
    "unflatten",
]

Array: TypeAlias = NDArray[np.float64]
Parameters: TypeAlias = list[tuple[Any, Any]]
Activation: TypeAlias = Literal["tanh", "relu"]


# --- layers -------------------------------------------------------------------------------------


def dense(X: Any, W: Any, b: Any) -> Any:
    r"""Return the output of a dense layer, $XW + b$.

    Parameters
    ----------
    X : array_like of shape (n_samples, n_inputs)
        One sample a row.
    W : array_like of shape (n_inputs, n_outputs)
        The weights.
    b : array_like of shape (n_outputs,)
        The biases, added to each row.

    Returns
    -------
    ndarray of shape (n_samples, n_outputs)
        The output.

    Raises
    ------
    ValueError
        If the shapes do not fit.

    Examples
    --------
    >>> from calcguide.networks import dense
    >>> dense([[1.0, 2.0]], [[1.0, 0.0, -1.0], [0.0, 1.0, 1.0]], [0.5, 0.5, 0.5])
    array([[1.5, 2.5, 1.5]])
    """
    X, W, b = _real(X, "X"), _real(W, "W"), _real(b, "b")
    # Without this check, a bias of another shape would be broadcast and a wrong net be trained.
    if X.ndim != 2 or W.ndim != 2 or X.shape[1] != W.shape[0] or b.shape != W.shape[1:]:
        raise ValueError(
            "X, W and b must have shapes (n_samples, n_inputs), (n_inputs, n_outputs) and "
            f"(n_outputs,), got {X.shape}, {W.shape} and {b.shape}"
        )
    return X @ W + b


def dense_backward(g: ArrayLike, X: ArrayLike, W: ArrayLike) -> tuple[Array, Array, Array]:
    r"""Return the derivatives of the loss with respect to what went into a dense layer.

    Parameters
    ----------
    g : array_like of shape (n_samples, n_outputs)
        $\partial L / \partial (XW + b)$.
    X, W : array_like
        The input and the weights of the layer.

    Returns
    -------
    tuple of ndarray
        $\partial L / \partial X = g W^\top$, $\partial L / \partial W = X^\top g$ and
        $\partial L / \partial b = \sum_i g_i$, each of the shape of what it belongs to.

    Raises
    ------
    ValueError
        If the shapes do not fit.
    TypeError
        If an argument does not hold real numbers.

    Notes
    -----
    Written out, $Z_{ij} = \sum_k X_{ik} W_{kj} + b_j$. So $W_{kj}$ acts on $Z_{ij}$ with the factor
    $X_{ik}$, for every sample $i$, and $\partial L/\partial W_{kj} = \sum_i X_{ik}\, g_{ij}$.

    Examples
    --------
    >>> from calcguide.networks import dense_backward
    >>> by_X, by_W, by_b = dense_backward([[1.0], [2.0]], [[1.0, 0.0], [3.0, 1.0]], [[2.0], [5.0]])
    >>> by_X
    array([[ 2.,  5.],
           [ 4., 10.]])
    >>> by_W, by_b
    (array([[7.],
           [2.]]), array([3.]))
    """
    g, X, W = as_real(g, "g", ndim=2), as_real(X, "X", ndim=2), as_real(W, "W", ndim=2)
    if X.shape[1] != W.shape[0] or g.shape != (len(X), W.shape[1]):
        raise ValueError(
            "g, X and W must have shapes (n_samples, n_outputs), (n_samples, n_inputs) and "
            f"(n_inputs, n_outputs), got {g.shape}, {X.shape} and {W.shape}"
        )
    return g @ W.T, X.T @ g, g.sum(axis=0)


def tanh(Z: Any) -> Any:
    r"""Return the hyperbolic tangent of each element.

    Parameters
    ----------
    Z : array_like
        Any shape.

    Returns
    -------
    ndarray, same shape
        Numbers in $[-1, 1]$.

    Raises
    ------
    TypeError
        If `Z` does not hold real numbers.

    Examples
    --------
    >>> tanh([0.0, 100.0])
    array([0., 1.])
    """
    return np.tanh(_real(Z, "Z"))


def tanh_backward(g: ArrayLike, out: ArrayLike) -> Array:
    r"""Return the derivative of the loss with respect to the input of `tanh`.

    Parameters
    ----------
    g : array_like
        The derivative with respect to the output.
    out : array_like, same shape
        The output: $\tanh' = 1 - \tanh^2$ needs nothing else.

    Returns
    -------
    ndarray, same shape
        $g\,(1 - \mathrm{out}^2)$.

    Raises
    ------
    ValueError
        If the shapes differ.
    TypeError
        If an argument does not hold real numbers.

    Examples
    --------
    >>> tanh_backward([2.0, 2.0], [0.0, 0.5])
    array([2. , 1.5])
    """
    g, out = _slope_and_output(g, out)
    return np.asarray(g * (1.0 - out**2))


def relu(Z: Any) -> Any:
    r"""Return the positive part of each element, $\max(z, 0)$.

    Parameters
    ----------
    Z : array_like
        Any shape.

    Returns
    -------
    ndarray, same shape
        Numbers that are not negative.

    Raises
    ------
    TypeError
        If `Z` does not hold real numbers.

    Examples
    --------
    >>> relu([-1.0, 0.0, 2.0])
    array([0., 0., 2.])
    """
    return np.maximum(_real(Z, "Z"), 0.0)


def relu_backward(g: ArrayLike, out: ArrayLike) -> Array:
    r"""Return the derivative of the loss with respect to the input of `relu`.

    Parameters
    ----------
    g : array_like
        The derivative with respect to the output.
    out : array_like, same shape
        The output: it is positive exactly where the input is.

    Returns
    -------
    ndarray, same shape
        $g$ where the output is positive, else 0.

    Raises
    ------
    ValueError, TypeError
        As in `tanh_backward`.

    Notes
    -----
    At the kink there is no derivative. Here it is taken for 0, the usual choice in networks, while
    `autodiff` shares the derivative of `np.maximum` equally and takes ½.

    Examples
    --------
    >>> relu_backward([3.0, 3.0, 3.0], [0.0, 0.0, 2.0])
    array([0., 0., 3.])
    """
    g, out = _slope_and_output(g, out)
    return np.where(out > 0, g, 0.0)


# --- the network --------------------------------------------------------------------------------

_ACTIVATIONS: dict[str, tuple[Callable[[Any], Any], Callable[[Any, Any], Array], float]] = {
    # Forward, backward, and the gain of the first weights: see init_mlp.
    "tanh": (tanh, tanh_backward, 1.0),
    "relu": (relu, relu_backward, 2.0),
}


def init_mlp(
    sizes: Sequence[int], rng: np.random.Generator, *, activation: Activation = "tanh"
) -> Parameters:
    r"""Draw the first parameters of a multilayer perceptron.

    Parameters
    ----------
    sizes : sequence of int
        The widths of all layers, from the number of inputs to the number of classes.
    rng : numpy.random.Generator
        Where chance comes from.
    activation : {"tanh", "relu"}, default "tanh"
        What stands between the layers.

    Returns
    -------
    list of tuple of ndarray
        For each dense layer its weights, shape `(n_inputs, n_outputs)`, and its biases, shape
        `(n_outputs,)`.

    Raises
    ------
    ValueError
        If there are fewer than two sizes, one is not positive, or the activation is unknown.

    Notes
    -----
    The weights are normal with mean 0 and variance $1/n_\mathrm{inputs}$ for tanh, and
    $2/n_\mathrm{inputs}$ for relu [1], which makes up for the half that it sets to zero: so
    the signals neither die out nor grow from layer to layer. The biases are 0.

    References
    ----------
    [1] K. He, X. Zhang, S. Ren, J. Sun, "Delving deep into rectifiers", ICCV (2015),
    1026-1034.

    Examples
    --------
    >>> import numpy as np
    >>> from calcguide.networks import init_mlp
    >>> params = init_mlp([64, 32, 10], np.random.default_rng(0))
    >>> [(W.shape, b.shape) for W, b in params]
    [((64, 32), (32,)), ((32, 10), (10,))]
    """
    sizes = _sizes(sizes)
    if not isinstance(rng, np.random.Generator):
        raise TypeError(f"rng must be a numpy.random.Generator, got {type(rng).__name__}")
    _, _, gain = _activation(activation)
    return [
        (
            rng.normal(scale=np.sqrt(gain / n_inputs), size=(n_inputs, n_outputs)),
            np.zeros(n_outputs),
        )
        for n_inputs, n_outputs in itertools.pairwise(sizes)
    ]


def mlp_forward(params: Parameters, X: ArrayLike, *, activation: Activation = "tanh") -> Any:
    r"""Return the logits of a multilayer perceptron.

    Parameters
    ----------
    params : list of tuple of array_like
        Weights and biases of each dense layer, as from `init_mlp`.
    X : array_like of shape (n_samples, n_inputs)
        One sample a row.
    activation : {"tanh", "relu"}, default "tanh"
        What stands between the layers; after the last one there is nothing.

    Returns
    -------
    ndarray of shape (n_samples, n_classes)
        The logits. The class predicted is their `argmax(axis=1)`; `losses.softmax` of them are the
        probabilities.

    Raises
    ------
    ValueError
        If shapes do not fit or the activation is unknown.

    Examples
    --------
    >>> import numpy as np
    >>> from calcguide.networks import init_mlp, mlp_forward
    >>> params = init_mlp([4, 8, 3], np.random.default_rng(0))
    >>> mlp_forward(params, np.zeros((2, 4)))
    array([[0., 0., 0.],
           [0., 0., 0.]])
    """
    forward, _, _ = _activation(activation)
    params, out = _layers(params), _real(X, "X")
    for W, b in params[:-1]:
        out = forward(dense(out, W, b))
    return dense(out, *params[-1])


def mlp_loss(
    params: Parameters, X: ArrayLike, y: ArrayLike, *, activation: Activation = "tanh"
) -> Any:
    r"""Return the mean cross-entropy of a multilayer perceptron.

    Parameters
    ----------
    params, X, activation
        As for `mlp_forward`.
    y : array_like of int of shape (n_samples,)
        The class of each sample.

    Returns
    -------
    float
        `losses.softmax_cross_entropy` of the logits: a mean over the samples, in nats.

    Raises
    ------
    ValueError, TypeError
        As in `mlp_forward`, or if `y` does not hold the classes of all samples.

    Examples
    --------
    Automatic differentiation agrees with backpropagation by hand:

    >>> import numpy as np
    >>> from calcguide.autodiff import grad
    >>> from calcguide.networks import flatten, init_mlp, mlp_gradient, mlp_loss
    >>> rng = np.random.default_rng(0)
    >>> params, X, y = init_mlp([4, 8, 3], rng), rng.normal(size=(5, 4)), [0, 2, 1, 1, 0]
    >>> automatic = flatten(grad(mlp_loss)(params, X, y))
    >>> np.allclose(automatic, flatten(mlp_gradient(params, X, y)), rtol=1e-12)
    True
    """
    logits = mlp_forward(params, X, activation=activation)
    loss = _softmax_cross_entropy(logits, target=_classes(y, logits.shape))
    return loss if type(loss) is Variable else float(loss)


# The loss of `calcguide.losses`, as one operation on the tape instead of eight.
@recorded
def _softmax_cross_entropy(logits: Any, *, target: NDArray[np.intp]) -> Any:
    target = target.copy()  # the pullback reads it
    if type(logits) is Variable:  # of an outer tape

        def slopes() -> Any:
            e = np.exp(logits - logits.max(axis=1, keepdims=True))
            return e / e.sum(axis=1, keepdims=True) - np.eye(logits.shape[1])[target]

        value = _softmax_cross_entropy(logits, target=target)
    else:
        losses, probabilities = row_losses(logits, target)

        def slopes() -> Any:
            return row_slopes(probabilities, target)

        value = losses.sum() / len(target)
    return value, lambda g: slopes() * (g / len(target))


def mlp_gradient(
    params: Parameters, X: ArrayLike, y: ArrayLike, *, activation: Activation = "tanh"
) -> Parameters:
    r"""Return the gradient of `mlp_loss` by backpropagation, written out by hand.

    Parameters
    ----------
    params, X, y, activation
        As for `mlp_loss`.

    Returns
    -------
    list of tuple of ndarray
        The derivatives with respect to the parameters, in their form.

    Raises
    ------
    ValueError, TypeError
        As in `mlp_loss`.

    Notes
    -----
    Forwards, each layer's output is kept. Backwards, `g` starts as the derivative with respect to
    the logits and is multiplied by each layer's local derivatives in turn [1]. The work is about
    twice that of the loss, whatever the number of parameters.

    References
    ----------
    [1] D. E. Rumelhart, G. E. Hinton, R. J. Williams, "Learning representations by
    back-propagating errors", Nature 323 (1986), 533-536.

    Examples
    --------
    >>> import numpy as np
    >>> from calcguide.networks import init_mlp, mlp_gradient
    >>> params = init_mlp([2, 3], np.random.default_rng(0))
    >>> [(by_W, by_b)] = mlp_gradient(params, np.zeros((1, 2)), [0])
    >>> by_b.round(4)
    array([-0.6667,  0.3333,  0.3333])
    """
    forward, backward, _ = _activation(activation)
    params, outputs = _layers(params), [as_real(X, "X")]
    for W, b in params[:-1]:
        outputs.append(forward(dense(outputs[-1], W, b)))
    g = softmax_cross_entropy_gradient(dense(outputs[-1], *params[-1]), y)
    gradient: Parameters = []
    for (W, _), X_in in zip(reversed(params), reversed(outputs), strict=True):
        by_X, by_W, by_b = dense_backward(g, X_in, W)
        gradient.append((by_W, by_b))
        if X_in is not outputs[0]:
            g = backward(by_X, X_in)
    return gradient[::-1]


def flatten(params: Parameters) -> Array:
    r"""Return all parameters in one vector, as optimizers want them.

    Parameters
    ----------
    params : list of tuple of array_like
        Weights and biases of each dense layer.

    Returns
    -------
    ndarray of shape (n_parameters,)
        Layer by layer, the weights by row and then the biases.

    Examples
    --------
    >>> flatten([([[1.0, 2.0], [3.0, 4.0]], [5.0, 6.0])])
    array([1., 2., 3., 4., 5., 6.])
    """
    parts = [_real(part, "params") for layer in _layers(params) for part in layer]
    return np.concatenate([np.ravel(part) for part in parts])


def unflatten(vector: Any, sizes: Sequence[int]) -> Parameters:
    r"""Return the parameters that `flatten` has put into a vector.

    Parameters
    ----------
    vector : array_like of shape (n_parameters,)
        The parameters.
    sizes : sequence of int
        The widths of all layers, as for `init_mlp`.

    Returns
    -------
    list of tuple of ndarray
        Weights and biases of each dense layer, as views of the vector.

    Raises
    ------
    ValueError
        If the vector does not have as many elements as the layers need.

    Examples
    --------
    >>> unflatten([1.0, 2.0, 3.0, 4.0, 5.0, 6.0], [2, 2])
    [(array([[1., 2.],
           [3., 4.]]), array([5., 6.]))]
    """
    sizes = _sizes(sizes)
    vector = _real(vector, "vector")
    needed = sum((n + 1) * m for n, m in itertools.pairwise(sizes))
    if vector.shape != (needed,):
        raise ValueError(f"vector must have shape ({needed},) for {sizes}, got {vector.shape}")
    params, start = [], 0
    for n, m in itertools.pairwise(sizes):
        middle, end = start + n * m, start + (n + 1) * m
        params.append((vector[start:middle].reshape(n, m), vector[middle:end]))
        start = end
    return params


def _real(value: Any, name: str) -> Any:
    return value if type(value) is Variable else as_real(value, name)


def _slope_and_output(g: ArrayLike, out: ArrayLike) -> tuple[Array, Array]:
    slope, output = as_real(g, "g"), as_real(out, "out")
    if slope.shape != output.shape:
        raise ValueError(
            f"g and out must have the same shape, got shapes {slope.shape} and {output.shape}"
        )
    return slope, output


def _layers(params: Parameters) -> Parameters:
    lengths = [len(layer) for layer in params]
    if set(lengths) != {2}:
        raise ValueError(
            "params must be a list of pairs of weights and biases, at least one, "
            f"got layers of the lengths {lengths}"
        )
    return params


def _classes(target: ArrayLike, shape: tuple[int, ...]) -> NDArray[np.intp]:
    refuse_masked(target, "y")
    classes: NDArray[Any] = np.asarray(target)
    if classes.dtype.kind not in "bui":
        raise TypeError(f"y must hold integers, the classes, got dtype {classes.dtype}")
    if classes.shape != shape[:1] or not classes.size:
        raise ValueError(
            f"y must have shape ({shape[0]},), one class for each of at least one sample, "
            f"got {classes.shape}"
        )
    lowest, highest = classes.min(), classes.max()
    if lowest < 0 or highest >= shape[1]:
        raise ValueError(f"y must hold classes from 0 to {shape[1] - 1}, got {lowest} to {highest}")
    return classes.astype(np.intp, copy=False)


def _sizes(sizes: Sequence[int]) -> list[int]:
    widths = [as_integer(size, "sizes", least=1) for size in sizes]
    if len(widths) < 2:
        raise ValueError(f"sizes must name at least an input and an output width, got {widths}")
    return widths


def _activation(name: object) -> tuple[Callable[[Any], Any], Callable[[Any, Any], Array], float]:
    if not isinstance(name, str) or name not in _ACTIVATIONS:
        raise ValueError(f"activation must be one of {', '.join(_ACTIVATIONS)}, got {name!r}")
    return _ACTIVATIONS[name]
