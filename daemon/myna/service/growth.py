"""Memory that only grows, noticed before the machine has none left.

On Raspberry Pi OS the unit's MemoryMax= does nothing unless the kernel is told to count
(raspberrypi/linux#6980), and a Pi without memory is a Pi that nobody reaches any more.
"""

from __future__ import annotations

import asyncio
import os
import resource
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

LOOK_S: Final = 30.0
FIRST_LOOK_S: Final = 600.0
"""So that a machine on which nothing would help has ten minutes of speaker at a time."""

LEAST_BYTES: Final = 256 * 2**20
"""Three times what a whole speaker takes in conversation: 86 MiB
(tests/bench/performance/session.py)."""

SHARE: Final = 0.5
"""Of the machine's memory, on those that have more; below the unit's MemoryHigh=."""

STATM: Final = Path("/proc/self/statm")


def limit_bytes() -> int:
    """Return how much this machine can spare."""
    whole = os.sysconf("SC_PHYS_PAGES") * resource.getpagesize()
    return max(LEAST_BYTES, int(SHARE * whole))


def resident_bytes() -> int:
    """Return how much this process has in memory (proc(5), statm: the second number)."""
    return int(STATM.read_text().split()[1]) * resource.getpagesize()


async def until_outgrown(
    resident: Callable[[], int], limit: int, until_at_rest: Callable[[], Awaitable[object]]
) -> None:
    """Wait until there is more than `limit` bytes, and nobody talks.

    Args:
        resident: Says how many there are.
        limit: In bytes.
        until_at_rest: Waits until nobody talks.
    """
    await asyncio.sleep(FIRST_LOOK_S)
    while True:
        if resident() > limit:
            await until_at_rest()
            return
        await asyncio.sleep(LOOK_S)
