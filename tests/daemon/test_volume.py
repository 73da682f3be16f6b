"""The one volume: set, turned, shown, and never beyond its ends."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from myna.audio.playback import Playback
from myna.trace import Trace
from myna.volume import Volume
from myna_hardware.lights.none import NoLights
from myna_hardware.speaker.simulated import SimulatedSpeaker


class VolumeLights(NoLights):
    """Lights of which only the volume is looked at."""

    def __init__(self) -> None:
        self.volumes: list[int] = []

    def show_volume(self, percent: int) -> None:
        """Remember it."""
        self.volumes.append(percent)


class Room:
    """A volume, and where it can be told."""

    def __init__(self, percent: int, percent_per_step: int = 4) -> None:
        self.traced: list[object] = []
        trace = Trace()
        trace.subscribe(lambda _t, event, fields: self.traced.append((event, *fields.values())))
        self.lights = VolumeLights()
        self.playback = Playback(lambda _periods: SimulatedSpeaker(), lambda _event: None, percent)
        self.volume = Volume(self.playback, self.lights, trace, percent_per_step)


def test_volume_is_heard_shown_and_traced_as_it_is_set() -> None:
    room = Room(70)
    room.volume.set_percent(40)
    assert room.volume.percent == room.playback.percent == 40
    assert room.lights.volumes == [40]
    assert room.traced == [("volume", 40)]


def test_volume_that_nobody_set_is_that_of_the_playback_and_not_shown() -> None:
    room = Room(70)
    room.playback.set_percent(30)
    assert room.volume.percent == 30
    assert room.lights.volumes == []


@pytest.mark.parametrize(("asked", "is_now"), [(-1, 0), (0, 0), (100, 100), (101, 100)])
def test_volume_stays_within_its_ends(asked: int, is_now: int) -> None:
    room = Room(50)
    room.volume.set_percent(asked)
    assert (room.volume.percent, room.lights.volumes) == (is_now, [is_now])


@pytest.mark.parametrize(("detents", "percent"), [(3, 65), (-2, 40), (40, 100), (-40, 0)])
def test_knob_turns_it_by_its_steps(detents: int, percent: int) -> None:
    room = Room(50, percent_per_step=5)
    room.volume.turn(detents)
    assert (room.volume.percent, room.lights.volumes) == (percent, [percent])


@given(st.integers(0, 100), st.lists(st.integers(-30, 30), max_size=8))
def test_knob_answers_at_once_where_it_was_turned_too_far(percent: int, turns: list[int]) -> None:
    room = Room(percent)
    for detents in turns:
        room.volume.turn(detents)
    before = room.volume.percent
    room.volume.turn(1)
    assert room.volume.percent == min(100, before + 4)


def test_volume_tells_its_listeners_what_was_set() -> None:
    room = Room(70)
    told: list[int] = []
    room.volume.watch(told.append)
    room.volume.set_percent(150)
    room.volume.turn(-1)
    assert told == [100, 96]
