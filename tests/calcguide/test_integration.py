import numpy as np
import pytest
from scipy import integrate, stats

from calcguide.convergence import order_of_accuracy
from calcguide.integration import Estimate, expectation, monte_carlo, simpson, trapezoid

RULES = [trapezoid, simpson]


def bend(x):
    """A function without symmetry that could cancel errors."""
    return np.exp(x) * np.cos(3 * x)


def antiderivative(x):
    return np.exp(x) * (np.cos(3 * x) + 3 * np.sin(3 * x)) / 10


@pytest.mark.parametrize(("rule", "order"), [(trapezoid, 2), (simpson, 4)])
def test_the_error_falls_with_the_order_of_the_rule(rule, order):
    exact = antiderivative(2.0) - antiderivative(-1.0)
    numbers = np.array([20, 40, 80, 160])
    errors = [abs(rule(bend, -1.0, 2.0, n_intervals=n) - exact) for n in numbers]
    assert order == pytest.approx(order_of_accuracy(3 / numbers, errors), abs=0.05)


@pytest.mark.parametrize(
    ("rule", "oracle"), [(trapezoid, integrate.trapezoid), (simpson, integrate.simpson)]
)
@pytest.mark.parametrize("n_intervals", [2, 4, 100])
def test_the_rule_is_that_of_scipy_on_samples(rule, oracle, n_intervals):
    x = np.linspace(-1, 2, n_intervals + 1)
    expected = oracle(bend(x), x=x)
    assert expected == pytest.approx(rule(bend, -1, 2, n_intervals=n_intervals), rel=1e-13)


def test_the_error_has_the_constant_of_the_textbook():
    # The fourth derivative of x^4 is 24 everywhere, the second derivative of x^2 is 2.
    h = 1 / 10
    error = trapezoid(lambda x: x**2, 0, 1, n_intervals=10) - 1 / 3
    assert 2 * h**2 / 12 == pytest.approx(error)
    error = simpson(lambda x: x**4, 0, 1, n_intervals=10) - 1 / 5
    assert 24 * h**4 / 180 == pytest.approx(error)


def test_trapezoids_are_exact_for_lines_and_parabolas_for_cubics():
    assert trapezoid(lambda x: 3 * x + 1, 0, 2, n_intervals=1) == pytest.approx(8)
    assert simpson(lambda x: x**3 - x, -1, 3, n_intervals=2) == pytest.approx(16)


def test_trapezoids_are_exact_to_rounding_for_a_smooth_periodic_function():
    from scipy.special import i0

    actual = trapezoid(lambda x: np.exp(np.cos(x)), 0, 2 * np.pi, n_intervals=20)
    assert 2 * np.pi * i0(1.0) == pytest.approx(actual, rel=1e-14)


@pytest.mark.parametrize("rule", RULES)
def test_swapped_limits_change_the_sign_and_equal_ones_give_zero(rule):
    assert rule(bend, 0, 1) == pytest.approx(-rule(bend, 1, 0))
    assert 0 == rule(bend, 1, 1)


@pytest.mark.parametrize("rule", RULES)
def test_a_value_that_is_not_finite_shows_in_the_result(rule):
    def pole(x):
        with np.errstate(divide="ignore"):
            return 1 / np.sqrt(x)

    assert np.inf == rule(pole, 0, 1)


@pytest.mark.parametrize("rule", RULES)
def test_bad_input_of_a_rule_is_refused(rule):
    with pytest.raises(ValueError, match="b must be finite, got inf"):
        rule(np.sin, 0, np.inf)
    with pytest.raises(TypeError, match="a must be a real number, got str"):
        rule(np.sin, "0", 1)
    with pytest.raises(ValueError, match="n_intervals must be >= "):
        rule(np.sin, 0, 1, n_intervals=0)
    with pytest.raises(TypeError, match="n_intervals must be an integer, got float"):
        rule(np.sin, 0, 1, n_intervals=10.0)
    with pytest.raises(ValueError, match=r"fun must return the shape of x, \(101,\), got \(\)"):
        rule(lambda x: 1.0, 0, 1)


def test_simpson_refuses_an_odd_number_of_intervals():
    with pytest.raises(ValueError, match="n_intervals must be even, got 3"):
        simpson(np.sin, 0, 1, n_intervals=3)


@pytest.mark.parametrize("scale", [0.3, 1.0, 20.0])
def test_expectations_are_the_moments_of_the_distribution(scale):
    normal = stats.norm(0.5, scale)
    assert 0.5 == pytest.approx(expectation(lambda x: x, normal.pdf))
    assert scale**2 == pytest.approx(expectation(lambda x: (x - 0.5) ** 2, normal.pdf))
    gamma = stats.gamma(2.5, scale=scale)
    assert 2.5 * scale == pytest.approx(expectation(lambda x: x, gamma.pdf, 0, np.inf))


def test_the_expectation_of_one_is_one():
    assert 1 == pytest.approx(expectation(lambda x: 1.0, lambda x: 0.5, -1, 1))


