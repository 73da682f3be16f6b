"""A speaker without a device: what is written is heard as the clock goes by."""

from __future__ import annotations

import threading
from array import array
from collections.abc import Callable
from typing import Final, Protocol

from myna_hardware.errors import DeviceLostError
from myna_hardware.pacing import Pacing
from myna_hardware.units import (
    PLAYBACK_PERIOD_FRAMES,
    PLAYBACK_RATE_HZ,
    bytes_for,
    frames_for,
    frames_in,
)

AHEAD_FRAMES: Final = 2 * PLAYBACK_PERIOD_FRAMES

FADE_FRAMES: Final = frames_for(0.003, PLAYBACK_RATE_HZ)


class Track(Protocol):
    """Where heard sound goes."""

    def append(self, pcm: bytes) -> None:
        """Add sound; may raise OSError, which loses the device."""
        ...

    def append_silence(self, frames: int) -> None:
        """Add time in which nothing was played; errors as `append`."""
        ...

    def close(self) -> None:
        """End the track."""
        ...


class PacedSpeaker:
    """Keeps on `track` exactly what would have been heard, from the moment it is opened.

    The time between two writes is silence on the track, what was flushed is not on it.
    Two periods are buffered, as on a sound card.

    Args:
        name: The device as the configuration names it.
        track: Takes the sound; the speaker closes it.
        pacing: Goes by at 24 kHz.
    """

    delay_frames: Final[int] = AHEAD_FRAMES

    def __init__(self, name: str, track: Track, pacing: Pacing) -> None:
        self.name = name
        self._track = track
        self._pacing = pacing
        self._changed = threading.Condition()
        self._underruns = 0
        self._track_frames = 0
        self._sound_frames = 0
        self._buffer = bytearray()
        self._is_playing = False
        self._loss: str | None = None
        self._is_closed = False

    @property
    def underruns(self) -> int:
        """See `Speaker.underruns`."""
        return self._underruns

    @property
    def ends_s(self) -> float:
        """See `Speaker.ends_s`."""
        return self._pacing.time_of(self._end_frame)

    def write(self, pcm: bytes) -> None:
        """See `Speaker.write`."""
        with self._changed:
            self._settle()
            self._check_present()
            self._fill_gap()
            self._buffer += pcm
            self._is_playing = True
            end_frame = self._end_frame
        self._pacing.wait_until(end_frame - AHEAD_FRAMES)
        with self._changed:
            self._settle()
            if not self._is_closed:
                self._check_present()

    def drain(self) -> None:
        """See `Speaker.drain`."""
        with self._changed:
            end_frame = self._end_frame
        self._pacing.wait_until(end_frame)
        with self._changed:
            self._settle()
            self._is_playing = False
            if not self._is_closed:
                self._check_present()

    def check(self) -> None:
        """See `Speaker.check`."""
        with self._changed:
            self._check_present()

    def cut(self) -> bool:
        """See `Speaker.cut`."""
        with self._changed:
            self._settle()
            rest = array("h", self._buffer[: bytes_for(FADE_FRAMES)])
            faded = (sample * (len(rest) - at) // len(rest) for at, sample in enumerate(rest))
            self._buffer[:] = array("h", faded).tobytes()
        return True

    def flush(self) -> None:
        """See `Speaker.flush`."""
        with self._changed:
            self._settle()
            self._buffer.clear()
            self._is_playing = False

    def close(self) -> None:
        """See `Speaker.close`."""
        with self._changed:
            self.flush()
            self._is_closed = True
            self._lose("closed: open it anew")
            self._track.close()

    @property
    def _end_frame(self) -> int:
        return self._track_frames + frames_in(self._buffer)

    def _lose(self, why: str) -> None:
        with self._changed:
            self._loss = self._loss or why
            self._changed.notify_all()
        self._pacing.interrupt()

    def _check_present(self) -> None:
        if self._loss is not None:
            raise DeviceLostError(self.name, self._loss)

    def _settle(self) -> None:
        """Move what has been heard by now from the buffer to the track."""
        if self._loss is None and self._buffer:
            heard = bytes(self._buffer[: bytes_for(self._pacing.now - self._track_frames)])
            self._advance(frames_in(heard), lambda: self._track.append(heard))
            del self._buffer[: len(heard)]
            self._sound_frames += frames_in(heard)
            self._changed.notify_all()

    def _fill_gap(self) -> None:
        gap_frames = self._pacing.now - self._track_frames
        if not self._buffer and gap_frames > 0:
            self._advance(gap_frames, lambda: self._track.append_silence(gap_frames))
            self._underruns += self._is_playing

    def _advance(self, frames: int, extend: Callable[[], None]) -> None:
        try:
            extend()
        except OSError as error:
            self._lose(f"cannot be written: {error.strerror or error}")
        self._track_frames += frames
