"""A microphone on a sound card or sound server, through PyAudio."""

from __future__ import annotations

from myna_hardware.portaudio import Stream
from myna_hardware.units import CAPTURE_PERIOD_FRAMES, CAPTURE_RATE_HZ, Frames


class SoundCardMicrophone:
    """Captures 16 kHz mono.

    Args:
        device: A name; see `pick_device`.

    Raises:
        HardwareError: It cannot be opened; the text has the cure.
    """

    def __init__(self, device: str) -> None:
        self._device = device
        self._stream = Stream("microphone", device, CAPTURE_RATE_HZ, CAPTURE_PERIOD_FRAMES)

    @property
    def name(self) -> str:
        """The device as the configuration names it."""
        return self._device

    @property
    def lost_frames(self) -> Frames:
        """At least so many: PortAudio says that data was lost, and not how much."""
        return Frames(self._stream.xruns * CAPTURE_PERIOD_FRAMES)

    def read(self) -> bytes:
        """Return the next period; see `Microphone.read`."""
        return self._stream.read()

    def close(self) -> None:
        """Release the device."""
        self._stream.close()
