"""Keep a part of the daemon running, and the daemon running without it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Final

from myna.health import Health

PAUSES_S: Final = (1.0, 5.0, 30.0, 300.0)
"""Before it is started again; the last one counts for good."""

log: Final = logging.getLogger(__name__)


@asynccontextmanager
async def supervised(
    run: Callable[[], Awaitable[None]], name: str, health: Health
) -> AsyncIterator[None]:
    """Run a part in the background for as long as the context lasts.

    An exception that leaves it is a bug of that part: it is told once, and the part is
    started again. At the end the part is cancelled and waited for.

    Args:
        run: Called for each start; ends by being cancelled.
        name: What it is called in the status.
        health: Told when it fails.
    """
    task = asyncio.create_task(_keep_running(run, name, health), name=name)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])


async def _keep_running(run: Callable[[], Awaitable[None]], name: str, health: Health) -> None:
    pauses = iter(PAUSES_S)
    pause_s = 0.0
    while True:
        try:
            await run()
        except Exception as error:
            log.exception("%s failed, which is a bug", name, exc_info=error)
            health.degrade(name, f"failed inside ({type(error).__name__}): see the log")
        else:
            health.degrade(name, "ended, which it should not")
        pause_s = next(pauses, pause_s)
        await asyncio.sleep(pause_s)
