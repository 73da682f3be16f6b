"""What the figures of microphone, loop and wake engine mean. PURE."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from myna.audio.gauge import SoundFigures
from myna.audio.level import SILENCE_DBFS
from myna.doctor.chirp import LIKE, LoopFigures
from myna.doctor.finding import Finding, fail, ok, warn
from myna_hardware.units import CAPTURE_RATE_HZ

NOISY_DBFS: Final = -40.0
CLIPPED_PERCENT: Final = 0.1
OFFSET_PERCENT: Final = 2.0
RATE_PERCENT: Final = 3.0
"""Two seconds of periods that come 20 ms too early or late look like 2 %; 44.1 kHz taken
for 48 kHz are 9 %."""

SILENT_DBFS: Final = -90.0
"""The quietest microphones stay above -80 dBFS; below it one bit flickers at most."""

LATE_MS: Final = 300.0
"""How far back an echo is looked for (`echo/likeness.py`, `REACH`)."""

TIGHT_SPEED: Final = 2.0
"""Times real time: echo cancellers and Python want their share of the same core."""


def judge_microphone(figures: SoundFigures | None) -> Finding:
    """Say how the microphone is; what is worst counts."""
    if figures is None or max(figures.peak_dbfs, figures.level_dbfs) <= SILENT_DBFS:
        level = SILENCE_DBFS if figures is None else figures.peak_dbfs
        return fail("microphone", "microphone-gives-silence", f"peak {level:.0f} dBFS")
    measured = (
        f"noise {figures.noise_dbfs:.0f} dBFS, level {figures.level_dbfs:.0f} dBFS, "
        f"peak {figures.peak_dbfs:.0f} dBFS, offset {figures.offset_percent:.1f} %, "
        f"{figures.clipped_percent:.1f} % clipped, {figures.rate_hz / 1000:.2f} kHz"
    )
    if _strays(figures.rate_hz):
        return fail("microphone", "microphone-has-a-wrong-rate", measured)
    for ailment, is_ill in (
        ("microphone-clips", figures.clipped_percent > CLIPPED_PERCENT),
        ("microphone-is-off-centre", abs(figures.offset_percent) > OFFSET_PERCENT),
        ("microphone-hears-much-noise", figures.noise_dbfs > NOISY_DBFS),
    ):
        if is_ill:
            return warn("microphone", ailment, measured)
    return ok("microphone", measured)


def judge_loopback(figures: LoopFigures | None) -> Finding:
    """Say how the way from the speaker into the microphone is."""
    if figures is None or figures.likeness < LIKE:
        return warn("loopback", "speaker-is-not-heard", "the chirp was not heard")
    measured = (
        f"delay {figures.delay_ms:.0f} ms, echo return loss {figures.return_loss_db:.0f} dB, "
        f"likeness {figures.likeness:.2f}"
    )
    if figures.return_loss_db < 0:
        return warn("loopback", "echo-is-too-loud", measured)
    if figures.delay_ms > LATE_MS:
        return warn("loopback", "echo-comes-too-late", measured)
    return ok("loopback", measured)


@dataclass(frozen=True, slots=True)
class WakeFigures:
    """How the wake engine did on a recording.

    Attributes:
        engine: Its name.
        speed: Seconds of sound in a second of the processor.
        has_heard: Whether it heard its word; None if it knows another one.
    """

    engine: str
    speed: float
    has_heard: bool | None


def judge_wake(figures: WakeFigures) -> Finding:
    """Say how the wake engine is."""
    measured = (
        f"{figures.engine}: {figures.speed:.0f} times faster than real time "
        f"({100 / figures.speed:.1f} % of a core)"
    )
    if figures.has_heard is False:
        return fail("wake engine", "wake-engine-is-deaf", measured)
    if figures.speed < 1:
        return fail("wake engine", "wake-engine-is-slow", measured)
    if figures.speed < TIGHT_SPEED:
        return warn("wake engine", "wake-engine-is-slow", measured)
    return ok("wake engine", measured)


def _strays(rate_hz: float) -> bool:
    return bool(rate_hz) and abs(rate_hz / CAPTURE_RATE_HZ - 1) > RATE_PERCENT / 100