def test_a_function_may_overflow_where_the_density_has_vanished():
    actual = expectation(lambda x: np.exp(3 * x), stats.norm(0, 1).pdf)
    assert np.exp(4.5) == pytest.approx(actual, rel=1e-7)


def test_what_is_not_a_density_is_refused():
    with pytest.raises(ValueError, match="density must integrate to 1 between a and b, got 2"):
        expectation(lambda x: x, lambda x: 2.0, 0, 1)
    with pytest.raises(ValueError, match="density must integrate to 1 between a and b, got"):
        expectation(lambda x: x, stats.norm(1e6, 1e-3).pdf)
    with pytest.raises(ValueError, match="the range must have a < b, got a = 1 and b = 0"):
        expectation(lambda x: x, lambda x: 1.0, 1, 0)


def test_an_expectation_that_does_not_exist_is_warned_of():
    with pytest.warns(integrate.IntegrationWarning):
        expectation(abs, stats.cauchy.pdf)


def normal(rng, n):
    return rng.normal(size=n)


def test_monte_carlo_gives_mean_and_standard_error_of_the_samples():
    values = np.random.default_rng(3).normal(size=1000) ** 2
    expected = Estimate(values.mean(), stats.sem(values))
    actual = monte_carlo(np.square, normal, 1000, rng=np.random.default_rng(3))
    assert expected.value == pytest.approx(actual.value, rel=1e-13)
    assert expected.standard_error == pytest.approx(actual.standard_error, rel=1e-13)


def test_two_standard_errors_hold_the_true_value_in_95_of_100_cases():
    rng = np.random.default_rng(0)
    runs = [monte_carlo(np.square, normal, 1000, rng=rng) for _ in range(1000)]
    held = np.mean([abs(run.value - 1) <= 1.96 * run.standard_error for run in runs])
    # The standard deviation of this share is 0.7 %.
    assert 0.95 == pytest.approx(held, abs=0.025)


def test_the_monte_carlo_error_is_of_order_one_half():
    rng = np.random.default_rng(1)
    numbers = np.array([100, 400, 1600, 6400])
    errors = [
        np.sqrt(np.mean([(monte_carlo(np.exp, normal, n, rng=rng).value - np.sqrt(np.e)) ** 2
                         for _ in range(400)]))
        for n in numbers
    ]  # fmt: skip
    assert 0.5 == pytest.approx(order_of_accuracy(1 / numbers, errors), abs=0.08)


def test_samples_may_have_many_dimensions():
    def length(points):
        return np.sum(points**2, axis=1)

    def cube(rng, n):
        return rng.random((n, 30))

    run = monte_carlo(length, cube, 10_000, rng=np.random.default_rng(0))
    assert 10 == pytest.approx(run.value, abs=4 * run.standard_error)


def test_a_sample_that_is_not_finite_shows_in_the_estimate():
    def broken(x):
        return np.where(x > 0, np.nan, x)

    run = monte_carlo(broken, normal, 100, rng=np.random.default_rng(0))
    assert np.isnan(run.value)
    assert np.isnan(run.standard_error)


def test_bad_input_of_monte_carlo_is_refused():
    rng = np.random.default_rng(0)
    with pytest.raises(ValueError, match="n_samples must be >= 2, got 1"):
        monte_carlo(np.square, normal, 1, rng=rng)
    with pytest.raises(TypeError, match=r"rng must be a numpy.random.Generator, got int"):
        monte_carlo(np.square, normal, 10, rng=0)
    with pytest.raises(ValueError, match=r"fun must return the shape \(10,\), got \(\)"):
        monte_carlo(np.mean, normal, 10, rng=rng)


@pytest.mark.parametrize("rule", [trapezoid, simpson])
def test_sums_of_large_values_over_a_short_range_do_not_overflow(rule):
    assert 1e303 == pytest.approx(rule(lambda x: np.full(x.shape, 1e308), 0.0, 1e-5), rel=1e-14)


@pytest.mark.parametrize("rule", [trapezoid, simpson])
def test_values_that_are_not_finite_show_in_the_result(rule):
    assert np.isnan(rule(lambda x: np.where(x < 0.5, np.inf, -np.inf), 0.0, 1.0))
    assert np.isinf(rule(lambda x: np.where(x < 0.5, np.inf, 0.0), 0.0, 1.0))


@pytest.mark.parametrize("rule", [trapezoid, simpson])
def test_what_is_no_real_function_or_range_is_refused_by_name(rule):
    with pytest.raises(TypeError, match=r"fun\(x\) must be an array of real numbers, got dtype c"):
        rule(lambda x: 1j * x, 0.0, 1.0)
    with pytest.raises(ValueError, match="b - a must be finite"):
        rule(np.sin, -1e308, 1e308)


def test_what_is_no_sample_or_limit_is_refused_by_name():
    with pytest.raises(TypeError, match=r"fun\(samples\) must be an array of real numbers"):
        monte_carlo(
            lambda x: x.astype(str), lambda rng, n: rng.random(n), 9, rng=np.random.default_rng(0)
        )
    with pytest.raises(TypeError, match="b must be a real number, got list"):
        expectation(lambda x: x, stats.norm.pdf, 0.0, [1.0])
