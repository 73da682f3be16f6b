"""A player within reach or not: every call is bounded, and its trouble is told once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Sequence
from typing import Final, TypeVar

from myna.errors import PlayerError
from myna.health import Health
from myna.music.player import Deed, Look, Player, SetPercent
from myna.trace import Trace

VISIT_S: Final = 0.5
"""How long a player may take. One in the same machine takes milliseconds; this leaves a
tool time for an answer within its second."""

T = TypeVar("T")


class Reach:
    """A `Player`, as the rest of this room sees it.

    Args:
        player: Plays.
        health: Told when it is away, and when it is back.
        trace: Notes what it is made to do.
    """

    def __init__(self, player: Player, health: Health, trace: Trace) -> None:
        self._player = player
        self._health = health
        self._trace = trace

    async def looks(self) -> Sequence[Look]:
        """Return the players that are there.

        Raises:
            PlayerError: They cannot be reached, or do not answer.
        """
        looks = await self._visit(self._player.look())
        self._health.recover("music")
        return looks

    async def perform(self, look: Look, deed: Deed) -> None:
        """Have a deed done.

        Raises:
            PlayerError: The player cannot be reached, does not answer, or refuses.
        """
        await self._visit(self._player.act(look.player, deed))
        percent = {"percent": deed.percent} if isinstance(deed, SetPercent) else {}
        self._trace.emit("music", player=look.name, deed=type(deed).__name__.lower(), **percent)

    def silence(self) -> PlayerError:
        """Return the error of a player that does not answer."""
        return PlayerError(f"{self._player.label} does not answer", is_away=True)

    async def _visit(self, work: Awaitable[T]) -> T:
        try:
            async with asyncio.timeout(VISIT_S):
                return await work
        except TimeoutError as error:
            self._health.degrade("music", str(self.silence()))
            raise self.silence() from error
        except PlayerError as error:
            if error.is_away:
                self._health.degrade("music", str(error))
            raise
