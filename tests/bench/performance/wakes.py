"""PURE: what a trace and a server tell of how each wake word was answered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import floor
from typing import Any

import numpy as np
from msgspec import Struct

from myna_hardware.units import CAPTURE_RATE_HZ, PERIOD_MS, bytes_for, frames_in, seconds_for

PERIOD_S = PERIOD_MS / 1000
PROBE_FRAMES = 160
"""10 ms of noise and speech: enough to be found again."""


class Wake(Struct):
    """One conversation, from its wake word; times are on the monotonic clock.

    Attributes:
        heard_s: When the period that made the engine certain had been captured.
        frame: From which audio goes to the session.
        ahead_s: When a connection that was opened ahead stood; None for none.
        decided_s: When the period had been captured after which a session is wanted: that
            of the wake word, or of the speech after it.
    """

    heard_s: float
    frame: int
    ahead_s: float | None = None
    decided_s: float | None = None


class Copied(Struct, frozen=True):
    """How what the server received compares with what the microphone heard.

    Attributes:
        first: The microphone's frame of the first one received.
        lost: Frames of the stretch that did not arrive.
        twice: Frames that arrived again.
    """

    first: int
    lost: int
    twice: int


def capture_began_s(lines: Sequence[Mapping[str, Any]]) -> float:
    """Return when the microphone of a trace began to hear.

    Frame n is captured n frames after that, and what is told of it comes later: the
    promptest line is taken, so that what is measured from here is never too short by more
    than that line was late.
    """
    told = [
        line["t"] - seconds_for(line["detected_frame"]) for line in lines if line["event"] == "wake"
    ]
    sent = [
        line["t"] - seconds_for(line["first_frame"] + line["frames"])
        for line in lines
        if line["event"] == "chunk_sent"
    ]
    began_s: float = min(told + sent)
    return began_s


def wakes(lines: Sequence[Mapping[str, Any]]) -> list[Wake]:
    """Find every wake word that opened a session."""
    began_s = capture_began_s(lines)
    found: list[Wake] = []
    ahead_s: float | None = None
    for line in lines:
        match line["event"]:
            case "connection_opened_ahead":
                ahead_s = line["t"]
                if found and found[-1].decided_s is None:
                    found[-1].ahead_s = ahead_s
            case "connection_ahead_dropped" | "session_closed":
                ahead_s = None
            case "wake":
                heard_s = began_s + seconds_for(line["detected_frame"])
                found.append(Wake(heard_s, line["frame"], ahead_s))
            case "session_opening" if found and found[-1].decided_s is None:
                found[-1].decided_s = began_s + _whole_periods(line["t"] - began_s)
            case "connection_ahead_used" if found:
                found[-1].ahead_s = found[-1].ahead_s or ahead_s
    return [each for each in found if each.decided_s is not None]


def _whole_periods(seconds: float) -> float:
    return floor(seconds / PERIOD_S) * PERIOD_S


def copied(microphone: bytes, received: bytes, first: int, end: int) -> Copied:
    """Lay what was received over the microphone's frames from `first` to `end`.

    Args:
        microphone: All that it heard, from its frame 0 on; noisy, so that no two stretches
            of it are the same.
        received: In the order of the wire; what is behind `end` is not looked at.
        first: The frame with which it should begin.
        end: One past the last that must have arrived.
    """
    began = _place(microphone, received[: bytes_for(PROBE_FRAMES)], first)
    arrived = np.zeros(max(end - first, 0), np.int64)
    for at, frame in _runs(microphone, received, began):
        if frame >= end and at:
            break
        low, high = max(frame - first, 0), min(frame + PROBE_FRAMES, end) - first
        arrived[low : max(low, high)] += 1
    lost, twice = int((arrived == 0).sum()), int(np.maximum(arrived - 1, 0).sum())
    return Copied(began, lost, twice)


def _runs(microphone: bytes, received: bytes, frame: int) -> Iterator[tuple[int, int]]:
    """Yield each probe's number, and where in the microphone it is from."""
    for at in range(frames_in(received) // PROBE_FRAMES):
        probe = received[bytes_for(at * PROBE_FRAMES) :][: bytes_for(PROBE_FRAMES)]
        frame = _place(microphone, probe, frame)
        yield at, frame
        frame += PROBE_FRAMES


def _place(microphone: bytes, probe: bytes, expected: int) -> int:
    """Return the frame of `microphone` from which it is `probe`, preferably the expected one.

    Raises:
        LookupError: It is nowhere: what was sent is not what was heard.
    """
    where = bytes_for(expected)
    if microphone[where : where + len(probe)] == probe:
        return expected
    near = max(0, where - bytes_for(CAPTURE_RATE_HZ))
    at = microphone.find(probe, near)
    while at >= 0 and at % bytes_for(1):
        at = microphone.find(probe, at + 1)
    if at < 0:
        raise LookupError("something was sent that was not heard")
    return frames_in(microphone[:at])
