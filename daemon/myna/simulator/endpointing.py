"""Where speech starts and ends, by the energy of what arrives. PURE.

Counts samples, never seconds of a clock: audio that is sent faster than real time is
judged as if it had been heard in its own time.

A start needs 120 ms of sound (the real server reports it 139 to 261 ms after the
onset), an end 700 ms without (measured on the real server); an audioStreamEnd ends
at once. A window is loud when its mean absolute sample is above the threshold, which
lies over the hiss of a quiet room and far below recorded speech.
"""

from __future__ import annotations

import sys
from array import array
from dataclasses import dataclass
from typing import Final, Literal

from myna_hardware.units import CAPTURE_RATE_HZ, bytes_for, seconds_for

_WINDOW_MS: Final = 10
_WINDOW_FRAMES: Final = CAPTURE_RATE_HZ * _WINDOW_MS // 1000
_WINDOW_BYTES: Final = bytes_for(_WINDOW_FRAMES)
_ONSET_WINDOWS: Final = 12

SILENCE_MS: Final = 700
THRESHOLD: Final = 250
"""Mean absolute sample, of 32,768: about -40 dBFS for speech."""


@dataclass(frozen=True, slots=True)
class Edge:
    """Speech started or ended.

    Attributes:
        kind: Which of the two.
        offset_s: Audio received since the connection opened, up to this edge.
    """

    kind: Literal["start", "end"]
    offset_s: float


class Endpointer:
    """Feed it everything that the microphone sends; it tells the edges.

    Args:
        silence_ms: Quiet that ends speech.
        threshold: Mean absolute sample above which a window of 10 ms is loud.
    """

    def __init__(self, silence_ms: int = SILENCE_MS, threshold: int = THRESHOLD) -> None:
        self._silence_windows = max(1, silence_ms // _WINDOW_MS)
        self._threshold = threshold
        self._rest = b""
        self._windows = 0
        self._loud = 0
        self._quiet = 0
        self.is_speech = False

    def feed(self, pcm: bytes) -> list[Edge]:
        """Take 16 kHz mono 16-bit PCM of any length; return the edges in it, in order."""
        audio = self._rest + pcm
        whole = len(audio) - len(audio) % _WINDOW_BYTES
        self._rest = audio[whole:]
        edges = (
            self._window(audio[start : start + _WINDOW_BYTES])
            for start in range(0, whole, _WINDOW_BYTES)
        )
        return [edge for edge in edges if edge is not None]

    def end(self) -> list[Edge]:
        """Take the end of the stream: speech ends here."""
        self._rest = b""
        return [self._turn("end")] if self.is_speech else []

    def _window(self, pcm: bytes) -> Edge | None:
        self._windows += 1
        is_loud = _level(pcm) > self._threshold
        if self.is_speech:
            self._quiet = 0 if is_loud else self._quiet + 1
            return self._turn("end") if self._quiet >= self._silence_windows else None
        self._loud = self._loud + 1 if is_loud else max(0, self._loud - 1)
        return self._turn("start") if self._loud >= _ONSET_WINDOWS else None

    def _turn(self, kind: Literal["start", "end"]) -> Edge:
        self.is_speech = kind == "start"
        self._loud = self._quiet = 0
        return Edge(kind, seconds_for(self._windows * _WINDOW_FRAMES))


def _level(pcm: bytes) -> float:
    samples = array("h", pcm)
    if sys.byteorder == "big":
        samples.byteswap()
    return sum(map(abs, samples)) / len(samples)
