"""One connection from its upgrade to its close."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

import msgspec
from websockets.exceptions import ConnectionClosed

from myna.simulator import frames, handshake, rules
from myna.simulator.handshake import Endpoint
from myna.simulator.hearing import Hearing
from myna.simulator.messages import ClientContent, ClientMessage, JsonObject, Setup, ToolResponse
from myna.simulator.options import Dialect, Options
from myna.simulator.outbox import NO_CLOSE_FRAME, Outbox
from myna.simulator.performer import Performer
from myna.simulator.positions import Positions
from myna.simulator.refusal import Refusal, invalid_argument, not_setup_first
from myna.simulator.schema import GUIDE, V1ALPHA, V1BETA, Fields
from myna.simulator.state import Closed, Connection
from myna.simulator.validation import read_message

if TYPE_CHECKING:
    from websockets.asyncio.server import ServerConnection

_TABLES: Final[Mapping[str, Mapping[str, Fields]]] = {
    "v1": V1BETA,
    "v1beta": V1BETA,
    "v1alpha": V1ALPHA,
}


class Session:
    """Speaks with one client.

    Args:
        socket: After the upgrade, which found a method in the path.
        dialect: How it has to introduce itself.
        options: Oddities of this server.
        positions: Where sessions are in the script.
        record: Where to write down what happens.
    """

    def __init__(
        self,
        socket: ServerConnection,
        *,
        dialect: Dialect,
        options: Options,
        positions: Positions,
        record: Connection,
    ) -> None:
        self._socket = socket
        assert socket.request is not None  # noqa: S101 - the upgrade is over
        self._request = socket.request
        self._table = GUIDE if dialect == "guide" else _TABLES[self._endpoint.version]
        self._options = options
        self._positions = positions
        self._record = record
        self._outbox = Outbox(socket, record)

    async def run(self) -> None:
        """Serve until either side closes."""
        async with asyncio.TaskGroup() as tasks:
            try:
                await self._serve(tasks)
            except Refusal as refusal:
                await self._outbox.close(refusal.code, refusal.reason, refusal.why)
            except ConnectionClosed:
                pass
        await self._socket.wait_closed()
        self._note_close()

    async def _serve(self, tasks: asyncio.TaskGroup) -> None:
        key = self._check_request()
        setup = await self._take_setup()
        handshake.check_credential(key, self._options.accepted_key)
        await self._be_slow()
        performer = await self._open(setup, tasks)
        try:
            await self._listen(setup, performer)
        finally:
            performer.stop()

    @property
    def _endpoint(self) -> Endpoint:
        endpoint = handshake.parse_path(self._request.path)
        assert endpoint is not None  # noqa: S101 - any other path was answered with 404
        return endpoint

    def _check_request(self) -> str:
        self._record.version = self._endpoint.version
        handshake.check_parameters(self._request.path)
        self._record.credential, key = handshake.find_credential(
            self._endpoint, self._request.path, self._request.headers
        )
        return key

    async def _take_setup(self) -> Setup:
        text = await self._next_frame()
        message = read_message(text, self._table)
        setup = message.first
        if setup is None:
            raise not_setup_first()
        kind, self._record.setup = msgspec.json.decode(text, type=dict[str, JsonObject]).popitem()
        self._record.note("client", kind)
        rules.check_setup(setup)
        return setup

    async def _be_slow(self) -> None:
        """Take the configured time, in which the client has to wait for setupComplete."""
        try:
            async with asyncio.timeout(self._options.setup_delay_s):
                await self._socket.recv()
        except TimeoutError:
            return
        raise invalid_argument("a message came before setupComplete was sent")

    async def _open(self, setup: Setup, tasks: asyncio.TaskGroup) -> Performer:
        resumption = setup.session_resumption
        position = self._positions.find(resumption.handle if resumption else None)
        self._outbox.withheld = _not_asked_for(setup)
        await self._outbox.send(frames.setup_complete())
        if resumption is not None:
            await self._outbox.send(frames.resumption(self._positions.new_handle(position)))
        performer = Performer(position, outbox=self._outbox, record=self._record, tasks=tasks)
        performer.trigger("open")
        return performer

    async def _listen(self, setup: Setup, performer: Performer) -> None:
        hearing = Hearing(
            setup.realtime_input_config,
            threshold=self._options.speech_threshold,
            performer=performer,
            outbox=self._outbox,
            record=self._record,
        )
        while True:
            message = read_message(await self._next_frame(), self._table)
            await self._take(message, hearing, performer)

    async def _take(self, message: ClientMessage, hearing: Hearing, performer: Performer) -> None:
        if message.first is not None:
            raise not_setup_first()
        if message.realtime_input is not None:
            await hearing.take(message.realtime_input)
        elif message.client_content is not None:
            await self._take_content(message.client_content, hearing, performer)
        elif message.tool_response is not None:
            self._take_answers(message.tool_response, performer)
        else:
            raise invalid_argument("a message without a top-level key")

    async def _take_content(
        self, content: ClientContent, hearing: Hearing, performer: Performer
    ) -> None:
        if content.turn_complete:
            await hearing.read(content.text, "clientContent")
        else:
            self._record.note("client", "clientContent")
            await performer.interrupt()

    def _take_answers(self, response: ToolResponse, performer: Performer) -> None:
        rules.check_tool_response(response)
        for answer in response.function_responses:
            performer.answer(answer)
        self._record.note("client", "toolResponse")

    async def _next_frame(self) -> str:
        frame = await self._socket.recv()
        if isinstance(frame, bytes):
            raise Refusal(
                "Invalid JSON payload received. Unexpected token.",
                why="a binary frame: clients send each JSON message as one text frame",
            )
        return frame

    def _note_close(self) -> None:
        if self._record.closed is not None:
            return
        by_server = self._socket.protocol.close_rcvd_then_sent is False
        self._record.closed = Closed(
            self._socket.close_code or NO_CLOSE_FRAME,
            self._socket.close_reason or "",
            "server" if by_server else "client",
        )
        self._record.note(self._record.closed.by, "close")


def _not_asked_for(setup: Setup) -> frozenset[str]:
    """Name what this client is not sent: transcripts unasked, and 2.5 has no voiceActivity."""
    reasons = {
        "inputTranscription": setup.input_audio_transcription is None,
        "outputTranscription": setup.output_audio_transcription is None,
        "voiceActivity": "2.5" in setup.model,
    }
    return frozenset(kind for kind, is_withheld in reasons.items() if is_withheld)
