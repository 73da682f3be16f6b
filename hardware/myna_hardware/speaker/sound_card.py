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

from myna_hardware.device_thread import DeviceThread
from myna_hardware.errors import DeviceBusyError, DeviceLostError, HardwareError
from myna_hardware.portaudio import OPEN_LIMIT_S, PLAYBACK, POLL_S, SOUND_HANGS, PortAudio, Stream
from myna_hardware.quiet import quiet_stderr
from myna_hardware.units import (
    PLAYBACK_PERIOD_FRAMES,
    PLAYBACK_RATE_HZ,
    bytes_for,
    frames_for,
    frames_in,
    seconds_for,
    silence,
)

LOST_AFTER_S: Final = 1.0
CLOSE_LIMIT_S: Final = 1.0


class SoundCardSpeaker:
    """24 kHz mono to a device of PortAudio's; between replies the device rests, closed.

    Args:
        device: A name as `PortAudio.open` takes it.

    Raises:
        HardwareError: As `PortAudio` and its `open` raise it, within five seconds.
    """

    def __init__(self, device: str) -> None:
        self.name = device
        self._thread = DeviceThread(f"speaker {device}")
        self._library: PortAudio | None = None
        self._stream: Stream | None = None
        self._delay_frames = 0
        self._underruns = 0
        self._written_s = 0.0
        self._is_closed = False
        self._try_out()

    @property
    def underruns(self) -> int:
        """See `Speaker.underruns`; counted by the clock, for sound servers hide them."""
        return self._underruns

    @property
    def delay_frames(self) -> int:
        """See `Speaker.delay_frames`."""
        return self._delay_frames

    @property
    def ends_s(self) -> float:
        """See `Speaker.ends_s`."""
        return self._written_s + seconds_for(self._delay_frames, PLAYBACK_RATE_HZ)

    def write(self, pcm: bytes) -> None:
        """See `Speaker.write`."""
        if self._is_closed:
            raise DeviceLostError(self.name, "closed: open it anew")
        size = bytes_for(PLAYBACK_PERIOD_FRAMES)
        for start in range(0, len(pcm), size):
            self._do(partial(self._play, pcm[start : start + size]))

    def drain(self) -> None:
        """See `Speaker.drain`."""
        self._do(self._play_out)
        self._do(self._rest)

    def check(self) -> None:
        """See `Speaker.check`; knows only that it was closed."""
        if self._is_closed:
            raise DeviceLostError(self.name, "closed: open it anew")

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

    def _do(self, call: Callable[[], None]) -> None:
        """Make `call` on the device's thread, unless the speaker was closed meanwhile."""
        if self._is_closed:
            return
        try:
            self._thread.call(call, LOST_AFTER_S)
        except TimeoutError as error:
            raise self._stuck() from error

    def _stuck(self) -> DeviceLostError:
        return DeviceLostError(
            self.name, f"has taken no sound for {LOST_AFTER_S:g} s: plug it in again"
        )

    # --- on the device's thread -----------------------------------------------------

    def _start(self) -> None:
        self._library = PortAudio(PLAYBACK)
        stream = self._library.open(self.name)
        latency_frames = frames_for(stream.output_latency_s, PLAYBACK_RATE_HZ)
        self._delay_frames = latency_frames + PLAYBACK_PERIOD_FRAMES
        stream.close()

    def _play(self, pcm: bytes) -> None:
        if self._stream is None:
            self._stream = self._open_again()
        elif time.monotonic() - self._written_s > seconds_for(self._delay_frames, PLAYBACK_RATE_HZ):
            self._underruns += 1
        self._put(self._stream, pcm)
        self._written_s = time.monotonic()

    def _put(self, stream: Stream, pcm: bytes) -> None:
        late_s = time.monotonic() + LOST_AFTER_S
        while not stream.has_room(frames_in(pcm)):
            if time.monotonic() > late_s:
                raise self._stuck()
            time.sleep(POLL_S)
        stream.write(pcm)

    def _play_out(self) -> None:
        if self._stream is not None:
            for _ in range(0, self._delay_frames + PLAYBACK_PERIOD_FRAMES, PLAYBACK_PERIOD_FRAMES):
                self._put(self._stream, silence(PLAYBACK_PERIOD_FRAMES))

    def _open_again(self) -> Stream:
        if self._library is None:
            raise DeviceLostError(self.name, "closed: open it anew")
        try:
            return self._library.open(self.name)
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
