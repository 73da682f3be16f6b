"""Which earcons sound, and how loud. PURE.

They follow the volume, but within a window: the quietest is still heard across a quiet
room, the loudest is softer than a reply at volume 80. Between both they rise evenly in
decibels, less steeply than the reply:

    volume             0     5    50    70    100
    reply, dB        off   -47   -25   -15      0
    earcon, dB       -30   -29   -21   -17    -12

Their recordings are about as loud as those of a reply, -19 dB of full scale (RMS), so
they sound alike at volume 75. Volume 0 silences all but those that a person would miss:
the error, the question and the timer.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time
from typing import Final, Literal, TypeAlias

from myna_hardware.night import Night

Wanted: TypeAlias = Literal["all", "needed", "none"]

NEEDED: Final = frozenset({"error", "question", "timer"})
LOWEST_DB: Final = -30.0
HIGHEST_DB: Final = -12.0
NIGHT_DB: Final = -8.0
"""How much softer they are at night."""

CRESCENDO_DB: Final = -8.0
"""How much softer still a timer begins at night, so that it need not wake the house."""

CRESCENDO_S: Final = 30.0
"""How long it then takes to be as loud as by day."""


@dataclass(frozen=True, slots=True)
class EarconRules:
    """What the configuration says about earcons."""

    wanted: Wanted = "all"
    night: Night | None = None


def earcon_db(
    name: str, percent: int, rules: EarconRules, local: time, rung_s: float = 0.0
) -> float | None:
    """Decide how loud an earcon sounds.

    Args:
        name: Which.
        percent: The speaker's volume, 0 to 100.
        rules: The configuration.
        local: The time of day.
        rung_s: For how long the timer has been ringing.

    Returns:
        Its gain in dB, at most 0; None when it is not to sound.
    """
    is_night = rules.night is not None and rules.night.includes(local)
    is_needed_only = is_night or rules.wanted == "needed" or percent <= 0
    if rules.wanted == "none" or (is_needed_only and name not in NEEDED):
        return None
    gain_db = LOWEST_DB + (HIGHEST_DB - LOWEST_DB) * percent / 100
    if not is_night:
        return gain_db
    if name != "timer":
        return gain_db + NIGHT_DB
    rest = max(0.0, 1 - rung_s / CRESCENDO_S)
    return gain_db + (NIGHT_DB + CRESCENDO_DB) * rest
