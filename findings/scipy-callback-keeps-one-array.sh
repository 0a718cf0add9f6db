#!/usr/bin/env bash
# What: keeping the iterates that scipy.optimize.minimize hands to a callback.
# Version: SciPy 1.17.1, NumPy 2.4.6.
# Source of the guess: the documentation of minimize, which offers
#   callback(intermediate_result) and callback(xk) as two spellings of one
#   thing: x holds the present values of the parameter vector.
# Guess: a list of intermediate_result.x is the path, as a list of xk is.
# Seen: with L-BFGS-B and Newton-CG every entry of that list is the same array,
#   overwritten in place, and so the path consists of one point: the last one
#   computed. The older callback(xk) of the same methods gets copies. BFGS, CG
#   and Powell hand out separate arrays either way.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install --quiet 'scipy==1.17.1' 'numpy==2.4.6'
"$work/env/bin/python" - <<'PY'
from scipy.optimize import minimize, rosen, rosen_der

START = [-1.2, 1.0]


def distinct(points):
    return len({tuple(point) for point in points})


for method, shared in (
    ("L-BFGS-B", True),
    ("Newton-CG", True),
    ("BFGS", False),
    ("CG", False),
    ("Powell", False),
):
    jac = None if method == "Powell" else rosen_der
    modern, older = [], []

    def keep_result(intermediate_result):
        modern.append(intermediate_result.x)

    def keep_point(xk):
        older.append(xk)

    minimize(rosen, START, method=method, jac=jac, callback=keep_result)
    minimize(rosen, START, method=method, jac=jac, callback=keep_point)
    print(f"{method}: {len(modern)} iterations; distinct points kept:")
    print(f"  intermediate_result.x {distinct(modern)}, xk {distinct(older)}")
    assert len(modern) == len(older) > 10
    assert distinct(older) == len(older)
    assert distinct(modern) == (1 if shared else len(modern))
PY
