r"""A recurrent network that reads symbols, and backpropagation through time by hand.

This is Elman's network [1]: the state is updated by the same weights in every step, and the next
symbol is predicted from it. With the symbols $x_t$, the states $h_t$ and the logits $z_t$ as rows,

$$h_t = \tanh(U_{x_t} + h_{t-1} W + b), \qquad z_t = h_t V + c .$$

The parameters are a list of five arrays, `[U, W, b, V, c]`. Time is the first axis of all arrays,
and several sequences are read side by side along the second.

`rnn_states`, `rnn_logits` and `rnn_loss` can also be differentiated by `calcguide.autodiff`.

[1] J. L. Elman, "Finding structure in time", Cognitive Science 14 (1990), 179-211.
"""

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from calcguide._checks import as_array, as_integer, as_number, as_real, refuse_masked
from calcguide._softmax import row_losses, row_slopes
from calcguide.autodiff import Variable

__all__ = [
    "clip_by_norm",
    "init_rnn",
    "jacobian_products",
    "rnn_logits",
    "rnn_loss",
    "rnn_sample",
    "rnn_states",
    "rnn_value_and_grad",
    "state_jacobians",
]

Array: TypeAlias = NDArray[np.float64]
Parameters: TypeAlias = list[Any]


# --- the network --------------------------------------------------------------------------------


def init_rnn(
    n_symbols: int, n_hidden: int, rng: np.random.Generator, *, scale: float = 1.0
) -> Parameters:
    r"""Draw the first parameters of a recurrent network.

    Parameters
    ----------
    n_symbols : int
        How many symbols there are, of the input as of the output.
    n_hidden : int
        The length of the state.
    rng : numpy.random.Generator
        Where chance comes from.
    scale : float, default 1.0
        All singular values of `W`, not negative.

    Returns
    -------
    list of ndarray
        `U` of shape `(n_symbols, n_hidden)`, `W` of shape `(n_hidden, n_hidden)`, `b` of shape
        `(n_hidden,)`, `V` of shape `(n_hidden, n_symbols)` and `c` of shape `(n_symbols,)`.

    Raises
    ------
    ValueError
        If a size is not positive or `scale` is negative.
    TypeError
        If `rng` is not a generator, a size is not an integer or `scale` not a number.

    Notes
    -----
    `W` is `scale` times a random orthogonal matrix, so that around the state 0 each step back in
    time multiplies a gradient by exactly `scale` [1]. `U` has the standard deviation 1, so
    that each symbol moves the state, and `V` the variance $1/n_\mathrm{hidden}$; the biases are 0.

    References
    ----------
    [1] A. M. Saxe, J. L. McClelland, S. Ganguli, "Exact solutions to the nonlinear dynamics of
    learning in deep linear neural networks", ICLR (2014), arXiv:1312.6120.

    Examples
    --------
    >>> import numpy as np
    >>> from calcguide.recurrent import init_rnn
    >>> U, W, b, V, c = init_rnn(27, 3, np.random.default_rng(0), scale=0.5)
    >>> U.shape, V.shape
    ((27, 3), (3, 27))
    >>> np.linalg.svd(W, compute_uv=False)
    array([0.5, 0.5, 0.5])
    """
    n_symbols = as_integer(n_symbols, "n_symbols", least=1)
    n_hidden = as_integer(n_hidden, "n_hidden", least=1)
    _check_generator(rng)
    scale = as_number(scale, "scale", least=0)
    Q, R = np.linalg.qr(rng.normal(size=(n_hidden, n_hidden)))
    return [
        rng.normal(size=(n_symbols, n_hidden)),
        # With the signs of R, Q has no preferred direction and is the same on every machine.
        scale * Q * np.sign(np.diag(R)),
        np.zeros(n_hidden),
        rng.normal(scale=n_hidden**-0.5, size=(n_hidden, n_symbols)),
        np.zeros(n_symbols),
    ]


