"""What a conversation costs, beside Google's SDK that holds the same one.

PYTHONPATH=tests python -m bench.performance.session [--quick]
"""

from __future__ import annotations

import asyncio
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, NamedTuple, TypeAlias

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
from bench.performance.whole_speaker import in_conversation
from support.cli import Daemon, Home, daemon, simulate
from support.speech import recorded

CYCLE_S: Final = 15.0
"""A question, the pause in which its end is found, a reply, and a pause."""

SCRIPT: Final = """\
at_end = "repeat"
[[turn]]
on = "speech"
heard = "What will the weather be like?"
send = [{{ audio = "{0}", text = "Once upon a time there was a small black bird." }}]
"""
REPLY: Final = Path(__file__).parents[3] / "daemon/myna/demo/speech/reply_story.wav"

CONFIG: Final = """\
[live]
endpoint = "{url}"
[wake]
engine = "none"
[audio]
echo = "none"
[conversation]
end_silence_s = 0  # else less is sent than by the others
[microphone]
driver = "file"
path = "{sound}"
[speaker]
driver = "simulated"
[lights]
driver = "simulated"
pin = 17
"""

SETTLE_S: Final = 4.0
ROUNDS: Final = 3
SETS: Final = 7
"""Of processes: how their memory happens to lie makes a tenth."""

REAL_TIME_S: Final = 2 * CYCLE_S

CHUNK_MS: Final = 32

CPU_GOAL: Final = 0.4
MEMORY_GOAL_MIB: Final = 110.0
PEER: Final = "google-genai"


HOW: Final = f"""\
The embedded simulator, in a process of its own, talks with four clients at once, each a process \
too, all on one core: every {CYCLE_S:g} s a question in recorded speech, and a reply of 9.6 s; the \
microphone goes on meanwhile. Two clients send the same chunks of {CHUNK_MS} ms from a file, each \
when it is due, and read the replies: google-genai's Live client, and our session \
(`myna.live.connection`). The third reads the file at the same pace, and talks to nobody; that is \
taken off both. The fourth is the whole daemon, which sends 40 ms at once, with a file for a \
microphone and simulated speaker and lights, without wake engine and echo canceller: beyond the \
session it keeps a pre-roll, finds speech, plays the replies in pieces of 5 ms, and shows. \
{AT_SPEED} {CYCLE_S:g} of their seconds are a round. The whole speaker's memory is that of `myna \
run` with wake engine, both echo cancellers, PyAudio on a PulseAudio of null sinks, camera, \
button, knob, mute switch and an output, every second while it replies."""

Values: TypeAlias = tuple[float, ...]

REMARKS: Final = (
    """\
Most of what the session costs is not its own: of the 231 ms that a profile counts for \
1,875 chunks sent and 133 messages read, 160 are spent sending in `websockets` and below it (65 of \
them in the kernel, which on this machine also delivers), 27 composing the messages, 25 reading \
what comes, 19 in the session around these. The same counts 643 ms for google-genai, 182 of them \
in `websockets`. (`python -m cProfile -s cumulative -m bench.hurried 4 bench.performance.streaming \
myna URL WAV 32` beside `myna simulate`; a profile makes calls dearer than they are.)""",
    """\
Of the whole daemon's CPU half is the playback thread: pieces of 5 ms, so that a cut is heard \
within 25 ms, wake it 300 times a second. A quarter is the event loop with the session, a fifth is \
the capture thread, the rest the lights.""",
)


class Round(NamedTuple):
    """CPU in ms/s, memory in MiB; of one round, or of all."""

    ours: Any
    google: Any
    pace: Any
    daemon: Any
    ours_mib: Any
    google_mib: Any

    @property
    def net(self) -> tuple[float, float]:
        """What ours and Google's session cost beyond the pace that all keep."""
        return self.ours - self.pace, self.google - self.pace


@asynccontextmanager
async def client(home: Home, name: str, url: str, sound: Path) -> AsyncIterator[Process]:
    """Run a client of `streaming`."""
    words = hurried("bench.performance.streaming", name, url, str(sound), str(CHUNK_MS))
    async with program(home, *words) as process:
        yield process


@asynccontextmanager
async def speaker(home: Home, url: str, sound: Path) -> AsyncIterator[Daemon]:
    """Run the daemon, and have it listen."""
    home.config.write_text(CONFIG.format(url=url, sound=sound))
    async with daemon(home) as on:
        asked = await home.myna("listen")
        if asked.code:
            raise RuntimeError(asked.err)
        await on.wait("session_ready")
        yield on


