"""Figures of a running daemon, as Prometheus would fetch them."""

from __future__ import annotations

import asyncio
import socket
import stat
from pathlib import Path

import pytest

from myna.metrics import server
from myna.metrics.settings import MetricsSettings
from myna.simulator.script import Speech, ToolCall
from myna.simulator.sounds import tone
from support.prometheus import parse
from support.scene import Scene, scene, turn
from support.speech import recorded

SHORT = Speech(tone(440, 0.3))
GET = b"GET /metrics HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
        return port


def is_there(path: Path) -> bool:
    """Whether the daemon listens already."""
    return path.is_socket()


async def fetch(where: int | Path, request: bytes = GET) -> tuple[str, str]:
    """Return the head and the body of the answer."""
    if isinstance(where, Path):
        async with asyncio.timeout(5):
            while not is_there(where):  # noqa: ASYNC110 - a file has no event
                await asyncio.sleep(0.01)
        reader, writer = await asyncio.open_unix_connection(where)
    else:
        reader, writer = await asyncio.open_connection("127.0.0.1", where)
    writer.write(request)
    answer = (await asyncio.wait_for(reader.read(), 10)).decode()
    writer.close()
    head, _, body = answer.partition("\r\n\r\n")
    return head, body


def listening(on: Scene) -> list[str]:
    """Return the TCP ports on which this process listens, but for that of the test's server."""
    inodes = {link.readlink().name for link in Path("/proc/self/fd").iterdir() if link.is_symlink()}
    ports = []
    for table in ("tcp", "tcp6"):
        for line in Path("/proc/net", table).read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A" and f"socket:[{fields[9]}]" in inodes:
                ports.append(fields[1])
    own = int(on.server.url.rpartition(":")[2])
    return [port for port in ports if int(port.partition(":")[2], 16) != own]


async def test_conversation_is_counted_and_told_on_a_socket_and_a_port(tmp_path: Path) -> None:
    path, port = tmp_path / "metrics.sock", free_port()
    settings = MetricsSettings(socket=path, port=port)
    call = ToolCall("set_output", {"name": "lamp", "on": True})
    async with scene(tmp_path, turn(call, SHORT), metrics=settings) as on:
        on.microphone.say(recorded("wake_lamp"))
        await on.log.wait("turn_complete")
        await on.log.wait_state("listening", times=2)
        head, body = await fetch(path)
        assert head.startswith("HTTP/1.1 200 OK")
        assert "text/plain; version=0.0.4" in head
        assert f"Content-Length: {len(body.encode())}" in head
        figures = parse(body)
        assert figures["myna_wakes_total", ()] == 1
        assert figures["myna_conversations_total", ()] == 1
        assert figures["myna_replies_total", ()] == 1
        assert figures["myna_tool_calls_total", (("outcome", "done"),)] == 1
        assert figures["myna_state", (("state", "listening"),)] == 1
        assert figures["myna_today_minutes", ()] > 0
        assert parse((await fetch(port))[1]).keys() == figures.keys()
        assert listening(on) == [f"0100007F:{port:04X}"], "on this machine alone"
        assert stat.S_IMODE(path.stat().st_mode) == 0o660
    assert not path.exists()


async def test_nothing_listens_by_default(tmp_path: Path) -> None:
    async with scene(tmp_path) as on:
        assert listening(on) == []


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (b"GET / HTTP/1.1\r\n\r\n", "404"),
        (b"POST /metrics HTTP/1.1\r\n\r\n", "405"),
        (b"\x16\x03\x01\r\n\r\n", "405"),
        (b"GET /metrics?x=1 HTTP/1.0\r\n\r\n", "200"),
        (b"GET\r\n\r\n", "405"),
        (b"x" * 20_000, ""),
    ],
)
async def test_strange_requests_are_refused_and_survived(
    tmp_path: Path, request_: bytes, status: str
) -> None:
    path = tmp_path / "metrics.sock"
    async with scene(tmp_path, metrics=MetricsSettings(socket=path)):
        try:
            head, _ = await fetch(path, request_)
        except ConnectionError:
            head = ""
        assert head.partition(" ")[2].startswith(status)
        assert (await fetch(path))[0].startswith("HTTP/1.1 200")


async def test_port_that_is_taken_is_told_and_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "RETRY_S", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        async with scene(tmp_path, metrics=MetricsSettings(port=port)) as on:
            degraded = await on.log.wait("degraded")
            assert degraded["what"] == "metrics"
            assert "metrics.port" in degraded["why"]
            taken.close()
            await on.log.wait("recovered")
            assert (await fetch(port))[0].startswith("HTTP/1.1 200")
