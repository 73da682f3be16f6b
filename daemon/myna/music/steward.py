"""Does to players what `ducking.py` decides: written down first, then done."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from typing import Final

from myna.errors import PlayerError
from myna.music.debts import Debts
from myna.music.ducking import (
    PATIENCE_S,
    Debt,
    Outcome,
    Rules,
    as_after,
    check,
    concerned,
    duck,
    notice,
    successions,
    undo,
    wish,
)
from myna.music.player import Deed, Look
from myna.music.reach import Reach

SETTLE_S: Final = 0.05
"""How long a player may take to heed a volume before it counts as one that does not."""

log = logging.getLogger(__name__)


class Steward:
    """Keeps players and debts in step; one call at a time.

    All of it raises `PlayerError` when the players are away.

    Args:
        reach: The players.
        rules: What talking does to them.
        debts: What is owed to them.
    """

    def __init__(self, reach: Reach, rules: Rules, debts: Debts) -> None:
        self._reach = reach
        self._rules = rules
        self._debts = debts

    async def looks(self) -> Sequence[Look]:
        """Look at the players, and see to it that those who came anew inherit."""
        looks = await self._reach.looks()
        for former, debt in successions(looks, self._debts.all()):
            await self._debts.owe(debt.player, debt)
            await self._debts.owe(former, None)
        return looks

    async def concerned(self) -> Look | None:
        """Look at the player that a user means."""
        return concerned(await self.looks(), self._debts.all())

    def as_after(self, look: Look) -> Look:
        """Return how a player will stand when nobody talks any more."""
        return as_after(look, self._debts.of(look))

    async def duck(self, looks: Sequence[Look]) -> None:
        """Make room, as well as each player can."""
        outcomes = [(look, duck(look, self._debts.of(look), self._rules)) for look in looks]
        for look, outcome in outcomes:
            await self._attempt(look, outcome)
        if not any(deeds for _look, (_debt, deeds) in outcomes):
            return
        await asyncio.sleep(SETTLE_S)
        for look in await self.looks():
            debt = self._debts.of(look)
            if debt is not None:
                await self._attempt(look, check(look, debt))

    async def hush(self, look: Look) -> None:
        """Lower what is about to play, so that its first second is not the loudest."""
        if self._rules.while_talking == "duck" and look.percent is not None:
            await self.duck([look])

    async def notice(self, looks: Sequence[Look]) -> None:
        """See what others have touched since."""
        for look in looks:
            debt = self._debts.of(look)
            if debt is not None:
                await self._debts.owe(look.player, notice(look, debt))

    async def undo(self, looks: Sequence[Look], age_s: float) -> None:
        """Put right what can be put right now; the rest stays owed.

        Args:
            looks: The players.
            age_s: For how long the conversation has been over.
        """
        there = {look.player: look for look in looks}
        for debt in self._debts.all():
            if debt.player in there:
                await self._pay(there[debt.player], debt, age_s)
            elif age_s >= PATIENCE_S:
                await self._debts.owe(debt.player, None)

    async def settle(self, look: Look, deed: Deed) -> None:
        """Do what a user asks for.

        Raises:
            PlayerError: Also when the player refuses.
        """
        await self._settle(look, wish(look, self._debts.of(look), deed))

    async def _pay(self, look: Look, debt: Debt, age_s: float) -> None:
        still_owed, deeds = undo(look, debt, age_s)
        try:
            for deed in deeds:
                await self._reach.perform(look, deed)
        except PlayerError as error:
            log.debug("music: %s", error)
            if age_s < PATIENCE_S:
                return  # it is tried again; others must not wait for that
        await self._debts.owe(debt.player, still_owed)

    async def _attempt(self, look: Look, outcome: Outcome) -> None:
        """Settle it if the player will; `check` sees what came of it."""
        try:
            await self._settle(look, outcome)
        except PlayerError as error:
            if error.is_away:
                raise
            log.debug("music: %s", error)

    async def _settle(self, look: Look, outcome: Outcome) -> None:
        debt, deeds = outcome
        await self._debts.owe(look.player, debt)
        for deed in deeds:
            await self._reach.perform(look, deed)
