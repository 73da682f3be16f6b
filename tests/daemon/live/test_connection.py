from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any, Literal

import pytest

from myna.config import LiveSettings
from myna.errors import LocalProtocolError, RemoteProtocolError, SessionClosedError
from myna.live.beginning import Beginning, SpokenTurn
from myna.live.connection import LiveSession, open_session
from myna.live.credentials import Credential
from myna.live.events import (
    LiveEvent,
    ReplyAudio,
    ResumptionHandle,
    SessionReady,
    ToolCall,
    TurnComplete,
)
from myna.live.messages import FunctionDeclaration
from support.live_server import LiveServer, Peer, Script, accept_and_stay, live_server

KEY = Credential("test-key", "a test")
CLOCK = FunctionDeclaration("get_time", "What time it is.", {"type": "object"})
AUDIO = {"inlineData": {"mimeType": "audio/pcm;rate=24000", "data": "AQIDBA=="}}


@contextlib.asynccontextmanager
async def session_with(
    script: Script = accept_and_stay, key_in: Literal["header", "query"] = "header"
) -> AsyncIterator[tuple[LiveSession, LiveServer]]:
    async with live_server(script) as server, asyncio.timeout(10):
        settings = LiveSettings(endpoint=server.endpoint, key_in=key_in)
        session = await open_session(settings, KEY, [CLOCK])
        try:
            yield session, server
        finally:
            await session.close()


async def told(session: LiveSession) -> tuple[list[LiveEvent], SessionClosedError]:
    """Everything that a session tells until it ends, and how it ends."""
    events: list[LiveEvent] = []
    try:
        async for event in session.events():
            events.append(event)  # noqa: PERF401 - a comprehension would lose them
    except SessionClosedError as end:
        return events, end
    raise AssertionError("events() must end with an error")


async def test_a_session_introduces_itself() -> None:
    openings: list[dict[str, Any]] = []

    async def script(peer: Peer) -> None:
        openings.append(await peer.accept())
        await peer.stay()

    async with session_with(script) as (_, server):
        (request,) = server.requests

    assert request.path == (
        "/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent"
    )
    assert request.headers["x-goog-api-key"] == "test-key"
    assert "Sec-WebSocket-Extensions" not in request.headers
    assert openings[0]["setup"]["tools"][0]["functionDeclarations"][0]["name"] == "get_time"


async def test_a_key_goes_into_the_query_when_configured() -> None:
    async with session_with(key_in="query") as (_, server):
        (request,) = server.requests

    assert request.path.endswith(".BidiGenerateContent?key=test-key")
    assert "x-goog-api-key" not in request.headers


async def test_everything_sent_arrives_in_order() -> None:
    heard: list[dict[str, Any]] = []

    async def script(peer: Peer) -> None:
        await peer.accept(toolCall={"functionCalls": [{"id": "call_1", "name": "get_time"}]})
        heard.extend([await peer.receive() for _ in range(6)])

    async with session_with(script) as (session, _):
        await session.send_audio(b"\1\2")
        await session.send_audio_end()
        await session.send_text("hello")
        await session.send_still(b"\xff\xd8")
        assert "call_1" in session.pending_calls
        await session.answer_tool(
            "call_1", "get_time", {"output": "noon"}, scheduling="WHEN_IDLE", jpeg=b"\xff\xd8"
        )
        await session.send_stop()
        await told(session)

    assert heard == [
        {"realtimeInput": {"audio": {"mimeType": "audio/pcm;rate=16000", "data": "AQI="}}},
        {"realtimeInput": {"audioStreamEnd": True}},
        {"realtimeInput": {"text": "hello"}},
        {"realtimeInput": {"video": {"mimeType": "image/jpeg", "data": "/9g="}}},
        {
            "toolResponse": {
                "functionResponses": [
                    {
                        "id": "call_1",
                        "name": "get_time",
                        "response": {"output": "noon"},
                        "scheduling": "WHEN_IDLE",
                        "parts": [{"inlineData": {"mimeType": "image/jpeg", "data": "/9g="}}],
                    }
                ]
            }
        },
        {"clientContent": {"turnComplete": False}},
    ]


async def test_a_fresh_session_tells_what_was_said_before_anything_else() -> None:
    heard: list[dict[str, Any]] = []

    async def script(peer: Peer) -> None:
        heard.append(await peer.receive())
        await peer.send({"setupComplete": {}})
        heard.extend([await peer.receive() for _ in range(2)])
        await peer.stay()

    async with live_server(script) as server, asyncio.timeout(10):
        settings = LiveSettings(endpoint=server.endpoint)
        beginning = Beginning(history=(SpokenTurn("user", "I am Ada."),))
        session = await open_session(settings, KEY, [], beginning=beginning)
        await session.send_text("Who am I?")
        await session.close()

    assert heard[0]["setup"]["historyConfig"] == {"initialHistoryInClientContent": True}
    assert heard[1:] == [
        {
            "clientContent": {
                "turns": [{"role": "user", "parts": [{"text": "I am Ada."}]}],
                "turnComplete": True,
            }
        },
        {"realtimeInput": {"text": "Who am I?"}},
    ]


async def test_a_resumed_session_names_its_handle_and_answers_an_old_call() -> None:
    heard: list[dict[str, Any]] = []

    async def script(peer: Peer) -> None:
        heard.append(await peer.accept())
        heard.append(await peer.receive())
        await peer.stay()

    async with live_server(script) as server, asyncio.timeout(10):
        session = await open_session(
            LiveSettings(endpoint=server.endpoint),
            KEY,
            [CLOCK],
            beginning=Beginning(handle="h-1"),
            carried_calls={"call_1": "get_time"},
        )
        await session.answer_tool("call_1", "get_time", {"output": "noon"})
        assert "call_1" not in session.pending_calls
        await session.close()

    assert heard[0]["setup"]["sessionResumption"] == {"handle": "h-1"}
    (answer,) = heard[1]["toolResponse"]["functionResponses"]
    assert answer == {"id": "call_1", "name": "get_time", "response": {"output": "noon"}}


