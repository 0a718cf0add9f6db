#!/usr/bin/env bash
# What: examples in docstrings of decorated functions, run by three test runners.
# Version: doctest of Python 3.11 or later, pytest 9.2.0, pytest-doctestplus
#   1.7.1; autograd 1.9.1, NumPy 2.4.6.
# Source of the guess: the documentation of doctest: "The module docstring, and
#   all function, class and method docstrings are searched", and the help on
#   --doctest-plus: "additional features not found in the normal doctest plugin".
# Guess: an example with a wrong answer fails wherever help() shows it, and what
#   pytest --doctest-modules runs, --doctest-plus runs too.
# Seen: below np.vectorize and autograd's primitive, with which one gives a rule
#   for a derivative, none of the three runs the example, though the docstring is
#   there: what these decorators return is no function to doctest's finder. A
#   cached_property is run by pytest alone; with --doctest-plus it is skipped.
#   property, lru_cache and contextmanager are run by all. A test is missing, and
#   all that are found pass.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install --quiet 'pytest==9.2.0' 'pytest-doctestplus==1.7.1' 'autograd==1.9.1' 'numpy==2.4.6'
cd "$work"
cat >rules.py <<'PY'
import contextlib
import functools

import autograd.extend
import numpy as np

def plain(x):
    """
    >>> 1 + 1
    3
    """

@functools.lru_cache
def remembered(x):
    """
    >>> 1 + 1
    3
    """

@contextlib.contextmanager
def managed():
    """
    >>> 1 + 1
    3
    """
    yield

@np.vectorize
def vectorized(x):
    """
    >>> 1 + 1
    3
    """
    return x

@autograd.extend.primitive
def ruled(x):
    """
    >>> 1 + 1
    3
    """

class Model:
    @property
    def current(self):
        """
        >>> 1 + 1
        3
        """

    @functools.cached_property
    def kept(self):
        """
        >>> 1 + 1
        3
        """
PY
documented=$("$work/env/bin/python" - <<'PY'
import rules
names = [rules.plain, rules.remembered, rules.managed, rules.vectorized, rules.ruled]
names += [vars(rules.Model)["current"], vars(rules.Model)["kept"]]
print(sum(">>> 1 + 1" in entry.__doc__ for entry in names))
PY
)
echo "objects whose __doc__ holds the example: $documented"
[ "$documented" -eq 7 ]

failures() { # NAME COMMAND...: the names whose example was run, and failed
    local name=$1 found
    shift
    found=$("$@" 2>&1 | grep -oE "(FAILED rules.py::rules\.|1 in rules\.)[A-Za-z.]+" |
        sed 's/.*rules\.//' | sort | tr '\n' ' ') || true
    echo "$name: $found"
    [ "$found" = "$expected" ]
}
expected="Model.current managed plain remembered "
failures "python -m doctest" "$work/env/bin/python" -m doctest rules.py
failures "pytest --doctest-plus" "$work/env/bin/pytest" -q --doctest-plus rules.py
expected="Model.current Model.kept managed plain remembered "
failures "pytest --doctest-modules" "$work/env/bin/pytest" -q --doctest-modules rules.py
