"""Chapters of the performance page, of the same figures each time."""

from __future__ import annotations

from bench.performance.measure import Chapter, Compared, Curve, Measured, Stack
from bench.performance.record import Machine, Result

MACHINE = Machine(
    board="",
    processor="Some Processor",
    cores=2,
    memory_mib=2048,
    kernel="Linux 6.1 x86_64",
    distribution="Debian",
    python="3.11.2",
    governor="unknown",
    load=0.25,
    versions={"websockets": "17.4"},
    myna="0.1.0",
    commit="abc",
)
IDLE = Chapter(
    title="Waiting, for the wake word",
    script="python -m bench.performance.idle",
    how="Both hear the same minute.",
    compared=(
        Compared("CPU", "ms", "bare engine", (11.0, 12.0, 13.0), (10.0, 10.0, 10.0), goal=1.15),
        Compared("threads", "", "bare engine", (3.0,), (1.0,)),
    ),
    measured=(
        Measured("memory", "MiB", (70.0, 71.0, 69.0), goal=80.0),
        Measured("delay", "ms", (1.0, 20.0), goal=15.0, judged="p95"),
        Measured("found", "words", (5.0, 7.0), goal=4.0, judged="min"),
    ),
    distributions={"at 0 ms": (1.0, 2.0, 4.0), "at 50 ms": (2.0, 3.0)},
    unit="ms",
    curves=(Curve("CPU, by tools", "tools", "ms", {"call": ((1, 2), (10, 3))}, is_log=True),),
    stacks=(Stack("Whose delay", "ms", {"at 0 ms": {"ours": (1.0, 2.0), "theirs": (7.0,)}}),),
    remarks=("The delay is the kernel's.",),
)


def result(name: str = "idle", chapter: Chapter = IDLE, again: Chapter | None = None) -> Result:
    """Return what became of a chapter on some day."""
    return Result(name, chapter, commit="abc", date="2026-11-26", took_s=90.0, again=again)
