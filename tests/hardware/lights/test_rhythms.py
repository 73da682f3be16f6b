from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from myna_hardware.lights.patterns import CAMERA, LOOKS
from myna_hardware.lights.rhythms import (
    Blink,
    Quickening,
    Rhythm,
    Steady,
    Wave,
    level_at,
    next_change_s,
    soonest,
)

ROUNDING_S = 1e-6
"""Of a float that has counted seconds for eleven days."""

USED = [
    rhythm
    for look in (*LOOKS.values(), CAMERA)
    for rhythm in (look.rhythm, look.colour_rhythm, look.row_rhythm, look.sending_rhythm)
    if rhythm is not None
]
FASTER = Quickening(from_hz=0.5, to_hz=2.5, lasts_s=4)


@pytest.mark.parametrize(
    ("rhythm", "elapsed_s", "level", "lasts_s"),
    [
        (Steady(0.4), 123.0, 0.4, None),
        (Blink(((1, 0.5), (0.2, 1.5))), 0.0, 1, 0.5),
        (Blink(((1, 0.5), (0.2, 1.5))), 0.5, 0.2, 1.5),
        (Blink(((1, 0.5), (0.2, 1.5))), 2.25, 1, 0.25),
        (Wave(2, 0.2), 0.0, 1.0, 0.04),
        (Wave(2, 0.2), 1.0, 0.0, 0.04),
        (Wave(2, 0), 2.5, 0.5, 0.04),
        (FASTER, 0.0, 1, 2 * (math.sqrt(0.75) - 0.5)),
        (FASTER, 2.0, 1, 2 * (math.sqrt(2.75) - 0.5) - 2.0),
        (FASTER, 3.999, 0, 0.001),
        (FASTER, 4.0, 0, None),
    ],
)
def test_rhythm_has_its_level_and_says_how_long(
    rhythm: Rhythm, elapsed_s: float, level: float, lasts_s: float | None
) -> None:
    assert level_at(rhythm, elapsed_s) == pytest.approx(level)
    assert next_change_s(rhythm, elapsed_s) == (lasts_s and pytest.approx(lasts_s))


def test_wave_is_dark_for_its_share() -> None:
    dark = sum(level_at(Wave(1, 0.2), step / 1000) == 0 for step in range(1000))
    assert dark == pytest.approx(200, abs=2)


def test_quickening_flashes_as_often_as_it_says() -> None:
    levels = [level_at(FASTER, step / 1000) for step in range(4000)]
    flashes = 1 + sum(not before and bool(after) for before, after in pairwise(levels))
    assert flashes == 6  # 0.5 to 2.5 a second for 4 s; the first of them begins at once


def test_blink_begins_anew_when_rounding_eats_the_end_of_a_cycle() -> None:
    rhythm = Blink(((1, 0.1), (0.5, 0.2), (0, 0.3)))
    just_before_end_s = math.nextafter(0.1 + 0.2 + 0.3, 0)
    assert just_before_end_s - 0.1 - 0.2 == 0.3  # the last step is over, the cycle is not
    assert level_at(rhythm, just_before_end_s) == 1
    assert next_change_s(rhythm, just_before_end_s) == 0.1


@given(st.sampled_from(USED), st.floats(0, 1e6) | st.floats(0, 8))
def test_level_stays_in_range_and_changes_no_earlier_than_said(
    rhythm: Rhythm, elapsed_s: float
) -> None:
    level = level_at(rhythm, elapsed_s)
    assert 0 <= level <= 1
    lasts_s = next_change_s(rhythm, elapsed_s)
    assert lasts_s is None or lasts_s > 0
    if not isinstance(rhythm, Wave) and lasts_s is not None and lasts_s > ROUNDING_S:
        assert level_at(rhythm, elapsed_s + lasts_s / 2) == level


def test_soonest_takes_none_for_ever() -> None:
    assert soonest(None, 2.0, 1.0) == 1.0
    assert soonest(None, None) is None
