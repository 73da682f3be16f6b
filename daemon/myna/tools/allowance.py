"""How often a tool may run.

PURE. A window of a minute that slides: simple to say to a model ("at most 30 a minute"),
and a burst of calls that one sentence may well mean is not stretched out.
"""

from __future__ import annotations

from collections import deque
from math import ceil
from typing import Final

WINDOW_S: Final = 60.0


class Allowance:
    """Counts the runs of one tool.

    Args:
        per_minute: The most that any minute may see, 1 or more.
    """

    def __init__(self, per_minute: int) -> None:
        self._runs_s: deque[float] = deque(maxlen=per_minute)

    def take(self, now_s: float) -> int:
        """Count a run at `now_s`; return 0, or after how many seconds one is allowed again.

        Args:
            now_s: Of any clock that only goes forward.
        """
        if len(self._runs_s) == self._runs_s.maxlen:
            wait_s = self._runs_s[0] + WINDOW_S - now_s
            if wait_s > 0:
                return ceil(wait_s)
        self._runs_s.append(now_s)
        return 0
