"""What conversion between rates costs: time, delay, and how far off a sine becomes.

PYTHONPATH=tests .venv/bin/python tests/bench/bench_conversion.py
"""

from __future__ import annotations

import sys
import time

import numpy as np

from myna_hardware.conversion import FromDevice, ToDevice
from myna_hardware.sound_format import SoundFormat
from support.pcm import TONE_HZ, TONE_LEVEL, tone

SECONDS = 5.0
EDGE = 1000


def bench(converter: ToDevice | FromDevice, from_hz: int, to_hz: int, piece_ms: int) -> None:
    """Convert a sine in pieces and print one line."""
    pcm, size = tone(from_hz, SECONDS), 2 * from_hz * piece_ms // 1000
    pending_ms, heard = [], b""
    start_s = time.process_time()
    for at in range(0, len(pcm), size):
        heard += converter.convert(pcm[at : at + size])
        pending_ms.append(1000 * converter.pending_s)
    cost_ms = 1000 * (time.process_time() - start_s) / SECONDS
    samples = np.frombuffer(heard, dtype="<i2")
    wanted = TONE_LEVEL * np.sin(2 * np.pi * TONE_HZ * np.arange(len(samples)) / to_hz)
    worst = np.abs(samples - wanted)[EDGE * 3 : -EDGE * 3].max()
    sys.stdout.write(
        f"{from_hz} to {to_hz}: {cost_ms:.2f} ms/s, {min(pending_ms[20:]):.1f} to "
        f"{max(pending_ms[20:]):.1f} ms late, at most {worst:.1f} off\n"
    )


if __name__ == "__main__":
    for rate_hz in (48_000, 44_100):
        bench(ToDevice(24_000, SoundFormat(rate_hz)), 24_000, rate_hz, 5)
        bench(FromDevice(SoundFormat(rate_hz), 16_000), rate_hz, 16_000, 20)
