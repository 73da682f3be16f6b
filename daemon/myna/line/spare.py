"""A connection that is opened ahead: the WebSocket is there, and nothing was said on it.

An asyncio shell around `ration.py`. Resolving the name, TCP, TLS and the upgrade take
round trips that a conversation need not wait for; a session begins only with `setup`,
which is not sent here, so that nothing is billed and no sound leaves the machine. A
spare that nobody takes is closed. None is ever worth waiting for: what is not good is
dropped, and the session dials for itself.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from typing import Final

from websockets.asyncio.client import ClientConnection
from websockets.protocol import State

from myna.config import LiveSettings
from myna.errors import ConnectError
from myna.line.ration import Ration
from myna.live.connection import open_socket
from myna.live.credential_source import CredentialSource
from myna.live.credentials import Credential
from myna.trace import Trace

HOLD_S: Final = 8.0
"""How long it is kept: from the first sound of a voice to the end of a wake word, and
the wait for what follows it."""

OPENING_S: Final = 5.0
"""How long it may take to open."""

JOIN_S: Final = 1.0
"""How long a session waits for one that is still opening: it has begun earlier."""

log = logging.getLogger(__name__)


@dataclass(slots=True, eq=False)
class _Held:
    """One spare, and the key that is in its request."""

    credential: Credential
    opening: asyncio.Task[ClientConnection]
    expiry: asyncio.TimerHandle | None = None

    @property
    def socket(self) -> ClientConnection | None:
        """The connection, if it has opened."""
        is_good = self.opening.done() and not self.opening.cancelled()
        return self.opening.result() if is_good and not self.opening.exception() else None


class Spare:
    """At most one connection that no session uses yet.

    Args:
        settings: `[live]`.
        source: Where keys come from.
        trace: Where the spare's life is noted.
    """

    def __init__(self, settings: LiveSettings, source: CredentialSource, trace: Trace) -> None:
        self._settings = settings
        self._source = source
        self._trace = trace
        self._ration = Ration()
        self._held: _Held | None = None
        self._endings: set[asyncio.Task[None]] = set()

    def open(self, *, is_called: bool) -> None:
        """Begin to open one, if there is none and it is not too often.

        Args:
            is_called: By a wake word; else by a voice.
        """
        now_s = _now_s()
        if self._held is not None or not self._ration.allows(now_s, is_called=is_called):
            return
        credential = self._source.reusable()
        if credential is None:
            return
        self._ration.note_opening(now_s)
        dialled = open_socket(self._settings, credential, now_s + OPENING_S)
        held = self._held = _Held(credential, asyncio.create_task(dialled, name="open ahead"))
        held.opening.add_done_callback(lambda _task: self._opened(held))

    async def take(self, credential: Credential) -> ClientConnection | None:
        """Hand over the spare, open, or None for none that is any good.

        Args:
            credential: Of the session; a spare with another one is of no use to it.
        """
        held = self._held
        if held is None:
            return None
        await asyncio.wait({held.opening}, timeout=JOIN_S)
        if self._held is not held:
            return None
        flaw = _flaw(held, credential)
        if flaw:
            self._drop(held, flaw)
            return None
        self._forget(held)
        return held.socket

    def settle(self, *, is_used: bool) -> None:
        """Note what became of the one that was handed over."""
        if is_used:
            self._trace.emit("connection_ahead_used")
        else:
            self._trace.emit("connection_ahead_dropped", why="dead")

    async def close(self) -> None:
        """Close what is open."""
        if self._held is not None:
            self._drop(self._held, "the end")
        if self._endings:
            await asyncio.wait(self._endings)

    def _opened(self, held: _Held) -> None:
        """It is open, or never will be; one that was dropped meanwhile is no news."""
        if held.opening.cancelled() or self._held is not held:
            return
        error = held.opening.exception()
        if error is None:
            self._trace.emit("connection_opened_ahead")
            held.expiry = asyncio.get_running_loop().call_later(HOLD_S, self._expire, held)
            return
        if not isinstance(error, ConnectError):
            log.error("opening a connection ahead failed by a bug", exc_info=error)
        self._ration.note_failure(_now_s())
        self._drop(held, str(error))

    def _expire(self, held: _Held) -> None:
        self._drop(held, _flaw(held, held.credential) or "not needed")

    def _drop(self, held: _Held, why: str) -> None:
        self._forget(held)
        self._trace.emit("connection_ahead_dropped", why=why)
        held.opening.cancel()
        ending = asyncio.create_task(_end(held), name="close ahead")
        self._endings.add(ending)
        ending.add_done_callback(self._endings.discard)

    def _forget(self, held: _Held) -> None:
        self._held = None
        if held.expiry is not None:
            held.expiry.cancel()


def _flaw(held: _Held, credential: Credential) -> str:
    """Return why a session cannot use it; empty when it can."""
    if held.socket is None:
        return "still opening"
    if held.credential.reveal() != credential.reveal():
        return "the key has changed"
    return "" if held.socket.state is State.OPEN else "closed by the server"


async def _end(held: _Held) -> None:
    """Wait until it is no more being opened, or say goodbye."""
    await asyncio.wait({held.opening})
    if held.socket is not None:
        await held.socket.close()


def _now_s() -> float:
    return asyncio.get_running_loop().time()