def rnn_states(params: Sequence[Any], inputs: ArrayLike, state: ArrayLike | None = None) -> Any:
    r"""Return the states through which a recurrent network goes.

    Parameters
    ----------
    params : sequence of array_like
        The parameters `U, W, b, V, c`, as from `init_rnn`.
    inputs : array_like of int of shape (n_steps, n_sequences)
        The symbols, one sequence a column.
    state : array_like of shape (n_sequences, n_hidden), optional
        The state before the first symbol, by default 0.

    Returns
    -------
    ndarray of shape (n_steps + 1, n_sequences, n_hidden)
        The state before the first symbol and those after each.

    Raises
    ------
    ValueError
        If shapes don't fit each other, or there is no such symbol.
    TypeError
        If `inputs` does not hold integers.

    Notes
    -----
    $h_t = \tanh(U_{x_t} + h_{t-1} W + b)$, where $U_{x_t}$ is the row of `U` that belongs to the
    symbol: the same as a product of $U$ with a vector that has a 1 there and 0 elsewhere.

    Examples
    --------
    >>> import numpy as np
    >>> from calcguide.recurrent import init_rnn, rnn_states
    >>> params = init_rnn(27, 8, np.random.default_rng(0))
    >>> rnn_states(params, [[0], [4], [2]]).shape
    (4, 1, 8)
    """
    U, W, b, _, _ = _parameters(params)
    symbols = _symbols(inputs, "inputs", U.shape[0])
    shape = symbols.shape[1], W.shape[0]
    states = [np.zeros(shape) if state is None else _real(state, "state")]
    if states[0].shape != shape:
        raise ValueError(f"state must have shape {shape}, got {states[0].shape}")
    fed = U[symbols] + b
    for t in range(len(symbols)):
        states.append(np.tanh(fed[t] + states[-1] @ W))
    return np.stack(states)


def rnn_logits(params: Sequence[Any], inputs: ArrayLike, state: ArrayLike | None = None) -> Any:
    r"""Return the logits of the next symbol, after each symbol.

    Parameters
    ----------
    params, inputs, state
        As for `rnn_states`.

    Returns
    -------
    ndarray of shape (n_steps, n_sequences, n_symbols)
        $z_t = h_t V + c$; `losses.softmax` of them are the probabilities.

    Raises
    ------
    ValueError, TypeError
        As in `rnn_states`.

    Examples
    --------
    >>> import numpy as np
    >>> from calcguide.recurrent import init_rnn, rnn_logits
    >>> params = init_rnn(27, 8, np.random.default_rng(0))
    >>> rnn_logits(params, [[0], [4], [2]]).shape
    (3, 1, 27)
    """
    _, _, _, V, c = _parameters(params)
    return rnn_states(params, inputs, state)[1:] @ V + c


def rnn_loss(
    params: Sequence[Any], inputs: ArrayLike, targets: ArrayLike, state: ArrayLike | None = None
) -> Any:
    r"""Return the mean cross-entropy of the predicted symbols.

    Parameters
    ----------
    params, inputs, state
        As for `rnn_states`.
    targets : array_like of int of shape (n_steps, n_sequences)
        The symbol that is to be predicted after each one of `inputs`: for text, the next.

    Returns
    -------
    float
        $\frac{1}{n_\mathrm{steps}\, n_\mathrm{sequences}} \sum_{t,s} \bigl(\log \sum_k e^{z_{tsk}}
        - z_{ts\,y_{ts}}\bigr)$, in nats. Divided by $\log 2$ it is in bits for each symbol.

    Raises
    ------
    ValueError, TypeError
        As in `rnn_states`, or if `targets` does not fit.

    Examples
    --------
    Automatic differentiation agrees with backpropagation by hand:

    >>> import numpy as np
    >>> from calcguide.autodiff import grad
    >>> from calcguide.recurrent import init_rnn, rnn_loss, rnn_value_and_grad
    >>> params = init_rnn(5, 8, np.random.default_rng(0))
    >>> inputs, targets = [[0], [3], [2]], [[3], [2], [4]]
    >>> automatic = grad(rnn_loss)(params, inputs, targets)
    >>> _, by_hand, _ = rnn_value_and_grad(params, inputs, targets)
    >>> all(np.allclose(a, h, rtol=1e-12) for a, h in zip(automatic, by_hand))
    True
    """
    logits = rnn_logits(params, inputs, state)
    truth = _targets(targets, logits.shape)
    logits = logits.reshape(truth.size, -1)
    own = logits[np.arange(truth.size), truth.ravel()].reshape(-1, 1)
    loss = np.logaddexp.reduce(logits - own, axis=1).mean()
    return loss if type(loss) is Variable else float(loss)


