"""A stream's place on the common clock, whatever its timestamps do."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from myna.echo.track import JUMP, Track

PERIOD = 320


def test_pieces_follow_each_other_though_their_times_jitter() -> None:
    track, chance = Track(), random.Random(1)  # noqa: S311  # repeatable
    begins = [
        track.advance(PERIOD, 5.0 + 0.02 * number + chance.uniform(-0.001, 0.001))
        for number in range(500)
    ]
    assert begins == [begins[0] + PERIOD * number for number in range(500)]


def test_average_finds_where_the_stream_really_lies() -> None:
    track, chance = Track(), random.Random(2)  # noqa: S311  # repeatable
    first = track.advance(PERIOD, 0.022)  # the first time was 2 ms late
    for number in range(1, 1000):
        track.advance(PERIOD, 0.02 * (number + 1) + chance.uniform(-0.0005, 0.0005))
    assert abs(track.error_frames - (-32)) < 1
    track.settle()
    assert abs(track.error_frames) < 1
    assert abs(track.advance(PERIOD, 20.02) - PERIOD * 1000) < 2
    assert first == 32


def test_gap_longer_than_any_jitter_is_a_jump() -> None:
    track = Track()
    track.advance(PERIOD, 1.0)
    assert track.advance(PERIOD, 1.0 + 0.02 + JUMP / 16_000 + 0.001) == 16_000 + JUMP + 16
    assert track.has_jumped
    assert track.error_frames == 0
    track.advance(PERIOD, 1.0 + 0.04 + JUMP / 16_000 + 0.001)
    assert not track.has_jumped


def test_stream_that_has_not_begun_has_nothing_to_settle() -> None:
    track = Track()
    track.settle()
    assert track.advance(PERIOD, 1.021) == 16_016


@given(st.lists(st.floats(-0.0014, 0.0014), min_size=2, max_size=60))
def test_no_jitter_below_a_jump_breaks_the_stream(jitter: list[float]) -> None:
    track = Track()
    begins = [
        track.advance(PERIOD, 1.0 + 0.02 * number + late) for number, late in enumerate(jitter)
    ]
    assert begins == [begins[0] + PERIOD * number for number in range(len(jitter))]
