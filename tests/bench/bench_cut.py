"""How soon the speaker is silent after the decision to cut a reply, and how clean the cut is.

    PYTHONPATH=tests python tests/bench/bench_cut.py

The whole daemon on PulseAudio plays a tone; a press of the button cuts it. The decision
is `playback_flushed` in the trace, the silence is the last sound at the speaker's monitor.
How long the driver and the sound server need by themselves is measured too, by closing
the same stream under the same ear: nothing, within a block of 10 ms, which the monitor
hands out before it sounds (so that a time may be below zero). Nothing is subtracted. A tone
tells a click from the sound: cut anywhere but at zero it makes a step larger than any of
its own.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Final

import numpy as np

from myna.simulator.script import Script, Speech, Turn
from myna.simulator.sounds import tone
from myna_hardware.speaker.sound_card import SoundCardSpeaker
from myna_hardware.units import PLAYBACK_RATE_HZ, bytes_for, frames_for
from support.acoustics import ROOMS, Coupling
from support.ear import Ear, listening
from support.echo_stage import EchoStage, echo_stage
from support.figures import Figure, Table
from support.precedence import precedence
from support.sound_server import running_sound_server
from support.speech import recorded

LIMIT_MS: Final = 25.0
"""One period and 5 ms."""

SOUND: Final = tone(440, 30.0)
AFTER: Final = frames_for(0.4, PLAYBACK_RATE_HZ)


def silent_ms(ear: Ear, decided_s: float) -> float:
    """Return the milliseconds from a decision to the last sound."""
    decided = ear.frame_at(decided_s)
    last = ear.last_sound(decided - AFTER, decided + AFTER)
    return float("nan") if last is None else 1000 * (last - decided) / PLAYBACK_RATE_HZ


def click(ear: Ear, decided_s: float) -> float:
    """Return the largest step around the cut over the largest one of the sound itself."""
    decided = ear.frame_at(decided_s)
    last = ear.last_sound(decided - AFTER, decided + AFTER) or decided
    pcm = ear.pcm[bytes_for(last - frames_for(0.2, PLAYBACK_RATE_HZ)) : bytes_for(last + 3)]
    steps = np.abs(np.diff(np.frombuffer(pcm, "<i2").astype(np.int32)))
    edge = frames_for(0.03, PLAYBACK_RATE_HZ)
    return float(steps[-edge:].max() / steps[:-edge].max())


def server_alone(times: int) -> list[float]:
    """Close a stream that plays; return the milliseconds until silence."""
    found = []
    period = SOUND[: bytes_for(frames_for(0.02, PLAYBACK_RATE_HZ))]
    with (
        tempfile.TemporaryDirectory() as folder,
        precedence(),
        running_sound_server(Path(folder)) as server,
        listening(server) as ear,
    ):
        speaker = SoundCardSpeaker("vspk")
        for _ in range(times):
            for _ in range(30):
                speaker.write(period)
            decided_s = time.monotonic()
            speaker.flush()
            time.sleep(0.6)
            found.append(silent_ms(ear, decided_s))
        speaker.close()
    return found


async def cut_once(stage: EchoStage, number: int) -> float:
    """Ask, let the reply run, press; return when the decision was made."""
    log = stage.scene.log
    await stage.say(recorded("weather"))
    await log.wait("playback_started", number, 10)
    await stage.pause(1.0 + 0.0137 * number)
    stage.scene.button.press()
    cut = await log.wait("playback_flushed", number, 5)
    await stage.pause(0.8)
    return float(cut["t"])


async def daemon(times: int, folder: Path) -> tuple[list[float], list[float]]:
    """Cut replies of the daemon; return the milliseconds until silence, and the clicks."""
    turns = (Turn(on="speech", send=(Speech(SOUND),)),)
    script = Script(turns=turns, at_end="repeat")
    silent_room = Coupling(ROOMS["living"], gain_db=None)
    async with echo_stage(folder, silent_room, script=script, echo="cancel") as stage:
        await stage.pause(1.0)
        await stage.say(recorded("alexa"))
        await stage.pause(0.5)
        decided = [await cut_once(stage, number) for number in range(1, times + 1)]
        return [silent_ms(stage.ear, at) for at in decided], [
            click(stage.ear, at) for at in decided
        ]


def main() -> int:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=20)
    times = parser.parse_args().times
    table = Table()
    alone = server_alone(times)
    table.add(Figure("driver and sound server alone, median", median(alone), "ms"))
    table.add(Figure("  worst", max(alone), "ms"))
    with tempfile.TemporaryDirectory() as folder:
        silences, clicks = asyncio.run(daemon(times, Path(folder)))
    table.add(Figure("decision until silence at the monitor, median", median(silences), "ms"))
    table.add(Figure("  worst", max(silences), "ms", at_most=LIMIT_MS))
    table.add(Figure("largest step at the cut over the sound's own", max(clicks), at_most=1.5))
    return table.exit_code


if __name__ == "__main__":
    sys.exit(main())
