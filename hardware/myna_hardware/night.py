"""The hours of each day in which the speaker is quiet and dim; pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import time
from typing import Final

DAY_S: Final = 24 * 60 * 60

_HOURS: Final = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Night:
    """The hours of one night; the same every day.

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

    def changes_in_s(self, moment: time) -> float:
        """Return how many seconds after `moment` the night begins or ends next."""
        now_s = _seconds_of(moment)
        edges_s = (_seconds_of(self.begins), _seconds_of(self.ends))
        return min((edge_s - now_s) % DAY_S or DAY_S for edge_s in edges_s)


def parse_night(text: str) -> Night:
    """Read hours such as `22:00-07:00`.

    Raises:
        ValueError: They are no such hours; the text says what they look like.
    """
    found = _HOURS.fullmatch(text)
    if found is None:
        raise ValueError(f'{text!r} is not two times of day, like "22:00-07:00"')
    begins_h, begins_min, ends_h, ends_min = map(int, found.groups())
    night = Night(time(begins_h, begins_min), time(ends_h, ends_min))
    if night.begins == night.ends:
        raise ValueError(f"{text!r} ends when it begins: give two different times, or none")
    return night


def _seconds_of(moment: time) -> float:
    return moment.hour * 3600 + moment.minute * 60 + moment.second + moment.microsecond / 1e6
