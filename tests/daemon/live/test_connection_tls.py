"""A session over TLS, as with the real server; the other tests have none."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from myna.config import LiveSettings
from myna.live.connection import LiveSession, open_session
from myna.live.credentials import Credential
from support.live_server import Peer, Script, live_server
from support.tls import self_signed

KEY = Credential("test-key", "a test")
CHUNK = bytes(1280)
STILL = bytes(300_000)


@asynccontextmanager
async def session_over_tls(
    folder: Path, patch: pytest.MonkeyPatch, script: Script
) -> AsyncIterator[LiveSession]:
    context = self_signed(folder)
    patch.setenv("SSL_CERT_FILE", str(folder / "certificate.pem"))
    async with live_server(script, tls=context) as server:
        session = await open_session(LiveSettings(endpoint=server.endpoint), KEY, [])
        try:
            yield session
        finally:
            await session.close()


async def test_speech_flows_while_the_server_says_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chunks = 0
    have_come = asyncio.Event()

    async def listen(peer: Peer) -> None:
        nonlocal chunks
        await peer.accept()
        async for _ in peer.socket:
            chunks += 1
            if chunks == 50:
                have_come.set()

    async with session_over_tls(tmp_path, monkeypatch, listen) as session, asyncio.timeout(5):
        for _ in range(50):
            await session.send_audio(CHUNK)
        await have_come.wait()


async def could_send(session: LiveSession) -> bool:
    """Say whether the link still takes a picture."""
    try:
        await asyncio.wait_for(session.send_still(STILL), 0.5)
    except TimeoutError:
        return False
    return True


async def test_a_picture_has_left_once_it_is_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def be_deaf(peer: Peer) -> None:
        await peer.accept()
        peer.socket.transport.pause_reading()
        await peer.stay()

    async with session_over_tls(tmp_path, monkeypatch, be_deaf) as session:
        tcp = session._socket.transport._ssl_protocol._transport  # type: ignore[attr-defined]
        while await could_send(session):
            assert tcp.get_write_buffer_size() == 0
