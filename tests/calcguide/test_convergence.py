import numpy as np
import pytest

from calcguide.convergence import (
    aitken,
    convergence_order,
    convergence_rate,
    is_converged,
    order_of_accuracy,
)

GEOMETRIC = 3 + 2 * 0.7 ** np.arange(80)
HARMONIC = np.cumsum(1 / np.arange(1, 200_001))


def test_a_convergent_sequence_is_converged_only_after_a_while():
    assert is_converged(GEOMETRIC) is True
    assert is_converged(GEOMETRIC[:20]) is False


@pytest.mark.parametrize("values", [[], [1.0], [1.0, 1.0], [1.0, 1.0, 1.0]])
def test_a_history_shorter_than_the_patience_is_not_converged(values):
    assert is_converged(values) is False


def test_every_one_of_the_last_steps_must_be_small():
    assert is_converged([5.0, 1.0, 1.0, 1.0, 1.0])
    assert not is_converged([5.0, 4.0, 1.0, 1.0, 1.0])
    assert not is_converged([1.0, 1.0, 1.0, 1.0, 2.0])
    assert not is_converged([1.0, 1.0, 2.0, 2.0, 2.0])
    assert is_converged([1.0, 1.0, 2.0, 2.0, 2.0], patience=2)
    assert is_converged([2.0, 2.0], patience=1)


def test_the_answer_does_not_depend_on_the_unit():
    for end in range(4, 60):
        expected = is_converged(GEOMETRIC[:end])
        assert (
            expected == is_converged(1e9 * GEOMETRIC[:end]) == is_converged(1e-9 * GEOMETRIC[:end])
        )


def test_a_sequence_that_tends_to_zero_needs_an_absolute_tolerance():
    to_zero = 0.5 ** np.arange(60)
    assert not is_converged(to_zero)
    assert is_converged(to_zero, atol=1e-12)


def test_a_value_that_is_not_finite_is_an_error_and_not_still_converging():
    with pytest.raises(ValueError, match="values must be finite, got nan at index 2"):
        is_converged([3.0, 2.0, np.nan, 1.0])
    with pytest.raises(ValueError, match="values must be finite, got inf at index 0"):
        is_converged([np.inf, 2.0])


