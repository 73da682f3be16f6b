"""What goes out first when much is waiting, over TCP."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from myna.audio.capture import Capture
from myna.audio.words import Words
from myna.config import LiveSettings
from myna.conversation.events import Event
from myna.echo.branches import Echo
from myna.echo.duplex import Duplex
from myna.health import Health
from myna.line.exchange import Books, Exchange
from myna.line.line import Line
from myna.line.uplink import Uplink
from myna.live.connection import open_session
from myna.live.credentials import Credential
from myna.trace import Trace
from myna.usage.budget import Budget
from myna.usage.meter import Meter
from myna.usage.store import Store
from myna_hardware.microphone.simulated import SimulatedMicrophone
from support.line_story import MODEL_THAT_MAY_STAY_SILENT, SOUND, talking
from support.live_server import Peer, live_server

CHUNKS = 3


class Behind(Uplink):
    """A microphone of which some chunks wait to be sent."""

    def __init__(self, trace: Trace) -> None:
        super().__init__(
            Capture(
                lambda _periods: SimulatedMicrophone(),
                Words(None),
                lambda _event: None,
                Echo(Duplex("none"), None, None),
            ),
            trace,
            lambda: None,
        )
        self._left = CHUNKS

    def next_chunk(self) -> bytes | None:
        self._left -= 1
        return bytes(640) if self._left >= 0 else None


async def exchange_until(is_done: asyncio.Event, line: Line, endpoint: str, folder: Path) -> None:
    """Let the line talk to the server until `is_done`."""
    session = await open_session(LiveSettings(endpoint=endpoint), Credential("k", "a test"), [])
    trace = Trace()
    health, work = Health(trace), asyncio.Event()
    work.set()

    async def post(_event: Event) -> None: ...

    async with Meter(Store(folder), Budget(), health) as meter:
        books = Books(health, trace, meter)
        talk = asyncio.create_task(Exchange(session, line, Behind(trace), work, books).run(post))
        async with asyncio.timeout(10):
            await is_done.wait()
        talk.cancel()
        await asyncio.wait([talk])
        await session.close()


async def test_stop_overtakes_texts_and_the_microphone(tmp_path: Path) -> None:
    heard: list[str] = []
    is_all = asyncio.Event()

    async def script(peer: Peer) -> None:
        await peer.accept()
        heard.extend([_name(await peer.receive()) for _ in range(CHUNKS + 2)])
        is_all.set()
        await peer.stay()

    story = talking(MODEL_THAT_MAY_STAY_SILENT)
    story.hear(SOUND)
    story.line.say("hello")
    story.line.cut()
    async with live_server(script) as server:
        await exchange_until(is_all, story.line, server.endpoint, tmp_path)
    assert heard == ["clientContent", "text", *["audio"] * CHUNKS]


def _name(message: dict[str, Any]) -> str:
    ((kind, body),) = message.items()
    return next(iter(body)) if kind == "realtimeInput" else str(kind)
