"""A speaker on a sound card or sound server, through PyAudio."""

from __future__ import annotations

from myna_hardware.errors import DeviceLostError
from myna_hardware.portaudio import Stream
from myna_hardware.units import PLAYBACK_PERIOD_FRAMES, PLAYBACK_RATE_HZ, Frames, frames_for


class SoundCardSpeaker:
    """Plays 24 kHz mono; at rest between sounds.

    Args:
        device: A name; see `pick_device`.

    Raises:
        HardwareError: It cannot be opened; the text has the cure.
    """

    def __init__(self, device: str) -> None:
        self._device = device
        self._stream = Stream("speaker", device, PLAYBACK_RATE_HZ, PLAYBACK_PERIOD_FRAMES)
        self._stream.drain()

    @property
    def name(self) -> str:
        """The device as the configuration names it."""
        return self._device

    @property
    def underruns(self) -> int:
        """How often playback starved."""
        return self._stream.xruns

    @property
    def delay_frames(self) -> Frames:
        """Frames between `write` and the air, by PortAudio's account."""
        return frames_for(self._stream.latency_s, PLAYBACK_RATE_HZ)

    def write(self, pcm: bytes) -> None:
        """Play `pcm`; see `Speaker.write`."""
        if self._stream.is_closing:
            raise DeviceLostError("speaker", f"{self._device} is closed")
        self._stream.restart()
        self._stream.write(pcm)

    def drain(self) -> None:
        """Block until everything has been heard, and let the device rest."""
        self._stream.drain()

    def flush(self) -> None:
        """Fall silent at once."""
        self._stream.flush()

    def close(self) -> None:
        """Release the device."""
        self._stream.close()
