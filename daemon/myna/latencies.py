"""How long people wait for the speaker, over its last turns. PURE.

As a person would measure with a stopwatch:

- wake to first chunk: from hearing the wake word until the first of what was said after it
  has left. Where the user pauses after the wake word, from their first word.
- end of speech to first sound: from the last word of the user until the reply sounds; our
  share of that, and the server's with the way there and back.
- barge-in to silence: from the user's first word over the reply, or the press, until the
  reply is cut.

It counts what the trace's `turn_timing` tells of each turn, and measures nothing itself.
"""

from __future__ import annotations

from collections import deque
from math import ceil
from typing import Any, Final

from myna.turns.timing import KINDS, Timing

KEPT: Final = 50
"""Turns that count: a day of a busy home, and an hour of one that is being tried out."""

SHOWN: Final = 6
"""Turns that whoever watches is shown."""


class Latencies:
    """Keeps the times of the last turns; any thread may add one.

    Args:
        kept: How many of them count.
    """

    def __init__(self, kept: int = KEPT) -> None:
        self._turns: deque[Timing] = deque(maxlen=kept)

    def add(self, turn: Timing) -> None:
        """Take a turn that is over."""
        self._turns.append(turn)

    def figures(self) -> dict[str, dict[str, int] | None]:
        """Return median and 95th percentile of each wait; None where there is none yet."""
        waits = [turn.waits_ms for turn in list(self._turns)]
        return {kind: _summary([wait[kind] for wait in waits if kind in wait]) for kind in KINDS}

    def last_turns(self, now_s: float) -> list[dict[str, Any]]:
        """Return the last turns, the newest last, and how long they have been over."""
        return [
            {**turn.fields(), "ago_s": round(now_s - turn.ended_s, 1)}
            for turn in list(self._turns)[-SHOWN:]
        ]


def _summary(waits_ms: list[int]) -> dict[str, int] | None:
    if not waits_ms:
        return None
    ranked = sorted(waits_ms)
    return {"p50_ms": _at(ranked, 0.5), "p95_ms": _at(ranked, 0.95), "turns": len(ranked)}


def _at(ranked: list[int], share: float) -> int:
    """Return the value that `share` of all do not exceed (nearest rank)."""
    return ranked[ceil(share * len(ranked)) - 1]
