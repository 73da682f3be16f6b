"""The words that the speaker obeys by itself: the wake word, and the stop word.

Belongs to the capture thread. The wake word is looked for always; while something plays
by two more detectors (`wake.over_reply`), and the stop word with them. All but one hear
the near version, which keeps a voice over a reply.
"""

from __future__ import annotations

from typing import Final, TypeAlias

from myna.audio.events import DeviceTrouble
from myna.conversation.events import StopHeard, WakeHeard
from myna.echo.branches import Branches
from myna.errors import WakeEngineError
from myna.wake.detector import Detection, WakeDetector
from myna.wake.over_reply import OverReply
from myna.wake.refractory import Refractory
from myna_hardware.units import Frames, frames_for

OWN_WORD: Final = frames_for(0.8)
"""How long after a word of our own its echo may be taken for the user's."""

WordEvent: TypeAlias = WakeHeard | StopHeard | DeviceTrouble


class _Ear:
    """One detector, until it fails: it will not recover by itself, and the button works."""

    def __init__(self, part: str, detector: WakeDetector | None, troubles: list[WordEvent]) -> None:
        self._part = part
        self._detector = detector
        self._troubles = troubles

    def hear(self, pcm: bytes) -> Detection | None:
        try:
            return None if self._detector is None else self._detector.detect(pcm)
        except WakeEngineError as error:
            self.close()
            self._troubles.append(DeviceTrouble(self._part, error.problem))
            return None

    def reset(self) -> None:
        if self._detector is not None:
            self._detector.reset()

    def close(self) -> None:
        detector, self._detector = self._detector, None
        if detector is not None:
            detector.close()


class Words:
    """The detectors; they belong to it.

    Args:
        wake: Listens for the wake word; None for button only.
        over_reply: Does so while something plays; None leaves it to `wake`.
        stop: Listens for the stop word; None for none.
    """

    def __init__(
        self,
        wake: WakeDetector | None,
        over_reply: OverReply | None = None,
        stop: WakeDetector | None = None,
    ) -> None:
        self._troubles: list[WordEvent] = []
        self._wake = _Ear("wake engine", wake, self._troubles)
        self._near = _Ear("wake engine", over_reply.near if over_reply else None, self._troubles)
        self._own = _Ear("wake engine", over_reply.own if over_reply else None, self._troubles)
        self._stop = _Ear("stop word", stop, self._troubles)
        self._over_reply = (self._near, self._own, self._stop)
        self._refractory = Refractory()
        self._own_until = 0
        self._was_echoing = False

    def hear(self, branches: Branches, now: Frames) -> list[WordEvent]:
        """Take one period, which ends before the frame `now`; return what was said."""
        events: list[WordEvent] = []
        word = self._wake.hear(branches.near)
        if branches.is_echoing:
            self._begin_to_play()
            if self._own.hear(branches.played) is not None:
                self._own_until = now + OWN_WORD
            sooner = self._near.hear(branches.near)
            # A canceller that has just lost the echo leaves more than what resembles a word.
            word = sooner if sooner is not None and branches.is_steady else word
            stop = self._stop.hear(branches.near)
            if stop is not None:
                events.append(StopHeard(_end_of(stop, now)))
        self._was_echoing = branches.is_echoing
        if word is not None and now >= self._own_until and self._refractory.admit(now):
            events.append(WakeHeard(word.word, word.score, now, _end_of(word, now)))
        events += self._troubles
        self._troubles.clear()
        return events

    def reset(self) -> None:
        """Forget what was heard: the microphone was closed in between."""
        self._wake.reset()
        self._was_echoing = False

    def close(self) -> None:
        """Free the engines; idempotent."""
        for ear in (self._wake, *self._over_reply):
            ear.close()

    def _begin_to_play(self) -> None:
        if not self._was_echoing:
            for ear in self._over_reply:
                ear.reset()


def _end_of(word: Detection, now: Frames) -> Frames:
    """Return the estimated end of a word that was detected before `now`."""
    return Frames(max(0, now - word.latency_frames))
