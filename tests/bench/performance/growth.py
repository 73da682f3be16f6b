"""What grows with use, and whether each unit of it stays as cheap as the first.

Tools, the length of a reply, turns, and speakers at one server.
"""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from itertools import pairwise
from typing import Final, TypeAlias

from bench.performance.alone import alone, side_by_side
from bench.performance.fleet import Spent, converse, serving
from bench.performance.growing import ReplyCost, ToolCost, cost_of_reply, cost_of_tools
from bench.performance.long_talk import long_talk
from bench.performance.measure import Chapter, Curve, Measured, Scale, run_alone
from bench.vitals import MIB, cpu_s, resident_bytes

FLAT: Final = 1.25
"""What the unit may cost at the largest load, to what it costs at a middle one."""

TOOLS: Final = (1, 10, 100, 1000)
REPLIES_S: Final = (1.0, 10.0, 60.0, 300.0, 1800.0)
SPEAKERS: Final = (1, 10, 100)
IN_A_PROCESS: Final = 10
TURNS_OF_EACH: Final = 2
LIFE_S: Final = 20.0
BUILD_S: Final = 3.0
"""Ten processes on two cores load and open ten speakers each."""
HURRY: Final = 20.0

HOW: Final = """\
Each load in a fresh process. Tools: the message that opens a session is built of 1 to 1,000
declarations, and the last of them is called. Replies: the playback thread plays 1 s to 30 min
to a speaker that takes sound as fast as it comes; once the reply is sent as it is played, once
all of it before any has sounded. Turns: a whole daemon without a wake engine, with devices that
are files, announces 2,000 times, each time in a session of its own, while time goes by twenty
times as fast (`tests/bench/hurried.py`). Speakers: 1, 10 and 100 such daemons, ten in a process,
in real time, at one embedded server in a process of its own; each lives for 20 s and has two
turns in them. A ratio is that of what a unit
costs at the largest load to what it costs at a middle one: flat is 1."""

REMARKS: Final = (
    (
        "What waits to be played is bounded: two minutes of it, 5.8 MB, whatever the server sends. "
        "A server that sends a reply of half an hour at once loses all but that; the loss is "
        "counted as an xrun of the playout. At five times the pace of speech, as the real one "
        "sends, everything up to 150 s is heard whole."
    ),
    (
        "The message of 1,000 tools costs more for each than that of 100, for Python's collector "
        "walks over what is built; without the collector it is 0.9 microseconds against 0.7."
    ),
)

Points: TypeAlias = tuple[tuple[float, float], ...]


def measure(scale: Scale) -> Chapter:
    """Measure."""
    tools = _tools()
    replies = _replies(scale)
    turns = _turns(scale)
    speakers = _speakers(scale)
    return Chapter(
        title="Growth: tools, replies, turns, speakers",
        script="python -m bench.performance.growth",
        how=HOW,
        measured=(*tools[0], *replies[0], *turns[0], *speakers[0]),
        curves=(*tools[1], *replies[1], *turns[1], *speakers[1]),
        remarks=REMARKS,
    )


Part: TypeAlias = tuple[tuple[Measured, ...], tuple[Curve, ...]]


def flat(what: str, ratios: tuple[float, ...], goal: float | None = FLAT) -> Measured:
    """Return a row for the cost of a unit at the largest load to that at a middle one."""
    return Measured(what, "times", ratios, goal=goal)


# --- tools ------------------------------------------------------------------------------


def _tools() -> Part:
    rounds = [[alone(cost_of_tools, count) for count in TOOLS] for _ in range(3)]
    middle = [statistics.median(each[at].setup_s for each in rounds) for at in range(len(TOOLS))]
    calls = [statistics.median(each[at].call_s for each in rounds) for at in range(len(TOOLS))]

    def ratios(of: str) -> tuple[float, ...]:
        return tuple(_per_tool(each, -1, of) / _per_tool(each, 1, of) for each in rounds)

    most = [each[-1] for each in rounds]
    measured = (
        Measured("1,000 tools: memory", "MiB", tuple(each.memory_bytes / MIB for each in most)),
        Measured("1,000 tools: setup message", "ms", tuple(1e3 * each.setup_s for each in most)),
        Measured("1,000 tools: a call", "ms", tuple(1e3 * each.call_s for each in most)),
        flat("memory of a tool, 1,000 tools to 10", ratios("memory_bytes")),
        flat("setup message for a tool, 1,000 to 10", ratios("setup_s")),
        flat(
            "a call, 1,000 tools to 10", tuple(each[-1].call_s / each[1].call_s for each in rounds)
        ),
    )
    points = {
        "setup message, of each tool": _points(
            TOOLS, [1e6 * s / n for s, n in zip(middle, TOOLS, strict=True)]
        ),
        "a call": _points(TOOLS, [1e6 * s for s in calls]),
    }
    return measured, (Curve("CPU against tools", "tools", "microseconds", points, is_log=True),)


def _per_tool(costs: list[ToolCost], at: int, of: str) -> float:
    value: float = getattr(costs[at], of)
    return value / TOOLS[at]


# --- replies ----------------------------------------------------------------------------