def rnn_value_and_grad(
    params: Sequence[ArrayLike],
    inputs: ArrayLike,
    targets: ArrayLike,
    state: ArrayLike | None = None,
) -> tuple[float, list[Array], Array]:
    r"""Return `rnn_loss` and its gradient by backpropagation through time, written out by hand.

    Parameters
    ----------
    params, inputs, targets, state
        As for `rnn_loss`.

    Returns
    -------
    loss : float
        The mean cross-entropy in nats.
    gradient : list of ndarray
        The derivatives with respect to `U, W, b, V, c`, each of the shape of what it belongs to.
    state : ndarray of shape (n_sequences, n_hidden)
        The last state. Passed in with the symbols that follow, it makes the network read on.

    Raises
    ------
    ValueError, TypeError
        As in `rnn_loss`.

    Notes
    -----
    With $e_t = \partial L / \partial z_t$ and $a_t$, the derivative with respect to what goes into
    tanh, the steps are taken from the last to the first [1]:

    $$a_t = (e_t V^\top + a_{t+1} W^\top) \odot (1 - h_t^2), \qquad a_{T+1} = 0,$$

    $$\frac{\partial L}{\partial W} = \sum_t h_{t-1}^\top a_t, \quad
    \frac{\partial L}{\partial b} = \sum_t a_t, \quad
    \frac{\partial L}{\partial U_k} = \sum_{t : x_t = k} a_t, \quad
    \frac{\partial L}{\partial V} = \sum_t h_t^\top e_t, \quad
    \frac{\partial L}{\partial c} = \sum_t e_t .$$

    `state` is taken for a constant. If it is the last one of the symbols before, the gradient does
    not reach back into them: backpropagation is *truncated*, though memory is not.

    References
    ----------
    [1] P. J. Werbos, "Backpropagation through time: what it does and how to do it", Proceedings of
    the IEEE 78 (1990), 1550-1560.

    Examples
    --------
    >>> import numpy as np
    >>> from calcguide.recurrent import init_rnn, rnn_value_and_grad
    >>> params = init_rnn(5, 8, np.random.default_rng(0))
    >>> loss, gradient, state = rnn_value_and_grad(params, [[0], [3]], [[3], [2]])
    >>> [part.shape for part in gradient]
    [(5, 8), (8, 8), (8,), (8, 5), (5,)]
    >>> state.shape
    (1, 8)
    """
    U, W, _, V, c = _parameters(params)
    symbols = _symbols(inputs, "inputs", len(U))
    states = rnn_states(params, symbols, state)
    truth = _targets(targets, (*symbols.shape, len(c)))

    # What does not depend on the order of time is done for all steps at once.
    logits = states[1:] @ V + c
    losses, probabilities = row_losses(logits.reshape(truth.size, -1), truth.ravel())
    loss = float(losses.mean())
    e = row_slopes(probabilities, truth.ravel()).reshape(logits.shape) / truth.size

    a = e @ V.T
    slope = 1.0 - states[1:] ** 2
    a[-1] *= slope[-1]
    for t in range(len(a) - 2, -1, -1):
        a[t] = (a[t] + a[t + 1] @ W.T) * slope[t]

    step, sequence = np.indices(symbols.shape)
    read = np.zeros((*symbols.shape, len(U)))
    read[step, sequence, symbols] = 1.0
    gradient = [
        _sum_of_products(read, a),
        _sum_of_products(states[:-1], a),
        a.sum(axis=(0, 1)),
        _sum_of_products(states[1:], e),
        e.sum(axis=(0, 1)),
    ]
    return loss, gradient, states[-1].copy()


