#!/usr/bin/env bash
# What: the derivative of clip at its bound, and of abs at zero, in four
#   libraries for automatic differentiation.
# Version: torch 2.13.0, jax 0.10.2, autograd 1.9.1, mygrad 2.5.0.
# Source of the guess: the reference pages of clip (clamp) and abs, which give
#   the same formula and no derivative; torch documents clamp as min(max(x)).
# Guess: any subgradient is right, so each library has one convention, most
#   likely 0, and libraries that copy NumPy's names agree.
# Seen: clip to [0, 1] has the derivative 1 (torch), 0.5 (jax) or 0 (autograd,
#   mygrad) at 0 and at 1. A parameter that starts on its bound moves at full
#   speed, at half speed or never. Within torch alone the four ways to write
#   max(x, 0) give 0 (relu), 0.5 (maximum) and 1 (clamp, fmax), although clamp
#   is documented by that very formula. And jax takes 1 for the slope of abs at
#   0, while its sign(0) is 0: an L1 penalty pushes weights off zero.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install --quiet --no-compile 'torch==2.13.0' 'jax==0.10.2' 'autograd==1.9.1' \
    'mygrad==2.5.0' 'numpy==2.4.6'
JAX_PLATFORMS=cpu "$work/env/bin/python" - <<'PY'
import autograd
import autograd.numpy as anp
import jax
import jax.numpy as jnp
import mygrad
import torch


def torch_slope(function, at):
    x = torch.tensor(at, requires_grad=True)
    function(x).backward()
    return x.grad.item()


def mygrad_slope(function, at):
    x = mygrad.tensor(at)
    function(x).backward()
    return float(x.grad)


def jax_slope(function, at):
    return float(jax.grad(function)(at))


def autograd_slope(function, at):
    return float(autograd.grad(function)(at))


libraries = {
    "torch": (torch_slope, lambda x: torch.clamp(x, 0.0, 1.0), torch.abs, 1.0, 0.0),
    "jax": (jax_slope, lambda x: jnp.clip(x, 0.0, 1.0), jnp.abs, 0.5, 1.0),
    "autograd": (autograd_slope, lambda x: anp.clip(x, 0.0, 1.0), anp.abs, 0.0, 0.0),
    "mygrad": (mygrad_slope, lambda x: mygrad.clip(x, 0.0, 1.0), mygrad.abs, 0.0, 0.0),
}
for name, (slope, clip, absolute, clip_slope, abs_slope) in libraries.items():
    found = slope(clip, 0.0), slope(clip, 1.0), slope(absolute, 0.0)
    print(f"{name}: clip {found[0]} at 0, {found[1]} at 1; abs {found[2]} at 0")
    assert found == (clip_slope, clip_slope, abs_slope)
assert float(jnp.sign(0.0)) == 0.0

positive_part = {
    "relu": (torch.relu, 0.0),
    "maximum": (lambda x: torch.maximum(x, torch.tensor(0.0)), 0.5),
    "clamp": (lambda x: torch.clamp(x, min=0.0), 1.0),
    "fmax": (lambda x: torch.fmax(x, torch.tensor(0.0)), 1.0),
}
for name, (function, expected) in positive_part.items():
    print(f"torch, max(x, 0) by {name}: {torch_slope(function, 0.0)}")
    assert torch_slope(function, 0.0) == expected
PY
