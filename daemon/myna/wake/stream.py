"""From a stream cut anywhere to an engine that wants equal steps. PURE.

Every adapter is a `StepEngine`; `SteppedDetector` makes a `WakeDetector` of it: it
cuts the stream, counts frames, and applies the refractory period, so that all
engines behave the same and where the stream is cut changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from myna.wake.detector import Detection
from myna.wake.refractory import Refractory
from myna_hardware.units import Frames, bytes_for, frames_in


@dataclass(frozen=True, slots=True)
class Heard:
    """An engine's answer to one step: this word is ending about now.

    Attributes:
        word: The engine's name of it.
        score: 0 to 1; 1.0 where the engine gives none.
    """

    word: str
    score: float


class StepEngine(Protocol):
    """A wake engine as its library offers it; one thread owns it."""

    @property
    def engine(self) -> str:
        """The engine's name in the configuration."""
        ...

    @property
    def words(self) -> tuple[str, ...]:
        """The words it listens for."""
        ...

    @property
    def step_frames(self) -> Frames:
        """How many frames each step takes."""
        ...

    @property
    def latency_frames(self) -> Frames:
        """How far the end of a word lies back from the end of the step that reports it."""
        ...

    def hear(self, step: bytes) -> Heard | None:
        """Take the next `step_frames` frames; may report one word many times."""
        ...

    def reset(self) -> None:
        """Forget the stream so far."""
        ...

    def close(self) -> None:
        """Free the engine; idempotent."""
        ...


class SteppedDetector:
    """A `WakeDetector` around a `StepEngine`."""

    def __init__(self, source: StepEngine) -> None:
        self._source = source
        self._step_bytes = bytes_for(source.step_frames)
        self._start()

    def _start(self) -> None:
        self._pending = b""
        self._stepped_frames = 0
        self._refractory = Refractory()

    @property
    def engine(self) -> str:
        """The engine's name in the configuration."""
        return self._source.engine

    @property
    def words(self) -> tuple[str, ...]:
        """The words it listens for."""
        return self._source.words

    def detect(self, pcm: bytes) -> Detection | None:
        """Feed the next stretch of the stream; return what ended in it.

        Args:
            pcm: Any length; of two words in one stretch only the first is returned,
                which takes a stretch longer than the refractory period.

        Raises:
            WakeEngineError: The engine failed; open a new one to go on.
        """
        size, stream = self._step_bytes, self._pending + pcm
        whole = len(stream) - len(stream) % size
        self._pending = stream[whole:]
        found: tuple[Heard, int] | None = None
        for start in range(0, whole, size):
            heard = self._source.hear(stream[start : start + size])
            self._stepped_frames += self._source.step_frames
            if heard and not found and self._refractory.admit(self._stepped_frames):
                found = heard, self._stepped_frames
        return self._detection(*found) if found else None

    def _detection(self, heard: Heard, frame: int) -> Detection:
        fed_since = self._stepped_frames + frames_in(self._pending) - frame
        return Detection(
            word=heard.word,
            score=heard.score,
            latency_frames=Frames(self._source.latency_frames + fed_since),
        )

    def reset(self) -> None:
        """Forget the stream so far (the microphone was closed in between)."""
        self._source.reset()
        self._start()

    def close(self) -> None:
        """Free the engine; idempotent."""
        self._source.close()
