"""Let the speaker talk for half an hour while nobody else does: does it wake itself?

    PYTHONPATH=tests python tests/bench/bench_false_wakes.py
    PYTHONPATH=tests python tests/bench/bench_false_wakes.py --real-time

By default the daemon's echo classes and wake engine in a scripted room, faster than real
time; with `--real-time` the whole daemon on PulseAudio, which takes the half hour.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from myna.simulator.script import Script, Speech, Turn
from myna_hardware.units import PLAYBACK_RATE_HZ, frames_in, seconds_for
from support.acoustics import ROOMS, Coupling
from support.clips import replies
from support.echo_stage import GAIN_DB, echo_stage
from support.figures import Figure, Table
from support.offline import Ears
from support.speech import recorded

PAUSE_S: Final = 1.5


def offline(coupling: Coupling, total_s: float, echo: str) -> Iterator[float]:
    """Play replies; yield the time of every wake, in seconds of sound."""
    ears = Ears(coupling, echo=echo)
    now_s = 0.0
    for pcm in replies(total_s):
        ears.play(pcm)
        for moment in ears.live(b"", seconds_for(frames_in(pcm), PLAYBACK_RATE_HZ) + PAUSE_S):
            now_s += 0.02
            if moment.word is not None:
                yield now_s


async def real(coupling: Coupling, total_s: float, echo: str, folder: Path) -> tuple[int, int]:
    """Let the whole daemon speak; return how often it woke and was cut, and the gaps."""
    turns = [
        Turn(on="speech", send=tuple(Speech(pcm) for pcm in [*replies(total_s)][at : at + 3]))
        for at in range(0, len([*replies(total_s)]), 3)
    ]
    async with echo_stage(folder, coupling, script=Script(turns=tuple(turns)), echo=echo) as on:
        await on.pause(1.0)
        await on.say(recorded("alexa"))
        for number in range(1, len(turns) + 1):
            await on.pause(0.5)
            await on.say(recorded("weather"))
            await on.scene.log.wait("turn_complete", number, 200)
            await on.scene.log.wait_state("listening", number + 1, 200)
        log = on.scene.log
        return len(log.of("wake")) - 1 + len(log.of("interrupted")), len(on.air.gaps)


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--room", choices=ROOMS, default="living")
    parser.add_argument("--gain-db", type=float, default=GAIN_DB, help="of the echo")
    parser.add_argument("--bent", action="store_true", help="the loudspeaker clips mildly")
    parser.add_argument("--real-time", action="store_true")
    parser.add_argument("--echo", choices=("auto", "cancel", "half-duplex", "none"), default="auto")
    return parser.parse_args()


def main() -> int:
    """Measure."""
    asked = arguments()
    clips_dbfs = -6.0 if asked.bent else None
    coupling = Coupling(ROOMS[asked.room], asked.gain_db, clips_dbfs=clips_dbfs)
    table = Table()
    total_s = asked.minutes * 60
    table.add(Figure("replies", asked.minutes, "min"))
    if asked.real_time:
        with tempfile.TemporaryDirectory() as folder:
            wakes, gaps = asyncio.run(real(coupling, total_s, asked.echo, Path(folder)))
        table.add(Figure("gaps of the simulated room (a disturbed run)", gaps))
    else:
        times = list(offline(coupling, total_s, asked.echo))
        table.note(f"  woke at {', '.join(f'{at:.1f} s' for at in times) or 'no time'}")
        wakes = len(times)
    table.add(Figure("wakes though nobody spoke", wakes, at_most=0))
    return table.exit_code


if __name__ == "__main__":
    sys.exit(main())
