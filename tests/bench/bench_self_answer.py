"""Let the speaker hold a conversation in a room where it hears itself.

    PYTHONPATH=tests python tests/bench/bench_self_answer.py --minutes 5 --room living

The whole daemon under PyAudio on PulseAudio, its reply 3.5 dB louder at the microphone
than whoever speaks. A person asks, a long reply is heard, the person asks again. Then
the server's own end-pointing listens to everything that it received: a turn that nobody
spoke is the speaker answering itself. And the echo at the microphone is compared with
what was sent of it, from 3 s after the beginning of each reply on; what was not sent,
for the uplink was shut, is told apart.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Awaitable
from math import isnan
from pathlib import Path
from typing import Any, Final

from myna.simulator.script import Script, Speech, Turn
from myna_hardware.units import frames_for
from support.acoustics import ROOMS, Captured, Coupling
from support.clips import long_reply
from support.echo_stage import GAIN_DB, EchoStage, echo_stage
from support.figures import Figure, Table
from support.speech import recorded
from support.uplink_record import Sent, leftover, unexplained_turns

REPLY_S: Final = 25.0
THRESHOLD: Final = 250
LEARN_S: Final = 3.0
QUESTIONS: Final = ("weather", "turn_on_the_lamp", "small_talk", "small_talk_espeak")


class Conversation:
    """The person, and the moments at which each reply began and ended."""

    def __init__(self, stage: EchoStage) -> None:
        self._stage = stage
        self.replies: list[tuple[int, int]] = []

    async def hold(self, seconds: float) -> None:
        """Talk for about `seconds`."""
        await self._stage.pause(1.0)
        await self._stage.say(recorded("alexa"))
        await self._stage.pause(0.4)
        rounds = max(1, round(seconds / (REPLY_S + 6.0)))
        for at in range(rounds):
            await self._stage.say(recorded(QUESTIONS[at % len(QUESTIONS)]))
            await self._reply(at + 1)
            await self._stage.pause(1.0)

    async def _reply(self, number: int) -> None:
        log = self._stage.scene.log
        started = log.wait("playback_started", number, 20)
        if not await _came(started):
            self._stage.scene.log.lines.append({"event": "silence", "t": 0.0})
            return
        first = self._stage.air.now
        await _came(log.wait("turn_complete", number, REPLY_S + 30))
        await _came(log.wait_state("listening", number + 1, REPLY_S + 30))
        self.replies.append((int(first), int(self._stage.air.now)))


async def _came(event: Awaitable[Any]) -> bool:
    try:
        await event
    except TimeoutError:
        return False
    return True


async def converse(asked: argparse.Namespace, folder: Path, table: Table) -> None:
    """Hold the conversation, and print what came of it."""
    clips_dbfs = -6.0 if asked.bent else None
    coupling = Coupling(ROOMS[asked.room], GAIN_DB, clips_dbfs=clips_dbfs)
    count = round(asked.minutes * 60 / REPLY_S) + 2
    turns = [Turn(on="speech", send=(Speech(long_reply(REPLY_S, at)),)) for at in range(count)]
    async with echo_stage(
        folder,
        coupling,
        script=Script(turns=tuple(turns)),
        over_db=asked.over_db,
        echo=asked.echo,
    ) as stage:
        conversation = Conversation(stage)
        await conversation.hold(asked.minutes * 60)
        heard = stage.heard()
        sent = stage.sent(heard)
        received = stage.scene.server.state.connections[0].received
        wild = unexplained_turns(heard, sent, received, THRESHOLD)
        _report(table, stage, conversation, wild)
        _report_leftovers(table, heard, sent, conversation.replies)


def _report(table: Table, stage: EchoStage, conversation: Conversation, wild: list[int]) -> None:
    log = stage.scene.log
    for line in stage.lines():
        if line["event"] in {"duplex", "xrun", "degraded", "interrupted"}:
            table.note(f"  {line}")
    replies = len(conversation.replies)
    table.add(Figure("replies heard", replies, at_least=1))
    table.add(Figure("turns that nobody spoke", len(wild), at_most=0))
    table.add(Figure("replies cut though nobody spoke", len(log.of("interrupted")), at_most=0))
    table.add(Figure("wake words heard (1 was said)", len(log.of("wake")), at_most=1))
    for frame in stage.air.gaps:
        within = [
            at for at, (first, end) in enumerate(conversation.replies, 1) if first <= frame < end
        ]
        table.note(f"  gap at {frame / 16_000:.1f} s, in reply {within or 'none'}")
    table.add(Figure("gaps of the simulated room (a disturbed run)", len(stage.air.gaps)))


def _report_leftovers(
    table: Table, heard: Captured, sent: Sent, replies: list[tuple[int, int]]
) -> None:
    for number, (first, end) in enumerate(replies, 1):
        beginning = leftover(heard, sent, first, min(end, first + frames_for(LEARN_S)))
        rest = leftover(heard, sent, first + frames_for(LEARN_S), end)
        needed = 30.0 if rest.sent_s else float("-inf")
        shown = 0.0 if isnan(rest.erle_db) else rest.erle_db
        table.add(Figure(f"reply {number}: echo lowered after 3 s", shown, "dB", at_least=needed))
        table.note(
            f"    sent {rest.sent_s:.1f} s, shut {rest.gated_s:.1f} s; in the first 3 s: "
            f"{beginning.erle_db:.1f} dB, sent {beginning.sent_s:.1f} s, "
            f"shut {beginning.gated_s:.1f} s"
        )


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--over-db", type=float, default=3.5)
    parser.add_argument("--room", choices=ROOMS, default="living")
    parser.add_argument("--bent", action="store_true", help="the loudspeaker clips mildly")
    parser.add_argument("--echo", choices=("auto", "cancel", "half-duplex", "none"), default="auto")
    return parser.parse_args()


def main() -> int:
    """Measure."""
    table = Table()
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(converse(arguments(), Path(folder), table))
    return table.exit_code


if __name__ == "__main__":
    sys.exit(main())
