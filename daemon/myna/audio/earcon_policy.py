"""Which earcons sound, and how loud. PURE.

They follow the volume, but within a window: the quietest is still heard across a quiet
room, the loudest is softer than a reply at volume 80. Between both they rise evenly in
decibels, less steeply than the reply:

    volume             0     5    50    70    100
    reply, dB        off   -47   -25   -15      0
    earcon, dB       -30   -29   -21   -17    -12

Their recordings are about as loud as those of a reply, -19 dB of full scale (RMS), so
they sound alike at volume 75. Volume 0 silences all but those that a person would miss:
the error and the timer.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import time
from typing import Final, Literal, TypeAlias

Wanted: TypeAlias = Literal["all", "needed", "none"]

NEEDED: Final = frozenset({"error", "timer"})
LOWEST_DB: Final = -30.0
HIGHEST_DB: Final = -12.0
NIGHT_DB: Final = -8.0
"""How much softer they are at night."""

CRESCENDO_DB: Final = -8.0
"""How much softer still a timer begins at night, so that it need not wake the house."""

CRESCENDO_S: Final = 30.0
"""How long it then takes to be as loud as by day."""

_NIGHT: Final = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Night:
    """The hours of each day in which the speaker is quiet.

    Attributes:
        begins: The first moment.
        ends: The first moment after; earlier than `begins` means the next morning.
    """

    begins: time
    ends: time

    def includes(self, moment: time) -> bool:
        """Tell whether `moment` (local time) is within them."""
        if self.begins < self.ends:
            return self.begins <= moment < self.ends
        return moment >= self.begins or moment < self.ends


@dataclass(frozen=True, slots=True)
class EarconRules:
    """What the configuration says about earcons."""

    wanted: Wanted = "all"
    night: Night | None = None


def parse_night(text: str) -> Night:
    """Read hours such as `22:00-07:00`.

    Raises:
        ValueError: They are no such hours; the text says what they look like.
    """
    found = _NIGHT.fullmatch(text)
    if found is None:
        raise ValueError(f'{text!r} is not two times of day, like "22:00-07:00"')
    begins_h, begins_min, ends_h, ends_min = map(int, found.groups())
    night = Night(time(begins_h, begins_min), time(ends_h, ends_min))
    if night.begins == night.ends:
        raise ValueError(f"{text!r} ends when it begins; for quiet all day set audio.earcons")
    return night


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
