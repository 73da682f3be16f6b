"""What it costs to wait for the wake word, beside the bare engine that hears the same.

PYTHONPATH=tests python -m bench.performance.idle [--quick]
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from bench.performance.measure import Chapter, Compared, Measured, Scale, run_alone
from bench.performance.processes import Memory, costs_ms, memory_of, on_one_core
from bench.performance.stage import (
    AT_SPEED,
    SPEED,
    home_in,
    hurried,
    in_a_hurry,
    program,
    room_sound,
)
from support.cli import Daemon, daemon
from support.speech import recorded

CONFIG: Final = """\
[wake]
engine = "micro"
[live]
endpoint = "ws://127.0.0.1:9"
[microphone]
driver = "file"
path = "{sound}"
[speaker]
driver = "simulated"
[lights]
driver = "simulated"
pin = 17
"""

SPOKEN: Final = ("small_talk", "weather", "turn_on_the_lamp", "small_talk_espeak")
CYCLE_S: Final = 12.0
"""So that three quarters of it are speech."""

SETTLE_S: Final = 8.0
WINDOW_S: Final = 12.0
WINDOWS: Final = 2
PAIRS: Final = 10
"""Of processes. How their memory happens to lie makes a tenth, and differs from pair to pair."""

REAL_TIME_S: Final = 12.0
START_S: Final = 3.0
"""What the daemon takes until it is ready, at most."""

CPU_GOAL: Final = 1.15
MEMORY_GOAL_MIB: Final = 80.0

HOW: Final = f"""\
`myna run` and the library of its wake engine, each in a process of its own on the same core, hear \
the same recorded speech and noise, which hold no wake word, through the same file driver, in \
pieces of 20 ms. {AT_SPEED} {WINDOW_S:g} of its seconds are a round. Speaker and lights are \
simulated; there is no session and no network."""


async def rounds(folder: Path, sound: Path, windows: int) -> AsyncIterator[tuple[float, ...]]:
    """Yield the CPU of daemon and bare engine in one window after another, and the memory."""
    home = in_a_hurry(home_in(folder, CONFIG.format(sound=sound)))
    bare = hurried("bench.performance.bare_engine", str(sound))
    async with program(home, *bare) as engine, daemon(home) as speaker:
        pids = speaker.process.pid, engine.pid
        await asyncio.sleep(SETTLE_S / SPEED)
        for _ in range(windows):
            ours_ms, theirs_ms = await costs_ms(pids, WINDOW_S, SPEED)
            yield ours_ms, theirs_ms, *memories(*pids)
        check(speaker)


async def in_real_time(folder: Path, sound: Path) -> float:
    """Return the CPU of a daemon for which time goes by as ever."""
    async with daemon(home_in(folder, CONFIG.format(sound=sound))) as speaker:
        await asyncio.sleep(SETTLE_S)
        (cost_ms,) = await costs_ms([speaker.process.pid], REAL_TIME_S)
        check(speaker)
    return cost_ms


def check(speaker: Daemon) -> None:
    """Raise RuntimeError unless it has been at rest."""
    if speaker.of("wake") or speaker.of("degraded"):
        raise RuntimeError(f"it did not rest: {speaker.lines}")


def memories(*pids: int) -> tuple[float, ...]:
    """Return RSS and PSS of each."""
    found: list[Memory] = [memory_of(pid) for pid in pids]
    return tuple(value for each in found for value in (each.rss_mib, each.pss_mib))


async def measured(scale: Scale) -> tuple[list[tuple[float, ...]], float]:
    """Return all rounds, and the CPU in real time."""
    windows, pairs = scale.rounds(WINDOWS), scale.rounds(PAIRS)
    with TemporaryDirectory() as name, on_one_core():
        place = Path(name)
        cycle = b"".join(map(recorded, SPOKEN))
        seconds = SETTLE_S + START_S * SPEED + (windows + 1) * WINDOW_S
        sound = room_sound(place, cycle, CYCLE_S, seconds)
        found = [
            each
            for pair in range(pairs)
            async for each in rounds(place / str(pair), sound, windows)
        ]
        return found, await in_real_time(place / "real", sound)


def measure(scale: Scale) -> Chapter:
    """Measure the daemon at rest."""
    found, real_ms = asyncio.run(measured(scale))
    ours_ms, theirs_ms, rss_mib, pss_mib, bare_rss_mib, bare_pss_mib = zip(*found, strict=True)
    bare = "pymicro-wakeword alone"
    return Chapter(
        title="At rest, waiting for the wake word",
        script="python -m bench.performance.idle",
        how=HOW,
        compared=(
            Compared("CPU at rest", "ms/s", bare, ours_ms, theirs_ms, CPU_GOAL),
            Compared("resident memory at rest", "MiB", bare, rss_mib, bare_rss_mib),
        ),
        measured=(
            Measured("CPU at rest in real time", "ms/s", (real_ms,)),
            Measured("resident memory at rest (RSS)", "MiB", rss_mib, MEMORY_GOAL_MIB, "max"),
            Measured("its share of shared pages only (PSS)", "MiB", pss_mib),
            Measured("the same of the bare engine (PSS)", "MiB", bare_pss_mib),
        ),
    )


if __name__ == "__main__":
    run_alone(measure)
