"""How long sessions take to notice that their link is dead, though nothing says so.

    PYTHONPATH=tests .venv/bin/python tests/support/half_open.py

Run like that it breaks the link for good by dropping every packet, so it runs in a
network namespace of its own (`netns.run_script`). It prints the seconds as JSON.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

from myna.config import LiveSettings
from myna.errors import SessionClosedError
from myna.live.connection import LiveSession, open_session
from myna.live.credentials import Credential
from myna.simulator.service import Simulator
from support.netns import drop_every_packet

SCRIPT: Final = Path(__file__)
CHUNK_S: Final = 0.1
CHUNK: Final = bytes(int(2 * 16_000 * CHUNK_S))
PATIENCE_S: Final = 40.0


async def seconds_until_noticed(
    endpoint: str, break_line: Callable[[], Awaitable[None]]
) -> dict[str, float]:
    """Open two sessions, one of which speaks; break the line; return how long each took.

    Args:
        endpoint: Of a Live server.
        break_line: Makes packets vanish; returns when they do.
    """
    idle, speaking = [await _opened(endpoint) for _ in range(2)]
    loop = asyncio.get_running_loop()
    voice = asyncio.create_task(_speak(speaking))
    try:
        await break_line()
        broken_s = loop.time()
        async with asyncio.timeout(PATIENCE_S):
            ended_s = await asyncio.gather(_end_of(idle), _end_of(speaking))
    finally:
        await voice
        await asyncio.gather(idle.close(), speaking.close())
    return {"idle": ended_s[0] - broken_s, "speaking": ended_s[1] - broken_s}


async def _opened(endpoint: str) -> LiveSession:
    return await open_session(LiveSettings(endpoint=endpoint), Credential("test-key", "a test"), [])


async def _end_of(session: LiveSession) -> float:
    """Listen until the session has ended; return when that was."""
    try:
        async for _ in session.events():
            pass
    except SessionClosedError:
        pass
    return asyncio.get_running_loop().time()


async def _speak(session: LiveSession) -> None:
    """Send silence in real time, until the session has ended."""
    try:
        while True:
            await session.send_audio(CHUNK)
            await asyncio.sleep(CHUNK_S)  # the microphone's pace
    except SessionClosedError:
        return


async def main() -> None:
    """Measure against a simulator in this namespace, and print the seconds."""

    async def break_line() -> None:
        await asyncio.to_thread(drop_every_packet)

    async with Simulator() as server:
        took_s = await seconds_until_noticed(server.url, break_line)
        sys.stdout.write(json.dumps(took_s))
        sys.stdout.flush()
        sys.exit(0)  # the server would wait for a goodbye that cannot come


if __name__ == "__main__":
    asyncio.run(main())
