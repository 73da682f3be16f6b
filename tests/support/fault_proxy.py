"""A TCP proxy on loopback that fails on demand, between a client and a real server.

Kernel sockets, not streams: what is refused, reset or left unread here is so on the
wire. Nothing is random; a test that wants chance draws the numbers itself. Tests wait
for what the proxy counts (`wait`), never for time to pass.

    async with FaultProxy("127.0.0.1", port) as proxy:
        session = await open_session(LiveSettings(endpoint=proxy.url), ...)
        proxy.reset(at_byte=1_000)          # an RST in the middle of a frame
        await proxy.wait(lambda: proxy.connections[0].ended_s is not None)
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from types import TracebackType
from typing import Final

from support.fault_link import Connection, Direction, Ending, Faults, Link

__all__ = ["Connection", "Direction", "FaultProxy"]

SEGMENT_BYTES: Final = 1_400
"""As on a real link: loopback's 64 KiB segments do not fit into small buffers."""


class FaultProxy:
    """Listens on loopback and forwards to the target; an async context manager.

    Args:
        target_host: Where to.
        target_port: Its port.
        uplink_buffer_bytes: SO_RCVBUF towards the client, set before a connection is
            accepted, so that a throttled uplink really pushes back; the kernel doubles it.

    Attributes:
        connections: One record for each, in the order in which they came.
    """

    def __init__(
        self, target_host: str, target_port: int, *, uplink_buffer_bytes: int | None = None
    ) -> None:
        self.connections: list[Connection] = []
        self._target = (target_host, target_port)
        self._uplink_buffer_bytes = uplink_buffer_bytes
        self._listener: socket.socket | None = None
        self._port = 0
        self._changed = asyncio.Event()
        self._faults = Faults(note=self._changed.set)
        self._links: dict[asyncio.Task[None], Link] = {}

    async def __aenter__(self) -> FaultProxy:
        self.accept()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.refuse()
        tasks, links = list(self._links), list(self._links.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for link in links:
            link.close()  # one that was cancelled before it began has not done so

    # --- what has happened --------------------------------------------------------------

    @property
    def url(self) -> str:
        """Where to dial: `ws://127.0.0.1:PORT`, without a path."""
        return f"ws://127.0.0.1:{self._port}"

    @property
    def bytes_up(self) -> int:
        """How much was forwarded to the target, over all connections."""
        return sum(each.bytes_up for each in self.connections)

    @property
    def bytes_down(self) -> int:
        """How much was forwarded to the client, over all connections."""
        return sum(each.bytes_down for each in self.connections)

    async def wait(self, is_reached: Callable[[], bool], timeout_s: float = 20) -> None:
        """Wait until `is_reached`, asked whenever a count changes."""
        async with asyncio.timeout(timeout_s):
            while not is_reached():
                self._changed.clear()
                await self._changed.wait()

    async def wait_connection(self, number: int = 1, timeout_s: float = 20) -> Connection:
        """Wait for the `number`th connection since the proxy runs, 1 being the first."""
        await self.wait(lambda: len(self.connections) >= number, timeout_s)
        return self.connections[number - 1]

    async def wait_first_byte(
        self, direction: Direction = "down", number: int = 1, timeout_s: float = 20
    ) -> None:
        """Wait until something went through the `number`th connection."""
        connection = await self.wait_connection(number, timeout_s)
        await self.wait(lambda: connection.bytes_in(direction) > 0, timeout_s)

    async def wait_ended(self, number: int = 1, timeout_s: float = 20) -> None:
        """Wait until the `number`th connection is gone, by whomever."""
        connection = await self.wait_connection(number, timeout_s)
        await self.wait(lambda: connection.ended_s is not None, timeout_s)

    # --- verbs --------------------------------------------------------------------------

    def reset(self, at_byte: int | None = None, direction: Direction = "down") -> None:
        """Send an RST to both sides of every connection.

        Args:
            at_byte: Only once so many more bytes went in `direction`, whichever connection
                carries them, and only to that one; None is now.
            direction: Which bytes are counted.
        """
        if at_byte is None:
            self._end("reset")
        else:
            self._faults.cut = (direction, at_byte)

    def cut_clean(self) -> None:
        """Send a FIN to both sides of every connection, without a close frame."""
        self._end("clean")

    async def vanish(self) -> None:
        """Let the client's packets vanish unacknowledged: a true half-open link.

        A socket filter drops what arrives before TCP sees it, which needs no privilege;
        nothing is sent either. The connections are lost for good and neither side is told,
        not even when the other leaves; new ones are whole. Returns once it is so.
        """
        lost = [each for each in self.connections if each.ended_s is None]
        self._end("vanish")
        await self.wait(lambda: all(each.has_vanished for each in lost))

    def freeze(self) -> None:
        """Neither read nor forward, either way; the kernel still acknowledges."""
        self._faults.shut("up", "down")

    def stall_down(self) -> None:
        """Let nothing more come from the server; the uplink goes on."""
        self._faults.shut("down")

    def thaw(self) -> None:
        """Forward again what was frozen, stalled, throttled or delayed; nothing is lost."""
        self._faults.heal()

    def throttle(self, bytes_per_s: float) -> None:
        """Slow the uplink down."""
        self._faults.uplink_bytes_per_s = bytes_per_s

    def delay(self, seconds: float) -> None:
        """Hold every chunk, in both directions, for so long."""
        self._faults.delay_s = seconds

    def blackhole(self) -> None:
        """Accept new connections and read them, but never answer nor forward."""
        self._faults.is_blackhole = True

    def refuse(self) -> None:
        """Answer new connections with an RST, as a port where nobody listens."""
        if self._listener is not None:
            asyncio.get_running_loop().remove_reader(self._listener)
            self._listener.close()
            self._listener = None

    def accept(self) -> None:
        """Take new connections, on the same port as before, and forward them."""
        self._faults.is_blackhole = False
        if self._listener is None:
            self._listener = self._listen()
            self._port = self._listener.getsockname()[1]
            asyncio.get_running_loop().add_reader(self._listener, self._welcome)

    def _end(self, ending: Ending) -> None:
        for link in self._links.values():
            link.end(ending)

    # --- connections --------------------------------------------------------------------

    def _listen(self) -> socket.socket:
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, SEGMENT_BYTES)
        if self._uplink_buffer_bytes is not None:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, self._uplink_buffer_bytes)
        listener.setblocking(False)
        listener.bind(("127.0.0.1", self._port))
        listener.listen()
        return listener

    def _welcome(self) -> None:
        if self._listener is None:
            return
        try:
            client, _ = self._listener.accept()
        except (BlockingIOError, ConnectionAbortedError):
            return
        client.setblocking(False)
        connection = Connection(opened_s=asyncio.get_running_loop().time())
        self.connections.append(connection)
        link = Link(client, self._target, self._faults, connection)
        task = asyncio.create_task(link.run(), name=f"link {len(self.connections)}")
        self._links[task] = link
        task.add_done_callback(self._links.pop)
        self._changed.set()
