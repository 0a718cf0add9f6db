#!/usr/bin/env bash
# What: lowering the learning rate on a plateau, for a loss below zero.
# Version: torch 2.13.0 (ReduceLROnPlateau), optax 0.2.8 (reduce_on_plateau)
#   on jax 0.10.2.
# Source of the guess: both are documented with the words "Reduce learning rate
#   when a metric has stopped improving". Log-likelihoods, evidence bounds and
#   rewards are losses below zero.
# Guess: a loss that stands still, or rises, lowers the rate after `patience`
#   epochs, whatever its sign.
# Seen: neither does. An improvement has to lie below best * (1 - 1e-4), and for
#   a negative best that threshold lies above it: -100 counts as better than
#   -100, and so does -99.995. A constant loss and one that rises for forty
#   epochs leave the rate as it was, and the recorded best value rises
#   with the loss. The same losses above zero lower the rate again and again.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install --quiet --no-compile 'torch==2.13.0' 'optax==0.2.8' 'jax==0.10.2' 'numpy==2.4.6'
JAX_PLATFORMS=cpu "$work/env/bin/python" - <<'PY'
import optax
import torch

EPOCHS = 40


def with_torch(losses):
    weight = torch.nn.Parameter(torch.zeros(1))
    optimizer = torch.optim.SGD([weight], lr=1.0)
    scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, patience=3)
    for loss in losses:
        scheduler.step(loss)
    return optimizer.param_groups[0]["lr"], scheduler.best


def with_optax(losses):
    plateau = optax.contrib.reduce_on_plateau(patience=3, factor=0.1)
    state = plateau.init(0.0)
    for loss in losses:
        _, state = plateau.update(1.0, state, value=loss)
    return float(state.scale), float(state.best_value)


for name, run in (("torch", with_torch), ("optax", with_optax)):
    for start in (100.0, -100.0):
        still = [start] * EPOCHS
        rising = [start + 0.005 * epoch for epoch in range(EPOCHS)]
        (still_rate, _), (rising_rate, best) = run(still), run(rising)
        print(f"{name}, from {start:+.0f}: rate {still_rate:.0e} on a constant loss,")
        print(f"  {rising_rate:.0e} on one rising to {rising[-1]:.3f}, best noted {best:.3f}")
        if start > 0:
            assert still_rate < 1e-6 and rising_rate < 1e-6 and best == start
        else:
            assert still_rate == 1.0 and rising_rate == 1.0
            assert abs(best - rising[-1]) < 0.01
PY
