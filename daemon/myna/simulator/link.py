"""The server's end of one WebSocket, with what only a simulator does to a link."""

from __future__ import annotations

import socket
import struct
from collections.abc import Callable
from typing import Any, Final

from websockets.asyncio.server import ServerConnection
from websockets.frames import Frame, Opcode
from websockets.protocol import State

from myna.simulator.script import CutKind

_LINGER_FOR_NOTHING: Final = struct.pack("ii", 1, 0)
"""SO_LINGER, on, 0 s: closing sends RST and drops what was not sent (socket(7))."""


class Link(ServerConnection):
    """A connection that can answer pings late, and be lost in three ways.

    Attributes:
        pong_delay_s: Wait before answering a ping.
        on_ping: Told of every ping.
        is_frozen: Whether it is half-open: nothing is read or sent any more.
    """

    def __init__(self, *args: Any, **options: Any) -> None:  # noqa: ANN401 - passed on unseen
        super().__init__(*args, **options)
        self.pong_delay_s = 0.0
        self.on_ping: Callable[[], None] | None = None
        self.is_frozen = False
        self._is_receiving = False

    def cut(self, kind: CutKind) -> None:
        """Lose the link without a close frame."""
        if kind == "reset":
            raw = self.transport.get_extra_info("socket")
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_FOR_NOTHING)
            self.transport.abort()
        elif kind == "clean":
            self.transport.write_eof()
        else:
            self.is_frozen = True
            self.transport.pause_reading()

    def process_event(self, event: Any) -> None:  # noqa: ANN401 - a request or a frame
        """Take one request or frame."""
        if isinstance(event, Frame) and event.opcode is Opcode.PING and self.on_ping:
            self.on_ping()
        super().process_event(event)

    def data_received(self, data: bytes) -> None:
        """Take bytes of the network; what is written meanwhile answers them."""
        self._is_receiving = True
        try:
            super().data_received(data)
        finally:
            self._is_receiving = False

    def send_data(self) -> None:
        """Write what is due, pongs as late as told.

        While bytes come in on an open connection, pongs are all that is written.
        """
        if self._is_receiving and self.pong_delay_s and self.protocol.state is State.OPEN:
            for pong in self.protocol.data_to_send():
                self.loop.call_later(self.pong_delay_s, self._write_late, pong)
        else:
            super().send_data()

    def _write_late(self, pong: bytes) -> None:
        if self.protocol.state is State.OPEN and not self.is_frozen:
            self.transport.write(pong)
