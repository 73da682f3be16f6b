"""How fast the wake engine is, and whether it hears its word in a recording."""

from __future__ import annotations

import time
import wave
from importlib.resources import files
from typing import Final

from myna.doctor.sound import WakeFigures
from myna.wake.detector import WakeDetector
from myna_hardware.units import CAPTURE_PERIOD_FRAMES, bytes_for, frames_for, frames_in, silence

RECORDED: Final = "okay_nabu"
"""The wake word that the demo's recording begins with."""

SURROUND: Final = silence(frames_for(1.0))


def measure_wake(detector: WakeDetector) -> WakeFigures:
    """Feed a recording as the audio thread does; the processor's time counts, not the clock's."""
    pcm = SURROUND + _recording() + SURROUND
    size = bytes_for(CAPTURE_PERIOD_FRAMES)
    began_s = time.thread_time()
    heard = [detector.detect(pcm[start : start + size]) for start in range(0, len(pcm), size)]
    spent_s = max(time.thread_time() - began_s, 1e-6)
    return WakeFigures(
        engine=detector.engine,
        speed=frames_in(pcm) / frames_for(spent_s) if frames_for(spent_s) else float("inf"),
        has_heard=any(heard) if RECORDED in detector.words else None,
    )


def _recording() -> bytes:
    path = files("myna.demo") / "speech" / "wake_lamp.wav"
    with path.open("rb") as file, wave.open(file, "rb") as sound:
        return sound.readframes(sound.getnframes())
