"""A speaker that is opened again whenever it was lost.

Belongs to the playback thread. Trouble is reported once, and so is its end.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from math import inf
from typing import Final, TypeAlias

from myna.audio.events import DeviceBack, DeviceTrouble, FramesLost
from myna.audio.xrun_log import XrunLog
from myna_hardware.errors import HardwareError
from myna_hardware.interfaces import Speaker
from myna_hardware.units import PLAYBACK_PERIOD_FRAMES

RETRY_S: Final = 0.5
"""The shortest pause between two attempts to open it, for each costs up to 90 ms."""

Heard: TypeAlias = Callable[[bytes, float], None]
"""Takes the PCM just written, and when its last frame will be in the air (`ends_s`)."""


class KeptSpeaker:
    """The configured speaker while it is there, and the attempts to get it back.

    Args:
        open_speaker: Opens it anew, with so many times the smallest buffer.
        post: Takes its news.
        heard: Takes what was written, after every write.
    """

    def __init__(
        self,
        open_speaker: Callable[[int], Speaker],
        post: Callable[[DeviceTrouble | DeviceBack | FramesLost], None],
        heard: Heard,
    ) -> None:
        self._open_speaker = open_speaker
        self._post = post
        self._heard = heard
        self._speaker: Speaker | None = None
        self._failed_s = -inf
        self._underruns = 0
        self._xruns = XrunLog("speaker")
        self._must_grow = False
        self._has_trouble = False

    @property
    def is_open(self) -> bool:
        """Whether there is a speaker just now."""
        return self._speaker is not None

    @property
    def delay_frames(self) -> int:
        """See `Speaker.delay_frames`; none without a speaker."""
        return 0 if self._speaker is None else self._speaker.delay_frames

    def write(self, pcm: bytes) -> bool:
        """Play `pcm`, blocking in real time; at once False when there is no speaker."""
        speaker = self._speaker or self.open()
        if speaker is None:
            return False
        try:
            speaker.write(pcm)
        except HardwareError as error:
            self._lose(error)
            return False
        self._heard(pcm, speaker.ends_s)
        self._count_underruns(speaker.underruns)
        return True

    def cut(self) -> bool:
        """See `Speaker.cut`; without a speaker there is nothing to cut."""
        return self._speaker is not None and self._speaker.cut()

    def rest(self) -> None:
        """Wait until all has been heard, and let the device rest."""
        try:
            if self._speaker is not None:
                self._speaker.drain()
        except HardwareError as error:
            self._lose(error)
        if self._must_grow:
            self._must_grow = False
            self.close()

    def look_after(self) -> None:
        """Notice that a resting device is lost, or that a lost one is back."""
        if self._speaker is None:
            self.open()
            return
        try:
            self._speaker.check()
        except HardwareError as error:
            self._lose(error)

    def open(self) -> Speaker | None:
        """Open it; None if it does not open, or did not a moment ago."""
        if time.monotonic() < self._failed_s + RETRY_S:
            return None
        try:
            self._speaker = self._open_speaker(self._xruns.buffer_periods)
        except HardwareError as error:
            self._failed_s = time.monotonic()
            self._report(error)
            return None
        self._underruns = 0
        self._xruns.opened()
        if self._has_trouble:
            self._has_trouble = False
            self._post(DeviceBack("speaker"))
        return self._speaker

    def close(self) -> None:
        """Fall silent at once and release it."""
        if self._speaker is not None:
            self._speaker.close()
            self._speaker = None

    def _lose(self, error: HardwareError) -> None:
        self.close()
        self._report(error)

    def _report(self, error: HardwareError) -> None:
        if not self._has_trouble:
            self._has_trouble = True
            self._post(DeviceTrouble("speaker", error.about("speaker")))

    def _count_underruns(self, underruns: int) -> None:
        """Report new ones; a device does not tell how long they were: a period each."""
        if underruns > self._underruns:
            lost = (underruns - self._underruns) * PLAYBACK_PERIOD_FRAMES
            self._must_grow = self._xruns.note(underruns) or self._must_grow
            self._post(FramesLost("speaker", lost))
        self._underruns = underruns
