"""A Live session over a real WebSocket: a thin shell that decides nothing.

The rules are `protocol.py`'s, the meaning of an end is `closes.py`'s; here are the
socket, its timeouts, and the translation of everything that it can raise. No URL
with a query and no header ever reaches a log or an error.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final, ParamSpec, TypeVar

from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from myna.config import LiveSettings
from myna.errors import ConnectError, RemoteProtocolError, SessionClosedError
from myna.live.beginning import Beginning
from myna.live.credentials import Credential
from myna.live.endpoint import Address, address_for
from myna.live.events import LiveEvent
from myna.live.messages import FunctionDeclaration, Scheduling
from myna.live.protocol import LiveProtocol, State
from myna.live.setup import opening_for
from myna.live.takeover import take_over
from myna.live.websocket import CLOSE_TIMEOUT_S, break_off, dial, left

PROTOCOL_ERROR: Final = 1002
NO_CLOSE_FRAME: Final = 1006
P = ParamSpec("P")
T = TypeVar("T")

_FRESH: Final = Beginning()
_NO_CALLS: Final[Mapping[str, str]] = MappingProxyType({})


async def open_socket(
    settings: LiveSettings, credential: Credential, deadline_s: float
) -> ClientConnection:
    """Connect, and say nothing: there is no session yet.

    Args:
        settings: `[live]`.
        credential: The key, which is in the request.
        deadline_s: When to give up, on the event loop's clock.

    Raises:
        ConnectError: The server was not reached, refused, or did not answer in time.
    """
    return await dial(address_for(settings, credential), deadline_s)


async def open_session(  # noqa: PLR0913 - all that makes one session
    settings: LiveSettings,
    credential: Credential,
    declarations: Sequence[FunctionDeclaration],
    *,
    has_camera: bool = False,
    beginning: Beginning = _FRESH,
    carried_calls: Mapping[str, str] = _NO_CALLS,
    spare: ClientConnection | None = None,
) -> LiveSession:
    """Connect, introduce ourselves, wait until the server is ready, say what was before.

    Args:
        settings: `[live]`; `open_timeout_s` bounds all of it together.
        credential: The key or token.
        declarations: The tools that the model may call.
        has_camera: Whether stills will be sent.
        beginning: What came before this session.
        carried_calls: Ids and names of calls that still want an answer, when
            `beginning` resumes their session.
        spare: From `open_socket`, with these settings and this credential; used if it is
            still alive, and closed if not.

    Raises:
        ConnectError: The server was not reached, refused, or did not answer in time.
        SessionClosedError: The server closed before it was ready; its reason says why.
        RemoteProtocolError: What answered is not a Live server.
    """
    address = address_for(settings, credential)
    opening = opening_for(settings, declarations, has_camera=has_camera, beginning=beginning)
    deadline_s = asyncio.get_running_loop().time() + settings.open_timeout_s

    def session_on(socket: ClientConnection) -> LiveSession:
        return LiveSession(socket, LiveProtocol(opening, carried_calls=carried_calls))

    if spare is not None:
        session = session_on(spare)
        if await _introduce(session, take_over(spare, session.open()), deadline_s, address):
            return session
    session = session_on(await dial(address, deadline_s))
    await _introduce(session, session.open(), deadline_s, address)
    return session


async def _introduce(
    session: LiveSession,
    opening: Coroutine[Any, Any, T],
    deadline_s: float,
    address: Address,
) -> T:
    """Open the session within the time that is left; leave no socket behind if it fails."""
    is_open = False
    try:
        async with asyncio.timeout_at(deadline_s):
            came = await opening
        is_open = True
    except TimeoutError as error:
        problem = f"{address.printable} did not answer the setup in time: is it a Live server?"
        raise ConnectError(problem, is_network=False) from error
    finally:
        if not is_open:
            await session.close()
    return came


class LiveSession:
    """One open session; any task may send or close, one receives."""

    def __init__(self, socket: ClientConnection, protocol: LiveProtocol) -> None:
        self._socket = socket
        self._protocol = protocol
        self._unread: list[LiveEvent] = []
        self._broken = ""

    @property
    def pending_calls(self) -> Mapping[str, str]:
        """Ids and names of the calls that still want an answer."""
        return self._protocol.pending_calls

    def is_on(self, socket: ClientConnection) -> bool:
        """Whether this is its connection."""
        return self._socket is socket

    async def open(self) -> None:
        """Send the opening message, wait for `setupComplete`, and send what follows it.

        Raises:
            SessionClosedError, RemoteProtocolError: As for `events`.
        """
        await self._send(self._protocol.opening_message)
        while self._protocol.state is not State.OPEN:
            self._unread += await self._receive()
        for message in self._protocol.follow_ups():
            await self._transmit(message)

    async def send_audio(self, pcm: bytes) -> None:
        """Send a chunk of the microphone: 16 kHz mono 16-bit, 20 to 100 ms of it.

        Like every `send`, it waits while the uplink is slower than the speech.

        Raises:
            SessionClosedError: The session has ended.
            LocalProtocolError: `pcm` ends in half a sample.
        """
        await self._send(self._protocol.audio, pcm)

    async def send_audio_end(self) -> None:
        """Say that the microphone pauses, so that the server waits for no more.

        Raises:
            SessionClosedError: The session has ended.
        """
        await self._send(self._protocol.audio_end)

    async def send_text(self, text: str) -> None:
        """Send typed words, which the model answers like spoken ones.

        Raises:
            SessionClosedError: The session has ended.
            LocalProtocolError: `text` is not Unicode.
        """
        await self._send(self._protocol.text, text)

    async def send_still(self, jpeg: bytes) -> None:
        """Send one camera image; the server takes at most one per second.

        Raises:
            SessionClosedError: The session has ended.
        """
        await self._send(self._protocol.still, jpeg)

    async def send_stop(self) -> None:
        """Tell the model to stop talking; not every model takes it (`takes_content`).

        Raises:
            SessionClosedError: The session has ended.
        """
        await self._send(self._protocol.stop_talking)

    async def answer_tool(
        self,
        call_id: str,
        name: str,
        response: Mapping[str, object],
        *,
        scheduling: Scheduling | None = None,
        jpeg: bytes | None = None,
    ) -> None:
        """Answer a call of the model.

        Args:
            call_id: As it stood in the `ToolCall`.
            name: As it stood in the `ToolCall`.
            response: What the model is told.
            scheduling: When it is to be spoken of; not every model takes it.
            jpeg: A picture that belongs to it; not every model sees it.

        Raises:
            SessionClosedError: The session has ended.
            LocalProtocolError: The call is not in `pending_calls` (unknown, cancelled or
                answered), or `response` is not JSON.
        """
        await self._send(
            self._protocol.tool_answer, call_id, name, response, scheduling=scheduling, jpeg=jpeg
        )

    async def events(self) -> AsyncIterator[LiveEvent]:
        """Yield what the server tells, in order, `SessionReady` first.

        It never ends by itself; the end of the session is an error that says why.

        Raises:
            SessionClosedError: The session has ended, by whomever.
            RemoteProtocolError: The server broke the protocol; the session is closed.
        """
        while True:
            while self._unread:
                yield self._unread.pop(0)
            self._unread = await self._receive()

    async def close(self) -> None:
        """Say goodbye and close the socket, for `CLOSE_TIMEOUT_S` at most; idempotent.

        A `send` that waits for a dead link ends with SessionClosedError.
        """
        await self._close(1000)

    def abort(self) -> None:
        """Drop the connection now: what waits to be sent is thrown away, by the kernel too."""
        break_off(self._socket)

    async def _send(self, compose: Callable[P, str], *args: P.args, **kwargs: P.kwargs) -> None:
        # A session that the peer has broken is no bug of the sender's.
        if self._protocol.state is State.BROKEN:
            raise RemoteProtocolError(self._broken)
        await self._transmit(compose(*args, **kwargs))

    async def _transmit(self, message: str) -> None:
        try:
            await self._socket.send(message)
            await left(self._socket)
        except ConnectionClosed as error:
            if self._broken:
                raise RemoteProtocolError(self._broken) from error
            raise _closed(error) from error

    async def _receive(self) -> list[LiveEvent]:
        try:
            frame = await self._socket.recv(decode=False)
        except ConnectionClosed as error:
            raise _closed(error) from error
        try:
            return self._protocol.receive(frame)
        except RemoteProtocolError as error:
            self._broken = str(error)
            await self._close(PROTOCOL_ERROR)
            raise

    async def _close(self, code: int) -> None:
        try:
            async with asyncio.timeout(CLOSE_TIMEOUT_S):
                await self._socket.close(code)
        except TimeoutError:
            # The peer reads nothing any more, not even our goodbye.
            self.abort()
            await self._socket.wait_closed()


def _closed(error: ConnectionClosed) -> SessionClosedError:
    """Tell who closed, and with which words.

    A frame that was only sent is our own verdict on the connection: a missing pong
    (1011) or a message beyond the limit (1009).
    """
    if error.rcvd is not None and error.rcvd_then_sent is not False:
        return SessionClosedError(error.rcvd.code, error.rcvd.reason, by_peer=True)
    if error.sent is not None:
        return SessionClosedError(error.sent.code, error.sent.reason, by_peer=False)
    return SessionClosedError(NO_CLOSE_FRAME, "", by_peer=True)
