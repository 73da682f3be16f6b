"""How a device takes and gives sound. PURE."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from myna_hardware.units import CAPTURE_RATE_HZ, SAMPLE_BYTES

COMMON_RATES_HZ: Final = (48_000, 44_100)
"""What sound cards do that cannot do the rates of speech."""

MOST_CHANNELS: Final = 2


@dataclass(frozen=True, slots=True)
class SoundFormat:
    """Interleaved 16-bit PCM.

    Attributes:
        rate_hz: Frames a second.
        channels: Samples a frame.
    """

    rate_hz: int
    channels: int = 1

    @property
    def frame_bytes(self) -> int:
        """The size of one frame."""
        return SAMPLE_BYTES * self.channels

    def frames_in(self, pcm: bytes) -> int:
        """Count the frames in `pcm`."""
        return len(pcm) // self.frame_bytes

    def seconds_for(self, frames: int) -> float:
        """Return how long `frames` last."""
        return frames / self.rate_hz

    def frames_for_ms(self, milliseconds: int) -> int:
        """Return the frames of so many milliseconds, rounded down."""
        return self.rate_hz * milliseconds // 1000

    def silence(self, frames: int) -> bytes:
        """Return `frames` of digital silence."""
        return bytes(frames * self.frame_bytes)


def formats_to_try(own_hz: int, *, converts: bool) -> tuple[SoundFormat, ...]:
    """Return what a device is asked for, the first choice first.

    Mono before stereo, and the rate of speech before others: what the device does by
    itself need not be done here.

    Args:
        own_hz: The rate of speech in the direction of the device.
        converts: Whether rates can be converted here.
    """
    rates_hz = (own_hz, *COMMON_RATES_HZ) if converts else (own_hz,)
    return tuple(
        SoundFormat(rate_hz, channels)
        for rate_hz in rates_hz
        for channels in range(1, MOST_CHANNELS + 1)
    )


def duplex_formats() -> tuple[SoundFormat, ...]:
    """Return what a card is asked for that is to hear and play in one stream."""
    rates_hz = (*COMMON_RATES_HZ, CAPTURE_RATE_HZ)
    return tuple(
        SoundFormat(rate_hz, channels)
        for rate_hz in rates_hz
        for channels in range(1, MOST_CHANNELS + 1)
    )
