"""The log of one device's xruns: `xruns.py` with a clock and a voice."""

from __future__ import annotations

import logging
import time

from myna.audio.xruns import Xruns

log = logging.getLogger(__name__)


class XrunLog:
    """Belongs to the thread that owns the device, and lasts over all its openings.

    Args:
        device: What it is called in the log: microphone or speaker.
    """

    def __init__(self, device: str) -> None:
        self._device = device
        self._xruns = Xruns()
        self._seen = 0

    @property
    def buffer_periods(self) -> int:
        """How many times the smallest buffer the device is to be opened with."""
        return self._xruns.buffer_periods

    def opened(self) -> None:
        """The device counts from nothing again."""
        self._seen = 0

    def note(self, total: int) -> bool:
        """Note how many xruns there were since the device was opened.

        Returns:
            Whether the buffer has grown: the device is to be opened anew when it suits.
        """
        new, self._seen = total - self._seen, total
        verdict = self._xruns.add(new, time.monotonic())
        if verdict.told:
            log.warning("%s: xruns since the last report: %d", self._device, verdict.told)
        if verdict.must_grow:
            log.warning("%s: takes a buffer of %d ms", self._device, 20 * self.buffer_periods)
        return verdict.must_grow
