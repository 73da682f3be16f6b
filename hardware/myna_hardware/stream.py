"""One open stream of PortAudio's, asked so that it never waits for a device."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, Protocol

from myna_hardware.portaudio_errors import INPUT_OVERFLOWED, explain_loss
from myna_hardware.sole import sole_access
from myna_hardware.sound_format import SoundFormat
from myna_hardware.timeline import Timeline

POLL_S: Final = 0.001
"""How often a device is asked again that was to be ready by now."""


class OpenStream(Protocol):
    """What is used of PyAudio's `Stream`; all but `close` raise OSError."""

    def get_read_available(self) -> int: ...  # noqa: D102
    def get_write_available(self) -> int: ...  # noqa: D102
    def read(self, num_frames: int, exception_on_overflow: bool) -> bytes: ...  # noqa: D102, FBT001
    def write(self, frames: bytes) -> None: ...  # noqa: D102
    def close(self) -> None: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class Shape:
    """How a device was opened.

    Attributes:
        sound: How sound comes and goes.
        period_frames: Frames between two wake-ups of the device.
        card: How ALSA calls the card (`1`, `Device`); None if a server is in between.
    """

    sound: SoundFormat
    period_frames: int
    card: str | None = None

    @property
    def grain_s(self) -> float:
        """How long the device may look empty and not be: servers take whole periods."""
        return 0.0 if self.card else self.sound.seconds_for(self.period_frames)


class Stream:
    """One open device. Ask `waiting_frames` or `room_frames` before `read` and `write`.

    In a read that waits while its sound card goes away, PortAudio spins for ever; so one
    only reads what is there, and only writes what there is room for.

    Args:
        name: The device as the configuration names it.
        stream: PyAudio's.
        shape: How it was opened.
        plays: Whether it takes sound; it must be new then.

    Attributes:
        shape: How it was opened.
        capacity_frames: How much sound the device holds before it plays it; 0 if it
            only captures.
        has_overrun: Whether frames were lost: then the stream is over, open another one.
    """

    def __init__(self, name: str, stream: OpenStream, shape: Shape, *, plays: bool) -> None:
        self._name = name
        self._stream = stream
        self._heard = Timeline()
        self._played = Timeline()
        self._written_frames = 0
        self._has_begun = False
        self.shape = shape
        self.has_overrun = False
        self.capacity_frames = self.room_frames() if plays else 0

    @property
    def sound(self) -> SoundFormat:
        """How sound comes and goes."""
        return self.shape.sound

    @property
    def period_frames(self) -> int:
        """Frames between two wake-ups of the device."""
        return self.shape.period_frames

    # --- capture ------------------------------------------------------------------

    def waiting_frames(self) -> int:
        """Return how many frames can be read at once.

        Raises:
            DeviceLostError: The device went away.
        """
        frames = self._count(self._stream.get_read_available)
        self.has_overrun = self.has_overrun or frames < 0
        return max(0, frames)

    def read(self, frames: int) -> bytes:
        """Return the next frames; b"" when the device has lost some (`has_overrun`).

        Raises:
            DeviceLostError: The device went away.
        """
        try:
            # PyAudio closes the stream with every error, this one too.
            pcm = bytes(self._stream.read(frames, exception_on_overflow=True))
        except OSError as error:
            if error.errno == INPUT_OVERFLOWED:
                self.has_overrun = True
                return b""
            raise explain_loss(self._name, error) from error
        waiting_s = self.sound.seconds_for(self.waiting_frames())
        self._heard.add(self.sound.seconds_for(frames), time.monotonic() - waiting_s)
        return pcm

    @property
    def heard_s(self) -> float:
        """When the last frame that `read` returned was in the air, on the monotonic clock."""
        return self._heard.ends_s

    # --- playback -----------------------------------------------------------------

    def room_frames(self) -> int:
        """Return how many frames `write` takes at once; errors as `waiting_frames`."""
        return max(0, self._count(self._stream.get_write_available))

    def buffered_frames(self) -> int:
        """Return how many frames wait in the device; errors as `waiting_frames`."""
        return max(0, self.capacity_frames - self.room_frames())

    def has_starved(self) -> bool:
        """Tell whether it has begun to play and has nothing left; errors as above."""
        is_late = time.monotonic() > self.played_s + self.shape.grain_s
        return self._has_begun and self.buffered_frames() == 0 and is_late

    def write(self, pcm: bytes) -> None:
        """Play `pcm`.

        Raises:
            DeviceLostError: The device went away.
        """
        try:
            self._stream.write(pcm)
        except OSError as error:
            raise explain_loss(self._name, error) from error
        if not self._has_begun:
            # Until a device has taken its first frames it does not tell when it will.
            self._played.restart()
        frames, buffered_frames = self.sound.frames_in(pcm), self.buffered_frames()
        self._written_frames += frames
        self._has_begun = buffered_frames < self._written_frames
        ends_s = time.monotonic() + self.sound.seconds_for(buffered_frames)
        self._played.add(self.sound.seconds_for(frames), ends_s)

    @property
    def played_s(self) -> float:
        """When the last frame that `write` took will be in the air, as `heard_s`."""
        return self._played.ends_s

    def close(self) -> None:
        """Release the device at once; what it has not played is never heard."""
        with sole_access(self._name), suppress(OSError):
            self._stream.close()

    def _count(self, available: Callable[[], int]) -> int:
        try:
            frames = available()
        except OSError as error:
            raise explain_loss(self._name, error) from error
        if frames < 0 and frames != INPUT_OVERFLOWED:
            raise explain_loss(self._name, OSError(frames, "the sound card is gone"))
        return frames
