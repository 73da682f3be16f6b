"""A microphone that is made louder or softer."""

from __future__ import annotations

from typing import Final

from myna_hardware.interfaces import Microphone

LOUDEST: Final = 32_767


class GainedMicrophone:
    """Another microphone at another level; what would be too loud is as loud as can be.

    Args:
        microphone: The other one.
        gain_db: How much louder.
    """

    def __init__(self, microphone: Microphone, gain_db: float) -> None:
        self._microphone = microphone
        self._factor = 10 ** (gain_db / 20)

    @property
    def name(self) -> str:
        """See `Microphone.name`."""
        return self._microphone.name

    @property
    def lost_frames(self) -> int:
        """See `Microphone.lost_frames`."""
        return self._microphone.lost_frames

    @property
    def ends_s(self) -> float:
        """See `Microphone.ends_s`."""
        return self._microphone.ends_s

    def read(self) -> bytes:
        """See `Microphone.read`."""
        return amplify(self._microphone.read(), self._factor)

    def close(self) -> None:
        """See `Microphone.close`."""
        self._microphone.close()


def amplify(pcm: bytes, factor: float) -> bytes:
    """Return 16-bit `pcm` times `factor`, saturated."""
    import numpy as np

    louder = np.frombuffer(pcm, dtype="<i2") * np.float32(factor)
    samples: bytes = np.clip(louder.round(), -LOUDEST - 1, LOUDEST).astype("<i2").tobytes()
    return samples
