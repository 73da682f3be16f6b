"""Opening the WebSocket itself, and putting what can fail into plain words."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import ssl
import struct
from functools import lru_cache
from pathlib import Path
from typing import Final

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import (
    InvalidHandshake,
    InvalidProxy,
    InvalidStatus,
    InvalidURI,
    ProxyError,
    WebSocketException,
)

from myna.errors import ConnectError
from myna.live.endpoint import Address
from myna.live.errors import CertificateError, UpgradeRefusedError

MAX_MESSAGE_BYTES: Final = 2**20
"""Google's own SDK takes no more either; the largest message seen is far smaller."""
PING_INTERVAL_S: Final = 20
PING_TIMEOUT_S: Final = 60
"""Pongs of a healthy server were 8 to 30 s late (python-genai#2935, sip-to-ai#14)."""
CLOSE_TIMEOUT_S: Final = 1.0
"""The server echoes a close within 0.1 s (Live API, measured with gemini-3.8-live)."""
WRITE_LIMIT_BYTES: Final = (1, 0)
"""What asyncio buffers before `send` waits, and how much of it is left when it goes on. Not a
limit of 0: asyncio's TLS takes an empty buffer for a full one then, and waits for the server
to say something (sslproto.py, `_control_app_writing`; seen with Python 3.11)."""
LEAVING_S: Final = 0.01
"""How often it is looked whether TLS's last record has left."""

SOCKET_OPTIONS: Final = (
    # Audio queues here, where it can be dropped, not in the kernel: without this 88 s
    # of speech were "sent" over a dead link before `send` blocked, with it 4 s.
    (socket.IPPROTO_TCP, "TCP_NOTSENT_LOWAT", 16_384),
    # A half-open link is noticed after 8 s of silence, speaking or not; measured with
    # dropped packets, where WebSocket pings alone took 41 s.
    (socket.IPPROTO_TCP, "TCP_USER_TIMEOUT", 8_000),
    (socket.SOL_SOCKET, "SO_KEEPALIVE", 1),
    (socket.IPPROTO_TCP, "TCP_KEEPIDLE", 5),
    (socket.IPPROTO_TCP, "TCP_KEEPINTVL", 3),
    (socket.IPPROTO_TCP, "TCP_KEEPCNT", 2),
)
"""Level, name and value; a name that this system lacks is left out."""


class _Discreet(logging.LoggerAdapter[logging.Logger]):
    """A logger without a DEBUG level, where websockets prints the key."""

    def isEnabledFor(self, level: int) -> bool:  # noqa: N802 - logging's name
        return level > logging.DEBUG and super().isEnabledFor(level)


class _Connect(connect):
    """A connector that follows no redirect, which would carry the key to another host."""

    def process_redirect(self, exc: Exception) -> Exception | str:
        return exc


async def dial(address: Address, deadline_s: float) -> ClientConnection:
    """Open a WebSocket.

    A proxy from the environment is used for everything but this machine.

    Args:
        address: Where to.
        deadline_s: When to give up, on the event loop's clock.

    Raises:
        ConnectError: It could not be opened; `UpgradeRefusedError` for an HTTP answer.
    """
    try:
        async with asyncio.timeout_at(deadline_s):
            connection = await _connector(address)
    except (InvalidProxy, InvalidURI, ImportError):
        # The cause would print the key or the proxy's password.
        problem = f"{address.printable} or the proxy of the environment cannot be used"
        raise ConnectError(problem, is_network=False) from None
    except (WebSocketException, OSError, ValueError) as error:
        raise _refusal(address.printable, error) from error
    _tune(connection)
    return connection


async def left(connection: ClientConnection) -> None:
    """Wait until what was sent has left this process.

    The camera light goes by that, and speech on a slow link is late by less. `send` waits for
    it by itself, but for the last record of TLS, which has a buffer below its own.
    """
    tcp = _below_tls(connection.transport)
    # asyncio tells TLS, and nobody else, when this buffer is empty.
    while tcp.get_write_buffer_size() and not connection.transport.is_closing():  # noqa: ASYNC110
        await asyncio.sleep(LEAVING_S)


def _below_tls(transport: asyncio.Transport) -> asyncio.Transport:
    """Return the transport that has the socket; asyncio has no public name for it."""
    tls = getattr(transport, "_ssl_protocol", None)
    return getattr(tls, "_transport", None) or transport


def break_off(connection: ClientConnection) -> None:
    """Drop the connection now; what waits to be sent is thrown away, by the kernel too."""
    tcp: socket.socket | None = connection.transport.get_extra_info("socket")
    if tcp is not None and tcp.fileno() >= 0:
        # A linger time of 0 discards the send buffer and resets the connection (socket(7)).
        tcp.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.transport.abort()


def trust() -> ssl.SSLContext:
    """Return TLS that trusts whom the system trusts.

    Reading its 140 authorities takes 18 ms on a PC, and longer on a Pi, while the user waits:
    it is done again only when their file has changed (tests/bench/performance/wake.py). From
    any thread.
    """
    authorities = ssl.get_default_verify_paths().cafile
    return _read(authorities, Path(authorities).stat().st_mtime_ns if authorities else 0)


@lru_cache(maxsize=1)
def _read(_authorities: str | None, _changed_ns: int) -> ssl.SSLContext:
    return ssl.create_default_context()


def _connector(address: Address) -> _Connect:
    return _Connect(
        address.url,
        ssl=trust() if address.url.startswith("wss:") else None,
        additional_headers=address.headers,
        proxy=None if address.is_loopback else True,
        compression=None,  # base64 hardly shrinks, and a bomb would grow
        open_timeout=None,
        ping_interval=PING_INTERVAL_S,
        ping_timeout=PING_TIMEOUT_S,
        close_timeout=CLOSE_TIMEOUT_S,
        max_size=MAX_MESSAGE_BYTES,
        write_limit=WRITE_LIMIT_BYTES,
        logger=_Discreet(logging.getLogger(__name__), {}),
    )


def _tune(connection: ClientConnection) -> None:
    _below_tls(connection.transport).set_write_buffer_limits(*WRITE_LIMIT_BYTES)
    tcp: socket.socket = connection.transport.get_extra_info("socket")
    for level, name, value in SOCKET_OPTIONS:
        option: int | None = getattr(socket, name, None)
        if option is not None:
            tcp.setsockopt(level, option, value)


def _refusal(where: str, error: Exception) -> ConnectError:
    """Put into one line why no WebSocket was opened."""
    match error:
        case InvalidStatus():
            status = error.response.status_code
            return UpgradeRefusedError(status, f"{where} answered HTTP {status}, not a WebSocket")
        case ProxyError():
            return ConnectError(f"the proxy on the way to {where} refused", is_network=True)
        case InvalidHandshake():
            return ConnectError(f"{where} does not speak WebSocket", is_network=False)
        case ssl.SSLCertVerificationError():
            return CertificateError(error.verify_code, f"{where} cannot be reached: {_why(error)}")
        case OSError():
            return ConnectError(f"{where} cannot be reached: {_why(error)}", is_network=True)
        case _:
            return ConnectError(f"{where} cannot be opened", is_network=False)


def _why(error: OSError) -> str:
    match error:
        case ssl.SSLCertVerificationError():
            return f"its certificate is not valid, {error.verify_message} (is the clock right?)"
        case ssl.SSLError():
            return f"it speaks no TLS ({error.reason})"
        case socket.gaierror():
            return f"its name cannot be resolved ({error.strerror})"
        case OSError(errno=int(number)):
            return os.strerror(number)
        case _:
            return str(error) or "no answer in time"
