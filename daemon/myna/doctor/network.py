"""The way to the server, step by step: name, connection, encryption, answer.

No key is sent; what answers an ordinary request tells the time as well.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
import time
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final, TypeVar
from urllib.parse import urlsplit

from myna.doctor.finding import Finding, fail, ok, warn

T = TypeVar("T")

STEP_S: Final = 5.0
TRIES: Final = 3
"""Of the round trip; the quickest counts, for the first ones wake the radio up."""

SLOW_MS: Final = 300.0
OUT_OF_DATE: Final = frozenset({9, 10})
"""Of a certificate: not valid yet, or no more (openssl-verification-options(1)). Google's are
renewed every few weeks, so it is the clock."""


HEAD_BYTES: Final = 16_384
SIGN_IN_PROBE: Final = "http://connectivitycheck.gstatic.com/generate_204"
"""Answers 204 and nothing else, unless a network's sign-in page answers in its place; what
Android asks for the same reason. Asked only when something is wrong with the encryption."""


@dataclass(frozen=True, slots=True)
class Way:
    """How far one came.

    Attributes:
        finding: What was found.
        skew_s: How much our clock is ahead of the server's, if it told the time.
    """

    finding: Finding
    skew_s: float | None = None


@dataclass(frozen=True, slots=True)
class _Place:
    host: str
    port: int
    is_encrypted: bool

    @classmethod
    def of(cls, url: str) -> _Place:
        parts = urlsplit(url)
        is_encrypted = parts.scheme in {"wss", "https"}
        return cls(parts.hostname or "", parts.port or (443 if is_encrypted else 80), is_encrypted)


async def examine_network(
    endpoint: str, *, tls: ssl.SSLContext | None = None, probe: str = SIGN_IN_PROBE
) -> Way:
    """Go the way to the server, as far as it goes.

    Args:
        endpoint: `live.endpoint`.
        tls: What to trust; None for what this machine trusts.
        probe: Tells a sign-in page from a certificate that is wrong for another reason.
    """
    place = _Place.of(endpoint)
    try:
        addresses = await _within(_resolve(place))
    except OSError as error:
        return Way(fail("network", "name-is-not-resolved", f"{place.host}: {_words(error)}"))
    try:
        address, rtt_ms = await _reach(addresses, place)
    except OSError as error:
        where = f"{place.host} ({addresses[0]}), port {place.port}: {_words(error)}"
        return Way(fail("network", "server-is-not-reached", where))
    return await _ask(place, address, rtt_ms, tls, probe)


async def _ask(
    place: _Place, address: str, rtt_ms: float, tls: ssl.SSLContext | None, probe: str
) -> Way:
    began_s = time.monotonic()
    try:
        status, headers = await _within(_get(place, address, tls))
    except (OSError, ValueError) as error:
        ailment = "network-asks-for-a-sign-in" if await _is_sign_in(probe) else _ailment(error)
        return Way(fail("network", ailment, f"{place.host}: {_words(error)}"))
    if 200 <= status < 400:  # a Live server has no page there
        where = headers.get("location", "a page of its own").partition("?")[0]
        words = f"HTTP {status} in the server's place: {where}"
        return Way(fail("network", "network-asks-for-a-sign-in", words))
    words = (
        f"round trip {rtt_ms:.0f} ms, connection and answer {_since_ms(began_s):.0f} ms "
        f"({place.host})"
    )
    finding = (
        warn("network", "network-is-slow", words) if rtt_ms > SLOW_MS else ok("network", words)
    )
    return Way(finding, _skew_s(headers.get("date", "")))


def _ailment(error: Exception) -> str:
    """Return what an answer that did not come means, where it is no sign-in page."""
    match error:
        case ssl.SSLCertVerificationError(verify_code=code) if code in OUT_OF_DATE:
            return "clock-is-wrong"
        case ssl.SSLError():
            return "encryption-is-refused"
        case _:
            return "server-does-not-answer"


async def _within(step: Awaitable[T]) -> T:
    """Wait for one step, for so long.

    Raises:
        TimeoutError: It took longer.
    """
    async with asyncio.timeout(STEP_S):
        return await step


async def _resolve(place: _Place) -> list[str]:
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(place.host, place.port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(one[4][0]) for one in found))


async def _reach(addresses: list[str], place: _Place) -> tuple[str, float]:
    """Return the first address that takes a connection, and how many ms that needs."""
    refusal = OSError("no address")
    for address in addresses:
        try:
            return address, min([await _connect_ms(address, place) for _ in range(TRIES)])
        except OSError as error:
            refusal = error
    raise refusal


async def _connect_ms(address: str, place: _Place) -> float:
    began_s = time.monotonic()
    _reader, writer = await _within(asyncio.open_connection(address, place.port))
    ms = _since_ms(began_s)
    writer.close()
    return ms


async def _get(
    place: _Place, address: str, tls: ssl.SSLContext | None, path: str = "/"
) -> tuple[int, Mapping[str, str]]:
    """Ask for a page; return status and headers.

    Raises:
        OSError, ValueError: There is no answer, or none that can be understood.
    """
    context = (tls or ssl.create_default_context()) if place.is_encrypted else None
    name = place.host if context else None
    reader, writer = await asyncio.open_connection(
        address, place.port, ssl=context, server_hostname=name, limit=HEAD_BYTES
    )
    try:
        writer.write(
            f"GET {path} HTTP/1.1\r\nHost: {place.host}\r\nConnection: close\r\n\r\n".encode()
        )
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    except (asyncio.LimitOverrunError, asyncio.IncompleteReadError) as error:
        raise ValueError("it speaks no HTTP") from error
    finally:
        writer.transport.abort()
    _version, status, *_ = head[0].split(" ")
    lines = (line.partition(":") for line in head[1:])
    return int(status), {name.strip().lower(): value.strip() for name, _, value in lines}


async def _is_sign_in(probe: str) -> bool:
    """Tell whether somebody else answers where nothing but 204 can be the answer."""
    place = _Place.of(probe)
    try:
        status, _headers = await _within(_get(place, place.host, None, urlsplit(probe).path or "/"))
    except (OSError, ValueError):
        return False
    return status != 204


def _skew_s(date: str) -> float | None:
    try:
        return (datetime.now(UTC) - parsedate_to_datetime(date)).total_seconds()
    except (TypeError, ValueError):
        return None


def _since_ms(began_s: float) -> float:
    return 1000 * (time.monotonic() - began_s)


def _words(error: Exception) -> str:
    match error:
        case ssl.SSLCertVerificationError():
            return error.verify_message
        case TimeoutError():
            return f"no answer within {STEP_S:.0f} s"
        case OSError(strerror=str(words)):
            return words
        case _:
            return str(error) or type(error).__name__