def _sum_of_products(x: Array, g: Array) -> Array:
    """Return the sum over all steps and sequences of the outer products of two rows."""
    # A small product for each step: one large product would be shared among threads by OpenBLAS,
    # which costs more than it brings, and on a busy machine many times more.
    return np.asarray((x.swapaxes(1, 2) @ g).sum(axis=0))


def rnn_sample(
    params: Sequence[ArrayLike],
    prompt: ArrayLike,
    n_steps: int,
    rng: np.random.Generator,
    *,
    temperature: float = 1.0,
) -> NDArray[np.int64]:
    r"""Let a recurrent network write: draw each symbol by its probability, and read it.

    Parameters
    ----------
    params : sequence of array_like
        The parameters `U, W, b, V, c`; there have to be as many outputs as inputs.
    prompt : array_like of int of shape (n_prompt,)
        The symbols that it reads first, at least one.
    n_steps : int
        How many it is to write.
    rng : numpy.random.Generator
        Where chance comes from.
    temperature : float, default 1.0
        The logits are divided by it, positive: below 1 what is probable is preferred, above 1
        chance is.

    Returns
    -------
    ndarray of int64 of shape (n_steps,)
        The symbols written, without the prompt.

    Raises
    ------
    ValueError
        If shapes don't fit, there is no such symbol, or `n_steps` or `temperature` is not positive.
    TypeError
        If `prompt` does not hold integers, `rng` is not a generator or a number not a number.

    Examples
    --------
    A network without a state that gives all its probability to the symbol 2:

    >>> import numpy as np
    >>> from calcguide.recurrent import rnn_sample
    >>> params = [np.zeros((3, 1)), np.zeros((1, 1)), [0.0], np.zeros((1, 3)), [0.0, 0.0, 1e3]]
    >>> rnn_sample(params, [0], 4, np.random.default_rng(0))
    array([2, 2, 2, 2])
    """
    parts = _parameters(params)
    n_steps = as_integer(n_steps, "n_steps", least=1)
    temperature = as_number(temperature, "temperature", above=0)
    _check_generator(rng)
    if len(parts[0]) != len(parts[4]):
        raise ValueError(
            "params must have as many outputs as inputs, since what is written is read, "
            f"got c of shape {parts[4].shape} and U of shape {parts[0].shape}"
        )
    first = _symbols(prompt, "prompt", len(parts[0]), ndim=1)
    U, W, b, V, c = parts
    state = rnn_states(parts, first[:, np.newaxis])[-1, 0]
    written = np.empty(n_steps, dtype=np.int64)
    for t in range(n_steps):
        logits = state @ V + c
        with np.errstate(over="ignore"):  # a low temperature makes all but the largest impossible
            cumulated = np.cumsum(np.exp((logits - logits.max()) / temperature))
        written[t] = np.searchsorted(cumulated, rng.random() * cumulated[-1], side="right")
        state = np.tanh(U[written[t]] + state @ W + b)
    return written


# --- gradients through time ---------------------------------------------------------------------


