"""Whether the clock is right, and whether somebody sets it."""

from __future__ import annotations

import ctypes
from typing import Final

from myna.doctor.finding import Finding, fail, ok, skipped, warn

WRONG_S: Final = 30.0
"""By how much a clock may differ: certificates bear more; people who set an alarm do not."""

_TIME_ERROR: Final = 5
"""What adjtimex(2) returns while nobody sets the clock."""

_TIMEX_BYTES: Final = 512
"""More than its struct has on any machine; zeros ask for nothing to be changed."""


def judge_clock(skew_s: float | None, *, is_synchronised: bool | None) -> Finding:
    """Say how the clock is.

    Args:
        skew_s: How much it is ahead of the server's, if that is known.
        is_synchronised: Whether somebody sets it, as the kernel knows; None if it does not.
    """
    if skew_s is None and is_synchronised is None:
        return skipped("clock", "nobody told the time")
    told = "" if skew_s is None else f"{abs(skew_s):.0f} s off the server's"
    if skew_s is not None and abs(skew_s) > WRONG_S:
        return fail("clock", "clock-is-wrong", told)
    if is_synchronised is False:
        return warn("clock", "clock-is-not-synchronised", told or "not synchronised")
    return ok("clock", told or "synchronised")


def is_clock_synchronised() -> bool | None:
    """Ask the kernel whether somebody sets its clock; None where it does not say."""
    try:
        state: int = ctypes.CDLL(None).adjtimex(ctypes.create_string_buffer(_TIMEX_BYTES))
    except (OSError, AttributeError):
        return None
    return None if state < 0 else state != _TIME_ERROR