async def test_everything_told_arrives_in_order_even_when_a_close_follows_at_once() -> None:
    async def script(peer: Peer) -> None:
        await peer.accept(sessionResumptionUpdate={"newHandle": "h", "resumable": True})
        await peer.send({"serverContent": {"modelTurn": {"parts": [AUDIO]}}})
        await peer.socket.send('{"serverContent":{"turnComplete":true}}')  # a text frame
        await peer.send({"toolCall": {"functionCalls": [{"id": "1", "name": "get_time"}]}})
        await peer.socket.close(1011, "Internal error encountered.")

    async with session_with(script) as (session, _):
        events, end = await told(session)

    assert events == [
        SessionReady(),
        ResumptionHandle("h"),
        ReplyAudio(b"\1\2\3\4"),
        TurnComplete(),
        ToolCall("1", "get_time", {}),
    ]
    assert (end.code, end.reason, end.by_peer) == (1011, "Internal error encountered.", True)


async def test_no_event_is_lost_when_the_listener_pauses() -> None:
    async def script(peer: Peer) -> None:
        await peer.accept(serverContent={"turnComplete": True})

    async with session_with(script) as (session, _):
        first = await anext(session.events())
        rest, _ = await told(session)

    assert [first, *rest] == [SessionReady(), TurnComplete()]


async def test_sending_says_how_the_session_ended() -> None:
    async def script(peer: Peer) -> None:
        await peer.accept()
        await peer.socket.close(1008, "The operation was aborted.")

    async with session_with(script) as (session, _):
        await told(session)
        with pytest.raises(SessionClosedError) as caught:
            await session.send_audio(b"\0\0")

    assert (caught.value.code, caught.value.reason) == (1008, "The operation was aborted.")


async def test_a_lost_connection_is_1006() -> None:
    async def script(peer: Peer) -> None:
        await peer.accept()
        peer.socket.transport.abort()

    async with session_with(script) as (session, _):
        _, end = await told(session)

    assert (end.code, end.reason, end.by_peer) == (1006, "", True)


async def test_closing_says_goodbye_once() -> None:
    async with session_with() as (session, server):
        await session.close()
        await session.close()
        events, end = await told(session)

    assert events == [SessionReady()]
    assert (end.code, end.by_peer) == (1000, False)
    assert server.closes == [(1000, "")]


async def test_closing_is_bounded_when_the_server_does_not_answer() -> None:
    async def script(peer: Peer) -> None:
        await peer.accept()
        peer.socket.transport.pause_reading()
        await peer.stay()

    async with session_with(script) as (session, _), asyncio.timeout(3):
        await session.close()
        _, end = await told(session)

    assert end.by_peer is False


async def send_stills_forever(session: LiveSession) -> None:
    while True:
        await session.send_still(bytes(1_000_000))


async def test_closing_is_bounded_when_the_uplink_is_full() -> None:
    async def script(peer: Peer) -> None:
        await peer.accept()
        peer.socket.transport.pause_reading()
        await peer.stay()

    async with session_with(script) as (session, _):
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(send_stills_forever(session), 0.5)
        async with asyncio.timeout(3):
            await session.close()
            _, end = await told(session)

    assert end.by_peer is False


async def speak_forever(session: LiveSession) -> None:
    while True:
        await session.send_audio(bytes(3_200))


async def test_closing_ends_a_send_that_waits_for_a_dead_link() -> None:
    async def script(peer: Peer) -> None:
        await peer.accept()
        peer.socket.transport.pause_reading()
        await peer.stay()

    async with session_with(script) as (session, _):
        speech = asyncio.create_task(speak_forever(session))
        await still_blocked(session, speech)
        async with asyncio.timeout(3):
            await session.close()
            with pytest.raises(SessionClosedError) as caught:
                await speech

    assert caught.value.by_peer is False


async def still_blocked(session: LiveSession, speech: asyncio.Task[None]) -> None:
    """Wait until nobody takes any more of the speech: a second sender has to wait too."""
    async with asyncio.timeout(8):
        while True:
            second = asyncio.create_task(session.send_audio(bytes(3_200)))
            _, waiting = await asyncio.wait({second}, timeout=0.3)
            if waiting:
                second.cancel()
                break
            await second
    assert not speech.done()


async def test_a_server_that_breaks_the_protocol_is_told_so() -> None:
    async def script(peer: Peer) -> None:
        await peer.accept()
        await peer.socket.send(b"<html>")
        await peer.stay()

    async with session_with(script) as (session, server):
        with pytest.raises(RemoteProtocolError, match="not a message of the Live API"):
            async for _ in session.events():
                pass
        with pytest.raises(RemoteProtocolError, match="not a message of the Live API"):
            await session.send_audio(b"\0\0")

    assert server.closes == [(1002, "")]


async def test_a_message_beyond_the_limit_ends_the_session() -> None:
    async def script(peer: Peer) -> None:
        await peer.accept()
        await peer.socket.send(b"{}" + b" " * 2**20)
        await peer.stay()

    async with session_with(script) as (session, _):
        _, end = await told(session)

    assert (end.code, end.by_peer) == (1009, False)


async def test_a_bug_of_ours_does_not_reach_the_wire() -> None:
    async with session_with() as (session, server):
        with pytest.raises(LocalProtocolError):
            await session.answer_tool("call_1", "get_time", {})
        with pytest.raises(LocalProtocolError):
            await session.send_audio(b"\0")

    assert server.closes == [(1000, "")]
