"""WebRTC's processing through `pywebrtc-audio`: the uplink's branch. Imports it alone.

AEC3 takes away 38 dB of a reply within a second, and most of a voice that speaks over
it (measured by tests/bench/bench_barge_in.py): what the server must not answer is gone,
and what a wake word needs is, too. Hence Speex for that.
"""

from __future__ import annotations

from typing import Final, Literal

from myna.echo.canceller import STEP_FRAMES
from myna.errors import EchoCancellerError
from myna_hardware.units import CAPTURE_RATE_HZ, bytes_for

Suppression = Literal["off", "low", "moderate", "high"]

_LEVELS: Final = {"off": 0, "low": 0, "moderate": 1, "high": 2}
"""6, 12 and 18 dB."""

_STEP_BYTES: Final = bytes_for(STEP_FRAMES)


class WebRtc:
    """A chain of WebRTC's blocks.

    Args:
        echo: Whether it cancels echo.
        noise: How much it takes away of steady noise.
        gain: Whether it brings a quiet talker up.

    Raises:
        EchoCancellerError: The library is missing.
    """

    def __init__(self, *, echo: bool, noise: Suppression = "off", gain: bool = False) -> None:
        try:
            import numpy as np
            import pywebrtc_audio
        except (ImportError, OSError) as error:
            raise EchoCancellerError("AEC3", "pip install pywebrtc-audio") from error
        self._np = np
        self._chain = pywebrtc_audio.AudioProcessor(
            sample_rate=CAPTURE_RATE_HZ,
            echo_cancellation=echo,
            noise_suppression=noise != "off",
            ns_level=_LEVELS[noise],
            auto_gain_control=gain,
        )

    def cancel(self, near: bytes, far: bytes) -> bytes:
        """See `Canceller.cancel`."""
        return b"".join(
            self._step(near[start : start + _STEP_BYTES], far[start : start + _STEP_BYTES])
            for start in range(0, len(near), _STEP_BYTES)
        )

    def improve(self, near: bytes) -> bytes:
        """Return `near` with less noise and more even, where nothing plays."""
        return self.cancel(near, bytes(len(near)))

    def _step(self, near: bytes, far: bytes) -> bytes:
        heard, played = (self._np.frombuffer(pcm, "<i2") for pcm in (near, far))
        return bytes(self._chain.process(heard, played).tobytes())