def _replies(scale: Scale) -> Part:
    lengths = REPLIES_S[:-1] if scale.is_quick else REPLIES_S
    paced = [alone(cost_of_reply, seconds, at_once=False) for seconds in lengths]
    at_once = [alone(cost_of_reply, seconds, at_once=True) for seconds in lengths]
    cpu_s_a_min = [60 * each.cpu_s / s for each, s in zip(paced, lengths, strict=True)]
    name = _length(lengths[-1])
    measured = (
        Measured(f"reply of {name}: CPU", "s per minute", (cpu_s_a_min[-1],)),
        flat(f"CPU of a minute of reply, {name} to 1 min", (cpu_s_a_min[-1] / cpu_s_a_min[2],)),
        Measured(
            f"reply of {name}: memory, sent as it is played",
            "MiB",
            (paced[-1].memory_mib,),
            goal=1.0,
        ),
        Measured(
            f"reply of {name}: memory, sent at once", "MiB", (at_once[-1].memory_mib,), goal=6.5
        ),
        Measured(f"reply of {name}: did not fit, sent at once", "s", (at_once[-1].lost_s,)),
    )
    curves = (
        Curve(
            "Memory against the length of a reply",
            "seconds",
            "MiB",
            _memory(lengths, paced, at_once),
            is_log=True,
        ),
        Curve(
            "CPU against the length of a reply",
            "seconds",
            "CPU seconds per minute",
            {"playing": _points(lengths, cpu_s_a_min)},
            is_log=True,
        ),
    )
    return measured, curves


def _memory(
    lengths: tuple[float, ...], paced: list[ReplyCost], at_once: list[ReplyCost]
) -> dict[str, Points]:
    return {
        "sent as it is played": _points(lengths, [each.memory_mib for each in paced]),
        "sent at once": _points(lengths, [each.memory_mib for each in at_once]),
    }


def _length(seconds: float) -> str:
    return f"{seconds / 60:g} min"


# --- turns ------------------------------------------------------------------------------


def _turns(scale: Scale) -> Part:
    turns, marks = (200, 10) if scale.is_quick else (2000, 20)
    with serving(HURRY) as (url, _pid):
        spent = long_talk(HURRY, url, turns, marks)
    ends = [(0, 0.0, 0.0), *spent.marks]
    each_ms = [
        1e3 * (after[1] - before[1]) / (after[0] - before[0]) for before, after in pairwise(ends)
    ]
    memory = [mark[2] for mark in spent.marks]
    half, quarter = marks // 2, marks // 4
    last = statistics.median(each_ms[-quarter:])
    middle = statistics.median(each_ms[half - quarter : half])
    measured = (
        Measured("a turn of 0.4 s with its session: CPU", "ms", tuple(each_ms[1:])),
        flat(f"CPU of a turn, the last of {turns:,} to the middle", (last / middle,)),
        Measured(
            f"memory, from turn {turns // 2:,} to turn {turns:,}",
            "MiB",
            (memory[-1] - memory[half - 1],),
            goal=1.0,
        ),
    )
    curves = (
        Curve(
            "CPU of a turn, over turns",
            "turns",
            "ms",
            {
                "whole daemon": tuple(
                    (mark[0], ms) for mark, ms in zip(spent.marks[1:], each_ms[1:], strict=True)
                )
            },
        ),
        Curve(
            "Memory over turns",
            "turns",
            "MiB",
            {"whole daemon": tuple((mark[0], mark[2]) for mark in spent.marks)},
        ),
    )
    return measured, curves


# --- speakers ---------------------------------------------------------------------------


def _speakers(scale: Scale) -> Part:
    counts = SPEAKERS[:-1] if scale.is_quick else SPEAKERS
    fleets = [_fleet(count) for count in counts]
    rows = {
        "speaker: CPU in 20 s with two turns": (
            "ms",
            [1e3 * ours.cpu_s / ours.speakers for ours, *_ in fleets],
        ),
        "server: CPU of two turns": ("ms", [1e3 * cpu / ours.speakers for ours, cpu, _ in fleets]),
        "speaker: memory": ("MiB", [ours.memory_mib / ours.speakers for ours, *_ in fleets]),
        "server: memory of a turn": ("MiB", [memory / ours.turns for ours, _, memory in fleets]),
    }
    most = counts[-1]
    measured = [
        Measured(f"{most} speakers, {what}", unit, (values[-1],))
        for what, (unit, values) in rows.items()
    ]
    measured += [
        flat(f"{what}, {most} to {counts[-2]}", (values[-1] / values[-2],))
        for what, (_, values) in rows.items()
        if values[-2] > 0
    ]
    curves = [
        Curve(
            f"{unit} of each, against speakers",
            "speakers",
            unit,
            {
                what: _points(counts, values)
                for what, (found, values) in rows.items()
                if found == unit
            },
            is_log=True,
        )
        for unit in ("ms", "MiB")
    ]
    return tuple(measured), tuple(curves)


def _fleet(count: int) -> tuple[Spent, float, float]:
    """Let `count` speakers talk to one server; return what both spent."""
    in_each = min(count, IN_A_PROCESS)
    processes = count // in_each
    with serving(1.0) as (url, pid):
        before = cpu_s(pid), resident_bytes(pid)
        spent = side_by_side(
            converse,
            [(url, in_each, TURNS_OF_EACH, BUILD_S, LIFE_S)] * processes,
        )
        after = cpu_s(pid), resident_bytes(pid)
    ours = Spent(
        count,
        sum(each.turns for each in spent),
        sum(each.cpu_s for each in spent),
        sum(each.memory_mib for each in spent),
    )
    return ours, after[0] - before[0], (after[1] - before[1]) / MIB


def _points(loads: Sequence[float], costs: Sequence[float]) -> Points:
    return tuple(zip(map(float, loads), costs, strict=True))


if __name__ == "__main__":
    run_alone(measure)
