"""Measure what a connection that is opened ahead saves, and what it costs.

    python tests/bench/bench_open_ahead.py --runs 20

A real `Link` opens sessions at the embedded server through TLS 1.3 and a link that takes
its time. It delays every byte by half a round trip each way; since no proxy can delay
what the kernel answers, the round trip of the TCP handshake is added to the first bytes.
Not in the figures: the name's resolution (none ahead either way once it is known), the
processor of a Pi, and the time that a real server takes over the setup.

The cost is what one spare that nobody uses sends and receives, times how many an hour of
talk in the room opens (`ration.py`). Ends with 1 unless two round trips are saved.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import random
import statistics
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).parents[1]))

from myna.audio.capture import Capture
from myna.audio.words import Words
from myna.config import LiveSettings
from myna.echo.branches import Echo
from myna.echo.duplex import Duplex
from myna.health import Health
from myna.line.dialler import Dialler, Offer
from myna.line.exchange import Books
from myna.line.life import IsWanted
from myna.line.link import Link
from myna.line.ration import HOUR_S, Ration
from myna.line.spare import Spare
from myna.live.credential_source import CredentialSource
from myna.live.profiles import profile_for
from myna.simulator.service import Simulator
from myna.trace import EventName, Trace
from myna.usage.budget import Budget
from myna.usage.meter import Meter
from myna.usage.store import Store
from myna_hardware.microphone.simulated import SimulatedMicrophone
from support.slow_link import SlowLink, slow_link, tls_in_front_of
from support.tls import self_signed

ROUND_TRIPS_S: Final = (0.05, 0.1)
SAVED: Final = 2.0
"""Round trips; three are expected: TCP, TLS and the upgrade."""

VOICES_AN_HOUR: Final = (6, 30, 120, 1_200)


@dataclass(slots=True)
class Stopwatch:
    """Reads the trace: from `session_opening` to `session_ready`."""

    opening_s: float = 0.0
    took_s: float = 0.0
    _happened: dict[EventName, asyncio.Event] = field(default_factory=dict)

    def observe(self, t: float, event: EventName, _fields: Mapping[str, object]) -> None:
        """Take a line of the trace."""
        if event == "session_opening":
            self.opening_s = t
        if event == "session_ready":
            self.took_s = t - self.opening_s
        self._happened.setdefault(event, asyncio.Event()).set()

    async def wait(self, event: EventName) -> None:
        """Wait until it has happened, once more."""
        happened = self._happened.setdefault(event, asyncio.Event())
        async with asyncio.timeout(20):
            await happened.wait()
        happened.clear()


class Speaker:
    """As much of the daemon as opens sessions."""

    def __init__(self, url: str, books: Books, watch: Stopwatch) -> None:
        settings = LiveSettings(endpoint=url, open_ahead=True)
        environ: Mapping[str, str] = {"GEMINI_API_KEY": "bench" * 8}
        source = CredentialSource(settings, environ, lambda _secret: None)
        spare = Spare(settings, source, books.trace)
        dialler = Dialler(Offer(settings, list, has_camera=False), source, spare)
        echo = Echo(Duplex("none"), None, None)
        capture = Capture(
            lambda _periods: SimulatedMicrophone(), Words(None), lambda _event: None, echo
        )

        async def post(_event: object, _is_wanted: IsWanted) -> None: ...

        self._link = Link(dialler, profile_for(settings.model), capture, post, books)
        self._watch = watch

    async def converse(self, *, is_ahead: bool) -> float:
        """Open a session, and end it; return how long the opening took."""
        if is_ahead:
            await self.open_ahead()
        self._link.open()
        await self._watch.wait("session_ready")
        self._link.close()
        await self._link.closed()
        return self._watch.took_s

    async def open_ahead(self) -> None:
        """Have a connection open."""
        self._link.open_ahead(is_called=True)
        await self._watch.wait("connection_opened_ahead")

    async def hang_up(self) -> None:
        """Close what was opened ahead."""
        await self._link.closed()


@asynccontextmanager
async def speaker(folder: Path, round_trip_s: float) -> AsyncIterator[tuple[Speaker, SlowLink]]:
    """Have a speaker, a server, and TLS and the link between them."""
    watch, trace = Stopwatch(), Trace()
    trace.subscribe(watch.observe)
    health = Health(trace)
    context = self_signed(folder)
    os.environ["SSL_CERT_FILE"] = str(folder / "certificate.pem")
    async with Simulator() as server, Meter(Store(folder), Budget(), health) as meter:
        plain = int(server.url.rpartition(":")[2])
        async with tls_in_front_of(plain, context) as port, slow_link(port, round_trip_s) as link:
            books = Books(health, trace, meter)
            yield Speaker(f"wss://127.0.0.1:{link.port}", books, watch), link


async def opening_s(folder: Path, round_trip_s: float, runs: int, *, is_ahead: bool) -> float:
    """Return how long an opening took, half of the time."""
    async with speaker(folder, round_trip_s) as (one, _):
        return statistics.median([await one.converse(is_ahead=is_ahead) for _ in range(runs)])


async def spare_bytes(folder: Path) -> tuple[int, int]:
    """Return what one spare that nobody uses sends and receives, TLS included."""
    async with speaker(folder, 0.0) as (one, link):
        await one.open_ahead()
        await one.hang_up()
        return link.bytes_up, link.bytes_down


def opened_in_an_hour(voices: int, chance: random.Random) -> int:
    """Return how many spares so many voices open, at random moments of the tenth hour."""
    ration = Ration()
    hours = 10
    opened: list[float] = []
    for at in sorted(chance.uniform(0, hours * HOUR_S) for _ in range(hours * voices)):
        if ration.allows(at, is_called=False):
            ration.note_opening(at)
            opened.append(at)
    return sum(at >= (hours - 1) * HOUR_S for at in opened)


async def measure(runs: int, seed: int) -> int:
    """Measure all, print it, and return the exit code."""
    saved: list[float] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for round_trip_s in ROUND_TRIPS_S:
            plain, ahead = [
                await opening_s(folder, round_trip_s, runs, is_ahead=is_ahead)
                for is_ahead in (False, True)
            ]
            saved.append((plain - ahead) / round_trip_s)
            _tell(
                f"round trip {round_trip_s * 1000:.0f} ms: session open after "
                f"{plain * 1000:.0f} ms, ahead {ahead * 1000:.0f} ms; "
                f"saved {(plain - ahead) * 1000:.0f} ms, {saved[-1]:.1f} round trips "
                f"(median of {runs})"
            )
        up, down = await spare_bytes(folder)
    _tell(f"one spare: {up} bytes up, {down} bytes down (TLS 1.3, one small certificate)")
    chance = random.Random(seed)  # noqa: S311 - draws voices, keeps no secret
    for voices in VOICES_AN_HOUR:
        count = opened_in_an_hour(voices, chance)
        _tell(f"{voices} voices an hour: {count} connections, {count * (up + down) / 1024:.0f} KiB")
    return 0 if min(saved) >= SAVED else 1


def _tell(line: str) -> None:
    sys.stdout.write(line + "\n")


def main() -> int:
    """Read the command line, and measure."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    logging.disable()
    return asyncio.run(measure(asked.runs, asked.seed))


if __name__ == "__main__":
    sys.exit(main())
