#!/usr/bin/env bash
# What: an impossible class label in Keras's sparse categorical cross-entropy.
# Version: Keras 3.15.1 on jax 0.10.2.
# Source of the guess: SparseCategoricalCrossentropy, which takes labels as
#   integers and says nothing of labels that are no class; the same Keras on
#   PyTorch raises IndexError for them.
# Guess: a label of 3 for three classes raises, or makes the loss NaN.
# Seen: the loss of such a row is 0, that of a certain and right prediction, and
#   no gradient comes from it. So is that of -1. Labels that count from 1, or a
#   marker for missing ones, lower the loss without a word: a model given nothing
#   but impossible labels is "trained" at a loss of 0, and its weights stand
#   still.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install --quiet 'keras==3.15.1' 'jax==0.10.2' 'numpy==2.4.6'
HOME=$work JAX_PLATFORMS=cpu KERAS_BACKEND=jax "$work/env/bin/python" - <<'PY'
import keras
import numpy as np

probabilities = np.array([[0.2, 0.3, 0.5]], dtype="float32")
logits = np.log(probabilities)
for label in (0, 2, 3, 12, -1):
    from_probabilities = float(
        keras.losses.SparseCategoricalCrossentropy()(np.array([label]), probabilities)
    )
    from_logits = float(
        keras.losses.SparseCategoricalCrossentropy(from_logits=True)(np.array([label]), logits)
    )
    print(f"label {label}: loss {from_probabilities:.4f}, from logits {from_logits:.4f}")
    expected = -np.log(probabilities[0, label]) if 0 <= label < 3 else 0.0
    assert np.allclose([from_probabilities, from_logits], expected, atol=1e-5)

keras.utils.set_random_seed(0)
model = keras.Sequential([keras.layers.Input((4,)), keras.layers.Dense(3)])
model.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
before = [weight.copy() for weight in model.get_weights()]
history = model.fit(np.ones((8, 4)), np.full(8, 3), epochs=2, verbose=0).history
moved = max(np.abs(a - b).max() for a, b in zip(before, model.get_weights(), strict=True))
print("fitted to labels of 3 only: loss", history["loss"], "weights moved by", moved)
assert not any(history["loss"]) and moved == 0
PY
