"""The fault proxy: each fault is on the wire what its name says."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from support.fault_link import unacknowledged
from support.fault_proxy import Direction, FaultProxy

MIB = 2**20


@dataclass
class Line:
    """A client and an echoing server, with the proxy between them."""

    proxy: FaultProxy
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def ask(self, question: bytes) -> bytes:
        """Send, and read as much."""
        self.writer.write(question)
        await self.writer.drain()
        return await self.reader.readexactly(len(question))


async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while chunk := await reader.read(65_536):
            writer.write(chunk)
            await writer.drain()
    writer.close()


@contextlib.asynccontextmanager
async def echoing_proxy(uplink_buffer_bytes: int | None = None) -> AsyncIterator[FaultProxy]:
    server = await asyncio.start_server(echo, "127.0.0.1", 0)
    async with server, asyncio.timeout(20):
        host, port = server.sockets[0].getsockname()
        async with FaultProxy(host, port, uplink_buffer_bytes=uplink_buffer_bytes) as proxy:
            yield proxy


@contextlib.asynccontextmanager
async def dialled(proxy: FaultProxy) -> AsyncIterator[Line]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port_of(proxy))
    try:
        yield Line(proxy, reader, writer)
    finally:
        writer.transport.abort()


@contextlib.asynccontextmanager
async def line() -> AsyncIterator[Line]:
    async with echoing_proxy() as proxy, dialled(proxy) as line:
        assert await line.ask(b"hello") == b"hello"
        yield line


def port_of(proxy: FaultProxy) -> int:
    return int(proxy.url.rpartition(":")[2])


async def test_proxy_forwards_both_ways_and_counts() -> None:
    async with line() as on:
        assert await on.ask(bytes(MIB)) == bytes(MIB)
        (connection,) = on.proxy.connections

    size = MIB + len(b"hello")
    assert (connection.bytes_up, connection.bytes_down) == (size, size)
    assert (on.proxy.bytes_up, on.proxy.bytes_down) == (size, size)
    assert connection.ended_s is not None
    assert connection.ended_s > connection.opened_s


async def test_end_of_one_side_reaches_the_other() -> None:
    async with line() as on:
        on.writer.write(b"last words")
        on.writer.write_eof()

        assert await on.reader.read() == b"last words"
        await on.proxy.wait_ended()


async def test_reset_is_a_connection_reset_and_not_an_end() -> None:
    async with line() as on:
        on.proxy.reset()

        with pytest.raises(ConnectionResetError):
            await on.reader.read()
        await on.proxy.wait_ended()


@pytest.mark.parametrize("direction", ["up", "down"])
async def test_reset_comes_at_the_byte_asked_for(direction: Direction) -> None:
    async with line() as on:
        on.proxy.reset(at_byte=1_234, direction=direction)
        on.writer.write(bytes(5_000))

        heard = await until_reset(on.reader)
        await on.proxy.wait_ended()
        (connection,) = on.proxy.connections

    passed = connection.bytes_up if direction == "up" else connection.bytes_down
    assert passed == len(b"hello") + 1_234
    assert heard <= 1_234


async def test_reset_at_a_byte_spares_the_next_connection() -> None:
    async with line() as on:
        on.proxy.reset(at_byte=10)
        with pytest.raises((ConnectionResetError, asyncio.IncompleteReadError)):
            await on.ask(bytes(100))
        async with dialled(on.proxy) as second:
            assert await second.ask(bytes(100)) == bytes(100)
        assert len(on.proxy.connections) == 2


async def test_clean_cut_is_an_end_without_an_error() -> None:
    async with line() as on:
        on.proxy.cut_clean()

        assert await on.reader.read() == b""
        on.writer.write_eof()
        await on.proxy.wait_ended()


async def test_frozen_line_acknowledges_and_says_nothing_until_it_thaws() -> None:
    async with line() as on:
        on.proxy.freeze()
        on.writer.write(b"are you there?")
        await on.writer.drain()

        await acknowledged(on.writer)
        assert (on.proxy.bytes_up, on.proxy.bytes_down) == (5, 5)
        on.proxy.thaw()
        assert await on.reader.readexactly(14) == b"are you there?"


async def test_stalled_server_still_hears() -> None:
    async with line() as on:
        on.proxy.stall_down()
        on.writer.write(bytes(1_000))

        await on.proxy.wait(lambda: on.proxy.bytes_up == 1_005)
        assert on.proxy.bytes_down == 5
        on.proxy.thaw()
        assert await on.reader.readexactly(1_000) == bytes(1_000)


async def test_throttled_uplink_takes_its_time() -> None:
    async with line() as on:
        start_s = asyncio.get_running_loop().time()
        on.proxy.throttle(20_000)

        assert await on.ask(bytes(8_000)) == bytes(8_000)
        assert asyncio.get_running_loop().time() - start_s >= 8_000 / 20_000


async def test_throttled_uplink_pushes_back_when_its_buffer_is_small() -> None:
    async with echoing_proxy(uplink_buffer_bytes=8_192) as proxy:
        proxy.throttle(1_000)
        with socket.create_connection(("127.0.0.1", port_of(proxy))) as client:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 8_192)
            client.setblocking(False)
            await proxy.wait_connection()
            sent = 0
            with contextlib.suppress(BlockingIOError):
                while sent < MIB:
                    sent += client.send(bytes(1_024))

    assert sent < MIB // 16


async def test_delay_holds_every_chunk() -> None:
    async with line() as on:
        on.proxy.delay(0.05)
        start_s = asyncio.get_running_loop().time()

        await on.ask(b"hello")
        assert asyncio.get_running_loop().time() - start_s >= 2 * 0.05


async def test_refusing_proxy_is_a_closed_port_until_it_accepts_again() -> None:
    async with line() as on:
        port = port_of(on.proxy)
        on.proxy.refuse()
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection("127.0.0.1", port)
        assert await on.ask(b"still here") == b"still here"

        on.proxy.accept()
        assert port_of(on.proxy) == port
        async with dialled(on.proxy) as second:
            assert await second.ask(b"hello") == b"hello"


async def test_blackhole_takes_connections_and_answers_nothing() -> None:
    async with echoing_proxy() as proxy:
        proxy.blackhole()
        async with dialled(proxy) as on:
            on.writer.write(b"hello")
            await acknowledged(on.writer)
            assert (proxy.bytes_up, proxy.bytes_down) == (0, 0)
        await proxy.wait_ended()

        proxy.accept()
        async with dialled(proxy) as on:
            assert await on.ask(b"hello") == b"hello"


async def test_target_that_is_gone_resets_the_client() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        host, port = closed.getsockname()
    async with FaultProxy(host, port) as proxy, dialled(proxy) as on:
        with pytest.raises(ConnectionResetError):
            await on.reader.read()


async def test_vanished_line_acknowledges_nothing() -> None:
    async with line() as on:
        client: socket.socket = on.writer.get_extra_info("socket")
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, 300)
        await on.proxy.vanish()
        on.writer.write(b"hello?")

        with pytest.raises(TimeoutError) as caught:
            await on.reader.read()
        assert caught.value.errno == errno.ETIMEDOUT
        async with dialled(on.proxy) as second:
            assert await second.ask(b"hello") == b"hello"


async def until_reset(reader: asyncio.StreamReader) -> int:
    """Return how many bytes came before the reset."""
    count = 0
    with contextlib.suppress(ConnectionResetError):
        while chunk := await reader.read(65_536):
            count += len(chunk)
        raise AssertionError("it ended cleanly")
    return count


async def acknowledged(writer: asyncio.StreamWriter) -> None:
    """Wait until the peer's kernel has acknowledged everything."""
    client: socket.socket = writer.get_extra_info("socket")
    while unacknowledged(client):  # noqa: ASYNC110 - the kernel tells nobody
        await asyncio.sleep(0)
