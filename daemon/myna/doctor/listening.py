"""Takes the figures of microphone and speaker: two seconds of the room, then a chirp.

The same for the running daemon, which lets itself be listened in on, and for the command,
which opens the devices itself while nobody else has them.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from threading import Condition, Thread
from typing import Final, Protocol

from myna.audio.gauge import Gauge, SoundFigures
from myna.audio.kept_speaker import Heard
from myna.audio.tap import Tap, Way
from myna.doctor.chirp import LASTS_S, LoopFigures, Stretch, chirp_pcm, measure_loop
from myna_hardware.interfaces import Microphone, Speaker
from myna_hardware.units import (
    CAPTURE_RATE_HZ,
    PLAYBACK_RATE_HZ,
    frames_in,
    seconds_for,
    silence,
)

ROOM_S: Final = 2.0
TAIL_S: Final = 1.5
"""How much longer than the chirp it is listened for: sound servers keep up to a second."""

LEAD_S: Final = 0.3
"""Of what was heard before it, for the noise."""

PATIENCE_S: Final = 10.0
"""A microphone that has not given so much by then is lost."""


class Sound(Protocol):
    """A microphone and a speaker, in whose hands ever."""

    def listening_in(self, way: Way, listener: Heard) -> AbstractContextManager[None]:
        """Call `listener` for every piece that goes `way`, on a thread of its own."""
        ...

    def play(self, pcm: bytes) -> None:
        """Begin to play `pcm`, 24 kHz mono 16-bit, at the volume of now."""
        ...


def measure_microphone(
    sound: Sound, clock: Callable[[], float] = time.monotonic
) -> SoundFigures | None:
    """Listen to the room; None when nothing came."""
    gauge, record = Gauge(), Record(CAPTURE_RATE_HZ)

    def hear(pcm: bytes, ends_s: float) -> None:
        gauge.feed(pcm, clock())
        record.take(pcm, ends_s)

    with sound.listening_in("captured", hear):
        record.wait(ROOM_S)
    return gauge.figures()


def measure_loopback(sound: Sound) -> LoopFigures | None:
    """Play a chirp and listen for it; None when it was not even played."""
    captured, played = Record(CAPTURE_RATE_HZ), Record(PLAYBACK_RATE_HZ)
    with sound.listening_in("captured", captured.take), sound.listening_in("played", played.take):
        captured.wait(LEAD_S)
        sound.play(chirp_pcm())
        captured.wait(LEAD_S + LASTS_S + TAIL_S)
    return measure_loop(played.stretch(), captured.stretch())


class Record:
    """Keeps what passes, for seconds only, and when it was in the air."""

    def __init__(self, rate_hz: int) -> None:
        self._rate_hz = rate_hz
        self._pcm = bytearray()
        self._begins_s = 0.0
        self._changed = Condition()

    def take(self, pcm: bytes, ends_s: float) -> None:
        """Take a piece; the time of the latest counts, for clocks settle."""
        with self._changed:
            self._pcm += pcm
            self._begins_s = ends_s - seconds_for(frames_in(self._pcm), self._rate_hz)
            self._changed.notify_all()

    def wait(self, seconds: float) -> None:
        """Block until so much has come since the beginning, or nothing more comes."""

        def is_enough() -> bool:
            return seconds_for(frames_in(self._pcm), self._rate_hz) >= seconds

        with self._changed:
            self._changed.wait_for(is_enough, PATIENCE_S)

    def stretch(self) -> Stretch:
        """Return all of it."""
        with self._changed:
            return Stretch(bytes(self._pcm), self._rate_hz, self._begins_s)


class OwnSound:
    """Microphone and speaker that were opened for this; `close` ends it.

    Args:
        microphone: Read on a thread, until it is closed.
        speaker: Written to; None where only the microphone matters.
    """

    def __init__(self, microphone: Microphone, speaker: Speaker | None) -> None:
        self._tap = Tap()
        self._microphone = self._tap.over(lambda _: microphone)(1)
        self._speaker = speaker
        self._reading = Thread(target=self._read, name="doctor's ear", daemon=True)
        self._reading.start()

    @contextmanager
    def listening_in(self, way: Way, listener: Heard) -> Iterator[None]:
        """See `Sound.listening_in`."""
        with self._tap.open(way, listener):
            yield

    def play(self, pcm: bytes) -> None:
        """See `Sound.play`; returns once it has been heard."""
        if self._speaker is None:
            return
        for piece in (pcm, silence(PLAYBACK_RATE_HZ // 10)):
            self._speaker.write(piece)
            self._tap.pass_on("played", piece, self._speaker.ends_s)
        self._speaker.drain()

    def close(self) -> None:
        """Release both devices."""
        self._microphone.close()
        if self._speaker is not None:
            self._speaker.close()
        self._reading.join(timeout=2.0)

    def _read(self) -> None:
        while self._microphone.read():
            pass
