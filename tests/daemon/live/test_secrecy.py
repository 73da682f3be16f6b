"""The key is nowhere: not in a log at any level, not in an error, not in its causes."""

from __future__ import annotations

import logging
import traceback
from typing import Literal

import pytest

from myna.config import LiveSettings
from myna.errors import LiveError
from myna.live.connection import open_session
from myna.live.credentials import Credential
from support.live_server import Peer, Script, accept_and_stay, live_server, tcp_server

CANARY = "CANARY-7c1e"
CREDENTIALS = (
    Credential(f"AIza-{CANARY}", "a test"),
    Credential(f"auth_tokens/{CANARY}", "a test"),
)
KEY_IN: tuple[Literal["header", "query"], ...] = ("header", "query")


async def close_at_once(peer: Peer) -> None:
    await peer.receive()
    await peer.socket.close(1007, "API key not valid.")


async def talk_garbage(peer: Peer) -> None:
    await peer.socket.send(b"\xff")
    await peer.stay()


async def vanish(peer: Peer) -> None:
    peer.socket.transport.abort()


async def everything_told(endpoint: str, credential: Credential, key_in: str) -> str:
    """Open a session, use it and close it; return what a traceback would print."""
    settings = LiveSettings(
        endpoint=endpoint, key_in="query" if key_in == "query" else "header", open_timeout_s=0.5
    )
    try:
        session = await open_session(settings, credential, [])
        await session.send_audio(b"\0\0")
        await session.close()
        async for _ in session.events():
            pass
    except LiveError as error:
        return f"{error!r}{''.join(traceback.format_exception(error))}"
    return ""


@pytest.mark.parametrize("script", [accept_and_stay, close_at_once, talk_garbage, vanish])
@pytest.mark.parametrize("credential", CREDENTIALS, ids=["key", "token"])
@pytest.mark.parametrize("key_in", KEY_IN)
async def test_a_session_never_tells_the_key(
    caplog: pytest.LogCaptureFixture, script: Script, credential: Credential, key_in: str
) -> None:
    caplog.set_level(logging.DEBUG)
    # The server in this process logs what it receives; only our own side is judged.
    logging.getLogger("websockets.server").setLevel(logging.CRITICAL)
    async with live_server(script) as server:
        told = await everything_told(server.endpoint, credential, key_in)

    assert told != ""
    assert CANARY in f"{server.requests}"
    assert CANARY not in told
    assert CANARY not in caplog.text


@pytest.mark.parametrize("refusal", [404, 302])
@pytest.mark.parametrize("key_in", KEY_IN)
async def test_a_refusal_never_tells_the_key(
    caplog: pytest.LogCaptureFixture, refusal: int, key_in: str
) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("websockets.server").setLevel(logging.CRITICAL)
    async with live_server(refusal=(refusal, {"Location": "http://["})) as server:
        told = await everything_told(server.endpoint, CREDENTIALS[0], key_in)

    assert told != ""
    assert CANARY not in told
    assert CANARY not in caplog.text


@pytest.mark.parametrize("scheme", ["ws", "wss"])
@pytest.mark.parametrize("key_in", KEY_IN)
async def test_a_failure_to_connect_never_tells_the_key(
    caplog: pytest.LogCaptureFixture, scheme: str, key_in: str
) -> None:
    caplog.set_level(logging.DEBUG)
    async with tcp_server(b"\r\n") as place:
        told = await everything_told(f"{scheme}://{place}", CREDENTIALS[0], key_in)

    assert told != ""
    assert CANARY not in told
    assert CANARY not in caplog.text
