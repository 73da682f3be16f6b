"""Looks for a server that could not be reached, until it can.

An asyncio shell. It begins when a conversation has failed for want of a network, and
ends with the first answer of any kind: so the speaker knows that it is no use to let the
next caller wait, and can say when it works again. What it sends is a request for a
WebSocket without key, session or sound; whatever the server thinks of that, it is there.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import Awaitable, Callable
from typing import Final

from myna.line import backoff

LOOK_S: Final = (2.0, 5.0, 10.0, 20.0, 30.0)
"""Pauses before each look; the last one repeats."""


class Lookout:
    """Looks again and again, while there is something to look for.

    Args:
        can_reach: Looks once, for as long as a session may take to open.
        found: Called when the server is there again.
        is_busy: Says that a conversation is trying by itself.
    """

    def __init__(
        self,
        can_reach: Callable[[], Awaitable[bool]],
        found: Callable[[], None],
        is_busy: Callable[[], bool],
    ) -> None:
        self._can_reach = can_reach
        self._found = found
        self._is_busy = is_busy
        self._is_looking = False
        self._looks = 0
        self._changed = asyncio.Event()

    def begin(self) -> None:
        """The server was not reached: look soon, and then ever more seldom."""
        self._is_looking = True
        self._looks = 0
        self._changed.set()

    def end(self) -> None:
        """It was reached."""
        self._is_looking = False

    async def run(self) -> None:
        """Look, for ever."""
        while True:
            self._changed.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._pause_s()):
                    await self._changed.wait()
                    continue
            self._looks += 1
            if not self._is_busy() and await self._can_reach() and self._is_looking:
                self.end()
                self._found()

    def _pause_s(self) -> float | None:
        chance = random.random()  # noqa: S311 - spreads delays, keeps no secret
        return backoff.delay(LOOK_S, self._looks, chance) if self._is_looking else None
