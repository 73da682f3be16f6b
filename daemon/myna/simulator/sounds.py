"""Reply audio for scripts, WAV files and tones of 24 kHz mono 16-bit; and any rate to 16 kHz."""

from __future__ import annotations

import math
import sys
import wave
from array import array
from pathlib import Path
from typing import Final

from myna_hardware.errors import BadFormatError
from myna_hardware.units import CAPTURE_RATE_HZ, PLAYBACK_RATE_HZ, SAMPLE_BYTES, frames_for

_AMPLITUDE: Final = 8_000


def read_reply(path: Path) -> bytes:
    """Return the PCM of a WAV file.

    Raises:
        BadFormatError: It is missing, no WAV, or not 24 kHz mono 16-bit.
    """
    try:
        with wave.open(str(path), "rb") as sound:
            shape = (sound.getframerate(), sound.getnchannels(), sound.getsampwidth())
            pcm = sound.readframes(sound.getnframes())
    except OSError as error:
        raise BadFormatError(str(path), f"cannot be read: {error.strerror}") from error
    except (wave.Error, EOFError) as error:
        raise BadFormatError(str(path), "is not a WAV file of PCM") from error
    if shape != (PLAYBACK_RATE_HZ, 1, SAMPLE_BYTES):
        rate_hz, channels, width = shape
        raise BadFormatError(
            str(path),
            f"is {rate_hz} Hz, {channels} channel(s), {8 * width} bit; replies are 24000 Hz, "
            f"1 channel, 16 bit: sox {path.name} -r 24000 -c 1 -b 16 reply.wav",
        )
    return pcm


def tone(hz: float, seconds: float) -> bytes:
    """Return a sine of `hz` that lasts `seconds`, at a quarter of full scale."""
    step = 2 * math.pi * hz / PLAYBACK_RATE_HZ
    frames = frames_for(seconds, PLAYBACK_RATE_HZ)
    samples = array("h", (round(_AMPLITUDE * math.sin(step * n)) for n in range(frames)))
    if sys.byteorder == "big":
        samples.byteswap()
    return samples.tobytes()


def at_capture_rate(pcm: bytes, rate_hz: int) -> bytes:
    """Return mono 16-bit PCM of `rate_hz` at 16 kHz, each sample the nearest: good to measure."""
    if rate_hz == CAPTURE_RATE_HZ:
        return pcm
    samples = array("h", pcm)
    frames = len(samples) * CAPTURE_RATE_HZ // rate_hz
    return array("h", (samples[n * rate_hz // CAPTURE_RATE_HZ] for n in range(frames))).tobytes()
