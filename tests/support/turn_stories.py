"""Traces of turns whose times are known, and what is made of them."""

from __future__ import annotations

from typing import Any, TypeAlias

from myna.trace import EventName
from myna.turns.follower import TurnFollower
from myna.turns.timing import Timing

END_SILENCE_S = 0.6

Line: TypeAlias = tuple[float, EventName, dict[str, Any]]


def happened(t: float, event: EventName) -> Line:
    """Return an event without fields that matter."""
    return t, event, {}


def state(t: float, to: str) -> Line:
    """Return a change of the state."""
    return t, "state", {"to": to}


def button(t: float, gesture: str) -> Line:
    """Return a gesture at the button."""
    return t, "button", {"gesture": gesture}


def turns_of(*lines: Line) -> list[Timing]:
    """Return the turns that are over with these events."""
    follower = TurnFollower(END_SILENCE_S)
    found = [follower.note(*line) for line in lines]
    return [turn for turn in found if turn is not None]


def parts_of(turn: Timing) -> list[tuple[str, int]]:
    """Return the parts of a turn: name and milliseconds."""
    return [(part.name, part.ms) for part in turn.parts]


WOKEN: list[Line] = [
    happened(10.0, "wake"),
    state(10.0, "waking"),
    happened(10.2, "speech_started"),
    state(10.2, "connecting"),
    happened(10.21, "session_opening"),
    happened(10.41, "session_ready"),
    state(10.41, "listening"),
    happened(10.45, "chunk_sent"),
]
"""The wake word, what follows in one breath, and a session."""

ASKED: list[Line] = [
    *WOKEN,
    happened(12.6, "speech_ended"),
    state(12.6, "thinking"),
    happened(12.62, "pause_sent"),
]
"""Something was asked, until 12.0 s; the server has been told that it was all."""

ANSWERED: list[Line] = [
    *ASKED,
    happened(13.0, "audio_received"),
    state(13.0, "speaking"),
    happened(13.01, "playback_started"),
]
"""A reply sounds."""

HEARD: list[Line] = [
    *ANSWERED,
    happened(13.5, "turn_complete"),
    happened(16.0, "playback_finished"),
    state(16.0, "listening"),
]
"""It was heard out."""
