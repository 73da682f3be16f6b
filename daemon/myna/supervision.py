"""Keep a part of the daemon running, and the daemon running without it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Final

from myna.health import Health

PAUSES_S: Final = (1.0, 5.0, 30.0, 300.0)
"""Before it is started again; the last one counts for good, the first again after a run
that was longer than the last."""

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
    clock = asyncio.get_running_loop().time
    told, failures = "", 0
    while True:
        began_s = clock()
        trouble, error = await _end_of(run)
        if trouble != told:
            log.error("%s %s", name, trouble, exc_info=error)
            told = trouble
        health.degrade(name, trouble)
        failures = 0 if clock() - began_s > PAUSES_S[-1] else failures
        await asyncio.sleep(PAUSES_S[min(failures, len(PAUSES_S) - 1)])
        failures += 1


async def _end_of(run: Callable[[], Awaitable[None]]) -> tuple[str, BaseException | None]:
    """Run it to its end; return what is to be said of that, and why it came."""
    try:
        await run()
    # Task supervision: it is told and started again.
    except Exception as error:  # noqa: BLE001
        return f"failed inside ({type(error).__name__}): see the log", error
    except asyncio.CancelledError as error:
        if _is_being_cancelled():
            raise
        return "was cancelled from inside, which is a bug", error
    return "ended, which it should not", None


def _is_being_cancelled() -> bool:
    task = asyncio.current_task()
    return task is not None and bool(task.cancelling())
