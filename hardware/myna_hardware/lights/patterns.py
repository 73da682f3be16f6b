"""What each pattern looks like, as data; pure.

A single LED without colour must tell all patterns apart, so each has its own rhythm;
colour comes on top. Conventions that users of voice kits have learned are kept: a lone
LED rests with a slow beacon, is on to listen, pulses fast to think (AIY Voice Kit's
`leds` patterns), and errors blink twice; mute is red and stays lit.

Rules for editing: no rhythm flashes more than three times in any second (WCAG 2.2,
success criterion 2.3.1); `muted` never goes dark and never looks like `listening`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from myna_hardware.interfaces import Pattern

Colour = tuple[float, float, float]
"""Red, green and blue, each 0 (dark) to 1 (full)."""

REFRESH_HZ: Final = 25
"""How often a wave is redrawn: smooth to the eye at the rates used here."""


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
    """A swell from `low` to `high` and back once per `period_s`, starting at `high`."""

    period_s: float
    low: float
    high: float


Rhythm = Steady | Blink | Wave


@dataclass(frozen=True, slots=True)
class Look:
    """One pattern.

    Attributes:
        rhythm: What one plain LED does.
        colour: What an RGB LED shines in.
        colour_rhythm: What an RGB LED does, where its colour already says enough.
    """

    rhythm: Rhythm
    colour: Colour
    colour_rhythm: Rhythm | None = None


WHITE: Final[Colour] = (1.0, 1.0, 1.0)
BLUE: Final[Colour] = (0.0, 0.3, 1.0)
CYAN: Final[Colour] = (0.0, 1.0, 0.8)
RED: Final[Colour] = (1.0, 0.0, 0.0)
YELLOW: Final[Colour] = (1.0, 0.6, 0.0)

LOOKS: Final[dict[Pattern, Look]] = {
    Pattern.STARTING: Look(Blink(((1, 0.5), (0, 0.5))), YELLOW),
    Pattern.IDLE: Look(Blink(((0.3, 0.1), (0, 4.9))), WHITE),
    Pattern.LISTENING: Look(Steady(1), BLUE),
    Pattern.THINKING: Look(Wave(0.5, 0.05, 1), BLUE),
    Pattern.SPEAKING: Look(Wave(2.5, 0.15, 1), CYAN),
    Pattern.MUTED: Look(Blink(((0.2, 1.8), (1, 0.2))), RED, colour_rhythm=Steady(1)),
    Pattern.OFFLINE: Look(Blink(((1, 2.0), (0, 2.0))), YELLOW),
    Pattern.ERROR: Look(Blink(((1, 0.15), (0, 0.15), (1, 0.15), (0, 1.05))), RED),
    Pattern.RINGING: Look(Blink(((1, 0.17), (0, 0.17))), WHITE),
    Pattern.COUNTDOWN: Look(Blink(((1, 0.1), (0, 0.6))), RED),
}


FOLLOWING: Final = frozenset({Pattern.LISTENING, Pattern.SPEAKING})
"""What grows brighter with the voice that is heard."""

LEAST_SHARE: Final = 0.4
"""Of its brightness such a pattern keeps this much when all is quiet: never dark."""


def share_for(pattern: Pattern, voice_level: float | None) -> float:
    """Return how much of its brightness `pattern` has at `voice_level` (0 to 1, or none)."""
    if voice_level is None or pattern not in FOLLOWING:
        return 1.0
    return LEAST_SHARE + (1 - LEAST_SHARE) * min(1.0, max(0.0, voice_level))


def level_at(rhythm: Rhythm, elapsed_s: float) -> float:
    """Return the level, 0 to 1, `elapsed_s` seconds after the pattern was first shown."""
    match rhythm:
        case Steady(level):
            return level
        case Wave(period_s, low, high):
            swell = (1 + math.cos(2 * math.pi * elapsed_s / period_s)) / 2
            return low + (high - low) * swell
        case Blink(steps):
            return _step_at(steps, elapsed_s)[0]


def next_change_s(rhythm: Rhythm, elapsed_s: float) -> float | None:
    """Return for how long the level at `elapsed_s` stays as it is; None is for ever."""
    match rhythm:
        case Steady():
            return None
        case Wave():
            return 1 / REFRESH_HZ
        case Blink(steps):
            return _step_at(steps, elapsed_s)[1]


def _step_at(steps: tuple[tuple[float, float], ...], elapsed_s: float) -> tuple[float, float]:
    """Return the level of the step at `elapsed_s`, and how long it still lasts."""
    position_s = math.fmod(elapsed_s, sum(seconds for _, seconds in steps))
    for level, seconds in steps:
        if position_s < seconds:
            return level, seconds - position_s
        position_s -= seconds
    return steps[0]  # rounding ate the last instant of the cycle: the next one begins
