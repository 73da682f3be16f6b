"""What a microphone gives, in figures: nothing of what was said is in them. PURE."""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from math import log10
from typing import Final

from myna.audio.level import SILENCE_DBFS, level_dbfs

FULL_SCALE: Final = 32768
NOISE_SHARE: Final = 0.1
"""The noise floor is what the quietest tenth of the periods do not exceed: speech has gaps
(see `conversation/endpointing.py`)."""

SETTLE_S: Final = 0.2
"""A device that was just opened hands out at once what it has already."""


@dataclass(frozen=True, slots=True)
class SoundFigures:
    """What was measured.

    Attributes:
        seconds: For how long.
        level_dbfs: RMS level of all of it.
        noise_dbfs: The level of the quiet moments.
        peak_dbfs: The largest sample.
        offset_percent: Direct current, of full scale.
        clipped_percent: Samples at full scale.
        rate_hz: Frames that came in a second of the clock; 0 if that cannot be told yet.
    """

    seconds: float
    level_dbfs: float
    noise_dbfs: float
    peak_dbfs: float
    offset_percent: float
    clipped_percent: float
    rate_hz: float


class Gauge:
    """Takes periods as they come; one thread owns it."""

    def __init__(self) -> None:
        self._levels: list[float] = []
        self._began_s = self._last_s = 0.0
        self._frames = self._timed_frames = 0
        self._sum = self._clipped = 0
        self._power = 0.0
        self._peak = 0

    def feed(self, pcm: bytes, at_s: float) -> None:
        """Take a period of 16-bit PCM that came at `at_s` seconds on any steady clock."""
        samples = array("h", pcm)
        if not samples:
            return
        highest, lowest = max(samples), min(samples)
        level = level_dbfs(pcm)
        self._levels.append(level)
        self._power += len(samples) * 10 ** (level / 10)
        self._sum += sum(samples)
        self._peak = max(self._peak, highest, -lowest)
        if highest == FULL_SCALE - 1 or lowest <= 1 - FULL_SCALE:
            self._clipped += sum(abs(sample) >= FULL_SCALE - 1 for sample in samples)
        self._time(len(samples), at_s)

    def figures(self) -> SoundFigures | None:
        """Return what was measured so far; None before the first period."""
        if not self._levels:
            return None
        levels = sorted(self._levels)
        elapsed_s = self._last_s - self._began_s
        return SoundFigures(
            seconds=round(elapsed_s, 2),
            level_dbfs=round(_db(self._power / self._frames), 1),
            noise_dbfs=round(levels[int(NOISE_SHARE * len(levels))], 1),
            peak_dbfs=round(_db((self._peak / FULL_SCALE) ** 2), 1),
            offset_percent=round(100 * self._sum / self._frames / FULL_SCALE, 2),
            clipped_percent=round(100 * self._clipped / self._frames, 2),
            rate_hz=self._rate_hz(),
        )

    def _time(self, frames: int, at_s: float) -> None:
        if not self._frames:
            self._began_s = self._settled_s = at_s
        self._frames += frames
        if at_s - self._began_s <= SETTLE_S:
            self._settled_s = at_s
        else:
            self._timed_frames += frames
        self._last_s = at_s

    def _rate_hz(self) -> float:
        elapsed_s = self._last_s - self._settled_s
        return round(self._timed_frames / elapsed_s) if elapsed_s > 0 else 0


def _db(power: float) -> float:
    return max(SILENCE_DBFS, 10 * log10(power)) if power > 0 else SILENCE_DBFS


class LatestLevel:
    """The loudest period since somebody looked; one thread feeds it, another looks."""

    def __init__(self) -> None:
        self._dbfs: float | None = None

    def feed(self, pcm: bytes, _at_s: float) -> None:
        """Take a period."""
        level = level_dbfs(pcm)
        self._dbfs = level if self._dbfs is None else max(level, self._dbfs)

    def take(self) -> float | None:
        """Return its level, and begin anew; None when nothing came."""
        dbfs, self._dbfs = self._dbfs, None
        return None if dbfs is None else round(dbfs, 1)
