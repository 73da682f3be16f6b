"""Levels and volume."""

from __future__ import annotations

from array import array
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from myna.audio.level import SILENCE_DBFS, LevelMeter, level_dbfs
from myna.audio.volume import UNITY, Glide, gain_for, gain_of_db, scale

SAMPLES = st.lists(st.integers(-32768, 32767), min_size=1, max_size=200)


@pytest.mark.parametrize(
    ("sample", "dbfs"), [(0, SILENCE_DBFS), (1, -90.3), (3277, -20.0), (-32768, 0.0)]
)
def test_level_is_in_decibels_of_full_scale(sample: int, dbfs: float) -> None:
    assert level_dbfs(array("h", [sample] * 320).tobytes()) == pytest.approx(dbfs, abs=0.1)


def test_level_of_nothing_is_silence() -> None:
    assert level_dbfs(b"") == SILENCE_DBFS


def test_volume_curve_runs_from_silence_to_unity() -> None:
    gains = [gain_for(percent) for percent in range(101)]
    assert (gains[0], gains[100]) == (0, UNITY)
    assert all(before < after for before, after in pairwise(gains))


@given(SAMPLES)
def test_full_volume_passes_samples_through(samples: list[int]) -> None:
    pcm = array("h", samples).tobytes()
    assert scale(pcm, gain_for(100)) == pcm


@given(SAMPLES, st.integers(0, 100))
def test_volume_never_wraps_or_grows_a_sample(samples: list[int], percent: int) -> None:
    scaled = array("h", scale(array("h", samples).tobytes(), gain_for(percent)))
    assert all(abs(after) <= abs(before) + 1 for before, after in zip(samples, scaled, strict=True))


@pytest.mark.parametrize(("db", "gain"), [(0, UNITY), (-6.0206, UNITY // 2), (-200, 0)])
def test_gain_of_decibels_is_a_fraction_of_unity(db: float, gain: int) -> None:
    assert gain_of_db(db) == gain


@given(st.integers(0, UNITY), st.integers(0, UNITY), st.lists(st.integers(0, 300), max_size=9))
def test_glide_arrives_without_a_step_and_stays(start: int, aim: int, sizes: list[int]) -> None:
    glide = Glide(start)
    glide.move_to(aim, 480)
    pieces = [glide.scale(array("h", [16_384] * size).tobytes()) for size in [*sizes, 480, 1]]
    gains = [start // 2, *array("h", b"".join(pieces))]
    assert gains[-1] == aim // 2 == aim * 16_384 >> 15
    assert max(abs(after - before) for before, after in pairwise(gains)) <= 36
    assert glide.aim == aim


def test_glide_over_no_frames_jumps() -> None:
    glide = Glide(0)
    glide.move_to(UNITY, 0)
    assert glide.scale(array("h", [-32768]).tobytes()) == array("h", [-32768]).tobytes()


def test_meter_rises_at_once_and_falls_slowly() -> None:
    meter = LevelMeter()
    loud = [meter.feed(-15, 0.02) for _ in range(5)]
    quiet = [meter.feed(-96, 0.02) for _ in range(40)]
    assert loud == [None] * 4 + [1.0]
    told = [level for level in quiet if level is not None]
    assert told == pytest.approx([0.8, 0.6, 0.4, 0.2, 0.0, 0.0, 0.0, 0.0])


@pytest.mark.parametrize(("dbfs", "level"), [(-50, 0.0), (-32.5, 0.5), (-15, 1.0), (0, 1.0)])
def test_meter_spans_what_voices_span(dbfs: float, level: float) -> None:
    assert LevelMeter().feed(dbfs, 0.1) == pytest.approx(level)
