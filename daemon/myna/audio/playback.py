"""The playback thread: playout -> volume -> speaker, in periods.

It owns the speaker. While nothing is queued the device rests. A flush takes effect
within one period. When the device goes away the reply is dropped, so that the
conversation goes on, and the device is tried again with the next sound.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Final

from myna.audio.events import (
    DeviceBack,
    DeviceTrouble,
    Finished,
    FramesLost,
    Loudness,
    PlaybackEvent,
    Started,
    ThreadDied,
)
from myna.audio.level import LevelMeter, level_dbfs
from myna.audio.playout import Playout
from myna.audio.volume import gain_for, scale
from myna_hardware.errors import HardwareError
from myna_hardware.interfaces import Speaker
from myna_hardware.units import (
    PLAYBACK_PERIOD_FRAMES,
    PLAYBACK_RATE_HZ,
    Frames,
    frames_for,
    frames_in,
    seconds_for,
)

LIMIT_S: Final = 120.0
"""Longest reply that waits here, 5.8 MB; more is a server gone wrong."""


class Playback:
    """The playback thread and its playout.

    Args:
        open_speaker: Opens the configured speaker anew; called on the thread.
        post: Takes events to asyncio; called on the thread, must not block.
        volume_percent: 0 to 100.
    """

    def __init__(
        self,
        open_speaker: Callable[[], Speaker],
        post: Callable[[PlaybackEvent], None],
        volume_percent: int,
    ) -> None:
        self._open_speaker = open_speaker
        self._post = post
        self._playout = Playout(frames_for(LIMIT_S, PLAYBACK_RATE_HZ))
        self._state = threading.Condition()
        self._percent = volume_percent
        self._gain = gain_for(volume_percent)
        self._serial = 0
        self._meter = LevelMeter()
        self._must_flush = False
        self._is_stopping = False
        self._speaker: Speaker | None = None
        self._has_trouble = False
        self._settled = threading.Event()
        self._thread = threading.Thread(target=self._supervise, name="playback", daemon=True)

    # --- asked by asyncio ---------------------------------------------------------

    @property
    def serial(self) -> int:
        """How many pieces have been queued so far."""
        return self._serial

    @property
    def percent(self) -> int:
        """The volume, 0 to 100."""
        return self._percent

    def set_percent(self, percent: int) -> None:
        """Change the volume, from the next period on."""
        self._percent = percent
        self._gain = gain_for(percent)

    def start(self) -> None:
        """Start the thread; the speaker is opened at once, so that trouble shows early."""
        self._thread.start()

    def wait_settled(self, timeout_s: float) -> bool:
        """Block until the speaker is open, or known not to open; say whether it is so."""
        return self._settled.wait(timeout_s)

    def stop(self) -> None:
        """Fall silent, end the thread, release the speaker; at most two seconds."""
        with self._state:
            self._playout.flush()
            self._must_flush = self._is_stopping = True
            self._state.notify_all()
        if self._thread.is_alive():
            self._thread.join(timeout=2.0)

    def play(self, pcm: bytes) -> None:
        """Queue `pcm` (24 kHz mono 16-bit)."""
        with self._state:
            dropped = self._playout.put(pcm)
            self._serial += 1
            self._state.notify_all()
        if dropped:
            self._post(FramesLost("playout", dropped))

    def flush(self) -> float:
        """Fall silent within a period; return how many milliseconds were dropped."""
        with self._state:
            dropped = self._playout.flush()
            self._must_flush = True
            self._serial += 1
            self._state.notify_all()
        return 1000 * seconds_for(dropped, PLAYBACK_RATE_HZ)

    # --- the thread ---------------------------------------------------------------

    def _supervise(self) -> None:
        try:
            self._run()
        except Exception as error:  # noqa: BLE001 - task supervision: the daemon must know and end
            self._post(ThreadDied(error))

    def _run(self) -> None:
        self._try_open()
        self._settled.set()
        while self._wait_for_work():
            self._play_until_empty()
        if self._speaker is not None:
            self._speaker.close()

    def _wait_for_work(self) -> bool:
        with self._state:
            self._state.wait_for(
                lambda: self._playout.queued_frames or self._must_flush or self._is_stopping
            )
            return not self._is_stopping

    def _play_until_empty(self) -> None:
        is_first = True
        while (pcm := self._next_period()) is not None:
            if pcm:
                self._write(pcm)
                if is_first:
                    self._post(Started())
                is_first = False
        if not is_first:
            self._drain()

    def _tell_level(self, pcm: bytes) -> None:
        """Tell how loud the reply is, whatever the volume."""
        seconds = seconds_for(frames_in(pcm), PLAYBACK_RATE_HZ)
        level = self._meter.feed(level_dbfs(pcm), seconds)
        if level is not None:
            self._post(Loudness("speaker", level))

    def _next_period(self) -> bytes | None:
        """Take the next period: None when there is nothing, b"" after a flush."""
        with self._state:
            must_flush, self._must_flush = self._must_flush, False
            pcm = b"" if must_flush else self._playout.take(PLAYBACK_PERIOD_FRAMES)
        if must_flush and self._speaker is not None:
            self._speaker.flush()
        if pcm:
            self._tell_level(pcm)
        return scale(pcm, self._gain) if pcm or must_flush else None

    def _write(self, pcm: bytes) -> None:
        if self._speaker is None and not self._try_open():
            self._drop_all()
            return
        try:
            if self._speaker is not None:
                self._speaker.write(pcm)
        except HardwareError as error:
            self._lose(error)

    def _drain(self) -> None:
        """Let the last periods be heard, then report, unless more came meanwhile."""
        serial = self._serial
        try:
            if self._speaker is not None and not self._must_flush:
                self._speaker.drain()
        except HardwareError as error:
            self._lose(error)
        self._post(Finished(serial))

    def _drop_all(self) -> Frames:
        with self._state:
            return self._playout.flush()

    def _try_open(self) -> bool:
        try:
            self._speaker = self._open_speaker()
        except HardwareError as error:
            self._report(error)
            return False
        if self._has_trouble:
            self._has_trouble = False
            self._post(DeviceBack("speaker"))
        return True

    def _lose(self, error: HardwareError) -> None:
        if self._speaker is not None:
            self._speaker.close()
        self._speaker = None
        self._drop_all()
        self._report(error)

    def _report(self, error: HardwareError) -> None:
        if not self._has_trouble:
            self._has_trouble = True
            self._post(DeviceTrouble("speaker", error.about("speaker")))
