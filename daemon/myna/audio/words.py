"""The words that the speaker obeys by itself: the wake word, and the stop word.

Belongs to the capture thread. The wake word is looked for always, the stop word while
there is something to stop; both in the near version, which keeps a voice over a reply.
An engine that fails is done without: the button still works.
"""

from __future__ import annotations

from myna.audio.events import DeviceTrouble
from myna.conversation.events import StopHeard, WakeHeard
from myna.echo.branches import Branches
from myna.errors import WakeEngineError
from myna.wake.detector import Detection, WakeDetector
from myna_hardware.units import Frames

WordEvent = WakeHeard | StopHeard | DeviceTrouble


class Words:
    """Two engines, or fewer; they belong to whoever calls.

    Args:
        wake: Listens for the wake word; None for button only.
        stop: Listens for the stop word.
    """

    def __init__(self, wake: WakeDetector | None, stop: WakeDetector | None = None) -> None:
        self._engines = {"wake engine": wake, "stop word": stop}
        self._was_echoing = False

    def hear(self, branches: Branches, now: Frames) -> list[WordEvent]:
        """Take one period, which ends before the frame `now`; return what was said."""
        events: list[WordEvent] = []
        match self._detect("wake engine", branches.near):
            case Detection() as word:
                events.append(WakeHeard(word.word, word.score, now, _end_of(word, now)))
            case DeviceTrouble() as trouble:
                events.append(trouble)
        if branches.is_echoing:
            if not self._was_echoing:
                self._reset("stop word")
            match self._detect("stop word", branches.near):
                case Detection() as word:
                    events.append(StopHeard(_end_of(word, now)))
                case DeviceTrouble() as trouble:
                    events.append(trouble)
        self._was_echoing = branches.is_echoing
        return events

    def reset(self) -> None:
        """Forget what was heard: the microphone was closed in between."""
        for part in self._engines:
            self._reset(part)

    def close(self) -> None:
        """Free the engines; idempotent."""
        for part in self._engines:
            self._give_up(part)

    def _reset(self, part: str) -> None:
        engine = self._engines[part]
        if engine is not None:
            engine.reset()

    def _detect(self, part: str, pcm: bytes) -> Detection | DeviceTrouble | None:
        engine = self._engines[part]
        try:
            return None if engine is None else engine.detect(pcm)
        except WakeEngineError as error:
            # It will not recover by itself.
            self._give_up(part)
            return DeviceTrouble(part, error.problem)

    def _give_up(self, part: str) -> None:
        engine, self._engines[part] = self._engines[part], None
        if engine is not None:
            engine.close()


def _end_of(word: Detection, now: Frames) -> Frames:
    """Return the estimated end of a word that was detected before `now`."""
    return Frames(max(0, now - word.latency_frames))