def clip_by_norm(gradient: Sequence[ArrayLike], max_norm: float) -> tuple[list[Array], float]:
    r"""Shorten a gradient that is too long, and keep its direction.

    Parameters
    ----------
    gradient : sequence of array_like
        The gradient, in parts of any shapes.
    max_norm : float
        The length that it may have, positive.

    Returns
    -------
    clipped : list of ndarray
        $g \min(1, \mathrm{max\_norm} / \lVert g \rVert)$, in new arrays.
    norm : float
        $\lVert g \rVert$, the root of the sum of all squares in all parts, before.

    Raises
    ------
    ValueError
        If `max_norm` is not positive.
    TypeError
        If a part does not hold real numbers.

    Notes
    -----
    All parts are shortened by the same factor [1]: clipped one by one, they would point elsewhere.
    A gradient that is not finite has no direction to keep; it is returned as it is, with its norm,
    so that the caller can tell.

    References
    ----------
    [1] R. Pascanu, T. Mikolov, Y. Bengio, "On the difficulty of training recurrent neural
    networks", ICML (2013), 1310-1318, algorithm 1.

    Examples
    --------
    >>> import numpy as np
    >>> from calcguide.recurrent import clip_by_norm
    >>> clip_by_norm([np.array([3.0, 0.0]), np.array([[4.0]])], max_norm=1.0)
    ([array([0.6, 0. ]), array([[0.8]])], 5.0)
    """
    max_norm = as_number(max_norm, "max_norm", above=0)
    parts = [np.array(as_real(part, "gradient")) for part in gradient]
    largest = max((float(np.abs(part).max()) for part in parts if part.size), default=0.0)
    if not 0.0 < largest < np.inf:
        return parts, largest
    # With the largest taken out, the squares neither overflow nor vanish.
    parts_relative = [part / largest for part in parts]
    relative = float(np.sqrt(sum(np.sum(part**2) for part in parts_relative)))
    norm = largest * relative
    if norm > max_norm:
        parts = [part * (max_norm / relative) for part in parts_relative]
    return parts, norm


def state_jacobians(params: Sequence[ArrayLike], states: ArrayLike) -> Array:
    r"""Return the Jacobian of each state with respect to the one before it.

    Parameters
    ----------
    params : sequence of array_like
        The parameters `U, W, b, V, c`; only `W` matters.
    states : array_like of shape (n_steps + 1, n_sequences, n_hidden)
        The states, from `rnn_states`.

    Returns
    -------
    ndarray of shape (n_steps, n_sequences, n_hidden, n_hidden)
        $J_t = \partial h_{t+1} / \partial h_t = \operatorname{diag}(1 - h_{t+1}^2)\, W^\top$, with
        the derivatives of one component of $h_{t+1}$ in a row.

    Raises
    ------
    ValueError
        If shapes don't fit or there is no step.
    TypeError
        If an argument does not hold real numbers.

    Examples
    --------
    >>> from calcguide.recurrent import state_jacobians
    >>> params = [[[0.0]], [[2.0]], [0.0], [[0.0]], [0.0]]
    >>> state_jacobians(params, [[[0.0]], [[0.0]], [[0.5]]]).ravel()
    array([2. , 1.5])
    """
    _, W, _, _, _ = _parameters(params)
    h = as_array(states, "states", ndim=3)
    if h.shape[2] != len(W) or len(h) < 2:
        raise ValueError(
            f"states must have shape (n_steps + 1, n_sequences, {len(W)}) with at least one step, "
            f"got {h.shape}"
        )
    return np.asarray((1.0 - h[1:, :, :, np.newaxis] ** 2) * W.T)


