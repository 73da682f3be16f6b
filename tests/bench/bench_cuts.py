"""Cut running conversations at random, and measure how they heal.

    python tests/bench/bench_cuts.py --cuts 500 --side-by-side 10 --seed 1

Each conversation is a real `Link` against the embedded server over TCP, through a proxy
that resets the connection at a random moment and keeps the link away for up to 2 s.
A microphone that never pauses sends frames that carry their own number, so that what no
connection received is known exactly. Ends with 1 unless every cut was healed, half of
them within 1.5 s of the link's return, and no cut lost more than 0.5 s of audio.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import random
import statistics
import struct
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).parents[1]))

from myna.audio.capture import Capture
from myna.audio.events import CaptureEvent
from myna.audio.words import Words
from myna.config import LiveSettings
from myna.echo.branches import Echo
from myna.echo.duplex import Duplex
from myna.health import Health
from myna.line.dialler import Dialler, Offer
from myna.line.exchange import Books
from myna.line.life import IsWanted
from myna.line.link import Link
from myna.live.credential_source import CredentialSource
from myna.live.profiles import profile_for
from myna.simulator.script import Script
from myna.simulator.service import Simulator
from myna.trace import EventName, Trace
from myna.usage.budget import Budget
from myna.usage.meter import Meter
from myna.usage.store import Store
from myna_hardware.microphone.simulated import SimulatedMicrophone
from myna_hardware.units import Frames, frames_in
from support.fault_proxy import FaultProxy

BLOCK_FRAMES: Final = 320
"""Each block of 20 ms is one number, over and over: its place in the microphone."""

FIRST: Final = 1_000
AWAY_S: Final = 2.0
LIFE_S: Final = 5.0
HEALED_IN_S: Final = 1.5
LOST_LIMIT_S: Final = 0.5
BLOCK_S: Final = BLOCK_FRAMES / 16_000


@dataclass(slots=True)
class Figures:
    """What was measured.

    Attributes:
        healed_s: From the link's return to the next open session, for each cut.
        resumed: How many of them went on with the old session.
        lost_s: How much audio no connection received, for each conversation's cuts.
    """

    healed_s: list[float] = field(default_factory=list)
    resumed: int = 0
    lost_s: list[float] = field(default_factory=list)


def numbered(seconds: int) -> bytes:
    """Return audio in which every block of 20 ms holds its own number."""
    blocks = round(seconds / BLOCK_S)
    return b"".join(struct.pack("<h", FIRST + at) * BLOCK_FRAMES for at in range(blocks))


def numbers_in(pcm: bytes) -> set[int]:
    """Return the numbers of the blocks that are in `pcm`, in whole or in part."""
    return set(struct.unpack(f"<{frames_in(pcm)}h", pcm))


class Conversation:
    """One link through its own proxy, which is cut again and again."""

    def __init__(self, folder: Path, chance: random.Random, figures: Figures) -> None:
        self._folder = folder
        self._chance = chance
        self._figures = figures
        self._ready = asyncio.Event()
        self._is_resumed = False

    async def run(self, cuts: int) -> int:
        """Hold a conversation through `cuts` cuts; return how many were healed."""
        async with Simulator(Script(turns=())) as server:
            port = int(server.url.rpartition(":")[2])
            async with FaultProxy("127.0.0.1", port) as proxy:
                return await self._talk(server, proxy, cuts)

    async def _talk(self, server: Simulator, proxy: FaultProxy, cuts: int) -> int:
        trace = Trace()
        loop = asyncio.get_running_loop()

        def observe(_t: float, event: EventName, _fields: Mapping[str, object]) -> None:
            loop.call_soon_threadsafe(self._note, event)

        trace.subscribe(observe)
        length_s = round(cuts * (LIFE_S + AWAY_S + 1)) + 10
        microphone = SimulatedMicrophone()
        microphone.say(numbered(min(length_s, 600)))
        health = Health(trace)
        async with Meter(Store(self._folder), Budget(), health) as meter:
            link = self._link(proxy.url, microphone, Books(health, trace, meter))
            link.open()
            await self._ready.wait()
            link.uplink.start(Frames(0))
            healed = 0
            for _ in range(cuts):
                healed += await self._cut(proxy, link)
            await asyncio.sleep(1.0)
            self._count_losses(server, cuts)
            link.close()
            await link.closed()
            self._capture.stop()
        return healed

    def _link(self, url: str, microphone: SimulatedMicrophone, books: Books) -> Link:
        settings = LiveSettings(endpoint=url)
        environ: Mapping[str, str] = {"GEMINI_API_KEY": "bench"}
        source = CredentialSource(settings, environ, lambda _secret: None)
        loop = asyncio.get_running_loop()

        def hear(_event: CaptureEvent) -> None:
            loop.call_soon_threadsafe(link.uplink.note_captured)

        self._capture = Capture(
            lambda _periods: microphone, Words(None), hear, Echo(Duplex("none"), None, None)
        )

        async def post(_event: object, _is_wanted: IsWanted) -> None: ...

        link = Link(
            Dialler(Offer(settings, list, has_camera=False), source),
            profile_for(settings.model),
            self._capture,
            post,
            books,
        )
        self._capture.start()
        return link

    def _note(self, event: EventName) -> None:
        if event == "session_ready":
            self._ready.set()
        self._is_resumed = self._is_resumed or event == "session_resumed"

    async def _cut(self, proxy: FaultProxy, link: Link) -> int:
        """Cut once; return 1 if it was healed."""
        loop = asyncio.get_running_loop()
        await asyncio.sleep(self._chance.uniform(0.05, LIFE_S))
        self._ready.clear()
        self._is_resumed = False
        proxy.refuse()
        proxy.reset()
        await asyncio.sleep(self._chance.uniform(0, AWAY_S))
        proxy.accept()
        back_s = loop.time()
        try:
            async with asyncio.timeout(40):
                await self._ready.wait()
        except TimeoutError:
            link.open()
            return 0
        self._figures.healed_s.append(loop.time() - back_s)
        await asyncio.sleep(0)
        self._figures.resumed += self._is_resumed
        return 1

    def _count_losses(self, server: Simulator, cuts: int) -> None:
        """Note what no connection received, for each cut on average."""
        received: set[int] = set()
        for connection in server.state.connections:
            received |= numbers_in(connection.received)
        received -= {0}
        if received:
            missing = max(received) - FIRST + 1 - len(received)
            self._figures.lost_s.append(missing * BLOCK_S / cuts)


async def measure(cuts: int, side_by_side: int, seed: int) -> int:
    """Cut and measure; return the exit code."""
    figures = Figures()
    share = [cuts // side_by_side + (n < cuts % side_by_side) for n in range(side_by_side)]
    with tempfile.TemporaryDirectory() as folder:
        talks = [
            Conversation(Path(folder, str(n)), random.Random(seed + n), figures).run(count)  # noqa: S311
            for n, count in enumerate(share)
        ]
        healed = sum(await asyncio.gather(*talks))
    times = sorted(figures.healed_s)
    median = statistics.median(times)
    told = (
        f"{cuts} cuts, seed {seed}, {side_by_side} conversations side by side",
        f"{healed} recoveries, {figures.resumed} of them resumed the session",
        (
            f"open again after the link's return: median {median:.2f} s, "
            f"p95 {times[int(len(times) * 0.95) - 1]:.2f} s, at most {times[-1]:.2f} s"
        ),
        (
            f"audio lost per cut: median {statistics.median(figures.lost_s):.3f} s, "
            f"at most {max(figures.lost_s):.3f} s (mean of a conversation's cuts)"
        ),
    )
    sys.stdout.write("\n".join(told) + "\n")
    is_good = healed == cuts and median <= HEALED_IN_S and max(figures.lost_s) <= LOST_LIMIT_S
    return 0 if is_good else 1


def main() -> int:
    """Read the command line, and measure."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--cuts", type=int, default=500)
    parser.add_argument("--side-by-side", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    logging.disable()
    return asyncio.run(measure(asked.cuts, asked.side_by_side, asked.seed))


if __name__ == "__main__":
    sys.exit(main())
