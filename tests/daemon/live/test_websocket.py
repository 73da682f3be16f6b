from __future__ import annotations

import asyncio
import os
import socket
from pathlib import Path

import pytest

from myna.config import LiveSettings
from myna.live.credentials import Credential
from myna.live.endpoint import address_for
from myna.live.websocket import SOCKET_OPTIONS, dial, trust
from support.live_server import Peer, live_server
from support.tls import self_signed


async def stay(peer: Peer) -> None:
    await peer.stay()


async def test_a_socket_is_tuned_to_notice_a_dead_or_slow_link() -> None:
    async with live_server(stay) as server:
        address = address_for(LiveSettings(endpoint=server.endpoint), Credential("k", "a test"))
        connection = await dial(address, asyncio.get_running_loop().time() + 5)
        tcp: socket.socket = connection.transport.get_extra_info("socket")
        found = [
            (level, name, tcp.getsockopt(level, getattr(socket, name)))
            for level, name, _ in SOCKET_OPTIONS
        ]
        await connection.close()

    assert tuple(found) == SOCKET_OPTIONS


async def test_keepalive_waits_for_late_pongs_and_messages_are_bounded() -> None:
    async with live_server(stay) as server:
        address = address_for(LiveSettings(endpoint=server.endpoint), Credential("k", "a test"))
        connection = await dial(address, asyncio.get_running_loop().time() + 5)
        await connection.close()

    assert connection.ping_timeout is not None
    assert connection.ping_timeout >= 60
    assert connection.protocol.max_message_size == 2**20


def test_authorities_are_read_again_only_when_they_have_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    self_signed(tmp_path)
    authorities = tmp_path / "certificate.pem"
    monkeypatch.setenv("SSL_CERT_FILE", str(authorities))
    first = trust()
    assert trust() is first

    os.utime(authorities, ns=(0, 0))
    assert trust() is not first
    assert len(trust().get_ca_certs()) == 1