def jacobian_products(params: Sequence[ArrayLike], states: ArrayLike) -> Array:
    r"""Return the Jacobians of the last state with respect to all states before it.

    Parameters
    ----------
    params, states
        As for `state_jacobians`.

    Returns
    -------
    ndarray of shape (n_steps + 1, n_sequences, n_hidden, n_hidden)
        At the lag $k$, from 0, the product
        $\partial h_T / \partial h_{T-k} = J_{T-1} J_{T-2} \cdots J_{T-k}$.

    Raises
    ------
    ValueError, TypeError
        As in `state_jacobians`.

    Notes
    -----
    A derivative with respect to $h_T$ is multiplied by this matrix on its way back. Since
    $|\tanh'| \le 1$, its norm is at most $\lVert W \rVert^k$: with a norm below 1 gradients
    *vanish* [1]. A norm above 1 is necessary for them to *explode*, but not sufficient [2].

    Singular values below about 1e-16 times the largest of the same product are rounding noise.

    References
    ----------
    [1] Y. Bengio, P. Simard, P. Frasconi, "Learning long-term dependencies with gradient descent
    is difficult", IEEE Transactions on Neural Networks 5 (1994), 157-166.

    [2] R. Pascanu, T. Mikolov, Y. Bengio, "On the difficulty of training recurrent neural
    networks", ICML (2013), 1310-1318.

    Examples
    --------
    Around the state 0 the products are powers of $W^\top$, here of half an orthogonal matrix:

    >>> import numpy as np
    >>> from calcguide.recurrent import init_rnn, jacobian_products
    >>> params = init_rnn(5, 8, np.random.default_rng(0), scale=0.5)
    >>> products = jacobian_products(params, np.zeros((4, 1, 8)))
    >>> np.linalg.norm(products[:, 0], ord=2, axis=(1, 2))
    array([1.   , 0.5  , 0.25 , 0.125])
    """
    jacobians = state_jacobians(params, states)
    products = np.empty((len(jacobians) + 1, *jacobians.shape[1:]))
    products[0] = np.eye(jacobians.shape[-1])
    for k in range(1, len(products)):
        products[k] = products[k - 1] @ jacobians[-k]
    return products


# --- checks -------------------------------------------------------------------------------------


def _real(value: Any, name: str) -> Any:
    return value if type(value) is Variable else as_real(value, name)


def _parameters(params: Sequence[Any]) -> tuple[Any, Any, Any, Any, Any]:
    if len(params) != 5:
        raise ValueError(f"params must hold five arrays, U, W, b, V and c, got {len(params)}")
    U, W, b, V, c = (_real(part, name) for part, name in zip(params, "UWbVc", strict=True))
    n = W.shape[0] if W.ndim else 0
    # Without this check, a bias of another shape would be broadcast and a wrong net be trained.
    if (
        U.ndim != 2
        or V.ndim != 2
        or U.shape[1] != n
        or W.shape != (n, n)
        or b.shape != (n,)
        or V.shape[0] != n
        or c.shape != V.shape[1:]
    ):
        raise ValueError(
            "params must have the shapes (n_symbols, n_hidden), (n_hidden, n_hidden), (n_hidden,), "
            "(n_hidden, n_symbols) and (n_symbols,), "
            f"got {U.shape}, {W.shape}, {b.shape}, {V.shape} and {c.shape}"
        )
    return U, W, b, V, c


def _symbols(value: ArrayLike, name: str, count: int, *, ndim: int = 2) -> NDArray[np.intp]:
    refuse_masked(value, name)
    symbols: NDArray[Any] = np.asarray(value)
    if symbols.dtype.kind not in "ui" and symbols.size:
        raise TypeError(f"{name} must hold symbols as integers, got dtype {symbols.dtype}")
    if symbols.ndim != ndim or not symbols.size:
        raise ValueError(f"{name} must be {ndim}-D and not empty, got shape {symbols.shape}")
    lowest, highest = symbols.min(), symbols.max()
    if lowest < 0 or highest >= count:
        raise ValueError(
            f"{name} must hold symbols from 0 to {count - 1}, got {lowest} to {highest}"
        )
    return symbols.astype(np.intp, copy=False)


def _targets(value: ArrayLike, shape: tuple[int, ...]) -> NDArray[np.intp]:
    targets = _symbols(value, "targets", shape[2])
    if targets.shape != shape[:2]:
        raise ValueError(f"targets must have the shape of inputs, {shape[:2]}, got {targets.shape}")
    return targets


def _check_generator(rng: object) -> None:
    if not isinstance(rng, np.random.Generator):
        raise TypeError(f"rng must be a numpy.random.Generator, got {type(rng).__name__}")
