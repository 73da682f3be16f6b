"""What the speaker plays, on the microphone's clock: the echo cancellers' reference. PURE.

The playback thread lays down what it has written, the capture thread takes the stretch
that belongs to a captured period. Both walk on without gaps (`track.py`), so that the
distance between them, which the cancellers learn, stays what it is from one reply to the
next, for as long as the device is kept open.
"""

from __future__ import annotations

from typing import Final

from myna.echo.drift import Drift
from myna.echo.track import Track
from myna_hardware.units import CAPTURE_RATE_HZ, Frames, bytes_for, frames_for, frames_in, silence

TAIL: Final = frames_for(0.6)
"""How long after its last sound an echo still comes in: the delay that devices do not
tell (PulseAudio: 60 ms), and a living room's reverberation (RT60 of 0.3 to 0.5 s)."""

LEAD: Final = frames_for(0.01)
"""How much earlier the reference comes than it was told: no echo may come before it."""

SETTLE: Final = frames_for(0.6)
"""Played sound after which its times are exact: a driver's take half a second
(`myna_hardware.timeline`), and are up to 3 ms late until then."""

STEADY: Final = frames_for(2.0)
"""After a jump Speex has learned the room again (tests/bench/bench_barge_in.py)."""

OFF: Final = frames_for(0.0005)
"""Where the microphone's clock has drifted so far, it is set right before a reply."""

LIMIT: Final = frames_for(4.0)
"""How much is kept. The speaker takes no more than its own buffer ahead; more lies there
only while nobody takes it, for the microphone is muted, or gone."""


class Reference:
    """A stretch of played sound; the caller serializes the calls."""

    def __init__(self) -> None:
        self._played = Track()
        self._captured = Track()
        self._drift = Drift()
        self._pcm = bytearray()
        self._first = 0
        self._is_active = False
        self._unsettled = 0
        self._sounds_until = 0
        self._since_jump = 0

    @property
    def is_steady(self) -> bool:
        """Whether the reference has kept its place for long enough to be learned."""
        return self._since_jump >= STEADY

    @property
    def drift_ppm(self) -> float:
        """By how much the speaker's clock is faster than the microphone's."""
        return self._drift.ppm

    def played(self, pcm: bytes, ends_s: float, *, is_sound: bool = True) -> None:
        """Lay down what the speaker was given.

        Args:
            pcm: 16 kHz mono.
            ends_s: When its last frame is in the air.
            is_sound: Whether there is anything to hear in it.
        """
        begins = self._played.advance(frames_in(pcm), ends_s) - LEAD
        self._since_jump += frames_in(pcm)
        if self._played.has_jumped:
            self._drift.begin()
            self._unsettled = SETTLE
            self._since_jump = 0
        self._settle(frames_in(pcm))
        if is_sound and not self._is_active:
            self._begin()
        if not self._is_active:
            return
        self._drift.observe(
            self._played.error_frames - self._captured.error_frames,
            frames_in(pcm) / CAPTURE_RATE_HZ,
        )
        self._lay(pcm, begins)
        if is_sound:
            self._sounds_until = begins + frames_in(pcm)

    def _settle(self, frames: int) -> None:
        """Move once, when the device has come to tell its times well."""
        if self._unsettled > 0:
            self._unsettled -= frames
            if self._unsettled <= 0:
                self._played.settle()

    def _lay(self, pcm: bytes, begins: int) -> None:
        if not self._pcm:
            self._first = begins
        gap = begins - self._first - frames_in(self._pcm)
        if abs(gap) > LIMIT or begins < self._first:
            # The device was opened anew meanwhile: what lay there is not heard any more.
            self._pcm.clear()
            self._first, gap = begins, 0
        if gap < 0:
            del self._pcm[bytes_for(gap) :]
        self._pcm += silence(max(0, gap))
        self._pcm += pcm
        self._forget(frames_in(self._pcm) - LIMIT)

    def _forget(self, frames: int) -> None:
        """Forget the oldest, if there are so many."""
        if frames > 0:
            del self._pcm[: bytes_for(frames)]
            self._first += frames

    def take(self, frames: Frames, ends_s: float) -> bytes | None:
        """Return what was in the air while the microphone heard its last period.

        Args:
            frames: The length of the period.
            ends_s: When its last frame was in the air.

        Returns:
            As many frames, silence where nothing was played; None when nothing has been
            played for so long that no echo is left.
        """
        begins = self._captured.advance(frames, ends_s)
        if self._captured.has_jumped:
            self._drift.begin()
        if not self._is_active:
            return None
        if begins > self._sounds_until + TAIL:
            self._is_active = False
            self._pcm.clear()
            return None
        return self._cut(begins, frames)

    def _cut(self, begins: int, frames: int) -> bytes:
        before = max(0, min(frames, self._first - begins))
        start = bytes_for(max(0, begins - self._first))
        piece = bytes(self._pcm[start : start + bytes_for(frames - before)])
        # What lies before was heard; its end stays, for the tail is counted from it.
        spent = min(start, max(0, len(self._pcm) - 2))
        del self._pcm[:spent]
        self._first += spent // 2
        return (silence(before) + piece).ljust(bytes_for(frames), b"\0")

    def _begin(self) -> None:
        self._is_active = True
        self._drift.begin()
        if abs(self._captured.error_frames) > OFF:
            self._captured.settle()
