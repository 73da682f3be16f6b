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
from bench.performance.stage import home_in, program, room_sound
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
ROUNDS: Final = 4
CHUNK_MS: Final = 32

CPU_GOAL: Final = 0.4
MEMORY_GOAL_MIB: Final = 110.0
PEER: Final = "google-genai"


HOW: Final = f"""\
The embedded simulator, in a process of its own, talks with four clients at once, each a process \
too, all on one core: every {CYCLE_S:g} s a question in recorded speech, and a reply of 9.6 s; the \
microphone goes on meanwhile. Two clients send the same chunks of {CHUNK_MS} ms from a file in \
real time, and read the replies: google-genai's Live client, and our session \
(`myna.live.connection`). The third reads the file at the same pace, and talks to nobody; that is \
taken off both. The fourth is the whole daemon, which sends 40 ms at once, with a file for a \
microphone and simulated speaker and lights, without wake engine and echo canceller: beyond the \
session it keeps a pre-roll, finds speech, plays the replies in pieces of 5 ms, and shows. \
{CYCLE_S:g} s are a round. The whole speaker's memory is that of `myna \
run` with wake engine, both echo cancellers, PyAudio on a PulseAudio of null sinks, camera, \
button, knob, mute switch and an output, every second while it replies."""

Values: TypeAlias = tuple[float, ...]

REMARKS: Final = (
    """\
Of the time that the session takes to send, four fifths are spent in `websockets` and in the \
kernel, which on this machine also delivers what is sent (cProfile: 87 of 106 ms for 391 chunks); \
google-genai pays for both likewise.""",
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
    words = "-m", "bench.performance.streaming", name, url, str(sound), str(CHUNK_MS)
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


async def conversations(place: Path, rounds: int) -> list[Round]:
    """Let all four talk at once, and measure one cycle after another."""
    sound = room_sound(place, recorded("weather"), CYCLE_S, (rounds + 1) * CYCLE_S)
    home = home_in(place / "home", "")
    async with AsyncExitStack() as stack:
        url = await stack.enter_async_context(simulate(home, SCRIPT.format(REPLY)))
        on = await stack.enter_async_context(speaker(home, url, sound))
        clients = [
            await stack.enter_async_context(client(home, name, url, sound))
            for name in ("myna", "google", "pace")
        ]
        await asyncio.sleep(SETTLE_S)
        pids = *(each.pid for each in clients), on.process.pid
        found = []
        for _ in range(rounds):
            costs = await costs_ms(pids, CYCLE_S)
            found.append(Round._make((*costs, *(memory_of(pid).rss_mib for pid in pids[:2]))))
        check(on, [await said(each) for each in clients[:2]], rounds)
    return found


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


async def measured(scale: Scale) -> tuple[list[Round], list[Memory]]:
    """Return the rounds, and the memory of the whole speaker."""
    with TemporaryDirectory() as name:
        with on_one_core():
            rounds = await conversations(Path(name), scale.rounds(ROUNDS))
        return rounds, await in_conversation(Path(name) / "whole")


def measure(scale: Scale) -> Chapter:
    """Measure conversations."""
    rounds, memories = asyncio.run(measured(scale))
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
