"""An echo that the canceller has lost, and a voice over a reply that it has not."""

from __future__ import annotations

import pytest

from myna.audio.level import level_dbfs
from myna.echo.aec3 import WebRtc
from myna.echo.duplex import LOUD_DBFS
from myna.echo.likeness import ECHO_LIKE, ECHO_PERIODS, Likeness
from myna.simulator.sounds import at_capture_rate
from myna_hardware.units import PLAYBACK_RATE_HZ, bytes_for, frames_for, silence
from support.acoustics import ROOMS, Coupling, captured
from support.speech import recorded

REPLY = recorded("reply_story") * 2
FAR = at_capture_rate(REPLY, PLAYBACK_RATE_HZ)
PERIOD = 640
MOVES = bytes_for(frames_for(5.3))
"""Where the room changes, or somebody begins to speak."""


def is_taken_for_echo(microphone: bytes, until: int) -> bool:
    """Say whether a second from `MOVES` on holds enough loud periods in a row."""
    canceller, likeness, run, longest = WebRtc(echo=True), Likeness(), 0, 0
    for at in range(0, until, PERIOD):
        played = FAR[at : at + PERIOD]
        left = canceller.cancel(microphone[at : at + PERIOD], played)
        likeness.add(left, played)
        if at >= MOVES and level_dbfs(left) > LOUD_DBFS:
            run = run + 1 if likeness.measure() >= ECHO_LIKE else 0
            longest = max(longest, run)
    return longest >= ECHO_PERIODS


@pytest.mark.parametrize(("before", "after"), [("desk", "kitchen"), ("living", "desk")])
def test_echo_of_a_room_that_changed_is_known_by_its_phase(before: str, after: str) -> None:
    here, there = (captured(REPLY, b"", Coupling(ROOMS[name], 0.0)) for name in (before, after))
    changed = here.microphone[:MOVES] + there.microphone[MOVES:]
    assert is_taken_for_echo(changed, MOVES + bytes_for(frames_for(1.0)))


@pytest.mark.parametrize("words", ["small_talk", "weather", "turn_on_the_lamp"])
def test_voice_over_a_reply_is_no_echo(words: str) -> None:
    voice = silence(MOVES // 2) + recorded(words)
    heard = captured(REPLY, voice, Coupling(ROOMS["living"], 0.0)).microphone
    assert not is_taken_for_echo(heard, MOVES + bytes_for(frames_for(1.0)))


def test_nothing_is_like_nothing() -> None:
    likeness = Likeness()
    assert likeness.measure() == 0
    for _ in range(40):
        likeness.add(silence(320), silence(320))
    assert likeness.measure() < ECHO_LIKE
