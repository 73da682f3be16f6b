"""Whether the server is there, asked over real sockets and without a key."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from myna.config import LiveSettings
from myna.live.reach import can_reach
from support.live_server import live_server, tcp_server
from support.tls import self_signed


async def test_server_that_takes_the_request_or_refuses_it_is_there() -> None:
    async with live_server() as server:
        assert await can_reach(LiveSettings(endpoint=server.endpoint))
        (request,) = server.requests
        assert "x-goog-api-key" not in request.headers
        assert request.path == "/"


@pytest.mark.parametrize(
    ("status", "is_there"), [("403 Forbidden", True), ("200 OK", False), ("302 Found", False)]
)
async def test_answer_tells_a_server_from_a_sign_in_page(status: str, is_there: bool) -> None:
    answer = f"HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n".encode()
    async with tcp_server(answer) as place:
        assert await can_reach(LiveSettings(endpoint=f"ws://{place}")) is is_there


async def test_nobody_and_a_strange_certificate_are_not_the_server(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    assert not await can_reach(LiveSettings(endpoint=f"ws://127.0.0.1:{port}"))
    async with live_server(tls=self_signed(tmp_path)) as server:
        assert not await can_reach(LiveSettings(endpoint=server.endpoint))
