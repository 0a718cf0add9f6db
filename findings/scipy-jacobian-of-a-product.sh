#!/usr/bin/env bash
# What: scipy.differentiate.jacobian of a function that multiplies by a matrix.
# Version: SciPy 1.17.1, NumPy 2.4.6.
# Source of the guess: the documentation asks for a function that takes an array
#   of shape (m, ...). A @ x takes a vector, and a matrix whose columns are
#   points; on an array of three dimensions @ is another product, of shape
#   (m, n, ...) where (n, m, ...) was asked for.
# Guess: the Jacobian of A @ x is A, or an exception complains of the shape.
# Seen: neither. For a square matrix it is A transposed, for a matrix of two rows
#   and three columns the six numbers of A in a wrong order, and for tanh(A @ x)
#   it holds numbers that no Jacobian has: each time with success everywhere and
#   an estimated error below 1e-7. np.dot(A, x) happens to give A, but is as
#   wrong inside of tanh; np.tensordot(A, x, axes=1) is right.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install --quiet 'scipy==1.17.1' 'numpy==2.4.6'
"$work/env/bin/python" - <<'PY'
import numpy as np
from scipy.differentiate import jacobian


def by_dot(matrix, x):
    return np.dot(matrix, x)


def by_matmul(matrix, x):
    return matrix @ x


def by_tensordot(matrix, x):
    return np.tensordot(matrix, x, axes=1)


def measured(product, matrix, outer):
    """Return the Jacobian at (0.1, 0.2, ...) and claim what SciPy claims."""
    point = np.arange(1, matrix.shape[1] + 1) / 10
    result = jacobian(lambda x: outer(product(matrix, x)), point)
    print(f"{outer.__name__} of {product.__name__}: success={result.success.all()},")
    print(f"  error {result.error.max():.0e}, {result.df.round(3).tolist()}")
    assert result.success.all() and result.error.max() < 1e-7
    return result.df


square = np.array([[1.0, 2.0], [3.0, 4.0]])
wide = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
assert np.allclose(measured(by_tensordot, square, np.positive), square)
assert np.allclose(measured(by_dot, square, np.positive), square)
assert np.allclose(measured(by_matmul, square, np.positive), square.T)
assert np.allclose(measured(by_tensordot, wide, np.positive), wide)
scrambled = measured(by_matmul, wide, np.positive)
assert scrambled.shape == wide.shape and not np.allclose(scrambled, wide)
assert np.allclose(np.sort(scrambled, axis=None), np.sort(wide, axis=None))

exact = square * (1 - np.tanh(square @ [0.1, 0.2]) ** 2)[:, np.newaxis]
assert np.allclose(measured(by_tensordot, square, np.tanh), exact)
for product in (by_dot, by_matmul):
    wrong = measured(product, square, np.tanh)
    assert abs(wrong - exact).max() > 0.1 and abs(wrong.T - exact).max() > 0.1
PY
