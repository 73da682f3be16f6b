"""What the server received, laid over what the microphone heard. PURE."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log10
from typing import Final

import numpy as np
import numpy.typing as npt

from myna.simulator.endpointing import Endpointer
from myna_hardware.units import SAMPLE_BYTES, bytes_for, frames_for, frames_in
from support.acoustics import Captured

WINDOW: Final = frames_for(0.02)
SOUNDING: Final = 10 ** (-45 / 20) * 32768
"""RMS of a window in which an echo is worth measuring."""

AROUND_VOICE: Final = frames_for(0.4)
"""So near to speech nothing is taken for a leftover of the echo."""

_PROBE_FRAMES: Final = 400


@dataclass(frozen=True, slots=True)
class Sent:
    """The uplink on the air's axis of frames.

    Attributes:
        pcm: As long as what was heard; silence where nothing was sent.
        was_sent: Which frames were sent.
        order: The air's frame of each frame in the order of the wire.
    """

    pcm: npt.NDArray[np.int16]
    was_sent: npt.NDArray[np.bool_]
    order: npt.NDArray[np.int64]


def sent_on_air(microphone: bytes, received: bytes, spans: Sequence[tuple[int, int]]) -> Sent:
    """Lay `received` over `microphone`.

    Args:
        microphone: What was heard, 16 kHz.
        received: What came over the wire.
        spans: The trace's (first frame, frames) of every chunk, in order.

    Raises:
        LookupError: No stretch of the two is the same: nothing was sent as it was heard.
    """
    wire, numbers = _numbered(received, spans)
    order = numbers + _offset(microphone, wire, numbers)
    total = frames_in(microphone)
    pcm = np.zeros(total, np.int16)
    was_sent = np.zeros(total, np.bool_)
    inside = (order >= 0) & (order < total)
    pcm[order[inside]] = wire[inside]
    was_sent[order[inside]] = True
    return Sent(pcm, was_sent, order)


def air_offset(microphone: bytes, received: bytes, spans: Sequence[tuple[int, int]]) -> int:
    """Return by how much the air's frames are ahead of the daemon's; see `sent_on_air`."""
    return _offset(microphone, *_numbered(received, spans))


def _numbered(
    received: bytes, spans: Sequence[tuple[int, int]]
) -> tuple[npt.NDArray[np.int16], npt.NDArray[np.int64]]:
    """Return what came over the wire, and the daemon's number of each frame of it."""
    numbers = np.concatenate([np.arange(first, first + count) for first, count in spans])
    wire = np.frombuffer(received, "<i2")
    count = min(len(wire), len(numbers))
    return wire[:count], numbers[:count]


def _offset(microphone: bytes, wire: npt.NDArray[np.int16], numbers: npt.NDArray[np.int64]) -> int:
    """Return by how much the air's frames are ahead of the daemon's numbers."""
    for start in range(0, len(wire) - _PROBE_FRAMES, _PROBE_FRAMES):
        probe = wire[start : start + _PROBE_FRAMES].tobytes()
        if not any(probe):
            continue  # silence is everywhere
        at = microphone.find(probe)
        while at >= 0 and at % SAMPLE_BYTES:
            at = microphone.find(probe, at + 1)
        if at >= 0:
            return int(at // SAMPLE_BYTES - numbers[start])
    raise LookupError("nothing was sent as it was heard")


@dataclass(frozen=True, slots=True)
class Leftover:
    """How much of the echo was sent.

    Attributes:
        erle_db: Echo at the microphone over what was sent of it; nan where none was sent.
        sent_s: How long an echo sounded while the uplink was open.
        gated_s: How long it did while the uplink was shut.
    """

    erle_db: float
    sent_s: float
    gated_s: float


def leftover(heard: Captured, sent: Sent, first: int, end: int) -> Leftover:
    """Measure the windows between two frames in which only the echo sounds."""
    only_echo = np.flatnonzero(_only_echo(heard, first, end)) * WINDOW + first
    microphone = np.frombuffer(heard.microphone, "<i2").astype(np.float64) ** 2
    residue = sent.pcm.astype(np.float64) ** 2
    heard_power = left_power = 0.0
    open_windows = 0
    for at in only_echo:
        if sent.was_sent[at : at + WINDOW].all():
            heard_power += float(microphone[at : at + WINDOW].sum())
            left_power += float(residue[at : at + WINDOW].sum())
            open_windows += 1
    erle_db = 10 * log10(heard_power / max(left_power, 1.0)) if open_windows else float("nan")
    return Leftover(erle_db, open_windows * 0.02, (len(only_echo) - open_windows) * 0.02)


def _only_echo(heard: Captured, first: int, end: int) -> npt.NDArray[np.bool_]:
    where = slice(bytes_for(first), bytes_for(end))
    echo = np.frombuffer(heard.echo[where], "<i2").astype(np.float64)
    windows = len(echo) // WINDOW
    rms = np.sqrt(np.mean(echo[: windows * WINDOW].reshape(windows, WINDOW) ** 2, axis=1))
    voice = _near_voice(heard)[first : first + windows * WINDOW].reshape(windows, WINDOW)
    only_echo: npt.NDArray[np.bool_] = (rms > SOUNDING) & ~voice.any(axis=1)
    return only_echo


def _near_voice(heard: Captured) -> npt.NDArray[np.bool_]:
    near = np.zeros(frames_in(heard.voice), np.bool_)
    spoken = np.flatnonzero(_voiced(heard))
    edges = np.flatnonzero(np.diff(spoken) > AROUND_VOICE)
    starts = spoken[np.concatenate([[0], edges + 1]).astype(int)] if len(spoken) else []
    ends = spoken[np.concatenate([edges, [len(spoken) - 1]]).astype(int)] if len(spoken) else []
    for start, end in zip(starts, ends, strict=True):
        near[max(0, start - AROUND_VOICE) : end + AROUND_VOICE] = True
    return near


def _voiced(heard: Captured) -> npt.NDArray[np.bool_]:
    voiced: npt.NDArray[np.bool_] = np.frombuffer(heard.voice, "<i2") != 0
    return voiced


def unexplained_turns(heard: Captured, sent: Sent, received: bytes, threshold: int) -> list[int]:
    """Return the air's frames at which the server heard a turn begin that nobody spoke."""
    near = _near_voice(heard)
    wild = []
    ear = Endpointer(threshold=threshold)
    for edge in ear.feed(received):
        at = min(round(edge.offset_s * 16_000), len(sent.order)) - 1
        frame = min(int(sent.order[at]), len(near) - 1)
        if edge.kind == "start" and not near[max(0, frame - frames_for(0.2)) : frame + 1].any():
            wild.append(frame)
    return wild
