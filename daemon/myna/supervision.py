"""Keep a part of the daemon running, and the daemon running without it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from typing import Final

from myna.health import Health

PAUSES_S: Final = (1.0, 5.0, 30.0, 300.0)
"""Before it is started again; the last one counts for good."""

WELL_S: Final = PAUSES_S[-1]
"""What has run for longer is well again, and the first pause counts again."""

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
    loop = asyncio.get_running_loop()
    told, trouble, failures = "", "", 0
    while True:
        began_s = loop.time()
        with _watched(loop, partial(_recover, health, name, trouble)):
            trouble, error = await _end_of(run)
        if trouble != told:
            log.error("%s %s", name, trouble, exc_info=error)
            told = trouble
        health.degrade(name, trouble)
        failures = 0 if loop.time() - began_s > WELL_S else failures
        await asyncio.sleep(PAUSES_S[min(failures, len(PAUSES_S) - 1)])
        failures += 1


@contextmanager
def _watched(loop: asyncio.AbstractEventLoop, when_well: Callable[[], None]) -> Iterator[None]:
    timer = loop.call_later(WELL_S, when_well)
    try:
        yield
    finally:
        timer.cancel()


def _recover(health: Health, name: str, trouble: str) -> None:
    """Take back what was told of its failures; a trouble that it told itself is its own."""
    if health.troubles.get(name) == trouble:
        health.recover(name)


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
