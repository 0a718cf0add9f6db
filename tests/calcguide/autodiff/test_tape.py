import gc
import weakref

import numpy as np
import pytest

from calcguide.autodiff import grad

X = np.array([[0.3, -0.7, 1.2], [2.1, 0.4, -1.6]])


def test_a_chain_of_a_hundred_thousand_links_needs_no_recursion():
    def chain(x):
        for _ in range(100_000):
            x = x * 1.00001
        return x

    assert 1.00001**100_000 == pytest.approx(grad(chain)(1.0), rel=1e-9)


def test_a_value_used_many_times_gathers_all_contributions():
    assert 100.0 == grad(lambda x: sum(x for _ in range(100)))(2.0)
    assert 1024.0 == grad(lambda x: [x := x + x for _ in range(10)][-1])(1.0)


def test_the_function_runs_once_for_any_number_of_variables():
    runs = []

    def fun(x):
        runs.append(x.shape)
        return np.sum(x**2)

    grad(fun)(np.ones(1000))
    assert [(1000,)] == runs


def test_inner_and_outer_derivatives_are_not_confused():
    # d/dx [x * d/dy (x + y)] = 1; a confusion of the two would give 2.
    assert 1.0 == grad(lambda x: x * grad(lambda y: x + y)(1.0))(1.0)
    # d/dx [x * d/dy (x * y)**2 at y = x] = d/dx 2 x^4
    assert 64.0 == grad(lambda x: x * grad(lambda y: (x * y) ** 2)(x))(2.0)


def test_what_was_computed_on_the_way_is_freed_at_once():
    seen = []

    def fun(x):
        y = np.exp(x)
        seen.append(weakref.ref(y.value))
        return np.sum(y * y)

    gc.disable()
    try:
        grad(fun)(X)
        assert seen[0]() is None
    finally:
        gc.enable()