def test_small_steps_prove_nothing_but_the_rate_and_the_extrapolation_tell():
    # The harmonic series diverges, and passes: its steps become as small as you like.
    assert is_converged(HARMONIC)
    assert HARMONIC[-1] - HARMONIC[len(HARMONIC) // 2] > 0.69
    assert convergence_rate(HARMONIC)[-1] == pytest.approx(1, abs=1e-5)
    np.testing.assert_allclose(aitken(HARMONIC)[100:200] - HARMONIC[102:202], 1, rtol=0.02)
    # A convergent sequence has a rate below 1 and estimates that agree.
    assert 0.7 == pytest.approx(convergence_rate(GEOMETRIC)[30])
    assert np.ptp(aitken(GEOMETRIC)) < 1e-12


def test_aitken_is_exact_for_a_geometric_sequence():
    np.testing.assert_allclose(aitken(GEOMETRIC), 3, rtol=1e-13)
    # Even for a divergent one, whose fixed point it finds.
    np.testing.assert_allclose(aitken(1 + 2 * (-1.5) ** np.arange(9)), 1, rtol=1e-12)


def test_aitken_accelerates_a_linearly_convergent_sequence():
    # The fixed point of the cosine.
    values = [1.0]
    for _ in range(30):
        values.append(float(np.cos(values[-1])))
    limit = 0.7390851332151607
    plain = np.abs(np.array(values[2:]) - limit)
    accelerated = np.abs(aitken(values) - limit)
    assert (accelerated < 0.1 * plain).all()
    # The error of the estimates shrinks twice as fast on the log scale.
    assert convergence_rate(plain[:10], limit=0)[-1] == pytest.approx(np.sin(limit), rel=1e-2)
    assert convergence_rate(accelerated[:10], limit=0)[-1] == pytest.approx(
        np.sin(limit) ** 2, rel=1e-2
    )


def test_aitken_leaves_a_sequence_that_has_arrived_and_gives_up_on_a_straight_line():
    np.testing.assert_array_equal([2.0, 2.0], aitken([2.0, 2.0, 2.0, 2.0]))
    np.testing.assert_array_equal([2.0], aitken([1.0, 2.0, 2.0]))
    np.testing.assert_array_equal([np.inf], aitken([1.0, 2.0, 3.0]))
    np.testing.assert_array_equal([-np.inf], aitken([3.0, 2.0, 1.0]))


def test_aitken_neither_overflows_nor_underflows():
    for scale in (1e-200, 1e200):
        np.testing.assert_allclose(aitken(scale * GEOMETRIC[:20]), 3 * scale, rtol=1e-12)


def test_the_rate_is_the_ratio_of_steps_or_of_errors():
    np.testing.assert_allclose(convergence_rate(GEOMETRIC[:40]), 0.7, rtol=1e-6)
    np.testing.assert_allclose(convergence_rate(GEOMETRIC[:40], limit=3), 0.7, rtol=1e-6)
    assert (38,) == convergence_rate(GEOMETRIC[:40]).shape
    assert (39,) == convergence_rate(GEOMETRIC[:40], limit=3).shape
    np.testing.assert_array_equal([0.0, np.nan], convergence_rate([2.0, 1.0, 1.0, 1.0]))


@pytest.mark.parametrize(
    ("order", "iterate", "count"),
    [
        (1, lambda x: x - 0.1 * (x * x - 2), 20),
        (2, lambda x: (x + 2 / x) / 2, 4),
    ],
    ids=["gradient step", "Newton"],
)
def test_the_order_of_iterations_for_the_square_root_of_two(order, iterate, count):
    x, errors = 1.9, []
    for _ in range(count):
        x = iterate(x)
        errors.append(abs(x - np.sqrt(2)))
    assert order == pytest.approx(convergence_order(errors), abs=0.06)


@pytest.mark.parametrize("order", [0.5, 1, 2, 4])
def test_the_order_of_accuracy_is_the_slope_in_log_log(order):
    h = 2.0 ** -np.arange(6)
    assert order == pytest.approx(order_of_accuracy(h, 7 * h**order))


def test_the_order_of_the_trapezoidal_rule_is_two():
    counts = np.array([8, 16, 32, 64])
    errors = [
        abs(np.trapezoid(np.exp(x), x) - (np.e - 1))
        for x in (np.linspace(0, 1, n + 1) for n in counts)
    ]
    assert order_of_accuracy(1 / counts, errors) == pytest.approx(2, abs=1e-3)


def test_arguments_are_not_changed():
    values = GEOMETRIC.copy()
    aitken(values)
    convergence_rate(values, limit=3.0)
    convergence_order(values)
    np.testing.assert_array_equal(GEOMETRIC, values)


def test_bad_input_is_refused():
    with pytest.raises(ValueError, match="values must hold at least 3 values, got 2"):
        aitken([1.0, 2.0])
    with pytest.raises(ValueError, match="values must hold at least 3 values, got 2"):
        convergence_rate([1.0, 2.0])
    with pytest.raises(ValueError, match=r"errors must be positive, got 0.0 at index 1"):
        convergence_order([1.0, 0.0, 0.1])
    with pytest.raises(ValueError, match="errors must differ from each other, all are 1"):
        convergence_order([1.0, 1.0, 1.0])
    with pytest.raises(ValueError, match=r"same length, got shapes \(2,\) and \(3,\)"):
        order_of_accuracy([1.0, 0.5], [1.0, 0.5, 0.25])
    with pytest.raises(ValueError, match="steps must differ from each other"):
        order_of_accuracy([1.0, 1.0], [1.0, 0.5])
    with pytest.raises(ValueError, match=r"values must be 1-D, got shape \(1, 2\)"):
        is_converged([[1.0, 2.0]])
    with pytest.raises(ValueError, match="patience must be >= 1, got 0"):
        is_converged([1.0], patience=0)
    with pytest.raises(ValueError, match="rtol must be finite and >= 0, got -1"):
        is_converged([1.0], rtol=-1)
