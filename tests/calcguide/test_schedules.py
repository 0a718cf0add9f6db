import numpy as np
import pytest

from calcguide.schedules import (
    constant,
    cosine_decay,
    exponential_decay,
    inverse_time_decay,
    step_decay,
)

SCHEDULES = {
    "constant": constant(0.5),
    "step": step_decay(0.5, factor=0.1, every=10),
    "exponential": exponential_decay(0.5, decay=0.03),
    "inverse time": inverse_time_decay(0.5, decay=0.2),
    "cosine": cosine_decay(0.5, n_steps=50, final=0.01),
}


@pytest.fixture(params=SCHEDULES.values(), ids=SCHEDULES)
def schedule(request):
    return request.param


def test_a_schedule_starts_at_its_rate_and_never_rises(schedule):
    rates = schedule(np.arange(200))
    assert 0.5 == rates[0]
    assert (np.diff(rates) <= 1e-16).all()
    assert (rates > 0).all()


def test_a_schedule_takes_a_step_as_well_as_an_array_of_steps(schedule):
    steps = np.arange(80)
    one_by_one = [schedule(int(k)) for k in steps]
    np.testing.assert_allclose(schedule(steps), one_by_one, rtol=1e-15)
    assert (8, 10) == schedule(steps.reshape(8, 10)).shape


def test_a_schedule_does_not_depend_on_what_was_asked_before(schedule):
    first = [schedule(k) for k in range(60)]
    last = [schedule(k) for k in reversed(range(60))][::-1]
    assert first == last


def test_step_decay_multiplies_by_its_factor_every_so_many_steps():
    schedule = step_decay(8.0, factor=0.5, every=3)
    assert [8, 8, 8, 4, 4, 4, 2] == [schedule(k) for k in range(7)]


def test_exponential_decay_has_its_half_life():
    schedule = exponential_decay(1.0, decay=np.log(2) / 10)
    np.testing.assert_allclose(schedule(np.array([0, 10, 20, 30])), [1, 0.5, 0.25, 0.125])


def test_the_rates_of_an_exponential_decay_have_the_stated_sum():
    rates = exponential_decay(0.3, decay=0.1)(np.arange(1000))
    assert 0.3 / (1 - np.exp(-0.1)) == pytest.approx(rates.sum())


def test_inverse_time_decay_halves_after_the_stated_number_of_steps():
    schedule = inverse_time_decay(0.6, decay=0.05)
    np.testing.assert_allclose([schedule(20), schedule(40)], [0.3, 0.2])


def test_inverse_time_decay_fulfils_the_conditions_of_robbins_and_monro():
    rates = inverse_time_decay(1.0, decay=1.0)(np.arange(10**6))
    # The sum grows by log 10 with each power of ten; that of the squares tends to pi**2 / 6.
    sums = np.cumsum(rates)[[10**4 - 1, 10**5 - 1, 10**6 - 1]]
    np.testing.assert_allclose(np.diff(sums), np.log(10), rtol=1e-4)
    assert np.pi**2 / 6 == pytest.approx((rates**2).sum(), rel=1e-5)


def test_cosine_decay_passes_the_middle_and_stays_at_the_end():
    schedule = cosine_decay(1.0, n_steps=10, final=0.2)
    np.testing.assert_allclose([schedule(0), schedule(5), schedule(10)], [1, 0.6, 0.2])
    assert schedule(10) == schedule(11) == schedule(10**6)


def test_bad_parameters_are_refused():
    with pytest.raises(ValueError, match="rate must be finite and > 0, got 0"):
        constant(0)
    with pytest.raises(ValueError, match="factor must be finite and > 0 and <= 1, got 2"):
        step_decay(0.1, factor=2.0, every=5)
    with pytest.raises(ValueError, match="every must be >= 1, got 0"):
        step_decay(0.1, factor=0.5, every=0)
    with pytest.raises(ValueError, match="decay must be finite and >= 0, got -1"):
        exponential_decay(0.1, decay=-1.0)
    with pytest.raises(ValueError, match="decay must be finite and >= 0, got nan"):
        inverse_time_decay(0.1, decay=np.nan)
    with pytest.raises(TypeError, match="n_steps must be an integer, got float"):
        cosine_decay(0.1, n_steps=10.0)
    with pytest.raises(ValueError, match=r"final must be finite and >= 0 and <= 0.1, got 0.2"):
        cosine_decay(0.1, n_steps=10, final=0.2)


ALL = [
    constant(0.5),
    step_decay(0.5, factor=0.5, every=300),
    exponential_decay(0.5, decay=0.1),
    inverse_time_decay(0.5, decay=0.1),
    cosine_decay(0.5, n_steps=300),
]


@pytest.mark.parametrize("schedule", ALL)
def test_steps_may_be_integers_of_any_type(schedule):
    expected = [schedule(step) for step in (0, 7, 100)]
    np.testing.assert_allclose(schedule([0, 7, 100]), expected, rtol=1e-15)
    for dtype in (np.int8, np.uint8, np.uint64):
        np.testing.assert_allclose(schedule(np.array([0, 7, 100], dtype)), expected, rtol=1e-15)
        assert expected[1] == schedule(dtype(7))


@pytest.mark.parametrize("schedule", ALL)
def test_steps_that_are_none_are_refused(schedule):
    for step in (0.5, True, [1.0], "1", None):
        with pytest.raises(TypeError, match="step must be an integer or an array of them"):
            schedule(step)
    for step in (-1, [3, -1]):
        with pytest.raises(ValueError, match="step must be >= 0, got -1"):
            schedule(step)
