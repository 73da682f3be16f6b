"""Keep the connection to one server, and offer what it has.

Its tools stay on offer while it is away, and answer at once that it is: so the model says
why the lamp does not come on instead of claiming that there is no lamp, and a server that
comes back within a conversation is of use in it, for a session cannot learn of new tools.
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack, suppress
from fnmatch import fnmatchcase
from typing import Any, Final, TypeAlias

from myna.errors import McpServerError, ToolError
from myna.health import Health
from myna.line.backoff import delay
from myna.mcp_servers.choosing import Chosen, Listed, chosen
from myna.mcp_servers.session import Connect, Session, Watch
from myna.mcp_servers.settings import McpServerSettings
from myna.mcp_servers.words import plain_words
from myna.tools.allowance import Allowance
from myna.tools.tool import Tool

PAUSES_S: Final = (1.0, 2.0, 5.0, 15.0, 60.0)
"""Before it is tried again; the last one repeats."""

STEADY_S: Final = 60.0
"""A connection that lasted so long was a good one: the pauses begin anew."""

OPEN_S: Final = 30.0
"""To start, to agree and to list. A server of the older protocol may leave the newer one's
first question unanswered, for which the SDK waits 10 s; `npx` and `uvx` download first."""

LIST_S: Final = 10.0
REFRESH_S: Final = 300.0
"""Between two lists that nobody announced: Home Assistant announces none, and a server
that hangs shows itself."""

MOST_CHANGES: Final = 10
"""Lists within a minute; a server that announces more of them is asked later."""

Offer: TypeAlias = Callable[[str, Sequence[Tool]], list[str]]
"""See `Registry.offer`."""


log: Final = logging.getLogger(__name__)


class McpServer:
    """One server; lives in the event loop.

    Args:
        name: As the configuration calls it.
        settings: Which of its tools may do what.
        connect: Opens a session, and closes it in the same task.
        offer: Where its tools go.
        health: Told when it is away, and when its tools are not as the owner wrote.
    """

    def __init__(
        self,
        name: str,
        settings: McpServerSettings,
        connect: Connect,
        offer: Offer,
        health: Health,
    ) -> None:
        self._part = f"mcp {name}"
        self._settings = settings
        self._connect = connect
        self._offer = offer
        self._health = health
        self._session: Session | None = None
        self._listing: list[Listed] | None = None
        self._problem = "it is starting"
        self._lost: str | None = None
        self._news = asyncio.Event()

    async def run(self) -> None:
        """Keep it connected, for ever."""
        attempt = 0
        while True:
            began_s = time.monotonic()
            try:
                await self._hold()
            except (McpServerError, TimeoutError) as error:
                self._problem = self._lost or str(error) or "does not answer"
            _heed_cancellation()
            self._health.degrade(self._part, self._problem)
            if time.monotonic() - began_s > STEADY_S:
                attempt = 0
            await asyncio.sleep(delay(PAUSES_S, attempt, random.random()))  # noqa: S311 - no secret
            attempt += 1

    async def _hold(self) -> None:
        """Connect, and stay so until that ends with an error."""
        self._lost = None
        self._news.clear()
        changes = Allowance(MOST_CHANGES)
        async with AsyncExitStack() as stack:
            async with asyncio.timeout(OPEN_S):
                watch = Watch(self._lose, self._news.set)
                session = await stack.enter_async_context(self._connect(watch))
                await self._refresh(session)
            self._session = session
            self._health.recover(self._part)
            stack.callback(self._leave)
            pause_s = REFRESH_S
            while True:
                _heed_cancellation()
                with suppress(TimeoutError):
                    async with asyncio.timeout(pause_s):
                        await self._news.wait()
                self._news.clear()
                if self._lost is not None:
                    raise McpServerError(self._lost)
                pause_s = changes.take(time.monotonic()) or REFRESH_S
                if pause_s == REFRESH_S:
                    async with asyncio.timeout(LIST_S):
                        await self._refresh(session)

    def _lose(self, why: str) -> None:
        self._lost = self._lost or why
        self._news.set()

    def _leave(self) -> None:
        self._session = None
        self._problem = self._lost or "the connection broke"

    async def _refresh(self, session: Session) -> None:
        listing = await session.listing()
        if listing == self._listing:
            return
        self._listing = listing
        choice = chosen(listing, self._settings, self._call)
        taken = self._offer(self._part, choice.tools)
        problem = _shortcoming(listing, self._settings.allow, choice, taken)
        if problem:
            self._health.degrade(f"{self._part} tools", problem)
        else:
            self._health.recover(f"{self._part} tools")
        log.info("%s: %d of its %d tools are on offer", self._part, len(choice.tools), len(listing))

    async def _call(self, name: str, arguments: dict[str, object]) -> Mapping[str, Any]:
        if self._session is None:
            spoken = f"{name} cannot be done now: its server is away ({self._problem})"
            raise ToolError(name, f"{spoken}. Tell the user so")
        return await self._session.call(name, arguments)


def _heed_cancellation() -> None:
    """End if we were told to while the SDK left its task groups with an error.

    anyio's keep the error then and drop the cancellation (4.16, TaskGroup.__aexit__).
    """
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError


def _shortcoming(
    listing: Sequence[Listed], allow: Sequence[str], choice: Chosen, taken: Sequence[str]
) -> str:
    """Say what is not as the owner may think; empty when all is."""
    names = [listed.name for listed in listing]
    idle = [each for each in allow if not any(fnmatchcase(name, each) for name in names)]
    found = plain_words(", ".join(names), 400) or "nothing"
    problems = []
    if not allow:
        problems.append(f"none is allowed: name them in allow. It has {found}")
    if idle:
        problems.append(f"it has no {', '.join(idle)}; it has {found}")
    if taken:
        problems.append(f"other tools are called {', '.join(taken)}, too: give it a prefix")
    return "; ".join((*problems, *choice.unfit))
