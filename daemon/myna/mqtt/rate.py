"""How often something may happen. PURE: time is an argument."""

from __future__ import annotations

from collections import deque
from typing import Final

MINUTE_S: Final = 60.0


class Rate:
    """Counts the last minute.

    Args:
        per_minute: How much is allowed in any minute.
    """

    def __init__(self, per_minute: int) -> None:
        self._allowed_s: deque[float] = deque(maxlen=per_minute)

    def allows(self, now_s: float) -> bool:
        """Whether one more may happen; if so, it counts."""
        is_full = len(self._allowed_s) == self._allowed_s.maxlen
        if is_full and now_s - self._allowed_s[0] < MINUTE_S:
            return False
        self._allowed_s.append(now_s)
        return True
