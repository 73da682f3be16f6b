"""What another process costs, as the kernel counts it."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from msgspec import Struct

KIB: Final = 1024


class Memory(Struct, frozen=True):
    """What a process has in memory.

    Attributes:
        rss_mib: All of its pages.
        pss_mib: The same, with pages that others have too counted in part.
    """

    rss_mib: float
    pss_mib: float


def memory_of(pid: int) -> Memory:
    """Return what the process has in memory now (proc(5), smaps_rollup).

    Raises:
        PermissionError: It belongs to somebody else, or lets nobody look: only root may.
    """
    return memory_in(Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii"))


def memory_in(rollup: str) -> Memory:
    """Read the text of a smaps_rollup."""
    kib = {line.split(":")[0]: int(line.split()[1]) for line in rollup.splitlines()[1:]}
    return Memory(rss_mib=kib["Rss"] / KIB, pss_mib=kib["Pss"] / KIB)


def cpu_s(pid: int) -> float:
    """Return how long the process has computed, all its threads: to the nanosecond.

    The kernel's clock of another process; its number is made as clock_getcpuclockid(3) does.
    """
    return time.clock_gettime((~pid << 3) | 2)


async def costs_ms(pids: Sequence[int], seconds: float, speed: float = 1.0) -> list[float]:
    """Return how many milliseconds each computes in a second, all in the same time.

    Args:
        pids: The processes.
        seconds: How long to look.
        speed: How fast time goes by for them; these seconds are theirs.
    """
    began_s, before = time.monotonic(), [cpu_s(pid) for pid in pids]
    await asyncio.sleep(seconds / speed)
    spent = [cpu_s(pid) - then_s for pid, then_s in zip(pids, before, strict=True)]
    passed_s = (time.monotonic() - began_s) * speed
    return [1000 * each_s / passed_s for each_s in spent]


@contextmanager
def on_one_core() -> Iterator[None]:
    """Keep what is started meanwhile on one core, so that whatever slows it slows all."""
    allowed = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(allowed)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, allowed)
