"""A server at an address: how we reach it, and how much of an answer we take.

The SDK bounds an event of a stream (1 MiB), but not a plain answer, nor how many events
come; so the client that it is given bounds both.
"""

from __future__ import annotations

import asyncio
import math
import ssl
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final
from urllib.parse import urlsplit

import httpx2

from myna.errors import McpServerError
from myna.live.credentials import Credential
from myna.mcp_servers.reach import is_private
from myna.mcp_servers.stdio import LONGEST_MESSAGE_BYTES, Lost

MOST_STREAMED_BYTES: Final = 8 * LONGEST_MESSAGE_BYTES
"""Of one stream of events, within a minute."""

_MINUTE_S: Final = 60.0
_TIMEOUT: Final = httpx2.Timeout(5.0, read=300.0)
"""To connect and to write; and between two bytes of a stream that may well be silent. A
call's own limit is `timeout_s`."""

_SESSION: Final = "mcp-session-id"


@asynccontextmanager
async def http_client(
    url: str, token: Credential | None, lost: Lost
) -> AsyncIterator[httpx2.AsyncClient]:
    """Open a client for one server; nothing of the environment (proxies, netrc) counts.

    Args:
        url: Checked.
        token: Sent with each request, to this server only.
        lost: Told that it refuses the token, or has forgotten our session.
    """
    # Reading the certificates that the system trusts takes a Pi a moment.
    context = await asyncio.to_thread(ssl.create_default_context)
    inner = httpx2.AsyncHTTPTransport(verify=context)
    headers = {"accept-encoding": "identity"}
    if token is not None:
        headers["authorization"] = f"Bearer {token.reveal()}"
    transport = _BoundedTransport(inner, lost)
    async with httpx2.AsyncClient(
        transport=transport, headers=headers, timeout=_TIMEOUT, trust_env=False
    ) as client:
        await _check_reach(url)
        yield client


async def _check_reach(url: str) -> None:
    """See that http stays within the house, whatever the name now stands for.

    Raises:
        McpServerError: It would not, or the name stands for nothing.
    """
    parts = urlsplit(url)
    if parts.scheme == "https":
        return
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(parts.hostname, parts.port or 80)
    except OSError as error:
        raise McpServerError(f"{parts.hostname} is not to be found: {error.strerror}") from error
    for *_, address in found:
        if not is_private(str(address[0])):
            text = f"{parts.hostname} is not in a private network ({address[0]}): use https"
            raise McpServerError(text)


class _BoundedTransport(httpx2.AsyncBaseTransport):
    """Watches what is answered."""

    def __init__(self, inner: httpx2.AsyncHTTPTransport, lost: Lost) -> None:
        self._inner = inner
        self._lost = lost

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        response = await self._inner.handle_async_request(request)
        problem = _refusal(response.status_code, has_session=_SESSION in request.headers)
        if problem is not None:
            self._lost(problem)
        if response.headers.get("content-encoding", "identity") != "identity":
            await response.aclose()
            raise httpx2.DecodingError("compressed, which nobody asked for", request=request)
        is_stream = "text/event-stream" in response.headers.get("content-type", "")
        limit, window_s = (
            (MOST_STREAMED_BYTES, _MINUTE_S) if is_stream else (LONGEST_MESSAGE_BYTES, math.inf)
        )
        if isinstance(response.stream, httpx2.AsyncByteStream):
            response.stream = _Bounded(response.stream, limit, window_s)
        return response

    async def aclose(self) -> None:
        await self._inner.aclose()


def _refusal(status: int, *, has_session: bool) -> str | None:
    if status in {401, 403}:
        return f"refuses the token (HTTP {status}): make a new one, and see that its user may"
    if status == 404 and has_session:
        return "has started anew"
    return None


class _Bounded(httpx2.AsyncByteStream):
    """The body of an answer, up to so many bytes within each window."""

    def __init__(self, inner: httpx2.AsyncByteStream, limit: int, window_s: float) -> None:
        self._inner = inner
        self._limit = limit
        self._window_s = window_s

    async def __aiter__(self) -> AsyncIterator[bytes]:
        began_s, taken_bytes = time.monotonic(), 0
        async for chunk in self._inner:
            now_s = time.monotonic()
            if now_s - began_s > self._window_s:
                began_s, taken_bytes = now_s, 0
            taken_bytes += len(chunk)
            if taken_bytes > self._limit:
                raise httpx2.StreamError("the answer was too long to be taken")
            yield chunk

    async def aclose(self) -> None:
        await self._inner.aclose()
