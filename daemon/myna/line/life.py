"""The life of a conversation's line: one session after another, until none follows.

An asyncio shell. A new session is dialled only after the old socket is closed: a server
that still holds it refuses the new one (measured with gemini-3.8-live: 1011 until the
old connection is gone).
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final

from myna.conversation.events import Event, SessionLost, Trouble
from myna.errors import ConnectError, CredentialError, LiveError, SessionClosedError
from myna.line.dialler import Dialler
from myna.line.exchange import Books, Exchange
from myna.line.line import Ended, Line
from myna.line.lookout import Lookout
from myna.line.recovery import Dial, Plan, Stop
from myna.line.uplink import Uplink
from myna.live.closes import UNREACHED, Verdict
from myna.live.connection import LiveSession
from myna.live.events import SessionReady, TurnComplete

NO_CLOSE_FRAME: Final = 1006
LEFT: Final = 1000
STILL_AWAY: Final = "the server is still not reached"
BUG: Final = "Something in myna is broken: its log says what."

log = logging.getLogger(__name__)

IsWanted = Callable[[], bool]
Post = Callable[[Event, IsWanted], Awaitable[None]]
Cause = LiveError | CredentialError | Verdict


@dataclass(frozen=True, slots=True)
class Parts:
    """What a life needs.

    Attributes:
        dialler: Opens sessions.
        uplink: The microphone.
        post: Takes events to the conversation, in order, with a way to ask later whether
            they still are of the conversation that is wanted; may wait.
        books: Where a session is written down.
        lookout: Looks for a server that was not reached.
    """

    dialler: Dialler
    uplink: Uplink
    post: Post
    books: Books
    lookout: Lookout


@dataclass(slots=True)
class Life:
    """One conversation's sessions.

    Attributes:
        parts: What it needs.
        line: Decides.
        work: Set when there may be something to send.
        is_wanted: False once the conversation has hung up.
    """

    parts: Parts
    line: Line
    work: asyncio.Event = field(default_factory=asyncio.Event)
    is_wanted: bool = True
    _trouble: str = ""
    _session: LiveSession | None = None

    def break_off(self) -> None:
        """Drop the connection as it is: nothing more of what waits to be sent leaves."""
        if self._session is not None:
            self._session.abort()

    async def run(self, previous: asyncio.Task[None] | None) -> None:
        """Live; `SessionReady` and in the end `SessionLost` are posted.

        Args:
            previous: The life before, which may still be closing its socket.
        """
        if previous is not None:
            await asyncio.wait([previous])
            # A task that was cancelled keeps its frames, and would keep all lives before it.
            previous = None
        try:
            await self._live()
        except Exception:  # task supervision: a bug costs this conversation, not the speaker
            log.exception("the session ended by a bug")
            await self._post(SessionLost(Trouble(BUG, "bug")))
        finally:
            self.parts.books.camera_light.let_go("still")

    async def _live(self) -> None:
        plan = self.line.begin(_now_s())
        self._trouble = plan.told if isinstance(plan, Stop) else ""
        while isinstance(plan, Dial):
            await asyncio.sleep(plan.after_s)
            plan = await self._connect(plan)
        if plan.verdict.kind in UNREACHED:
            self.parts.lookout.begin()
        await self._post(SessionLost(self._lost(plan)))

    async def _connect(self, plan: Dial) -> Plan:
        """Open a session and live in it to its end; return what comes next."""
        self.parts.books.trace.emit("session_opening")
        try:
            session = await self._dial(plan.limit_s)
        except (LiveError, CredentialError) as error:
            return await self._end(error)
        self._session = session
        try:
            cause = await self._live_in(session)
        finally:
            await self._close(session)
        return await self._end(cause)

    async def _dial(self, limit_s: float | None) -> LiveSession:
        """Open one; nobody is let wait for a server that was not there a moment ago."""
        try:
            async with asyncio.timeout(limit_s):
                line = self.line
                return await self.parts.dialler.dial(line.beginning, line.carried_calls)
        except TimeoutError as error:
            raise ConnectError(STILL_AWAY, is_network=True) from error

    async def _close(self, session: LiveSession) -> None:
        try:
            await session.close()
        finally:
            self._session = None
            self.parts.uplink.note_left()
        if not self.is_wanted:
            self.parts.books.trace.emit("session_closed", code=LEFT, reason="", next="end")

    async def _live_in(self, session: LiveSession) -> LiveError | Verdict:
        await self._begin()
        exchange = Exchange(session, self.line, self.parts.uplink, self.work, self.parts.books)
        return await exchange.run(self._post)

    async def _begin(self) -> None:
        books = self.parts.books
        opened = self.line.opened(self.parts.uplink.sent_until, _now_s())
        books.trace.emit("session_ready")
        self.parts.lookout.end()
        if opened.is_resumed:
            books.trace.emit("session_resumed", gap_ms=round(opened.gap_s * 1000))
        books.health.recover("session")
        books.health.recover("key")
        if opened.is_first:
            books.meter.conversation_started()
            await self._post(SessionReady())
        else:
            self.parts.uplink.rewind(opened.frame)
        self.work.set()

    async def _end(self, cause: Cause) -> Plan:
        """Say that a connection ended, or did not open, and what comes of it."""
        ended = self._judge(cause)
        code, reason = _close_of(cause)
        books = self.parts.books
        books.trace.emit("session_closed", code=code, reason=reason, next=ended.following)
        if not ended.is_healed_at_once:
            self._trouble = ended.trouble
            part = "key" if isinstance(cause, CredentialError) else "session"
            books.health.degrade(part, ended.trouble)
        if ended.is_turn_cut:
            await self._post(TurnComplete())
        return ended.plan

    def _judge(self, cause: Cause) -> Ended:
        chance = random.random()  # noqa: S311 - spreads delays, keeps no secret
        if isinstance(cause, Verdict):
            return self.line.left(cause, _now_s(), chance)
        return self.line.ended(cause, _now_s(), chance, renew=self.parts.dialler.renew)

    def _lost(self, plan: Stop) -> Trouble | None:
        """Return what the conversation is told of the end; None where it was wanted."""
        if plan.verdict.next == "end":
            return None
        return Trouble(self._trouble, plan.verdict.kind)

    async def _post(self, event: Event) -> None:
        await self.parts.post(event, lambda: self.is_wanted)


def _now_s() -> float:
    return asyncio.get_running_loop().time()


def _close_of(cause: Cause) -> tuple[int, str]:
    """Return the close code and the words that belong to an end."""
    match cause:
        case SessionClosedError():
            return cause.code, cause.reason
        case Verdict():
            return LEFT, cause.spoken
        case _:
            return NO_CLOSE_FRAME, str(cause)
