import time

import autograd
import autograd.numpy as anp
import numpy as np
import pytest

from calcguide.autodiff import grad, hvp, jacobian

X = np.random.default_rng(0).normal(size=(5, 4))

# Each reads an array part by part, given a NumPy and the array.
READERS = {
    "rows": lambda m, x: [x[i] for i in range(5)],
    "rows, in an iteration": lambda m, x: list(x),
    "elements": lambda m, x: [x[i, j] for i in range(5) for j in range(4)],
    "elements of rows": lambda m, x: [x[i][j] for i in range(5) for j in range(4)],
    "columns": lambda m, x: [x[:, j] for j in range(4)],
    "rows of the transpose": lambda m, x: [x.T[j] for j in range(4)],
    "rows of axes swapped": lambda m, x: [m.swapaxes(x, 0, 1)[j] for j in range(4)],
    "elements of one row": lambda m, x: [m.ravel(x)[k] for k in range(20)],
    "parts of another shape": lambda m, x: [m.reshape(x, (2, 10))[k, 1:4] for k in (0, 1, 1)],
    "a row of all, transposed": lambda m, x: [m.ravel(x.T)[k] for k in (0, 7, 7, 19)],
    "the transpose of another shape": lambda m, x: [m.reshape(x, (10, 2)).T[k] for k in (0, 1, 1)],
    "another shape of a part": lambda m, x: [m.reshape(x[1:3], (4, 2))[k] for k in (0, 3, 3)],
    "a part of a part": lambda m, x: [x[1:][::2][:, 1:][i] for i in (0, 1, 1)],
    "overlapping slices": lambda m, x: [x[i : i + 3] for i in range(3)],
    "backwards": lambda m, x: [x[::-1][i] for i in range(5)],
    "repeated": lambda m, x: [x[[1, 1, i]] for i in range(5)],
    "a part of what is repeated": lambda m, x: [x[[0, 1, 1]][i] for i in (1, 2, 2)],
    "by a mask": lambda m, x: [x[X > level] for level in (-0.5, 0.0, 0.5)],
    "a part of what a mask takes": lambda m, x: [x[X > 0.0][i] for i in (0, 1, 1)],
    "pairs of indices": lambda m, x: [x[[0, 0, 4], [i, i, 1]] for i in range(4)],
    "with new axes": lambda m, x: [x[i, None, :, None] for i in range(5)],
    "elements with an ellipsis": lambda m, x: [x[..., i][1] for i in range(4)],
    "parts and the whole": lambda m, x: [x, x[0], m.sin(x), x.T[1]],
    "parts of values": lambda m, x: [m.tanh(x)[i] * m.exp(x.T)[:, i] for i in range(4)],
}


@pytest.mark.parametrize("name", READERS)
def test_parts_of_an_array_have_the_derivatives_of_autograd(name):
    def fun(m, x):
        parts = READERS[name](m, x)
        return sum(m.sum(m.sin((k + 1) * part)) for k, part in enumerate(parts))

    v = np.cos(np.arange(20.0)).reshape(5, 4)
    expected = autograd.grad(lambda x: fun(anp, x))(X)
    np.testing.assert_allclose(grad(lambda x: fun(np, x))(X), expected, rtol=1e-12, atol=1e-14)
    expected = autograd.grad(lambda x: anp.sum(autograd.grad(lambda x: fun(anp, x))(x) * v))(X)
    np.testing.assert_allclose(hvp(lambda x: fun(np, x))(X, v), expected, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("layout", ["C", "F"])
def test_parts_of_any_memory_layout_are_found(layout):
    x = np.array(X, order=layout)
    actual = grad(lambda x: x.T.ravel()[7] ** 2 + 3 * x.ravel()[7] + x.T[2, 1])(x)
    expected = np.zeros((5, 4))
    expected[2, 1] += 2 * X[2, 1]  # the 7th of the transpose
    expected[1, 3] += 3
    expected[1, 2] += 1
    np.testing.assert_allclose(expected, actual, rtol=1e-14)


def test_bools_and_arrays_without_axes_are_indices_as_in_numpy():
    x = np.array([1.0, 2.0, 3.0])
    np.testing.assert_array_equal([0.0, 1.0, 0.0], grad(lambda x: x[np.array(1)])(x))
    np.testing.assert_array_equal([1.0, 1.0, 1.0], grad(lambda x: x[True][0].sum())(x))
    np.testing.assert_array_equal([0.0, 0.0, 0.0], grad(lambda x: x[False].sum())(x))
    np.testing.assert_array_equal([0.0, 0.0, 0.0], grad(lambda x: x[[]].sum())(x))
    assert 2.0 == grad(lambda x: x[...] + x[()])(3.0)
    assert 1.0 == grad(lambda x: x[None][0])(3.0)


def test_parts_pass_through_three_derivatives():
    def cubes(x):
        return sum(x.T[i] ** 3 for i in (0, 1, 1)).sum()

    def second(x):
        return grad(lambda x: grad(cubes)(x)[0, 1])(x)[0, 1]

    # The entry is read twice: d³/dx³ 2 x³ = 12.
    np.testing.assert_allclose([[0.0, 12.0]], grad(second)([[1.5, 2.0]]))


def test_a_jacobian_reads_the_parts_again_for_each_element():
    actual = jacobian(lambda x: np.stack([x[i] * x[i + 1] for i in range(3)]))(np.arange(1.0, 5.0))
    np.testing.assert_array_equal([[2, 1, 0, 0], [0, 3, 2, 0], [0, 0, 4, 3]], actual)


LOOPS = {
    "rows": lambda x: sum(np.sum(x[i] * x[i]) for i in range(len(x))),
    "rows, in an iteration": lambda x: sum(np.sum(row * row) for row in x),
    "rows of the transpose": lambda x: sum(np.sum(x.T[:, i] * 2.0) for i in range(len(x))),
    "elements": lambda x: sum(x[i, 0] * x[i, 1] for i in range(len(x))),
    "elements of rows": lambda x: sum(x[i][0] * x[i][1] for i in range(len(x))),
    "elements of one row": lambda x: sum(x.ravel()[i] * 2.0 for i in range(len(x))),
    "a list of indices": lambda x: sum(np.sum(x[[i, i]]) for i in range(len(x))),
    "slices": lambda x: sum(np.sum(x[i : i + 2]) for i in range(len(x) - 1)),
}


@pytest.mark.parametrize("differentiate", [grad, lambda fun: lambda x: hvp(fun)(x, x)])
@pytest.mark.parametrize("name", LOOPS)
def test_reading_an_array_part_by_part_makes_no_array_for_each_part(
    name, differentiate, monkeypatch
):
    made, zeros = [], np.zeros

    def counted(shape, *args, **kwargs):
        made.append(np.prod(shape))
        return zeros(shape, *args, **kwargs)

    monkeypatch.setattr(np, "zeros", counted)
    x = np.ones((200, 5))
    differentiate(LOOPS[name])(x)
    assert sum(made) <= 6 * x.size


def test_reading_an_array_row_by_row_takes_linear_time():
    def seconds(n):
        x, times = np.ones((n, 200)), []
        for _ in range(3):
            start = time.process_time()
            grad(LOOPS["rows"])(x)
            times.append(time.process_time() - start)
        return min(times)

    seconds(10)
    # It would be 64 times with an array for each row. A busy machine may disturb some of the tries.
    assert any(seconds(2000) < 32 * seconds(250) for _ in range(5))
