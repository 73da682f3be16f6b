"""A speaker of this machine, through PyAudio.

Between replies the stream is closed, which costs nothing and leaves the device to
others; opening it again takes 1 to 5 ms. Closing is also how to fall silent: PortAudio
aborts a stream that is closed while it plays. Stopping it instead cuts off the last 60
ms that were to be heard, so `drain` plays silence until they are out. Measured against
PulseAudio by tests/bench/bench_flush.py.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Final

from myna_hardware.alsa import is_plugged_in
from myna_hardware.conversion import ToDevice
from myna_hardware.device_thread import DeviceThread
from myna_hardware.errors import DeviceBusyError, DeviceLostError, HardwareError
from myna_hardware.portaudio import OPEN_LIMIT_S, PLAYBACK, PortAudio
from myna_hardware.quiet import quiet_stderr
from myna_hardware.sole import SOUND_HANGS
from myna_hardware.sound_format import SoundFormat
from myna_hardware.stream import POLL_S, Stream
from myna_hardware.units import PLAYBACK_RATE_HZ as RATE_HZ
from myna_hardware.units import frames_for, frames_in, seconds_for

AHEAD_PERIODS: Final = 2
"""Periods of the device that wait in it at most: 20 ms, so that a cut is heard soon."""

LOST_AFTER_S: Final = 1.0
CLOSE_LIMIT_S: Final = 1.0


class SoundCardSpeaker:
    """24 kHz mono to a device of PortAudio's; between replies the device rests, closed.

    Args:
        device: A name as `PortAudio.open` takes it.
        buffer_periods: How many times 20 ms may wait in the device.

    Raises:
        HardwareError: As `PortAudio` and its `open` raise it, within five seconds.
    """

    def __init__(self, device: str, buffer_periods: int = 1) -> None:
        self.name = device
        self._buffer_periods = buffer_periods
        self._thread = DeviceThread(f"speaker {device}")
        self._library: PortAudio | None = None
        self._stream: Stream | None = None
        self._to_device = ToDevice(RATE_HZ, SoundFormat(RATE_HZ))
        self._card: str | None = None
        self._delay_frames = 0
        self._underruns = 0
        self._ends_s = 0.0
        self._is_closed = False
        self._try_out()

    @property
    def underruns(self) -> int:
        """See `Speaker.underruns`; of a sound server's by the clock, for it hides them."""
        return self._underruns

    @property
    def delay_frames(self) -> int:
        """See `Speaker.delay_frames`."""
        return self._delay_frames

    @property
    def ends_s(self) -> float:
        """See `Speaker.ends_s`."""
        return self._ends_s

    def write(self, pcm: bytes) -> None:
        """See `Speaker.write`."""
        if self._is_closed:
            raise DeviceLostError(self.name, "closed: open it anew")
        self._do(partial(self._play, pcm), LOST_AFTER_S + seconds_for(frames_in(pcm), RATE_HZ))

    def drain(self) -> None:
        """See `Speaker.drain`."""
        self._do(self._play_out)
        self._do(self._rest)

    def check(self) -> None:
        """See `Speaker.check`.

        A card is looked for in /proc; a device of a server's is opened and closed, which
        takes 4 ms (measured by tests/bench/bench_flush.py).
        """
        if self._is_closed:
            raise DeviceLostError(self.name, "closed: open it anew")
        self._do(self._look)

    def flush(self) -> None:
        """See `Speaker.flush`."""
        with suppress(DeviceLostError):
            self._do(self._rest)

    def close(self) -> None:
        """See `Speaker.close`; waits for the device for a second at most."""
        if not self._is_closed:
            self._is_closed = True
            released = self._thread.submit(self._release)
            self._thread.end()
            with suppress(TimeoutError):
                released.result(timeout=CLOSE_LIMIT_S)

    def _try_out(self) -> None:
        try:
            with quiet_stderr():
                self._thread.call(self._start, OPEN_LIMIT_S)
        except TimeoutError as error:
            self.close()
            raise DeviceBusyError(self.name, SOUND_HANGS) from error
        except HardwareError:
            self.close()
            raise

    def _do(self, call: Callable[[], None], limit_s: float = LOST_AFTER_S) -> None:
        """Make `call` on the device's thread, unless the speaker was closed meanwhile."""
        if self._is_closed:
            return
        try:
            self._thread.call(call, limit_s)
        except TimeoutError as error:
            raise self._stuck() from error

    def _stuck(self) -> DeviceLostError:
        return DeviceLostError(
            self.name, f"has taken no sound for {LOST_AFTER_S:g} s: plug it in again"
        )

    # --- on the device's thread -----------------------------------------------------

    def _start(self) -> None:
        self._library = PortAudio(PLAYBACK)
        stream = self._library.open(self.name, self._buffer_periods)
        self._delay_frames = frames_for(stream.sound.seconds_for(ahead_frames(stream)), RATE_HZ)
        self._card = stream.shape.card
        stream.close()

    def _look(self) -> None:
        if self._stream is not None:
            self._stream.room_frames()
        elif self._card is None:
            self._open_again().close()
        elif not is_plugged_in(self._card):
            raise DeviceLostError(self.name, "was unplugged: plug it in again")

    def _play(self, pcm: bytes) -> None:
        if self._stream is None:
            self._stream = self._open_again()
            self._to_device = ToDevice(RATE_HZ, self._stream.sound)
        elif self._stream.has_starved():
            self._underruns += 1
        self._put(self._stream, self._to_device.convert(pcm))
        self._ends_s = self._stream.played_s + self._to_device.pending_s

    def _put(self, stream: Stream, pcm: bytes) -> None:
        """Play `pcm` a period of the device at a time, until the speaker is closed."""
        size = stream.period_frames * stream.sound.frame_bytes
        for start in range(0, len(pcm), size):
            piece = pcm[start : start + size]
            if self._wait_for_room(stream, stream.sound.frames_in(piece)):
                stream.write(piece)

    def _wait_for_room(self, stream: Stream, frames: int) -> bool:
        """Wait until `frames` more keep within the limit; False if closed before that."""
        late_s = time.monotonic() + LOST_AFTER_S
        # PortAudio itself waits, and spins if the card goes, for room for a whole period.
        wanted_frames = max(
            stream.period_frames, stream.capacity_frames - ahead_frames(stream) + frames
        )
        while (missing_frames := wanted_frames - stream.room_frames()) > 0:
            if time.monotonic() > late_s:
                raise self._stuck()
            if self._is_closed:
                return False
            # By halves, for a sound server takes whole periods, at times of its own.
            time.sleep(max(POLL_S, stream.sound.seconds_for(missing_frames) / 2))
        return True

    def _play_out(self) -> None:
        """Play silence until a device that takes whole periods has taken all before it."""
        if self._stream is not None:
            self._put(self._stream, self._to_device.end())
            silent_frames = self._stream.capacity_frames + self._stream.period_frames
            self._put(self._stream, self._stream.sound.silence(silent_frames))

    def _open_again(self) -> Stream:
        if self._library is None:
            raise DeviceLostError(self.name, "closed: open it anew")
        try:
            return self._library.open(self.name, self._buffer_periods)
        except HardwareError as error:
            raise DeviceLostError(self.name, f"cannot play again: {error.problem}") from error

    def _rest(self) -> None:
        stream, self._stream = self._stream, None
        if stream is not None:
            stream.close()

    def _release(self) -> None:
        self._rest()
        library, self._library = self._library, None
        if library is not None:
            library.close()


def ahead_frames(stream: Stream) -> int:
    """Return how many frames may wait in the device of `stream`."""
    return min(AHEAD_PERIODS * stream.period_frames, stream.capacity_frames)
