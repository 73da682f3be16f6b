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

Recorded words (`myna.notices`) are as loud as a reply, but never softer than the softest
earcon. They are for people who are up and want to hear: never at night, nor at volume 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time
from typing import Final, Literal, TypeAlias

from myna.audio.volume import gain_for, gain_of_db
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
    """What the configuration says about earcons, and about words beside them."""

    wanted: Wanted = "all"
    night: Night | None = None
    has_words: bool = True


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
    is_night = _is_night(rules, local)
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


def words_gain(percent: int, rules: EarconRules, local: time) -> int | None:
    """Decide how loud recorded words are said.

    Args:
        percent: The speaker's volume, 0 to 100.
        rules: The configuration.
        local: The time of day.

    Returns:
        Their gain, as a fraction of `UNITY`; None when they are not to be said.
    """
    is_silent = rules.wanted == "none" or percent <= 0 or _is_night(rules, local)
    if is_silent or not rules.has_words:
        return None
    return max(gain_for(percent), gain_of_db(LOWEST_DB))


def _is_night(rules: EarconRules, local: time) -> bool:
    return rules.night is not None and rules.night.includes(local)
