"""The earcons as they are recorded, and which of them sound when, how loud."""

from __future__ import annotations

from array import array
from datetime import time
from itertools import pairwise
from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder

from myna.audio.earcon_policy import (
    CRESCENDO_DB,
    CRESCENDO_S,
    HIGHEST_DB,
    LOWEST_DB,
    NIGHT_DB,
    EarconRules,
    earcon_db,
    words_gain,
)
from myna.audio.earcons import FOLDER, TIMER_S, earcon
from myna.audio.fades import is_torn
from myna.audio.make_earcons import PEAK, SOUNDS, write
from myna.audio.volume import gain_for, gain_of_db
from myna_hardware.night import parse_night
from myna_hardware.units import PLAYBACK_RATE_HZ, frames_in

NAMES = ("wake", "end", "error", "mute", "unmute", "timer", "question", "ready")
NOON, MIDNIGHT = time(12), time(0)
NIGHT = EarconRules(night=parse_night("22:00-07:00"))


def seconds(name: str) -> float:
    return frames_in(earcon(name)) / PLAYBACK_RATE_HZ


# --- the recordings ---------------------------------------------------------------------


def test_script_makes_the_committed_recordings(tmp_path: Path) -> None:
    write(tmp_path)
    made = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    assert made == {file.name: file.read_bytes() for file in FOLDER.iterdir()}


def test_recordings_are_those_of_the_known_names_and_are_packed() -> None:
    assert set(SOUNDS) == set(NAMES)
    root = Path(__file__).parents[3]
    packed = {file.distribution_path for file in WheelBuilder(str(root)).recurse_included_files()}
    assert {f"myna/audio/earcons/{name}.wav" for name in NAMES} <= packed


@pytest.mark.parametrize("name", NAMES)
def test_earcon_begins_and_ends_without_a_click(name: str) -> None:
    samples = array("h", earcon(name))
    assert abs(samples[0]) < 50
    assert not is_torn(earcon(name))
    assert max(map(abs, samples)) == PEAK


def test_earcons_last_as_long_as_they_may() -> None:
    assert seconds("wake") <= 0.15
    assert seconds("timer") == TIMER_S
    assert 1.1 <= seconds("ready") <= 1.3
    assert all(seconds(name) <= 0.5 for name in ("end", "error", "mute", "unmute"))


# --- which ones, and how loud -----------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_earcon_stays_in_its_window_and_rises_with_the_volume(name: str) -> None:
    by_volume = [earcon_db(name, percent, EarconRules(), NOON) for percent in range(1, 101)]
    levels = [level for level in by_volume if level is not None]
    assert len(levels) == 100
    assert all(before < after for before, after in pairwise(levels))
    assert levels[0] > LOWEST_DB
    assert levels[-1] == HIGHEST_DB


@pytest.mark.parametrize(
    ("rules", "percent", "local", "sounding"),
    [
        (EarconRules(), 50, MIDNIGHT, set(NAMES)),
        (EarconRules(), 0, NOON, {"error", "question", "timer"}),
        (EarconRules("needed"), 50, NOON, {"error", "question", "timer"}),
        (EarconRules("none"), 50, NOON, set()),
        (EarconRules("none", NIGHT.night), 50, MIDNIGHT, set()),
        (NIGHT, 50, NOON, set(NAMES)),
        (NIGHT, 50, MIDNIGHT, {"error", "question", "timer"}),
    ],
)
def test_rules_decide_which_earcons_sound(
    rules: EarconRules, percent: int, local: time, sounding: set[str]
) -> None:
    levels = {name: earcon_db(name, percent, rules, local) for name in NAMES}
    assert {name for name, level in levels.items() if level is not None} == sounding


def test_earcon_is_softer_at_night() -> None:
    assert earcon_db("error", 100, NIGHT, MIDNIGHT) == HIGHEST_DB + NIGHT_DB


@pytest.mark.parametrize(
    ("rules", "percent", "local"),
    [
        (EarconRules(), 0, NOON),
        (EarconRules("none"), 50, NOON),
        (EarconRules(has_words=False), 50, NOON),
        (NIGHT, 50, MIDNIGHT),
    ],
)
def test_words_are_not_said_where_that_is_not_wanted(
    rules: EarconRules, percent: int, local: time
) -> None:
    assert words_gain(percent, rules, local) is None


def test_words_are_as_loud_as_a_reply_and_never_softer_than_an_earcon() -> None:
    gains = [words_gain(percent, NIGHT, NOON) for percent in (1, 40, 41, 75, 100)]
    softest = gain_of_db(LOWEST_DB)
    assert gains == [softest, softest, gain_for(41), gain_for(75), gain_for(100)]


def test_timer_at_night_begins_softly_and_ends_as_by_day() -> None:
    rung = [earcon_db("timer", 100, NIGHT, MIDNIGHT, at) for at in range(int(CRESCENDO_S) + 5)]
    levels = [level for level in rung if level is not None]
    assert levels[0] == HIGHEST_DB + NIGHT_DB + CRESCENDO_DB
    assert levels[15] == HIGHEST_DB + (NIGHT_DB + CRESCENDO_DB) / 2
    assert set(levels[int(CRESCENDO_S) :]) == {HIGHEST_DB}


def test_timer_by_day_is_as_loud_from_the_start() -> None:
    assert earcon_db("timer", 100, NIGHT, NOON, 0.0) == HIGHEST_DB


# --- the night --------------------------------------------------------------------------
