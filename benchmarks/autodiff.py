"""What the gradient of a network costs: autodiff against autograd and against NumPy by hand.

The network has one hidden layer with tanh, and the loss is the mean softmax cross-entropy, which
each side computes in its own natural way. All take turns in one process, with one thread for BLAS;
printed are the ratios of the medians, and their aims.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from typing import Any

import autograd
import autograd.numpy as anp
import numpy as np
from _sides import median_seconds, repetitions, report
from autograd.scipy.special import logsumexp

from calcguide.autodiff import grad, hvp
from calcguide.networks import flatten, init_mlp, mlp_loss

# Samples and layers; the aims against autograd, and against the gradient by hand; the factor for
# the repetitions.
CASES = [(64, (10, 16, 3), 0.2, 8.0, 10), (1000, (64, 64, 10), 0.5, 1.4, 1)]


def autograd_loss(params: Any, X: Any, y: Any) -> Any:
    """Return mlp_loss, written for autograd."""
    (W1, b1), (W2, b2) = params
    logits = anp.dot(anp.tanh(anp.dot(X, W1) + b1), W2) + b2
    return anp.mean(logsumexp(logits, axis=1) - logits[np.arange(len(y)), y])


def by_hand(params: Any, X: Any, y: Any) -> Any:
    """Return the gradient, written out in NumPy."""
    (W1, b1), (W2, b2) = params
    hidden = np.tanh(X @ W1 + b1)
    logits = hidden @ W2 + b2
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    g = e / e.sum(axis=1, keepdims=True)
    g[np.arange(len(y)), y] -= 1
    g /= len(y)
    before = (g @ W2.T) * (1 - hidden**2)
    return [(X.T @ before, before.sum(axis=0)), (hidden.T @ g, g.sum(axis=0))]


def compare(n: int, sizes: tuple[int, ...], peer_aim: float, floor_aim: float, repeat: int) -> None:
    """Check that all sides agree on one network, time them, print the ratios."""
    rng = np.random.default_rng(0)
    params = init_mlp(sizes, rng)
    X, y = rng.normal(size=(n, sizes[0])), rng.integers(sizes[-1], size=n)
    ours, peer, product = grad(mlp_loss), autograd.grad(autograd_loss), hvp(mlp_loss)
    expected = flatten(by_hand(params, X, y))
    for gradient in (ours, peer):
        np.testing.assert_allclose(flatten(gradient(params, X, y)), expected, rtol=1e-9)
    times = median_seconds(
        repeat,
        autodiff=lambda: ours(params, X, y),
        autograd=lambda: peer(params, X, y),
        hand=lambda: by_hand(params, X, y),
        hvp=lambda: product(params, params, X, y),
    )
    print(f"gradient of a network {'-'.join(map(str, sizes))}, {n} samples")
    report("autodiff / autograd", times["autodiff"] / times["autograd"], peer_aim)
    report("autodiff / by hand", times["autodiff"] / times["hand"], floor_aim)
    print(f"Hessian-vector product / gradient: {times['hvp'] / times['autodiff']:.2g}")


def main() -> None:
    """Compare them on a small and on a larger network."""
    repeat = repetitions(__doc__, 100)
    for n, sizes, peer_aim, floor_aim, factor in CASES:
        compare(n, sizes, peer_aim, floor_aim, factor * repeat)


if __name__ == "__main__":
    main()
