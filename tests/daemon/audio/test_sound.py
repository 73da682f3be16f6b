"""Levels, volume and earcons."""

from __future__ import annotations

from array import array
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from myna.audio.earcons import error_earcon, note, ring_earcon
from myna.audio.level import SILENCE_DBFS, LevelMeter, level_dbfs
from myna.audio.volume import UNITY, gain_for, scale

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


@pytest.mark.parametrize("pcm", [error_earcon(), ring_earcon(), note(440, 0.1)])
def test_earcon_starts_and_ends_without_a_click(pcm: bytes) -> None:
    samples = array("h", pcm)
    assert abs(samples[0]) < 200
    assert abs(samples[-1]) < 200
    assert max(samples) > 3000


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
