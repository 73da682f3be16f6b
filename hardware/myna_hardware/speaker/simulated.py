"""A speaker that remembers what it played."""

from __future__ import annotations

from myna_hardware.history import History
from myna_hardware.pacing import Pacing
from myna_hardware.speaker.paced import PacedSpeaker
from myna_hardware.units import PERIOD_MS, PLAYBACK_RATE_HZ, frames_for


class SimulatedSpeaker(PacedSpeaker):
    """Plays into its memory, in real time.

    Args:
        name: The device as the configuration names it.
        pacing: Real time if not given.
    """

    def __init__(self, name: str = "simulated", pacing: Pacing | None = None) -> None:
        self._history = History(PLAYBACK_RATE_HZ)
        super().__init__(name, self._history, pacing or Pacing(PLAYBACK_RATE_HZ))

    @property
    def heard(self) -> bytes:
        """What has been heard by now, the last ten minutes of it (`HISTORY_S`).

        Begins when the speaker was opened and has silence where nothing was played,
        but for the silence since the last sound.
        """
        with self._changed:
            self._settle()
            return self._history.pcm

    def wait_heard(self, frames: int, timeout_s: float) -> bool:
        """Block until `frames` of sound were heard since opening; False if they never were.

        For the world; from any thread. Silence between two writes does not count.
        """
        limit_frame = self._pacing.now + frames_for(timeout_s, PLAYBACK_RATE_HZ)
        with self._changed:
            while not self._has_sounded(frames) and self._pacing.now < limit_frame:
                self._changed.wait(PERIOD_MS / 1000)
            return self._has_sounded(frames)

    def unplug(self) -> None:
        """Take the device away: playing raises `DeviceLostError` from now on."""
        self._lose("unplugged: plug it in again")

    def _has_sounded(self, frames: int) -> bool:
        self._settle()
        return self._sound_frames >= frames
