"""Say the wake word over running replies, and measure who is heard, and when.

    PYTHONPATH=tests python tests/bench/bench_barge_in.py --offline
    PYTHONPATH=tests python tests/bench/bench_barge_in.py --over-db 13.5 --room kitchen

"Alexa" in 88 ways (support/clips.py), each over a reply of its own, by a voice that is
quieter at the microphone than the reply's echo. A clip that the engine does not hear in
silence says nothing about echo, and is left out (how many is told). Offline runs the
daemon's classes faster than real time. Without it the whole daemon runs on PulseAudio
against the embedded server: there it is also measured how soon the speaker falls silent
after the decision, and whether the words behind the wake word reached the server.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
import tempfile
from collections.abc import Iterator
from math import isnan
from pathlib import Path
from statistics import median, quantiles
from typing import Final
from zlib import crc32

from myna.config import WakeSettings
from myna.simulator.endpointing import THRESHOLD
from myna.simulator.script import Script, Speech, Turn
from myna.wake.micro import open_micro
from myna_hardware.units import frames_in, seconds_for
from support.acoustics import ROOMS, Coupling, amplified
from support.barge_in import ALIKE, MARGIN_S, Attempt, all_attempts
from support.clips import LEVEL_DBFS, Clip, long_reply, wake_words
from support.echo_stage import GAIN_DB, echo_stage, voice_gain_db
from support.figures import Figure, Table
from support.offline import Ears
from support.speech import in_silence, listen, periods

NEEDED: Final = {3.5: 90.0, 13.5: 75.0}
"""Percent heard, by the echo's level over the voice in dB."""

QUIET_THRESHOLD: Final = 70
"""Of the server, for a voice 10 dB quieter than it was made for."""

REPLY_S: Final = 9.0
CLIPS_A_STAGE: Final = 40
"""The server keeps ten minutes of the microphone."""


def heard_in_silence(clips: list[Clip], gain_db: float) -> list[Clip]:
    """Return the clips that the engine hears when nothing else sounds."""
    detector = open_micro(WakeSettings(words=("alexa",)))
    heard = []
    for clip in clips:
        detector.reset()
        pcm = in_silence(amplified(clip.pcm, gain_db))
        if listen(detector, periods(pcm)):
            heard.append(clip)
    detector.close()
    return heard


def offline(clips: list[Clip], coupling: Coupling, over_db: float, echo: str) -> Iterator[Attempt]:
    """Say every clip over a reply of its own, 2 to 6 s after its beginning."""
    chance = random.Random(4)  # noqa: S311 - test data
    ears = Ears(coupling, echo=echo)
    for number, clip in enumerate(clips):
        ears.play(long_reply(REPLY_S, number % 60))
        wait_s = chance.uniform(2.0, 6.0)
        early = sum(moment.word is not None for moment in ears.live(b"", wait_s))
        word = amplified(clip.pcm, voice_gain_db(over_db))
        yield Attempt(clip.name, None if early else _delay_s(ears, word))
        ears.flush()
        list(ears.live(b"", 1.6))


def _delay_s(ears: Ears, word: bytes) -> float | None:
    end_s = seconds_for(frames_in(word)) - MARGIN_S
    for period, moment in enumerate(ears.live(word, end_s + 1.0)):
        if moment.word is not None:
            return (period + 1) * 0.02 - end_s
    return None


async def real(
    clips: list[Clip], coupling: Coupling, over_db: float, echo: str, table: Table
) -> list[Attempt]:
    """Say every clip over a reply of the whole daemon."""
    turns = tuple(Turn(on="speech", send=(Speech(long_reply(25.0, at)),)) for at in range(12))
    attempts: list[Attempt] = []
    for first in range(0, len(clips), CLIPS_A_STAGE):
        with tempfile.TemporaryDirectory() as folder:
            async with echo_stage(
                Path(folder),
                coupling,
                script=Script(turns=turns, at_end="repeat"),
                over_db=over_db,
                echo=echo,
                speech_threshold=THRESHOLD if over_db < 10 else QUIET_THRESHOLD,
            ) as stage:
                attempts += await all_attempts(stage, clips[first : first + CLIPS_A_STAGE])
                modes = [line["mode"] for line in stage.scene.log.of("duplex")]
                table.note(f"  {modes}, gaps {len(stage.air.gaps)}")
    return attempts


def report(table: Table, attempts: list[Attempt], over_db: float) -> None:
    """Print what came of all attempts."""
    delays_ms = [1000 * each.delay_s for each in attempts if each.delay_s is not None]
    missed = [each.clip for each in attempts if each.delay_s is None]
    table.add(Figure(f"clips, echo {over_db:+g} dB over the voice", len(attempts), at_least=60))
    share = 100 * len(delays_ms) / max(1, len(attempts))
    table.add(Figure("  heard", share, "%", at_least=NEEDED.get(over_db, 0.0)))
    if len(delays_ms) > 1:
        table.add(Figure("  detection after the word's end, median", median(delays_ms), "ms"))
        table.add(Figure("    its 90th percentile", quantiles(delays_ms, n=10)[-1], "ms"))
    silent_ms = [1000 * each.silent_s for each in attempts if not isnan(each.silent_s)]
    words = [each.words for each in attempts if not isnan(each.words)]
    if silent_ms:
        cut = 100 * sum(each.was_cut for each in attempts) / len(attempts)
        table.add(Figure("  replies cut, by the wake word or the server", cut, "%"))
        table.add(Figure("  decision until silence, median", median(silent_ms), "ms"))
        table.add(Figure("    its worst", max(silent_ms), "ms"))
        arrived = 100 * sum(each > ALIKE for each in words) / len(words)
        table.add(Figure("  words behind it that reached the server", arrived, "%"))
        table.add(Figure("    their likeness to what was said, median", median(words)))
    table.note(f"  missed: {', '.join(missed) or 'none'}")


def hash_of(name: str) -> int:
    """Return a number that puts voices and paces into one colourful order."""
    return crc32(name.encode())


def coupling_for(arguments: argparse.Namespace) -> Coupling:
    """Return the room that the arguments ask for."""
    clips_dbfs = -6.0 if arguments.bent else None
    return Coupling(ROOMS[arguments.room], GAIN_DB, clips_dbfs=clips_dbfs)


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--offline", action="store_true")
    parser.add_argument("--over-db", type=float, nargs="+", default=[3.5, 13.5])
    parser.add_argument("--room", choices=ROOMS, default="living")
    parser.add_argument("--bent", action="store_true", help="the loudspeaker clips mildly")
    parser.add_argument("--clips", type=int, default=1000)
    parser.add_argument("--echo", choices=("auto", "cancel", "half-duplex", "none"), default="auto")
    return parser.parse_args()


def main() -> int:
    """Measure at every level."""
    asked = arguments()
    table = Table()
    for over_db in asked.over_db:
        every = wake_words()
        clips = heard_in_silence(every, voice_gain_db(over_db))
        table.note(f"{len(every) - len(clips)} of {len(every)} clips are not heard in silence")
        table.note(f"voice at {LEVEL_DBFS + voice_gain_db(over_db):g} dBFS, {asked.room}")
        clips = sorted(clips, key=lambda clip: hash_of(clip.name))[: asked.clips]
        if asked.offline:
            attempts = list(offline(clips, coupling_for(asked), over_db, asked.echo))
        else:
            attempts = asyncio.run(real(clips, coupling_for(asked), over_db, asked.echo, table))
        report(table, attempts, over_db)
    return table.exit_code


if __name__ == "__main__":
    sys.exit(main())
