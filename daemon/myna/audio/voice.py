"""How probable a voice is, through `earshot`: 0.9 ms of processor per second of audio.

The only file that imports it.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable
from typing import Any, Final, Protocol

from myna.errors import VoiceError
from myna_hardware.units import bytes_for

WINDOW: Final = 256
"""Frames of one look: 16 ms (earshot.Detector.predict_i16)."""


class Voice(Protocol):
    """Listens to one stream of 16 kHz mono PCM."""

    def probability(self, pcm: bytes) -> float | None:
        """Feed the next stretch of the stream; return how probable a voice in it is."""
        ...


OpenVoice = Callable[[], Voice]


class EarshotVoice:
    """One stream's detector.

    Args:
        detector: A fresh `earshot.Detector`.
    """

    def __init__(self, detector: Any) -> None:  # noqa: ANN401 - the library has no types
        self._detector = detector
        self._rest = b""

    def probability(self, pcm: bytes) -> float | None:
        """Feed the next stretch; return the highest probability, 0 to 1, of a whole window.

        None when no window was completed: there is one in every period.
        """
        audio = self._rest + pcm
        size = bytes_for(WINDOW)
        whole = len(audio) - len(audio) % size
        self._rest = audio[whole:]
        windows = (audio[start : start + size] for start in range(0, whole, size))
        return max((self._look(window) for window in windows), default=None)

    def _look(self, window: bytes) -> float:
        return float(self._detector.predict_i16(array("h", window)))


def voice_opener() -> OpenVoice:
    """Return what opens a voice detector for a new stream; that takes 0.02 ms.

    Raises:
        VoiceError: The library does not load; one line with the cure.
    """
    try:
        from earshot import Detector
    except (ImportError, OSError) as error:
        raise VoiceError from error
    return lambda: EarshotVoice(Detector())
