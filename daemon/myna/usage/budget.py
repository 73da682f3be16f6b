"""What a day may cost, and what is said about it.

PURE. A budget refuses new conversations; it never cuts one that is going on.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from myna.usage.counts import Counts

Verdict: TypeAlias = Literal["free", "nearly", "spent"]

NEARLY: Final = 0.9
"""From which part of the budget on it is nearly used up."""

_SPOKEN: Final[dict[Verdict, str]] = {
    "nearly": "Today's budget for conversations is nearly used up.",
    "spent": (
        "Today's budget for conversations is used up. "
        "After this conversation I will listen again from midnight on."
    ),
}


@dataclass(frozen=True, slots=True)
class _Limit:
    """One limit and how much of it is used.

    Attributes:
        key: The key of the configuration that raises it.
        amount: The limit in words.
        used: The part of it that is used; 1 is all.
    """

    key: str
    amount: str
    used: float


@dataclass(frozen=True, slots=True)
class Budget:
    """How much a day may use; None is without limit.

    Attributes:
        daily_minutes: Minutes of audio, microphone and replies together.
        daily_tokens: Tokens as the server counts them.
    """

    daily_minutes: float | None = None
    daily_tokens: int | None = None

    def verdict(self, today: Counts) -> Verdict:
        """Judge what was used of the limit that is nearest."""
        limit = self._nearest(today)
        if limit is None or limit.used < NEARLY:
            return "free"
        return "nearly" if limit.used < 1 else "spent"

    def spoken(self, today: Counts) -> str | None:
        """Return what the speaker says about it; None while there is enough."""
        return _SPOKEN.get(self.verdict(today))

    def line(self, today: Counts) -> str | None:
        """Return the same for a reader, cure included; None without a budget."""
        limit = self._nearest(today)
        if limit is None:
            return None
        if limit.used < 1:
            # Rounded down: 100 % is said of a budget that is used up, and of no other.
            return f"{int(limit.used * 100)} % of today's {limit.amount} used"
        return (
            f"today's budget of {limit.amount} is used up; "
            f"new conversations from midnight on, or raise {limit.key}"
        )

    def _nearest(self, today: Counts) -> _Limit | None:
        return max(self._limits(today), key=lambda limit: limit.used, default=None)

    def _limits(self, today: Counts) -> Iterator[_Limit]:
        minutes, tokens = self.daily_minutes, self.daily_tokens
        if minutes is not None:
            amount = "1 minute" if minutes == 1 else f"{minutes:g} minutes"
            yield _Limit("budget.daily_minutes", amount, today.minutes / minutes)
        if tokens is not None:
            yield _Limit("budget.daily_tokens", f"{tokens:,} tokens", today.tokens / tokens)
