"""Sees to the music: low while a conversation goes on, and as it was afterwards.

An asyncio shell around `ducking.py`. One thing is done to the players at a time; it is
bounded, is not cut off halfway, and what fails is tried again with growing pauses.
"""

from __future__ import annotations

import asyncio
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
from myna.music.ducking import Rules, is_rest
from myna.music.player import Deed, Look, Play, Start, possible
from myna.music.reach import Reach
from myna.music.steward import Steward

WISH_S: Final = 1.0
"""How long somebody who asks for something waits for an answer."""

FAREWELL_S: Final = 2.0
"""How long the end of the daemon waits for players (TimeoutStopSec= is 10 s)."""

WATCH_S: Final = 1.0
"""How often it is seen, while something is owed, whether somebody else has touched it."""

RETRY_S: Final = (0.5, 1.0, 2.0, 5.0, 15.0, 30.0, 60.0)

T = TypeVar("T")


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
        self._steward = Steward(reach, rules, debts)
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
                await self._follow_with(await self._steward.looks())
            except PlayerError:
                return False  # which is known to `Health`
        return self._is_talking or not self._debts

    async def _follow_with(self, looks: Sequence[Look]) -> None:
        if not self._is_talking:
            await self._steward.undo(looks, self._clock() - self._rest_since_s)
        elif self._has_ducked:
            await self._steward.notice(looks)
        else:
            await self._steward.duck(looks)
            self._has_ducked = True

    async def _farewell(self) -> None:
        self._turn(is_talking=False)
        with suppress(TimeoutError):
            async with asyncio.timeout(FAREWELL_S):
                await self._follow()

    # --- what a user asks for ---------------------------------------------------------

    async def _look(self) -> Look | None:
        async with self._one_at_a_time:
            look = await self._steward.concerned()
        return None if look is None else self._steward.as_after(look)

    async def _act(self, deed: Deed) -> Look:
        async with self._one_at_a_time:
            look = await self._steward.concerned()
            if look is None:
                raise PlayerError("no music player is running", is_away=False)
            able = possible(look, deed)
            if able is None:
                raise PlayerError(f"{look.name} cannot do that now", is_away=False)
            if self._is_talking and isinstance(able, Play | Start):
                await self._steward.hush(replace(look, status="playing"))
            await self._steward.settle(look, able)
            looks = await self._steward.looks()
            if self._is_talking:
                await self._steward.duck(looks)
                looks = await self._steward.looks()
        after = next((one for one in looks if one.player == look.player), look)
        return self._steward.as_after(after)

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
