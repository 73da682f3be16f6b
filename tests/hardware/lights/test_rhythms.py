from __future__ import annotations

import math
from itertools import combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from myna_hardware.interfaces import Pattern
from myna_hardware.lights.patterns import (
    LOOKS,
    RED,
    Blink,
    Rhythm,
    Steady,
    Wave,
    level_at,
    next_change_s,
    share_for,
)

STEP_S = 0.02
WATCHED_S = 10.0
ROUNDING_S = 1e-6
"""Of a float that has counted seconds for eleven days."""
RHYTHMS = [look.rhythm for look in LOOKS.values()]
RHYTHMS += [look.colour_rhythm for look in LOOKS.values() if look.colour_rhythm is not None]


def watched(pattern: Pattern) -> list[float]:
    rhythm = LOOKS[pattern].rhythm
    return [level_at(rhythm, step * STEP_S) for step in range(int(WATCHED_S / STEP_S))]


def rises(levels: list[float]) -> list[int]:
    """Return where a flash begins: the level climbs through the middle of its range."""
    middle = (min(levels) + max(levels)) / 2
    return [at for at in range(1, len(levels)) if levels[at - 1] < middle <= levels[at]]


def impression(pattern: Pattern) -> tuple[float, ...]:
    """Return what an eye notices in a rhythm, each on a scale where 1 is a clear step."""
    levels = watched(pattern)
    steps = [abs(after - before) for before, after in pairwise(levels)]
    flashes_per_s = len(rises(levels)) / WATCHED_S
    gaps = [after - before for before, after in pairwise(rises(levels))]
    grouping = max(gaps) / min(gaps) if gaps else 1.0
    return (
        math.log2(1 + 4 * flashes_per_s),
        4 * sum(levels) / len(levels),
        2 * (max(levels) - min(levels)),
        2 * max(steps),
        math.log2(grouping),
    )


def test_looks_cover_every_pattern() -> None:
    assert set(LOOKS) == set(Pattern)


@pytest.mark.parametrize(("one", "other"), list(combinations(Pattern, 2)))
def test_patterns_are_tellable_apart_on_one_led_without_colour(
    one: Pattern, other: Pattern
) -> None:
    assert math.dist(impression(one), impression(other)) > 1


@pytest.mark.parametrize("pattern", Pattern)
def test_patterns_flash_at_most_three_times_in_any_second(pattern: Pattern) -> None:
    flashes_s = [at * STEP_S for at in rises(watched(pattern))]
    for first_s in flashes_s:
        assert sum(first_s <= flash_s < first_s + 1 - STEP_S for flash_s in flashes_s) <= 3


def test_muted_never_goes_dark_and_is_not_steady() -> None:
    assert min(watched(Pattern.MUTED)) > 0.1
    assert max(watched(Pattern.MUTED)) - min(watched(Pattern.MUTED)) > 0.5


def test_muted_is_solid_red_in_colour() -> None:
    assert LOOKS[Pattern.MUTED].colour == RED
    assert LOOKS[Pattern.MUTED].colour_rhythm == Steady(1)


def test_listening_is_steadily_on() -> None:
    assert set(watched(Pattern.LISTENING)) == {1}


def test_idle_is_mostly_dark() -> None:
    assert sum(watched(Pattern.IDLE)) / len(watched(Pattern.IDLE)) < 0.02


def test_error_blinks_in_pairs() -> None:
    starts = [at * STEP_S for at in rises([0, *watched(Pattern.ERROR)])]
    gaps = [after - before for before, after in pairwise(starts)]
    assert gaps[0] < gaps[1] / 3
    assert gaps[2] == pytest.approx(gaps[0], abs=2 * STEP_S)


@pytest.mark.parametrize(
    ("rhythm", "elapsed_s", "level", "lasts_s"),
    [
        (Steady(0.4), 123.0, 0.4, None),
        (Blink(((1, 0.5), (0.2, 1.5))), 0.0, 1, 0.5),
        (Blink(((1, 0.5), (0.2, 1.5))), 0.5, 0.2, 1.5),
        (Blink(((1, 0.5), (0.2, 1.5))), 2.25, 1, 0.25),
        (Wave(2, 0.2, 1), 0.0, 1.0, 0.04),
        (Wave(2, 0.2, 1), 1.0, 0.2, 0.04),
        (Wave(2, 0.2, 1), 2.5, 0.6, 0.04),
    ],
)
def test_rhythm_has_its_level_and_says_how_long(
    rhythm: Rhythm, elapsed_s: float, level: float, lasts_s: float | None
) -> None:
    assert level_at(rhythm, elapsed_s) == pytest.approx(level)
    assert next_change_s(rhythm, elapsed_s) == (lasts_s and pytest.approx(lasts_s))


def test_blink_begins_anew_when_rounding_eats_the_end_of_a_cycle() -> None:
    rhythm = Blink(((1, 0.1), (0.5, 0.2), (0, 0.3)))
    just_before_end_s = math.nextafter(0.1 + 0.2 + 0.3, 0)
    assert just_before_end_s - 0.1 - 0.2 == 0.3  # the last step is over, the cycle is not
    assert level_at(rhythm, just_before_end_s) == 1
    assert next_change_s(rhythm, just_before_end_s) == 0.1


@given(st.sampled_from(RHYTHMS), st.floats(0, 1e6))
def test_level_stays_in_range_and_changes_no_earlier_than_said(
    rhythm: Rhythm, elapsed_s: float
) -> None:
    level = level_at(rhythm, elapsed_s)
    assert 0 <= level <= 1
    lasts_s = next_change_s(rhythm, elapsed_s)
    assert lasts_s is None or lasts_s > 0
    if isinstance(rhythm, Blink) and lasts_s is not None and lasts_s > ROUNDING_S:
        assert level_at(rhythm, elapsed_s + lasts_s / 2) == level


@pytest.mark.parametrize("pattern", Pattern)
def test_share_follows_the_voice_for_what_listens_or_speaks(pattern: Pattern) -> None:
    shares = [share_for(pattern, level) for level in (-1.0, 0.0, 0.5, 1.0, 2.0)]
    follows = pattern in {Pattern.LISTENING, Pattern.SPEAKING}
    assert shares == pytest.approx([0.4, 0.4, 0.7, 1.0, 1.0] if follows else [1.0] * 5)
    assert share_for(pattern, None) == 1.0
