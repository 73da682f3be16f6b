"""One stream that hears and plays, of a card that does both.

PortAudio disregards one half of a duplex stream while it reads or writes the other, so
one thread makes both: for each period that is captured it writes one, of what is to be
played or of silence. So both keep the clock of the card, and the time from what is
played to its echo stays the same to the sample for as long as the stream lasts.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import closing, suppress
from typing import Any, Final

from myna_hardware.conversion import FromDevice
from myna_hardware.device_thread import DeviceThread
from myna_hardware.errors import DeviceBusyError, DeviceLostError, HardwareError
from myna_hardware.microphone.periods import PeriodQueue, Periods
from myna_hardware.portaudio import OPEN_LIMIT_S, PLAYBACK, PortAudio
from myna_hardware.quiet import quiet_stderr
from myna_hardware.sole import SOUND_HANGS
from myna_hardware.sound_format import SoundFormat
from myna_hardware.stream import POLL_S, Stream
from myna_hardware.units import CAPTURE_RATE_HZ

AHEAD_PERIODS: Final = 2
"""Periods of the device (10 ms) that wait in it: one while the next is being captured."""

AHEAD_OF_SERVER_PERIODS: Final = 3
"""One more, for a server takes whole periods, and not when it gives them."""

SETTLES_S: Final = 1.0
"""How long the clocks are compared before frames alone count: twice the window of
`Timeline`, for at first a server takes more at once than later."""

LOST_AFTER_S: Final = 1.0
CLOSE_LIMIT_S: Final = 1.0


class Duplex:
    """A duplex stream and its thread; the device is open until `close`.

    Args:
        microphone: The device to hear with, as for `PortAudio.open`.
        speaker: The device to play with, of the same card.
        buffer_periods: How many times the smallest buffer it is to have.

    Raises:
        HardwareError: As `PortAudio.open_duplex` raises it, within five seconds.

    Attributes:
        periods: What was captured: 16 kHz mono.
        sound: What `play` takes.
        delay_s: How long after `play` its sound is heard.
        underruns: How often playback starved.
    """

    def __init__(self, microphone: str, speaker: str, buffer_periods: int = 1) -> None:
        self._names = microphone, speaker
        self._buffer_periods = buffer_periods
        self.periods = PeriodQueue()
        self.underruns = 0
        self._changed = threading.Condition()
        self._queue = bytearray()
        self.sound = SoundFormat(CAPTURE_RATE_HZ)
        self._is_playing = False
        self._captured = self._written = 0
        self._heard_from_s = self._played_from_s = time.monotonic()
        self._last_s = 0.0
        self._loss: HardwareError | None = None
        self._is_closing = threading.Event()
        self._opened: Future[Stream] = Future()
        thread = DeviceThread(f"duplex {speaker}")
        self._run = thread.submit(self._keep_open)
        thread.end()
        stream = self._wait_until_open()
        self.delay_s = self.sound.seconds_for(ahead_frames(stream) + stream.period_frames)

    @property
    def is_over(self) -> bool:
        """Whether it was closed or lost."""
        return self._is_closing.is_set() or self._loss is not None

    @property
    def plays_until_s(self) -> float:
        """When the last frame that `play` took will be in the air."""
        with self._changed:
            frames = self._written + self.sound.frames_in(bytes(self._queue))
            return self._played_from_s + self.sound.seconds_for(frames)

    def play(self, pcm: bytes) -> None:
        """Play `pcm`; block until at most one period of it waits for the device.

        Raises:
            DeviceLostError: The device went away.
        """
        with self._changed:
            self._queue += pcm
            self._is_playing = True
            limit_s = LOST_AFTER_S + self.sound.seconds_for(self.sound.frames_in(pcm))
            self._await(lambda: len(self._queue) <= self._period_bytes, limit_s)

    def play_out(self) -> None:
        """Block until all was heard; errors as `play`."""
        with self._changed:
            self._is_playing = False
            self._await(lambda: not self._queue, LOST_AFTER_S)
            # What is taken from the queue is heard before as much again, and a period, is.
            stream = self._opened.result()
            end = self._captured + ahead_frames(stream) + stream.period_frames
            self._await(lambda: self._captured >= end, LOST_AFTER_S)

    def drop(self) -> None:
        """Play no more than the device has already."""
        with self._changed:
            self._queue.clear()
            self._is_playing = False
            self._changed.notify_all()

    def check(self) -> None:
        """See whether the device is there; errors as `play`."""
        if self._loss is not None:
            raise DeviceLostError(self._names[1], self._loss.problem)

    def close(self) -> None:
        """Release the device, from any thread; waits for it for a second at most."""
        self._is_closing.set()
        self.periods.end()
        self.drop()
        with suppress(TimeoutError):
            self._run.result(timeout=CLOSE_LIMIT_S)

    @property
    def _period_bytes(self) -> int:
        return self._opened.result().period_frames * self.sound.frame_bytes

    def _await(self, is_so: Callable[[], bool], limit_s: float) -> None:
        self._changed.wait_for(lambda: is_so() or self.is_over, limit_s)
        self.check()
        if not is_so() and not self.is_over:
            raise DeviceLostError(self._names[1], f"has taken no sound for {limit_s:g} s")

    def _wait_until_open(self) -> Stream:
        with quiet_stderr():
            ends: tuple[Future[Any], ...] = (self._opened, self._run)
            done, _ = wait(ends, OPEN_LIMIT_S, FIRST_COMPLETED)
        if not done:
            self._is_closing.set()
            raise DeviceBusyError(self._names[1], SOUND_HANGS)
        if self._opened not in done:
            self._run.result()
        return self._opened.result()

    # --- on the device's thread -----------------------------------------------------

    def _keep_open(self) -> None:
        try:
            with closing(PortAudio(PLAYBACK)) as library:
                while not self._is_closing.is_set():
                    stream = library.open_duplex(*self._names, self._buffer_periods)
                    with closing(stream):
                        self._begin(stream)
                        self._pump(stream)
        except HardwareError as error:
            self._lose(error)

    def _begin(self, stream: Stream) -> None:
        """Take note that the device is open, perhaps again after an xrun."""
        stream.write(stream.sound.silence(ahead_frames(stream)))
        with self._changed:
            self.sound = stream.sound
            self._captured, self._written = 0, ahead_frames(stream)
        if self._opened.done():
            self.periods.count_lost(time.monotonic() - self._last_s)
        else:
            self._opened.set_result(stream)
        self._last_s = time.monotonic()

    def _lose(self, error: HardwareError) -> None:
        if not self._opened.done():
            self._opened.set_exception(error)
        self.periods.fail(error)
        with self._changed:
            self._loss = error
            self._changed.notify_all()

    def _pump(self, stream: Stream) -> None:
        """Hear and play until the stream is closed or one half of it has had an xrun."""
        periods = Periods(FromDevice(stream.sound, CAPTURE_RATE_HZ))
        frames = stream.period_frames
        while not self._is_closing.is_set() and not self._is_xrun(stream):
            if stream.waiting_frames() < frames:
                self._is_closing.wait(POLL_S)
            elif pcm := stream.read(frames):
                self._exchange(stream, frames)
                heard_s = self._heard_from_s + stream.sound.seconds_for(self._captured)
                for period, ends_s in periods.cut(pcm, heard_s):
                    self.periods.put(period, ends_s)

    def _is_xrun(self, stream: Stream) -> bool:
        if stream.has_starved():
            self._starve()
            return True
        return stream.has_overrun

    def _exchange(self, stream: Stream, frames: int) -> None:
        """Count a captured period and write as much to be played."""
        self._last_s = time.monotonic()
        buffered_frames, room_frames = stream.buffered_frames(), stream.room_frames()
        with self._changed:
            self._captured += frames
            pcm = self._next(
                least=min(room_frames, frames - buffered_frames),
                most=max(0, min(room_frames, ahead_frames(stream) - buffered_frames)),
            )
            self._changed.notify_all()
        if pcm:
            stream.write(pcm)
        with self._changed:
            self._written += stream.sound.frames_in(pcm)
            self._settle(stream)

    def _next(self, least: int, most: int) -> bytes:
        """Take so many frames to be written now.

        What `play` brings a little late is made good with the next period; silence takes
        its place before the device has less than one period.
        """
        pcm = bytes(self._queue[: most * self.sound.frame_bytes])
        del self._queue[: len(pcm)]
        frames = self.sound.frames_in(pcm)
        if frames < least:
            self._starve()
        wanted_frames = least if self._is_playing else most
        return pcm + self.sound.silence(max(0, wanted_frames - frames))

    def _starve(self) -> None:
        """Count an underrun, once until `play` goes on."""
        self.underruns += self._is_playing
        self._is_playing = False

    def _settle(self, stream: Stream) -> None:
        """Set when the first frames were in the air, as long as it is not settled."""
        if stream.sound.seconds_for(self._captured) < SETTLES_S:
            seconds_for = stream.sound.seconds_for
            self._heard_from_s = stream.heard_s - seconds_for(self._captured)
            self._played_from_s = stream.played_s - seconds_for(self._written)


def ahead_frames(stream: Stream) -> int:
    """Return how many frames are to wait in the device of `stream`."""
    periods = AHEAD_PERIODS if stream.shape.card else AHEAD_OF_SERVER_PERIODS
    return min(periods * stream.period_frames, stream.capacity_frames)
