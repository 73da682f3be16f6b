"""Sees to the music: low while a conversation goes on, and as it was afterwards.

An asyncio shell around `ducking.py`. One thing is done to the players at a time; it is
bounded, is not cut off halfway, and what fails is tried again with growing pauses.
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any, Final, TypeVar

from myna.conversation.states import State
from myna.errors import PlayerError
from myna.line.backoff import delay
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
    is_rest,
    notice,
    successions,
    undo,
    wish,
)
from myna.music.player import Deed, Look, Play, Start, possible
from myna.music.reach import Reach

WISH_S: Final = 1.0
"""How long somebody who asks for something waits for an answer."""

FAREWELL_S: Final = 2.0
"""How long the end of the daemon waits for players (TimeoutStopSec= is 10 s)."""

SETTLE_S: Final = 0.05
"""How long a player may take to heed a volume before it counts as one that does not."""

WATCH_S: Final = 1.0
"""How often it is seen, while something is owed, whether somebody else has touched it."""

RETRY_S: Final = (0.5, 1.0, 2.0, 5.0, 15.0, 30.0, 60.0)

T = TypeVar("T")

log = logging.getLogger(__name__)


class Music:
    """The music on this machine; lives in one event loop.

    Args:
        reach: Its players.
        rules: What talking does to them.
        debts: What is owed to them.
        clock: Monotonic, in seconds.
    """

    def __init__(
        self,
        reach: Reach,
        rules: Rules,
        debts: Debts,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._reach = reach
        self._rules = rules
        self._debts = debts
        self._clock = clock
        self._is_talking = False
        self._has_ducked = False
        self._rest_since_s = clock() - debts.age_s
        self._stirred = asyncio.Event()
        self._one_at_a_time = asyncio.Lock()
        self._under_way: set[asyncio.Task[Any]] = set()

    def note(self, before: State, after: State) -> None:
        """Take a change of the conversation's state; in the event loop, at once."""
        if is_rest(before) != is_rest(after):
            self._turn(is_talking=is_rest(before))

    async def run(self) -> None:
        """Follow the conversation, for ever; cancelled, put everything right."""
        failures = 0
        try:
            while True:
                self._stirred.clear()
                failures = 0 if await self._follow() else failures + 1
                await self._debts.sync()
                await self._rest(failures)
        finally:
            await self._farewell()

    async def look(self) -> Look | None:
        """Return how the music stands, apart from what this conversation does to it.

        Raises:
            PlayerError: That cannot be told.
        """
        return await self._within_a_second(self._look())

    async def act(self, deed: Deed) -> Look:
        """Do what a user asks for, and return how the music stands then, or soon will.

        Raises:
            PlayerError: The player is away, or refuses.
        """
        return await self._within_a_second(self._act(deed))

    # --- following the conversation ---------------------------------------------------

    def _turn(self, *, is_talking: bool) -> None:
        self._is_talking = is_talking
        self._has_ducked = False
        if not is_talking:
            self._rest_since_s = self._clock()
        self._stirred.set()

    async def _rest(self, failures: int) -> None:
        """Wait until the conversation turns, or until it is worth another attempt."""
        chance = random.random()  # noqa: S311 - no secret
        most_s = delay(RETRY_S, failures - 1, chance) if failures else self._watch_s()
        with suppress(TimeoutError):
            async with asyncio.timeout(most_s):
                await self._stirred.wait()

    def _watch_s(self) -> float | None:
        return WATCH_S if self._is_talking and self._debts else None

    async def _follow(self) -> bool:
        """Do what the conversation needs; return whether nothing is left to be tried again."""
        async with self._one_at_a_time:
            try:
                looks = await self._looks()
                if not self._is_talking:
                    await self._undo(looks)
                elif not self._has_ducked:
                    self._has_ducked = True
                    await self._duck(looks)
                else:
                    await self._notice(looks)
            except PlayerError:
                return False  # which is known to `Health`
        return self._is_talking or not self._debts

    async def _duck(self, looks: Sequence[Look]) -> None:
        outcomes = [(look, duck(look, self._debts.of(look), self._rules)) for look in looks]
        for look, outcome in outcomes:
            await self._attempt(look, outcome)
        if not any(deeds for _look, (_debt, deeds) in outcomes):
            return
        await asyncio.sleep(SETTLE_S)
        for look in await self._looks():
            debt = self._debts.of(look)
            if debt is not None:
                await self._attempt(look, check(look, debt))

    async def _notice(self, looks: Sequence[Look]) -> None:
        for look in looks:
            debt = self._debts.of(look)
            if debt is not None:
                await self._debts.owe(look.player, notice(look, debt))

    async def _looks(self) -> Sequence[Look]:
        looks = await self._reach.looks()
        for former, debt in successions(looks, self._debts.all()):
            await self._debts.owe(debt.player, debt)
            await self._debts.owe(former, None)
        return looks

    async def _attempt(self, look: Look, outcome: Outcome) -> None:
        """Settle it if the player will; `check` sees what came of it."""
        try:
            await self._settle(look, outcome)
        except PlayerError as error:
            if error.is_away:
                raise
            log.debug("music: %s", error)

    async def _undo(self, looks: Sequence[Look]) -> None:
        age_s = self._clock() - self._rest_since_s
        there = {look.player: look for look in looks}
        for debt in self._debts.all():
            if debt.player in there:
                await self._pay(there[debt.player], debt, age_s)
            elif age_s >= PATIENCE_S:
                await self._debts.owe(debt.player, None)

    async def _pay(self, look: Look, debt: Debt, age_s: float) -> None:
        still_owed, deeds = undo(look, debt, age_s)
        try:
            for deed in deeds:
                await self._reach.perform(look, deed)
        except PlayerError:
            if age_s < PATIENCE_S:
                raise
        await self._debts.owe(debt.player, still_owed)

    async def _farewell(self) -> None:
        self._turn(is_talking=False)
        with suppress(TimeoutError):
            async with asyncio.timeout(FAREWELL_S):
                await self._follow()

    # --- what a user asks for ---------------------------------------------------------

    async def _look(self) -> Look | None:
        async with self._one_at_a_time:
            look = concerned(await self._looks(), self._debts.all())
        return None if look is None else as_after(look, self._debts.of(look))

    async def _act(self, deed: Deed) -> Look:
        async with self._one_at_a_time:
            look = concerned(await self._looks(), self._debts.all())
            if look is None:
                raise PlayerError("no music player is running", is_away=False)
            able = possible(look, deed)
            if able is None:
                raise PlayerError(f"{look.name} cannot do that now", is_away=False)
            if self._is_talking and isinstance(able, Play | Start):
                await self._hush(look)
            await self._settle(look, wish(look, self._debts.of(look), able))
            looks = await self._looks()
            if self._is_talking:
                await self._duck(looks)
                looks = await self._looks()
            after = next((one for one in looks if one.player == look.player), look)
            return as_after(after, self._debts.of(after))

    async def _hush(self, look: Look) -> None:
        """Lower what is about to play, so that its first second is not the loudest."""
        if self._rules.while_talking == "duck" and look.percent is not None:
            await self._duck([replace(look, status="playing")])

    async def _settle(self, look: Look, outcome: Outcome) -> None:
        """Write down what is owed, then do it."""
        debt, deeds = outcome
        await self._debts.owe(look.player, debt)
        for deed in deeds:
            await self._reach.perform(look, deed)

    async def _within_a_second(self, work: Coroutine[Any, Any, T]) -> T:
        """Wait for `work`, which ends by itself and is not cut off halfway."""
        task = asyncio.create_task(work, name="music")
        self._under_way.add(task)
        task.add_done_callback(self._end)
        try:
            async with asyncio.timeout(WISH_S):
                return await asyncio.shield(task)
        except TimeoutError as error:
            raise self._reach.silence() from error

    def _end(self, task: asyncio.Task[Any]) -> None:
        self._under_way.discard(task)
        self._stirred.set()  # something may be owed now
        if not task.cancelled():
            task.exception()  # whoever asked may have gone
