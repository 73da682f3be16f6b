"""Units and conversions that body and brain share.

All PCM in myna is 16-bit little-endian mono. Rates are fixed by the Live API:
16 kHz in, 24 kHz out (Live API capabilities guide, "Audio formats").
"""

from __future__ import annotations

from typing import Final, NewType

Frames = NewType("Frames", int)
"""A count of frames, or a position counted from the first captured frame."""

SAMPLE_BYTES: Final = 2
CAPTURE_RATE_HZ: Final = 16_000
PLAYBACK_RATE_HZ: Final = 24_000
PERIOD_MS: Final = 20
"""Time between two device wake-ups, in both directions."""

CAPTURE_PERIOD_FRAMES: Final = Frames(CAPTURE_RATE_HZ * PERIOD_MS // 1000)
PLAYBACK_PERIOD_FRAMES: Final = Frames(PLAYBACK_RATE_HZ * PERIOD_MS // 1000)


def frames_in(pcm: bytes | bytearray | memoryview) -> Frames:
    """Count the mono 16-bit frames in `pcm`."""
    return Frames(len(pcm) // SAMPLE_BYTES)


def bytes_for(frames: int) -> int:
    """Return the size in bytes of `frames` mono 16-bit frames."""
    return frames * SAMPLE_BYTES


def frames_for(seconds: float, rate_hz: int = CAPTURE_RATE_HZ) -> Frames:
    """Return the frames that last `seconds`, rounded to the nearest."""
    return Frames(round(seconds * rate_hz))


def seconds_for(frames: int, rate_hz: int = CAPTURE_RATE_HZ) -> float:
    """Return how long `frames` last, in seconds."""
    return frames / rate_hz


def silence(frames: int) -> bytes:
    """Return `frames` of digital silence."""
    return bytes(bytes_for(frames))
