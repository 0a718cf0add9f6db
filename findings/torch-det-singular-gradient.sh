#!/usr/bin/env bash
# What: the gradient of torch.linalg.det at a singular matrix.
# Version: torch 2.13.0 (CPU).
# Source of the guess: torch.linalg.det, whose documentation names no exception,
#   and Jacobi's formula: a determinant is a polynomial, its gradient the matrix
#   of cofactors, defined for every matrix.
# Guess: at [[1, 2], [2, 4]] the gradient is [[4, -2], [-2, 1]].
# Seen: where the determinant comes out as exactly zero, backward() returns a
#   gradient of zeros, without a warning: at that matrix, and at diag(1, 2, 3, 0),
#   where one cofactor is 6. Another singular matrix, whose determinant is
#   rounded to -7e-16, gets the right gradient. Central differences of the same
#   function give the cofactors in all three cases.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install --quiet --no-compile 'torch==2.13.0' 'numpy==2.4.6'
"$work/env/bin/python" - <<'PY'
import torch

STEP = 1e-6


def backward(rows):
    matrix = torch.tensor(rows, dtype=torch.float64, requires_grad=True)
    torch.linalg.det(matrix).backward()
    return matrix.grad


def differences(rows):
    matrix = torch.tensor(rows, dtype=torch.float64)
    slopes = torch.empty_like(matrix)
    for i in range(len(rows)):
        for j in range(len(rows)):
            nudge = torch.zeros_like(matrix)
            nudge[i, j] = STEP
            rise = torch.linalg.det(matrix + nudge) - torch.linalg.det(matrix - nudge)
            slopes[i, j] = rise / (2 * STEP)
    return slopes


cases = {
    "2 by 2, rank 1": ([[1.0, 2.0], [2.0, 4.0]], True),
    "diag(1, 2, 3, 0)": (torch.diag(torch.tensor([1.0, 2.0, 3.0, 0.0])).tolist(), True),
    "3 by 3, rank 2": ([[1.0, 2.0, 3.0], [2.0, 4.0, 6.0], [1.0, 0.0, 1.0]], False),
}
for name, (rows, lost) in cases.items():
    determinant = torch.linalg.det(torch.tensor(rows, dtype=torch.float64)).item()
    found, expected = backward(rows), differences(rows)
    print(f"{name}: determinant {determinant:.1e}")
    print("  largest entry of the gradient:", found.abs().max().item())
    print("  by central differences:       ", round(expected.abs().max().item(), 6))
    assert (determinant == 0) == lost
    if lost:
        assert torch.equal(found, torch.zeros_like(found))
        assert expected.abs().max() > 1
    else:
        torch.testing.assert_close(found, expected, rtol=1e-6, atol=1e-6)
PY
