"""One connection through the fault proxy, and the faults that all of them share."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import socket
import struct
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Final, Literal, TypeAlias

Direction: TypeAlias = Literal["up", "down"]
Ending: TypeAlias = Literal["clean", "reset", "vanish"]

CHUNK_BYTES: Final = 65_536
CHUNKS_PER_S: Final = 50
"""How finely a throttled uplink is divided."""
SO_ATTACH_FILTER: Final = 26
"""socket(7); Python has no name for it."""
BPF_RETURN: Final = 0x06
"""BPF_RET | BPF_K: how many bytes of each packet to keep."""


@dataclass(slots=True)
class Connection:
    """What is known of one connection; times are the event loop's."""

    opened_s: float
    bytes_up: int = 0
    bytes_down: int = 0
    ended_s: float | None = None
    has_vanished: bool = False

    def bytes_in(self, direction: Direction) -> int:
        """How much was forwarded in this direction."""
        return self.bytes_up if direction == "up" else self.bytes_down

    def add(self, direction: Direction, count: int) -> None:
        """Count what was forwarded."""
        if direction == "up":
            self.bytes_up += count
        else:
            self.bytes_down += count


@dataclass(slots=True)
class Faults:
    """What is wrong with the line just now.

    Attributes:
        note: Called whenever a count has changed.
        cut: In which direction, and after how many more bytes, a connection is reset.
    """

    note: Callable[[], None]
    cut: tuple[Direction, int] | None = None
    uplink_bytes_per_s: float | None = None
    delay_s: float = 0.0
    is_blackhole: bool = False
    _gates: dict[Direction, asyncio.Event] = field(
        default_factory=lambda: {"up": asyncio.Event(), "down": asyncio.Event()}
    )

    def __post_init__(self) -> None:
        self.heal()

    def shut(self, *directions: Direction) -> None:
        """Let nothing through."""
        for direction in directions:
            self._gates[direction].clear()

    def heal(self) -> None:
        """Let everything through, at once."""
        self.uplink_bytes_per_s = None
        self.delay_s = 0.0
        for gate in self._gates.values():
            gate.set()

    def read_limit(self, direction: Direction) -> int:
        """Return how much to read at once."""
        if direction == "up" and self.uplink_bytes_per_s is not None:
            return max(1, int(self.uplink_bytes_per_s / CHUNKS_PER_S))
        return CHUNK_BYTES

    async def hold(self, direction: Direction, count: int) -> None:
        """Wait for as long as `count` bytes take in this direction."""
        rate = self.uplink_bytes_per_s if direction == "up" else None
        if wait_s := self.delay_s + (count / rate if rate else 0):
            await asyncio.sleep(wait_s)
        await self._gates[direction].wait()

    async def passable(self, direction: Direction) -> None:
        """Wait until something may be read."""
        await self._gates[direction].wait()

    def spare(self, direction: Direction, chunk: bytes) -> tuple[bytes, bool]:
        """Return what of `chunk` gets through, and whether the connection ends there."""
        if self.cut is None or self.cut[0] != direction:
            return chunk, False
        left = self.cut[1] - len(chunk)
        self.cut = (direction, left) if left > 0 else None
        return (chunk, False) if left > 0 else (chunk[: len(chunk) + left], True)


class Link:
    """A client, the target, and what goes between them.

    Args:
        client: Accepted and not blocking; owned by the link.
        target: Where to connect.
        faults: Shared by all links.
        connection: The record to keep.
    """

    def __init__(
        self,
        client: socket.socket,
        target: tuple[str, int],
        faults: Faults,
        connection: Connection,
    ) -> None:
        self._client = client
        self._server = socket.socket()
        self._server.setblocking(False)
        self._target = target
        self._faults = faults
        self._connection = connection
        self._ending: asyncio.Future[Ending] = asyncio.get_running_loop().create_future()

    def end(self, ending: Ending) -> None:
        """End it, now; one that has vanished stays so until the proxy stops."""
        if not self._ending.done():
            self._ending.set_result(ending)

    async def run(self) -> None:
        """Forward until it ends."""
        passing = asyncio.create_task(self._pass())
        try:
            either: tuple[asyncio.Future[Any], ...] = (passing, self._ending)
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
            await _stop(passing)
            if self._ending.done():
                await self._carry_out(self._ending.result())
        finally:
            await _stop(passing)
            self.close()
            self._connection.ended_s = asyncio.get_running_loop().time()
            self._faults.note()

    def close(self) -> None:
        """Close both sockets; idempotent."""
        self._client.close()
        self._server.close()

    async def _carry_out(self, ending: Ending) -> None:
        await _ENDINGS[ending](self._client, self._server)
        if ending == "vanish":
            self._connection.has_vanished = True
            self._faults.note()
            await asyncio.get_running_loop().create_future()

    async def _pass(self) -> None:
        try:
            if self._faults.is_blackhole:
                await _swallow(self._client)
                return
            await asyncio.get_running_loop().sock_connect(self._server, self._target)
            await asyncio.gather(
                self._pump(self._client, self._server, "up"),
                self._pump(self._server, self._client, "down"),
            )
        except OSError:
            self.end("reset")  # whoever broke it, the other side sees it too

    async def _pump(self, source: socket.socket, sink: socket.socket, direction: Direction) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await self._faults.passable(direction)
            chunk = await loop.sock_recv(source, self._faults.read_limit(direction))
            await self._faults.hold(direction, len(chunk))
            if not chunk:
                sink.shutdown(socket.SHUT_WR)
                return
            spared, is_last = self._faults.spare(direction, chunk)
            await loop.sock_sendall(sink, spared)
            self._connection.add(direction, len(spared))
            if is_last:
                self.end("reset")
            self._faults.note()


async def _stop(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.wait({task})


async def _swallow(source: socket.socket) -> None:
    """Read to the end."""
    while await asyncio.get_running_loop().sock_recv(source, CHUNK_BYTES):
        pass


async def _finish(client: socket.socket, server: socket.socket) -> None:
    """Say that nothing more comes, and wait until both sides say so too.

    Closing with something unread would send an RST.
    """
    for each in (client, server):
        with contextlib.suppress(OSError):
            each.shutdown(socket.SHUT_WR)
    for each in (client, server):
        with contextlib.suppress(OSError):
            await _swallow(each)


async def _reset(client: socket.socket, server: socket.socket) -> None:
    """Have the closes that follow send an RST, which SO_LINGER of 0 s does."""
    for each in (client, server):
        each.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


async def _vanish(client: socket.socket, _server: socket.socket) -> None:
    """Have the kernel drop every packet of the client before TCP sees it, from now on.

    What the client has not acknowledged yet would be sent again and again, and each time
    tell it that the line lives; so that comes first.
    """
    while unacknowledged(client):  # noqa: ASYNC110 - the kernel tells nobody
        await asyncio.sleep(0.001)
    kept = ctypes.create_string_buffer(struct.pack("HBBI", BPF_RETURN, 0, 0, 0))
    program = struct.pack("HP", 1, ctypes.addressof(kept))
    client.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, program)


def unacknowledged(tcp: socket.socket) -> int:
    """Return how many segments the peer's kernel has not acknowledged (tcp_info)."""
    info = tcp.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 104)
    return int.from_bytes(info[24:28], sys.byteorder)


_ENDINGS: Final[dict[Ending, Callable[[socket.socket, socket.socket], Awaitable[None]]]] = {
    "clean": _finish,
    "reset": _reset,
    "vanish": _vanish,
}
