"""When which words are said. PURE.

Theory of operation. A part that falls ill is told once it has been so for `SETTLE_S`: a
plug that is moved is no news. A conversation that fails is told at once, to whoever wanted
it, or never. The same words are not said again within `REPEAT_S`, however often the trouble
comes and goes. "It works again" follows when all that was told is well, and never on the
heels of a new complaint; what went unsaid is not taken back.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import Final

from myna.notices.catalogue import Notice

SETTLE_S: Final = 3.0
"""How long a part is ill before it is told. A device that was plugged in again is taken up
within 2 s (docs/sound.md)."""

REPEAT_S: Final = 600.0
"""How long the same words are not repeated: a person who asks again after ten minutes may
be another one."""


@dataclass(slots=True)
class _Trouble:
    """What is wrong with one part."""

    notice: Notice
    due_s: float
    is_told: bool = False


class Telling:
    """Decides what is said; times are seconds on a clock that only goes forward."""

    def __init__(self) -> None:
        self._troubles: dict[str, _Trouble] = {}
        self._said_s: dict[Notice, float] = {}
        self._waiting: set[Notice] = set()

    def note_ill(self, part: str, notice: Notice, now_s: float) -> None:
        """A part fell ill, for which there are words."""
        if part not in self._troubles:
            self._troubles[part] = _Trouble(notice, now_s + SETTLE_S)
        self.forget_back()

    def note_well(self, part: str) -> None:
        """A part is well; it may have been so before."""
        trouble = self._troubles.pop(part, None)
        was_told = trouble is not None and trouble.is_told
        if was_told and not self._is_anything_told:
            self._waiting.add(Notice.BACK)

    def forget_back(self) -> None:
        """Whoever is here has seen for themselves that it works again."""
        self._waiting.discard(Notice.BACK)

    def note_missed(self) -> None:
        """A timer was due while the speaker was off."""
        self._waiting.add(Notice.MISSED)

    def answer(self, part: str, notice: Notice, now_s: float) -> Notice | None:
        """Return what is said to somebody whose wish just failed; None for no words.

        Args:
            part: What failed, as `note_well` will call it.
            notice: The words for it.
            now_s: The time.
        """
        self.forget_back()
        before = self._troubles.get(part)
        was_told = before is not None and before.is_told
        trouble = self._troubles[part] = _Trouble(notice, inf, was_told)
        return self._say(trouble, now_s)

    def take(self, now_s: float) -> Notice | None:
        """Return what is to be said now, which then counts as said; ask until None."""
        for trouble in self._troubles.values():
            if trouble.due_s <= now_s:
                trouble.due_s = inf
                said = self._say(trouble, now_s)
                if said is not None:
                    return said
        return self._waiting.pop() if self._waiting else None

    def due_s(self) -> float:
        """Return when there is something to be said, if nothing changes; `inf` for never."""
        soonest_s = min((trouble.due_s for trouble in self._troubles.values()), default=inf)
        return -inf if self._waiting else soonest_s

    @property
    def _is_anything_told(self) -> bool:
        return any(trouble.is_told for trouble in self._troubles.values())

    def _say(self, trouble: _Trouble, now_s: float) -> Notice | None:
        if now_s < self._said_s.get(trouble.notice, -inf) + REPEAT_S:
            return None
        self._said_s[trouble.notice] = now_s
        trouble.is_told = True
        self.forget_back()
        return trouble.notice
