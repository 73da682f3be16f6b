"""Times are sums of powers of two here, so that they are exact."""

from collections.abc import Callable

import pytest

from myna_hardware.timeline import WINDOW_S, Timeline

PERIOD_S = 2**-6
MS = 2**-10
WINDOW = int(WINDOW_S / PERIOD_S)
Times = Callable[..., list[float]]


@pytest.fixture
def timeline() -> Timeline:
    return Timeline()


@pytest.fixture
def times(timeline: Timeline) -> Times:
    """Return a function that adds periods measured so late, and tells their lateness."""
    length_s = 128.0

    def add(*late: float) -> list[float]:
        nonlocal length_s
        told = []
        for each in late:
            length_s += PERIOD_S
            timeline.add(PERIOD_S, length_s + each * MS)
            told.append((timeline.ends_s - length_s) / MS)
        return told

    return add


def test_timeline_is_at_zero_before_the_first_sound(timeline: Timeline) -> None:
    assert timeline.ends_s == 0


def test_timeline_is_as_early_as_the_earliest_measurement(times: Times) -> None:
    assert times(10, 3, 10, 5) == [10, 3, 3, 3]


def test_timeline_follows_a_device_that_falls_behind_after_half_a_second(times: Times) -> None:
    assert times(0) == [0]
    assert times(*[30] * (WINDOW + 1)) == [0] * WINDOW + [30]


def test_timeline_follows_a_clock_that_runs_fast_at_once(times: Times) -> None:
    early = [-count for count in range(60)]
    assert times(*early) == early


def test_timeline_follows_a_clock_that_runs_slow_half_a_second_behind(times: Times) -> None:
    late = list(range(2 * WINDOW))
    assert times(*late) == [max(0, each - WINDOW) for each in late]


def test_timeline_forgets_when_it_restarts(timeline: Timeline, times: Times) -> None:
    assert times(0) == [0]
    timeline.restart()
    assert times(40) == [40]
