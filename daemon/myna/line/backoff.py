"""How long to wait before the next attempt. PURE: chance comes in as an argument."""

from __future__ import annotations

from typing import Final

RESUME_S: Final = (0.0, 1.0, 2.0, 4.0)
"""A server that still holds the old connection refuses every attempt: measured with
gemini-3.8-live, an immediate one failed 12 of 12 times, one after 1.0 s succeeded 11 of 11."""

NETWORK_S: Final = (0.0, 0.25, 0.5, 1.0)
"""Short, so that the conversation goes on within a second of the link's return."""

SERVER_S: Final = (0.0, 1.0, 2.0, 4.0, 8.0)

QUOTA_S: Final = (60.0, 120.0, 300.0, 900.0)
"""Quotas are counted by the minute, so anything shorter only adds to the count."""


def delay(ladder: tuple[float, ...], attempt: int, chance: float) -> float:
    """Return the seconds to wait before an attempt.

    Args:
        ladder: The delays; the last one repeats.
        attempt: 0 for the first.
        chance: From 0 to 1; spreads the delay by a quarter either way, so that a house
            full of speakers does not come back as one.
    """
    return ladder[min(attempt, len(ladder) - 1)] * (0.75 + 0.5 * chance)
