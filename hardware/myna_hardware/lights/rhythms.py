"""How a level goes up and down in time; pure."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

REFRESH_HZ: Final = 25
"""How often what moves is redrawn: smooth to the eye at the rates used here."""

SHORTEST_S: Final = 0.001
"""Rounding may put a change into the past; then it is this far away."""


@dataclass(frozen=True, slots=True)
class Steady:
    """A constant level, 0 to 1."""

    level: float


@dataclass(frozen=True, slots=True)
class Blink:
    """Levels held in turn, over and over.

    Attributes:
        steps: Pairs of (level 0 to 1, seconds).
    """

    steps: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Wave:
    """A swell from dark to full and back once per `period_s`, starting full.

    Attributes:
        period_s: From full to full.
        dark_share: For how much of it the light is out.
    """

    period_s: float
    dark_share: float


@dataclass(frozen=True, slots=True)
class Quickening:
    """Flashes that come faster and faster, half of the time lit, and then darkness.

    Attributes:
        from_hz: How many there are a second at first.
        to_hz: And at the end.
        lasts_s: When that is.
    """

    from_hz: float
    to_hz: float
    lasts_s: float


Rhythm = Steady | Blink | Wave | Quickening


def level_at(rhythm: Rhythm, elapsed_s: float) -> float:
    """Return the level, 0 to 1, `elapsed_s` seconds after it began."""
    match rhythm:
        case Steady(level):
            return level
        case Blink(steps):
            return _step_at(steps, elapsed_s)[0]
        case Wave(period_s, dark_share):
            lowest = math.cos(math.pi * (1 - dark_share))
            swell = math.cos(2 * math.pi * elapsed_s / period_s)
            return max(0.0, (swell - lowest) / (1 - lowest))
        case Quickening(lasts_s=lasts_s):
            is_lit = elapsed_s < lasts_s and _half_flashes(rhythm, elapsed_s) % 2 == 0
            return float(is_lit)


def next_change_s(rhythm: Rhythm, elapsed_s: float) -> float | None:
    """Return for how long the level at `elapsed_s` stays as it is; None is for ever."""
    match rhythm:
        case Steady():
            return None
        case Wave():
            return 1 / REFRESH_HZ
        case Blink(steps):
            return _step_at(steps, elapsed_s)[1]
        case Quickening():
            return _next_half_flash_s(rhythm, elapsed_s)


def soonest(*pauses_s: float | None) -> float | None:
    """Return the shortest of some durations, of which None is for ever."""
    return min((pause_s for pause_s in pauses_s if pause_s is not None), default=None)


def _step_at(steps: tuple[tuple[float, float], ...], elapsed_s: float) -> tuple[float, float]:
    """Return the level of the step at `elapsed_s`, and how long it still lasts."""
    position_s = math.fmod(elapsed_s, sum(seconds for _, seconds in steps))
    for level, seconds in steps:
        if position_s < seconds:
            return level, seconds - position_s
        position_s -= seconds
    return steps[0]  # rounding ate the last instant of the cycle: the next one begins


def _gain(rhythm: Quickening) -> float:
    """Return half of how much faster it flashes with every second."""
    return (rhythm.to_hz - rhythm.from_hz) / rhythm.lasts_s / 2


def _half_flashes(rhythm: Quickening, elapsed_s: float) -> int:
    """Return how many halves of a flash are over: an even number while it is lit."""
    return int(2 * (rhythm.from_hz + _gain(rhythm) * elapsed_s) * elapsed_s)


def _next_half_flash_s(rhythm: Quickening, elapsed_s: float) -> float | None:
    if elapsed_s >= rhythm.lasts_s:
        return None
    flashes = (_half_flashes(rhythm, elapsed_s) + 1) / 2
    gain = _gain(rhythm)
    due_s = (math.sqrt(rhythm.from_hz**2 + 4 * gain * flashes) - rhythm.from_hz) / (2 * gain)
    return max(SHORTEST_S, min(due_s, rhythm.lasts_s) - elapsed_s)
