"""Where on a row the light is; pure.

A shape takes the count of pixels, the seconds since it began and the voice's level (0 to
1, None for no voice), and gives each pixel its share of the light, and for how long that
stays right. On a single pixel every shape is that pixel.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

from myna_hardware.lights.rhythms import REFRESH_HZ, SHORTEST_S

Shares = tuple[float, ...]
Shape = Callable[[int, float, float | None], tuple[Shares, float | None]]

LAP_S: Final = 1.2
"""How long the dot takes from the first pixel back to it."""

TAIL: Final = (1.0, 0.35, 0.12)
"""The dot and what it leaves behind, on rows that are long enough."""

ROUNDING_STEPS: Final = 1e-6
"""So that a dot that is due is not kept back by the rounding of the time."""

COUNTDOWN_S: Final = 7.0
"""From the third second that the button is held to the tenth."""

QUIET_SHARE: Final = 0.5
"""A single pixel that follows the voice keeps this much when all is quiet."""

LEAST_ARC: Final = 0.15
"""What is left of a volume of 0: it is shown, not dark."""


def everywhere(count: int, _elapsed_s: float, _level: float | None) -> tuple[Shares, None]:
    """Light all pixels alike."""
    return (1.0,) * count, None


def first(count: int, _elapsed_s: float, _level: float | None) -> tuple[Shares, None]:
    """Light the first pixel."""
    return tuple(float(at == 0) for at in range(count)), None


def bar(count: int, _elapsed_s: float, level: float | None) -> tuple[Shares, None]:
    """Light the more pixels from the first on, the louder it is."""
    if count == 1:
        return _single(level), None
    return _run(count, 0, _length(count, level)), None


def middle_bar(count: int, _elapsed_s: float, level: float | None) -> tuple[Shares, None]:
    """Light the more pixels around the middle, the louder it is."""
    if count == 1:
        return _single(level), None
    length = _length(count, level)
    return _run(count, (count - length) // 2, length), None


def dot(count: int, elapsed_s: float, _level: float | None) -> tuple[Shares, float | None]:
    """Send a dot around, with a tail where there is room for one."""
    if count == 1:
        return (1.0,), None
    steps = elapsed_s * count / LAP_S + ROUNDING_STEPS
    tail = TAIL[: max(1, (count + 1) // 3)]
    shares = [0.0] * count
    for behind, share in enumerate(tail):
        shares[(int(steps) - behind) % count] = share
    next_s = (int(steps) + 1) * LAP_S / count - elapsed_s
    return tuple(shares), max(next_s, 1 / REFRESH_HZ)


def running_out(count: int, elapsed_s: float, _level: float | None) -> tuple[Shares, float | None]:
    """Light all pixels, and put them out one by one, the first one last."""
    if count == 1:
        return (1.0,), None
    length = max(0, math.ceil(count * (1 - elapsed_s / COUNTDOWN_S)))
    if not length:
        return (0.0,) * count, None
    next_s = COUNTDOWN_S * (1 - (length - 1) / count) - elapsed_s
    return _run(count, 0, length), max(next_s, SHORTEST_S)


def arc(count: int, percent: int) -> Shares:
    """Return as much of the row as `percent`, the last of its pixels in part."""
    lit = count * min(100, max(0, percent)) / 100
    shares = [min(1.0, max(0.0, lit - at)) for at in range(count)]
    return (max(shares[0], LEAST_ARC), *shares[1:])


def _single(level: float | None) -> Shares:
    return (QUIET_SHARE + (1 - QUIET_SHARE) * _clipped(level),)


def _length(count: int, level: float | None) -> int:
    return 1 + round((count - 1) * _clipped(level))


def _run(count: int, start: int, length: int) -> Shares:
    return tuple(float(start <= at < start + length) for at in range(count))


def _clipped(level: float | None) -> float:
    """Return a level between 0 and 1; no voice counts as full."""
    return 1.0 if level is None else min(1.0, max(0.0, level))
