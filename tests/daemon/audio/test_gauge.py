from __future__ import annotations

from array import array
from itertools import repeat
from math import pi, sin
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from myna.audio.gauge import Gauge, LatestLevel, SoundFigures
from myna_hardware.units import CAPTURE_PERIOD_FRAMES as PERIOD
from myna_hardware.units import CAPTURE_RATE_HZ, bytes_for, silence

PERIOD_S: Final = PERIOD / CAPTURE_RATE_HZ
SECOND: Final = round(1 / PERIOD_S)


def sine(amplitude: int, periods: int, offset: int = 0) -> bytes:
    """A tone that fits into a period a whole number of times."""
    turn = 2 * pi * 500 / CAPTURE_RATE_HZ
    wave = (round(amplitude * sin(turn * frame)) + offset for frame in range(PERIOD * periods))
    return array("h", (max(-32768, min(32767, sample)) for sample in wave)).tobytes()


def measured(pcm: bytes, period_s: float = PERIOD_S) -> SoundFigures:
    gauge, size = Gauge(), bytes_for(PERIOD)
    for number in range(len(pcm) // size):
        gauge.feed(pcm[number * size : (number + 1) * size], 50 + number * period_s)
    figures = gauge.figures()
    assert figures is not None
    return figures


def test_gauge_knows_nothing_before_the_first_period() -> None:
    gauge = Gauge()
    gauge.feed(b"", 1.0)
    assert gauge.figures() is None


def test_gauge_tells_level_and_peak_of_a_tone() -> None:
    figures = measured(sine(3277, SECOND))
    assert figures.peak_dbfs == pytest.approx(-20, abs=0.1)
    assert figures.level_dbfs == figures.noise_dbfs == pytest.approx(-23, abs=0.1)
    assert figures.seconds == pytest.approx(1 - PERIOD_S)
    assert (figures.offset_percent, figures.clipped_percent) == (0, 0)


def test_gauge_tells_the_noise_between_the_words() -> None:
    figures = measured(sine(8000, SECOND) + sine(33, SECOND // 4))
    assert figures.noise_dbfs == pytest.approx(-63, abs=0.5)
    assert figures.level_dbfs > -20


def test_gauge_tells_digital_silence() -> None:
    figures = measured(silence(PERIOD) * SECOND)
    assert figures.peak_dbfs == figures.level_dbfs == -96


def test_gauge_tells_direct_current() -> None:
    assert measured(sine(100, SECOND, offset=-1638)).offset_percent == pytest.approx(-5, abs=0.01)


def test_gauge_tells_clipping_on_both_sides() -> None:
    figures = measured(sine(65_536, SECOND))
    assert figures.clipped_percent == pytest.approx(66.7, abs=4)
    only_low = array("h", [-32768, *repeat(0, PERIOD - 1)]).tobytes()
    assert measured(only_low).clipped_percent == pytest.approx(100 / PERIOD, abs=0.01)


def test_gauge_tells_the_rate_by_the_clock() -> None:
    pcm = silence(PERIOD) * 3 * SECOND
    assert measured(pcm).rate_hz == CAPTURE_RATE_HZ
    assert measured(pcm, PERIOD_S / 3).rate_hz == pytest.approx(48_000, abs=1)


def test_gauge_leaves_out_what_the_device_had_waiting() -> None:
    gauge = Gauge()
    for _ in range(20):
        gauge.feed(silence(PERIOD), 1.0)
    for number in range(1, 2 * SECOND):
        gauge.feed(silence(PERIOD), 1.0 + number * PERIOD_S)
    figures = gauge.figures()
    assert figures is not None
    assert figures.rate_hz == CAPTURE_RATE_HZ


@given(st.lists(st.binary(min_size=2, max_size=64).filter(lambda pcm: len(pcm) % 2 == 0)))
def test_gauge_bears_any_sound(periods: list[bytes]) -> None:
    gauge = Gauge()
    for number, pcm in enumerate(periods):
        gauge.feed(pcm, number * PERIOD_S)
    figures = gauge.figures()
    assert (figures is None) == (not periods)
    if figures is not None:
        assert -96 <= figures.noise_dbfs <= figures.peak_dbfs <= 0
        assert 0 <= figures.clipped_percent <= 100


def test_latest_level_is_the_loudest_since_somebody_looked() -> None:
    level = LatestLevel()
    assert level.take() is None
    for amplitude in (300, 3277, 300):
        level.feed(sine(amplitude, 1), 0.0)
    assert level.take() == pytest.approx(-23, abs=0.1)
    assert level.take() is None
