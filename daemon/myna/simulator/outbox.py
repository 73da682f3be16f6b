"""Puts messages on the wire as the real server does: UTF-8 JSON in binary frames."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from myna.simulator import frames
from myna.simulator.messages import JsonObject
from myna.simulator.refusal import cut
from myna.simulator.state import Closed, Connection

if TYPE_CHECKING:
    from websockets.asyncio.server import ServerConnection

NO_CLOSE_FRAME = 1006


class Outbox:
    """The sending side of one connection.

    Attributes:
        withheld: Wire names of what this client did not ask for, and does not get.
        is_stalled: Once true, nothing is sent any more; the connection stays open, and
            pings are still answered.
    """

    def __init__(self, socket: ServerConnection, record: Connection) -> None:
        self._socket = socket
        self._record = record
        self.withheld: frozenset[str] = frozenset()
        self.is_stalled = False

    async def send(self, message: JsonObject) -> None:
        """Send one message."""
        kinds = frames.kinds(message)
        if self.withheld.isdisjoint(kinds):
            await self._put(msgspec.json.encode(message), kinds)

    async def send_raw(self, data: str | bytes) -> None:
        """Send exactly this: `str` as a text frame, `bytes` as a binary one."""
        await self._put(data, ["raw"])

    async def close(self, code: int, reason: str, why: str = "") -> None:
        """Close the connection; 1006 cuts it without a close frame."""
        if self._record.closed is None:
            self._record.closed = Closed(code, cut(reason), "server", why)
            self._record.note("server", "close")
        if code == NO_CLOSE_FRAME:
            self._socket.transport.abort()
        else:
            await self._socket.close(code, cut(reason))

    async def _put(self, data: str | bytes, kinds: list[str]) -> None:
        if self.is_stalled:
            return
        await self._socket.send(data)
        for kind in kinds:
            self._record.note("server", kind)
