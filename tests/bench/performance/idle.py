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
from bench.performance.stage import home_in, program, room_sound
from support.cli import daemon
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

SETTLE_S: Final = 3.0
WINDOW_S: Final = 4.0
WINDOWS: Final = 2
PAIRS: Final = 7
"""Of processes. Who wakes shortly after the other finds the library in the caches: that makes
a tenth, and differs from pair to pair."""

CPU_GOAL: Final = 1.15
MEMORY_GOAL_MIB: Final = 80.0


async def rounds(folder: Path, sound: Path, windows: int) -> AsyncIterator[tuple[float, ...]]:
    """Yield the CPU of daemon and bare engine in one window after another, and the memory."""
    home = home_in(folder, CONFIG.format(sound=sound))
    bare = str(Path(__file__).parent / "bare_engine.py")
    async with program(home, bare, str(sound)) as engine, daemon(home) as speaker:
        pids = speaker.process.pid, engine.pid
        await asyncio.sleep(SETTLE_S)
        for _ in range(windows):
            ours_ms, theirs_ms = await costs_ms(pids, WINDOW_S)
            yield ours_ms, theirs_ms, *memories(*pids)
        if speaker.of("wake") or speaker.of("degraded"):
            raise RuntimeError(f"it did not rest: {speaker.lines}")


def memories(*pids: int) -> tuple[float, ...]:
    """Return RSS and PSS of each."""
    found: list[Memory] = [memory_of(pid) for pid in pids]
    return tuple(value for each in found for value in (each.rss_mib, each.pss_mib))


async def measured(scale: Scale) -> list[tuple[float, ...]]:
    """Return all rounds."""
    windows = scale.rounds(WINDOWS)
    pairs = scale.rounds(PAIRS)
    with TemporaryDirectory() as place, on_one_core():
        cycle = b"".join(map(recorded, SPOKEN))
        sound = room_sound(Path(place), cycle, CYCLE_S, 2 * SETTLE_S + (windows + 1) * WINDOW_S)
        return [
            each
            for pair in range(pairs)
            async for each in rounds(Path(place) / str(pair), sound, windows)
        ]


def measure(scale: Scale) -> Chapter:
    """Measure the daemon at rest."""
    found = tuple(zip(*asyncio.run(measured(scale)), strict=True))
    ours_ms, theirs_ms, rss_mib, pss_mib, bare_rss_mib, bare_pss_mib = found
    bare = "pymicro-wakeword alone"
    return Chapter(
        title="At rest, waiting for the wake word",
        script="python -m bench.performance.idle",
        how=(
            "`myna run` and the library of its wake engine, each in a process of its own on the "
            "same core, hear the same recorded speech and noise, which hold no wake word, in "
            f"pieces of 20 ms in real time. {WINDOW_S:g} s are a round; CPU is the kernel's clock "
            "of the process. Speaker and lights are simulated; there is no session and no network."
        ),
        compared=(
            Compared("CPU at rest", "ms/s", bare, ours_ms, theirs_ms, CPU_GOAL),
            Compared("resident memory at rest", "MiB", bare, rss_mib, bare_rss_mib),
        ),
        measured=(
            Measured("resident memory at rest (RSS)", "MiB", rss_mib, MEMORY_GOAL_MIB, "max"),
            Measured("its share of shared pages only (PSS)", "MiB", pss_mib),
            Measured("the same of the bare engine (PSS)", "MiB", bare_pss_mib),
        ),
    )


if __name__ == "__main__":
    run_alone(measure)
