"""A microphone of this machine, through PyAudio.

Reads on a thread of the driver's, not callbacks. It asks whether there is a period to
read, from just before one is due: PortAudio spins for ever in a read that waits while its
sound card goes away (measured by unbinding snd-aloop). Measured against a PulseAudio
that dies, and one that stops answering (tests/bench/bench_loss.py): reads raise within
2 ms of the death, where callbacks merely cease; when the server hangs both wait for
ever, and so does closing. So nobody but that thread waits for the device itself, and a
reader that gets nothing for a second is told that the device is lost.
"""

from __future__ import annotations

import threading
import time
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import closing, suppress
from typing import Final

from myna_hardware.conversion import FromDevice
from myna_hardware.device_thread import DeviceThread
from myna_hardware.errors import DeviceBusyError, HardwareError
from myna_hardware.microphone.periods import PeriodQueue, PeriodReader, Periods
from myna_hardware.portaudio import CAPTURE, OPEN_LIMIT_S, PortAudio
from myna_hardware.quiet import quiet_stderr
from myna_hardware.sole import SOUND_HANGS
from myna_hardware.stream import POLL_S, Stream
from myna_hardware.units import CAPTURE_RATE_HZ, PERIOD_MS

CLOSE_LIMIT_S: Final = 1.0


class SoundCardMicrophone:
    """16 kHz mono from a device of PortAudio's.

    Up to a second of sound waits for the reader; older sound is lost and counted, and so
    is what the device reports lost, by the clock.

    Args:
        device: A name as `PortAudio.open` takes it.
        buffer_periods: How many times 40 ms may wait in the device until frames are lost.

    Raises:
        HardwareError: As `PortAudio` and its `open` raise it, within five seconds.
    """

    def __init__(self, device: str, buffer_periods: int = 1) -> None:
        self.name = device
        self._buffer_periods = buffer_periods
        self._periods = PeriodQueue()
        self._reader = PeriodReader(device, self._periods)
        self._is_closing = threading.Event()
        self._opened: Future[None] = Future()
        self._last_s = 0.0
        thread = DeviceThread(f"microphone {device}")
        self._captured = thread.submit(self._capture)
        thread.end()
        self._wait_until_open()

    @property
    def lost_frames(self) -> int:
        """See `Microphone.lost_frames`."""
        return self._periods.lost_frames

    @property
    def ends_s(self) -> float:
        """See `Microphone.ends_s`."""
        return self._reader.ends_s

    def read(self) -> bytes:
        """See `Microphone.read`."""
        return self._reader.read()

    def close(self) -> None:
        """See `Microphone.close`; waits for the device for a second at most."""
        self._is_closing.set()
        self._periods.end()
        with suppress(TimeoutError):
            self._captured.result(timeout=CLOSE_LIMIT_S)

    def _wait_until_open(self) -> None:
        with quiet_stderr():
            done, _ = wait((self._opened, self._captured), OPEN_LIMIT_S, FIRST_COMPLETED)
        if not done:
            self._is_closing.set()
            raise DeviceBusyError(self.name, SOUND_HANGS)
        (self._opened if self._opened in done else self._captured).result()

    def _capture(self) -> None:
        try:
            with closing(PortAudio(CAPTURE)) as library:
                while not self._is_closing.is_set():
                    with closing(library.open(self.name, self._buffer_periods)) as stream:
                        self._begin()
                        self._pump(stream)
        except HardwareError as error:
            if not self._opened.done():
                self._opened.set_exception(error)
            self._periods.fail(error)

    def _begin(self) -> None:
        """Take note that the device is open, perhaps again after it has lost frames."""
        now_s = time.monotonic()
        if self._opened.done():
            self._periods.count_lost(now_s - self._last_s)
        else:
            self._opened.set_result(None)
        self._last_s = now_s

    def _pump(self, stream: Stream) -> None:
        """Take sound until the driver is closed or the device has lost frames."""
        periods = Periods(FromDevice(stream.sound, CAPTURE_RATE_HZ))
        device_frames = stream.sound.frames_for_ms(PERIOD_MS)
        due_s = 0.0
        while not self._is_closing.is_set():
            if stream.waiting_frames() < device_frames:
                self._is_closing.wait(max(POLL_S, due_s - POLL_S - time.monotonic()))
            elif pcm := stream.read(device_frames):
                self._last_s = time.monotonic()
                due_s = self._last_s + PERIOD_MS / 1000
                for period, ends_s in periods.cut(pcm, stream.heard_s):
                    self._periods.put(period, ends_s)
            if stream.has_overrun:
                return
