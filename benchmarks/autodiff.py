"""What the gradient of a network costs: autodiff against autograd and against NumPy by hand.

The network has one hidden layer with tanh, and the loss is the mean softmax cross-entropy, which
each side computes in its own natural way. All take turns in one process, with one thread for BLAS;
printed are the ratios of the medians, and their aims.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import argparse
import statistics
import time
from collections.abc import Callable
from typing import Any

import autograd
import autograd.numpy as anp
import numpy as np
from autograd.scipy.special import logsumexp

from calcguide.autodiff import grad, hvp
from calcguide.networks import flatten, init_mlp, mlp_loss

# Samples and layers; the aims against autograd, and against the gradient by hand; the repetitions.
CASES = [(64, (10, 16, 3), 0.2, 8.0, 1000), (1000, (64, 64, 10), 0.5, 1.4, 100)]


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


def medians(repeat: int, **sides: Callable[[], Any]) -> dict[str, float]:
    """Run the sides in turn and return the median time of each in microseconds."""
    times: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(repeat):
        for name, run in sides.items():
            start = time.perf_counter()
            run()
            times[name].append(time.perf_counter() - start)
    return {name: 1e6 * statistics.median(values) for name, values in times.items()}


def report(what: str, ratio: float, aim: float) -> None:
    verdict = "reached" if ratio <= aim else "missed"
    print(f"  {what}: {ratio:.2f} (aim: at most {aim}, {verdict})", flush=True)


def main() -> None:
    """Check that all sides agree, time them, print the ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeat", type=float, default=1, help="factor for the repetitions")
    factor = parser.parse_args().repeat
    for n, sizes, peer_aim, floor_aim, repeat in CASES:
        rng = np.random.default_rng(0)
        params = init_mlp(sizes, rng)
        X, y = rng.normal(size=(n, sizes[0])), rng.integers(sizes[-1], size=n)
        ours, peer, product = grad(mlp_loss), autograd.grad(autograd_loss), hvp(mlp_loss)
        expected = flatten(by_hand(params, X, y))
        for gradient in (ours, peer):
            np.testing.assert_allclose(flatten(gradient(params, X, y)), expected, rtol=1e-9)
        times = medians(
            round(factor * repeat),
            autodiff=lambda: ours(params, X, y),  # noqa: B023
            autograd=lambda: peer(params, X, y),  # noqa: B023
            hand=lambda: by_hand(params, X, y),  # noqa: B023
            hvp=lambda: product(params, params, X, y),  # noqa: B023
        )
        print(f"gradient of a network {'-'.join(map(str, sizes))}, {n} samples")
        report("autodiff / autograd", times["autodiff"] / times["autograd"], peer_aim)
        report("autodiff / by hand", times["autodiff"] / times["hand"], floor_aim)
        print(f"  Hessian-vector product / gradient: {times['hvp'] / times['autodiff']:.2f}")


if __name__ == "__main__":
    main()
