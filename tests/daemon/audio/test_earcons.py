"""The earcons as they are recorded, and which of them sound when, how loud."""

from __future__ import annotations

from array import array
from datetime import time
from itertools import pairwise
from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder
from hypothesis import given
from hypothesis import strategies as st

from myna.audio.earcon_policy import (
    CRESCENDO_DB,
    CRESCENDO_S,
    HIGHEST_DB,
    LOWEST_DB,
    NIGHT_DB,
    EarconRules,
    Night,
    earcon_db,
    parse_night,
)
from myna.audio.earcons import FOLDER, TIMER_S, earcon
from myna.audio.fades import is_torn
from myna.audio.make_earcons import PEAK, SOUNDS, write
from myna_hardware.units import PLAYBACK_RATE_HZ, frames_in

NAMES = ("wake", "end", "error", "mute", "unmute", "timer", "ready")
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
        (EarconRules(), 0, NOON, {"error", "timer"}),
        (EarconRules("needed"), 50, NOON, {"error", "timer"}),
        (EarconRules("none"), 50, NOON, set()),
        (EarconRules("none", NIGHT.night), 50, MIDNIGHT, set()),
        (NIGHT, 50, NOON, set(NAMES)),
        (NIGHT, 50, MIDNIGHT, {"error", "timer"}),
    ],
)
def test_rules_decide_which_earcons_sound(
    rules: EarconRules, percent: int, local: time, sounding: set[str]
) -> None:
    levels = {name: earcon_db(name, percent, rules, local) for name in NAMES}
    assert {name for name, level in levels.items() if level is not None} == sounding


def test_earcon_is_softer_at_night() -> None:
    assert earcon_db("error", 100, NIGHT, MIDNIGHT) == HIGHEST_DB + NIGHT_DB


def test_timer_at_night_begins_softly_and_ends_as_by_day() -> None:
    rung = [earcon_db("timer", 100, NIGHT, MIDNIGHT, at) for at in range(int(CRESCENDO_S) + 5)]
    levels = [level for level in rung if level is not None]
    assert levels[0] == HIGHEST_DB + NIGHT_DB + CRESCENDO_DB
    assert levels[15] == HIGHEST_DB + (NIGHT_DB + CRESCENDO_DB) / 2
    assert set(levels[int(CRESCENDO_S) :]) == {HIGHEST_DB}


def test_timer_by_day_is_as_loud_from_the_start() -> None:
    assert earcon_db("timer", 100, NIGHT, NOON, 0.0) == HIGHEST_DB


# --- the night --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("hours", "inside", "outside"),
    [
        ("22:00-07:00", [time(22), time(0), time(6, 59, 59)], [time(7), time(21, 59), time(12)]),
        ("00:30-06:05", [time(0, 30), time(6, 4)], [time(0, 29), time(6, 5), time(23)]),
        ("13:00-00:00", [time(13), time(23, 59, 59)], [time(0), time(12, 59)]),
    ],
)
def test_night_includes_its_hours_also_over_midnight(
    hours: str, inside: list[time], outside: list[time]
) -> None:
    night = parse_night(hours)
    assert all(night.includes(moment) for moment in inside)
    assert not any(night.includes(moment) for moment in outside)


@given(st.times(), st.times())
def test_night_is_read_as_it_is_written(begins: time, ends: time) -> None:
    begins, ends = (time(each.hour, each.minute) for each in (begins, ends))
    text = f"{begins:%H:%M}-{ends:%H:%M}"
    if begins == ends:
        with pytest.raises(ValueError, match="ends when it begins"):
            parse_night(text)
    else:
        assert parse_night(text) == Night(begins, ends)


@pytest.mark.parametrize(
    "text",
    ["", "22-7", "24:00-07:00", "22:60-07:00", "22:00 - 07:00", "22:00-07:00\n", "٢٢:00-07:00"],
)
def test_night_refuses_what_is_no_hours(text: str) -> None:
    with pytest.raises(ValueError, match='like "22:00-07:00"'):
        parse_night(text)
