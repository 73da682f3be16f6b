"""A yes at the speaker itself, for what the model may not do alone.

Whoever is heard can ask, also through a window or from the television; whoever presses
the button is in the room. One wish at a time is before the user, so that nobody says yes
to something else than they think.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

from myna.errors import ToolError
from myna.trace import Trace

WAIT_S: Final = 25.0
"""To read the light, get up and press (`tools.confirm_wait_s`). With a tool's own time it
stays below the minute after which an unanswered call ends the session (adk-python#3918)."""


class Consent:
    """Asks for a yes; lives in the event loop.

    Args:
        trace: Notes what is asked and what came of it.
        wait_s: For how long each wish waits.
    """

    def __init__(self, trace: Trace, wait_s: float = WAIT_S) -> None:
        self._trace = trace
        self._wait_s = wait_s
        self._listeners: list[Callable[[bool], None]] = []
        self._wish: str | None = None
        self._verdict: asyncio.Future[bool] | None = None
        self._is_open = True

    def set_wait(self, wait_s: float) -> None:
        """Let the next wish wait for so long."""
        self._wait_s = wait_s

    @property
    def wish(self) -> str | None:
        """What waits for a yes, in a line; None when nothing does."""
        return self._wish

    def watch(self, listener: Callable[[bool], None]) -> None:
        """Call `listener` with whether something waits for a yes, at each change."""
        self._listeners.append(listener)

    async def ask(self, name: str, wish: str) -> None:
        """Wait for a yes.

        Args:
            name: The tool.
            wish: The call in a line, for the person who is asked.

        Raises:
            ToolError: It was refused, nobody answered, or another wish is being asked.
        """
        if not self._is_open:
            raise ToolError(name, f"{name} was not done: the conversation is over")
        if self._verdict is not None:
            spoken = f"{name} was not done: the user is being asked about {self._wish}"
            raise ToolError(name, f"{spoken}. Wait for that, then call it again")
        self._verdict = asyncio.get_running_loop().create_future()
        self._wish = wish
        try:
            self._trace.emit("confirm", name=name, outcome="wanted")
            self._tell(is_asking=True)
            await self._answered(self._verdict, name)
        finally:
            self._wish = self._verdict = None
            self._tell(is_asking=False)

    async def _answered(self, verdict: asyncio.Future[bool], name: str) -> None:
        try:
            async with asyncio.timeout(self._wait_s):
                is_granted = await verdict
        except TimeoutError:
            self._trace.emit("confirm", name=name, outcome="unanswered")
            spoken = f"{name} was not done: nobody said yes within {self._wait_s:g} s"
            raise ToolError(name, f"{spoken}. Tell the user so") from None
        except asyncio.CancelledError:
            self._trace.emit("confirm", name=name, outcome="cancelled")
            raise
        if not is_granted:
            self._trace.emit("confirm", name=name, outcome="refused")
            raise ToolError(name, f"{name} was not done: the conversation is over")
        self._trace.emit("confirm", name=name, outcome="given")

    def _tell(self, *, is_asking: bool) -> None:
        for listener in self._listeners:
            listener(is_asking)

    def grant(self) -> str | None:
        """Say yes; return to what, None when nothing was asked."""
        return self._settle(is_granted=True)

    def open(self) -> None:
        """Let questions be asked: a conversation begins."""
        self._is_open = True

    def close(self) -> None:
        """Say no to what is asked, or still about to be: its conversation is over."""
        self._is_open = False
        self._settle(is_granted=False)

    def _settle(self, *, is_granted: bool) -> str | None:
        if self._verdict is None or self._verdict.done():
            return None
        self._verdict.set_result(is_granted)
        return self._wish
