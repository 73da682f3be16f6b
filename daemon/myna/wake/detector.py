"""The one shape that every wake engine has here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from myna_hardware.units import Frames


@dataclass(frozen=True, slots=True)
class Detection:
    """A wake word was heard.

    Attributes:
        word: The engine's name of it (`okay_nabu`).
        score: 0 to 1; 1.0 where the engine gives none.
        latency_frames: How far the end of the word lies back from the last frame fed,
            by this engine's measured latency; the session's audio starts there.
    """

    word: str
    score: float
    latency_frames: Frames


class WakeDetector(Protocol):
    """Listens to a stream of 16 kHz mono PCM; one thread owns it."""

    @property
    def engine(self) -> str:
        """The engine's name in the configuration: micro, open or porcupine."""
        ...

    @property
    def words(self) -> tuple[str, ...]:
        """The words it listens for."""
        ...

    def detect(self, pcm: bytes) -> Detection | None:
        """Feed the next stretch of the stream, of any length; return what ended in it.

        After a detection the engine stays deaf for its refractory period.
        """
        ...

    def reset(self) -> None:
        """Forget the stream so far (the microphone was closed in between)."""
        ...

    def close(self) -> None:
        """Free the engine; idempotent."""
        ...
