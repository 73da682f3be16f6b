"""Beginning a session on a connection that was opened ahead, which may be dead by now.

A dead one must not cost the session: it is found out at once where something tells, and
after `UNHEARD_S` where nothing does.
"""

from __future__ import annotations

import asyncio
import socket
import sys
from collections.abc import Coroutine
from typing import Any, Final

from websockets.asyncio.client import ClientConnection

from myna.errors import RemoteProtocolError, SessionClosedError
from myna.live.closes import Phase, judge

UNHEARD_S: Final = 1.0
"""The other kernel acknowledges within a round trip, however slow its server is."""

_TCP_INFO: Final[int | None] = getattr(socket, "TCP_INFO", None)
_UNACKED: Final = slice(24, 28)
"""`tcpi_unacked` of struct tcp_info (linux/tcp.h): segments sent and not acknowledged."""


async def take_over(connection: ClientConnection, opening: Coroutine[Any, Any, None]) -> bool:
    """Return whether a session came to be; if not, the connection is gone.

    Args:
        connection: Opened ahead.
        opening: Opens the session on it; its errors that dialling anew cannot cure are
            raised.

    Raises:
        SessionClosedError: The server does not want this session.
    """
    task = asyncio.ensure_future(opening)
    try:
        await asyncio.wait({task}, timeout=UNHEARD_S)
        if task.done() or not _is_unheard(connection):
            await task
            return True
    except (SessionClosedError, RemoteProtocolError) as error:
        if judge(error, Phase.OPENING).next not in {"resume", "seeded"}:
            raise
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    connection.transport.abort()
    await connection.wait_closed()
    return False


def _is_unheard(connection: ClientConnection) -> bool:
    """Whether what was sent has not even reached the other machine."""
    if _TCP_INFO is None:
        return False
    tcp: socket.socket = connection.transport.get_extra_info("socket")
    info = tcp.getsockopt(socket.IPPROTO_TCP, _TCP_INFO, _UNACKED.stop)
    return int.from_bytes(info[_UNACKED], sys.byteorder) > 0