async def conversations(place: Path, sound: Path, rounds: int) -> list[Round]:
    """Let all four talk at once, and measure one cycle after another."""
    home = in_a_hurry(home_in(place, ""))
    async with AsyncExitStack() as stack:
        url = await stack.enter_async_context(simulate(home, SCRIPT.format(REPLY)))
        on = await stack.enter_async_context(speaker(home, url, sound))
        clients = [
            await stack.enter_async_context(client(home, name, url, sound))
            for name in ("myna", "google", "pace")
        ]
        await asyncio.sleep(SETTLE_S / SPEED)
        pids = *(each.pid for each in clients), on.process.pid
        found = []
        for _ in range(rounds):
            costs = await costs_ms(pids, CYCLE_S, SPEED)
            found.append(Round._make((*costs, *(memory_of(pid).rss_mib for pid in pids[:2]))))
        check(on, [await said(each) for each in clients[:2]], rounds)
    return found


async def in_real_time(place: Path, sound: Path) -> float:
    """Return the CPU of a daemon for which time goes by as ever, in ms/s."""
    home = home_in(place, "")
    async with simulate(home, SCRIPT.format(REPLY)) as url, speaker(home, url, sound) as on:
        await asyncio.sleep(SETTLE_S)
        (cost_ms,) = await costs_ms([on.process.pid], REAL_TIME_S)
    return cost_ms


async def said(process: Process) -> tuple[int, int]:
    """Wait until a client is through; return what it has sent and received."""
    assert process.stdout is not None
    sent, received = (await process.stdout.readline()).split()
    await process.wait()
    return int(sent), int(received)


def check(on: Daemon, counts: Sequence[tuple[int, int]], rounds: int) -> None:
    """Raise RuntimeError unless all have held the same conversation."""
    if len(set(counts)) != 1 or len(on.of("turn_complete")) < rounds or "idle" in on.states():
        raise RuntimeError(f"not the same conversation: {counts}, {on.lines}")


async def measured(scale: Scale) -> tuple[list[Round], float, list[Memory]]:
    """Return the rounds, the daemon's CPU in real time, and the memory of the whole speaker."""
    rounds, sets = scale.rounds(ROUNDS), scale.rounds(SETS)
    with TemporaryDirectory() as name:
        place = Path(name)
        sound = room_sound(place, recorded("weather"), CYCLE_S, (rounds + 1) * CYCLE_S)
        with on_one_core():
            found = [
                each
                for number in range(sets)
                for each in await conversations(place / str(number), sound, rounds)
            ]
            real_ms = await in_real_time(place / "real", sound)
        return found, real_ms, await in_conversation(place / "whole")


def measure(scale: Scale) -> Chapter:
    """Measure conversations."""
    rounds, real_ms, memories = asyncio.run(measured(scale))
    one = Round(*zip(*rounds, strict=True))
    ours, theirs = zip(*(each.net for each in rounds), strict=True)
    rss_mib = tuple(each.rss_mib for each in memories)
    return Chapter(
        title="In conversation",
        script="python -m bench.performance.session",
        how=HOW,
        compared=(
            Compared("CPU of the session", "ms/s", PEER, ours, theirs, CPU_GOAL),
            Compared("the same, with its pace", "ms/s", PEER, one.ours, one.google),
            Compared("CPU of the whole daemon", "ms/s", PEER, one.daemon, one.google),
            Compared("memory of the session's process", "MiB", PEER, one.ours_mib, one.google_mib),
        ),
        measured=(
            Measured("CPU of a minute's conversation", "ms", minutes(one.daemon)),
            Measured("the same in real time", "ms", minutes((real_ms,))),
            Measured("memory of the whole speaker (RSS)", "MiB", rss_mib, MEMORY_GOAL_MIB, "max"),
            Measured(
                "its share of shared pages only (PSS)",
                *("MiB", tuple(each.pss_mib for each in memories)),
            ),
        ),
        remarks=REMARKS,
    )


def minutes(costs: Values) -> Values:
    """Return the CPU of a minute in ms, from that of a second."""
    return tuple(60 * each for each in costs)


if __name__ == "__main__":
    run_alone(measure)
