"""The server's side of a chapter, in a process of its own, so that its cost is not ours.

Simulators, each behind a link that takes its time and, where it is wanted, behind TLS. The
process goes before all others where that is allowed (`precedence`): it is an instrument.
"""

from __future__ import annotations

import asyncio
import multiprocessing
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack, contextmanager
from multiprocessing.connection import Connection as Pipe
from pathlib import Path
from typing import Final

from msgspec import Struct

from myna.simulator.script import Script
from myna.simulator.service import Simulator
from myna.simulator.state import Connection
from support.precedence import precedence
from support.slow_link import slow_link, tls_in_front_of
from support.tls import self_signed

SYSTEM_BUNDLE: Final = Path("/etc/ssl/certs/ca-certificates.crt")


class Noted(Struct, frozen=True):
    """What crossed the wire, and when on the monotonic clock; see `simulator.state.Entry`."""

    t: float
    by: str
    kind: str


class Served(Struct, frozen=True):
    """One session, from the server's side.

    Attributes:
        pcm: The microphone, in the order of the wire.
        log: What crossed the wire.
    """

    pcm: bytes
    log: tuple[Noted, ...]

    def first_s(self, by: str, kind: str, after_s: float = 0.0) -> float | None:
        """Return when something first crossed the wire after `after_s`; None if it never did."""
        times = (each.t for each in self.log if (each.by, each.kind) == (by, kind))
        return next((t for t in times if t > after_s), None)


class FarSide:
    """The process.

    Attributes:
        ports: Of the links, in the order in which they were asked for.
    """

    def __init__(self, pipe: Pipe) -> None:
        self._pipe = pipe
        self.ports: tuple[int, ...] = pipe.recv()

    def served(self, number: int) -> list[Served]:
        """Return the sessions of the `number`th link that heard anything, oldest first."""
        self._pipe.send(number)
        served: list[Served] = self._pipe.recv()
        return served


@contextmanager
def far_side(
    script: Script, round_trips_s: Sequence[float], tls_folder: Path | None = None
) -> Iterator[FarSide]:
    """Have a simulator of `script` behind each of the links.

    Args:
        script: What each server says.
        round_trips_s: Of the links.
        tls_folder: Gets the certificate (`trusting` finds it there); None for no TLS.
    """
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(
        target=_main, args=(theirs, script, tuple(round_trips_s), tls_folder), daemon=True
    )
    with precedence():
        process.start()
    theirs.close()
    try:
        yield FarSide(ours)
    finally:
        ours.send(None)
        process.join()


def trusting(tls_folder: Path) -> Path:
    """Return a bundle with the far side's certificate among those of this system.

    To be named by SSL_CERT_FILE; reading a hundred authorities is a part of the cost of TLS.
    """
    bundle = tls_folder / "bundle.pem"
    authorities = SYSTEM_BUNDLE.read_text() if SYSTEM_BUNDLE.exists() else ""
    bundle.write_text(authorities + (tls_folder / "certificate.pem").read_text())
    return bundle


def _main(
    pipe: Pipe, script: Script, round_trips_s: tuple[float, ...], tls_folder: Path | None
) -> None:
    asyncio.run(_serve(pipe, script, round_trips_s, tls_folder))


async def _serve(
    pipe: Pipe, script: Script, round_trips_s: tuple[float, ...], tls_folder: Path | None
) -> None:
    context = None if tls_folder is None else self_signed(tls_folder)
    async with AsyncExitStack() as stack:
        servers, ports = [], []
        for round_trip_s in round_trips_s:
            server = await stack.enter_async_context(Simulator(script))
            port = int(server.url.rpartition(":")[2])
            if context is not None:
                port = await stack.enter_async_context(tls_in_front_of(port, context))
            link = await stack.enter_async_context(slow_link(port, round_trip_s))
            servers.append(server)
            ports.append(link.port)
        pipe.send(tuple(ports))
        while (number := await asyncio.to_thread(pipe.recv)) is not None:
            pipe.send(
                [_served(each) for each in servers[number].state.connections if each.received]
            )


def _served(connection: Connection) -> Served:
    log = tuple(Noted(each.t, each.by, each.kind) for each in connection.log)
    return Served(connection.received, log)
