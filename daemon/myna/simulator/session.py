"""One connection from its upgrade to its close."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping
from typing import Final

import msgspec
from websockets.exceptions import ConnectionClosed

from myna.simulator import frames, handshake, models, rules
from myna.simulator.conversing import Conversing
from myna.simulator.endings import ENDINGS
from myna.simulator.handshake import Endpoint
from myna.simulator.link import Link
from myna.simulator.memory import Memories, Memory
from myna.simulator.messages import JsonObject, Setup
from myna.simulator.options import Dialect, Options
from myna.simulator.outbox import NO_CLOSE_FRAME, Outbox
from myna.simulator.performer import Performer
from myna.simulator.refusal import Refusal, invalid_argument, not_setup_first, refusal
from myna.simulator.schema import GUIDE, V1ALPHA, V1BETA, Fields
from myna.simulator.stage import Stage
from myna.simulator.state import Closed, Connection
from myna.simulator.validation import read_message

_TABLES: Final[Mapping[str, Mapping[str, Fields]]] = {
    "v1": V1BETA,
    "v1beta": V1BETA,
    "v1alpha": V1ALPHA,
}


class Session:
    """Speaks with one client.

    Args:
        link: After the upgrade, which found a method in the path.
        dialect: How it has to introduce itself.
        options: Oddities of this server.
        memories: What is known of all sessions.
        record: Where to write down what happens.
    """

    def __init__(
        self,
        link: Link,
        *,
        dialect: Dialect,
        options: Options,
        memories: Memories,
        record: Connection,
    ) -> None:
        self._link = link
        assert link.request is not None  # noqa: S101 - the upgrade is over
        self._request = link.request
        self._table = GUIDE if dialect == "guide" else _TABLES[self._endpoint.version]
        self._options = options
        self._memories = memories
        self._record = record
        self._outbox = Outbox(link, record, options)
        self._memory: Memory | None = None
        link.on_ping = self._on_ping

    async def run(self) -> None:
        """Serve until either side closes."""
        async with asyncio.TaskGroup() as tasks:
            try:
                await self._serve(tasks)
            except Refusal as refused:
                await self._outbox.close(refused.code, refused.reason, refused.why)
            except ConnectionClosed:
                pass
        await self._link.wait_closed()
        self._note_close()
        if self._memory is not None:
            self._memory.end(self._record, _now_s(), is_lost=self._is_lost)

    async def _serve(self, tasks: asyncio.TaskGroup) -> None:
        key = self._check_request()
        setup = await self._take_setup()
        self._check_setup(setup, key)
        await self._be_slow()
        self._memory = memory = self._find_memory(setup, key)
        memory.begin(self._record)
        leaving = tasks.create_task(self._announce_the_end())
        try:
            await self._converse(setup, memory, tasks)
        finally:
            leaving.cancel()

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
        self._record.instruction = setup.system_instruction.text
        rules.check_setup(setup)
        return setup

    def _check_setup(self, setup: Setup, key: str) -> None:
        handshake.check_credential(key, self._options.accepted_key)
        if self._options.ends_opening is not None:
            raise refusal(self._options.ends_opening)
        models.check_model(setup.model, self._endpoint.version, self._options.known_models)
        models.check_for_model(setup)

    async def _be_slow(self) -> None:
        """Take the configured time, in which the client has to wait for setupComplete."""
        try:
            async with asyncio.timeout(self._options.setup_delay_s):
                await self._link.recv()
        except TimeoutError:
            return
        raise invalid_argument("a message came before setupComplete was sent")

    def _find_memory(self, setup: Setup, key: str) -> Memory:
        resumption = setup.session_resumption
        if resumption is None or not resumption.handle:
            token = key if self._endpoint.takes_token else ""
            return self._memories.start(setup.model, token, self._options.token_uses)
        self._record.resumed_handle = resumption.handle
        return self._memories.resume(resumption.handle, setup.model, _now_s(), self._options)

    async def _converse(self, setup: Setup, memory: Memory, tasks: asyncio.TaskGroup) -> None:
        self._outbox.withheld = _not_asked_for(setup)
        await self._outbox.send(frames.setup_complete())
        if setup.session_resumption is not None:
            await self._outbox.send(frames.resumption(self._memories.new_handle(memory)))
        stage = Stage(self._outbox, self._record, memory, self._options)
        performer = Performer(stage, tasks)
        memory.leave = performer.leave
        performer.resume()
        performer.trigger("open")
        conversing = Conversing(setup, stage, performer)
        try:
            while True:
                await conversing.take(read_message(await self._next_frame(), self._table))
        finally:
            performer.leave()

    async def _announce_the_end(self) -> None:
        """End a connection that has lived long enough, after a warning."""
        if not self._options.go_away_after_s:
            return
        ending = ENDINGS["go_away_ignored"]
        with contextlib.suppress(ConnectionClosed):
            await asyncio.sleep(self._options.go_away_after_s)
            await self._outbox.send(frames.go_away(self._options.time_left_s))
            await asyncio.sleep(self._options.time_left_s)
            await self._outbox.close(ending.code, ending.reason)

    async def _next_frame(self) -> str:
        if self._link.is_frozen:
            await self._link.wait_closed()
        frame = await self._link.recv()
        if isinstance(frame, bytes):
            raise Refusal(
                "Invalid JSON payload received. Unexpected token.",
                why="a binary frame: clients send each JSON message as one text frame",
            )
        return frame

    @property
    def _is_lost(self) -> bool:
        protocol = self._link.protocol
        return protocol.close_rcvd is None and protocol.close_sent is None

    def _on_ping(self) -> None:
        self._record.pings += 1
        self._record.note("client", "ping")

    def _note_close(self) -> None:
        if self._record.closed is not None:
            return
        by_server = self._link.protocol.close_rcvd_then_sent is False
        self._record.closed = Closed(
            self._link.close_code or NO_CLOSE_FRAME,
            self._link.close_reason or "",
            "server" if by_server else "client",
        )
        self._record.note(self._record.closed.by, "close")


def _not_asked_for(setup: Setup) -> frozenset[str]:
    """Name what this client is not sent: transcripts unasked, and 2.5 has no voiceActivity."""
    reasons = {
        "inputTranscription": setup.input_audio_transcription is None,
        "outputTranscription": setup.output_audio_transcription is None,
        "voiceActivity": not models.find_model(setup.model).sends_voice_activity,
    }
    return frozenset(kind for kind, is_withheld in reasons.items() if is_withheld)


def _now_s() -> float:
    return asyncio.get_running_loop().time()
