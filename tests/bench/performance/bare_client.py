"""A client that is nothing but a socket: what a connection's round trips cost by themselves."""

from __future__ import annotations

import json
import socket
import ssl
import struct
import time
from contextlib import closing
from typing import Final

from msgspec import Struct

from support.raw_client import PATH, setup_message

UPGRADE: Final = (
    f"GET {PATH} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
    "x-goog-api-key: test-key\r\n\r\n"
).encode()


class Bare(Struct, frozen=True):
    """How long one connection took.

    Attributes:
        opened_s: From nothing to the end of the upgrade: TCP, TLS, HTTP.
        set_up_s: From there to `setupComplete`.
    """

    opened_s: float
    set_up_s: float

    @property
    def total_s(self) -> float:
        """From nothing to `setupComplete`."""
        return self.opened_s + self.set_up_s


def bare_connection(port: int, context: ssl.SSLContext) -> Bare:
    """Open a session at `port` of this machine, and leave."""
    began_s = time.monotonic()
    tcp = socket.create_connection(("127.0.0.1", port), timeout=10)
    tcp.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    with closing(context.wrap_socket(tcp, server_hostname="127.0.0.1")) as link:
        link.sendall(UPGRADE)
        answer = b""
        while b"\r\n\r\n" not in answer:
            answer += _some(link)
        opened_s = time.monotonic()
        link.sendall(_text_frame(json.dumps(setup_message()).encode()))
        if b"setupComplete" not in (answer := _some(link)):
            raise RuntimeError(f"the server answered the setup with {answer!r}")
        return Bare(opened_s - began_s, time.monotonic() - opened_s)


def _some(link: ssl.SSLSocket) -> bytes:
    came = link.recv(65_536)
    if not came:
        raise ConnectionError("the server hung up")
    return came


def _text_frame(payload: bytes) -> bytes:
    """Return a masked text frame; the mask is zero, so that the payload stays as it is."""
    return b"\x81\xfe" + struct.pack(">H", len(payload)) + bytes(4) + payload
