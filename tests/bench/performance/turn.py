"""From the user's last sound to the first sound of the reply, and whose time that is.

Two daemons have the same conversation, in which somebody asks again and again: one tells
the server that the user has finished (the default), the other leaves it to the server to
wait for silence. The server thinks for 300 ms, over a link with a round trip of 50 ms. The
speakers are file drivers, which hold two periods, as a sound card does.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import numpy as np
from msgspec import Struct

from bench.performance.far_side import Served, far_side
from bench.performance.measure import Chapter, Measured, Scale, Stack, run_alone
from bench.performance.turns import PARTS, Moments, arrival_of, arrivals, within
from bench.performance.wakes import capture_began_s
from myna.simulator.script import Pause, Script, Speech, Turn
from myna.simulator.sounds import tone
from myna_hardware.units import PLAYBACK_RATE_HZ, frames_for, frames_in, seconds_for
from support.cli import Daemon, Home, daemon, write_wav
from support.ear import Ear, listening_to_file
from support.speech import recorded, speech_end_frame

ROUNDS: Final = 20
CYCLE_S: Final = 4.0
LEAD_S: Final = 4.0
ROUND_TRIP_S: Final = 0.05
THINKING_S: Final = 0.3
SHIFT: Final = 37
QUESTIONS: Final = ("weather", "turn_on_the_lamp")
SCRIPT: Final = Script(
    turns=(Turn(on="speech", send=(Pause(THINKING_S), Speech(tone(440, 0.3)))),), at_end="repeat"
)

WAYS: Final[Mapping[str, float]] = {"told by us": 0.6, "left to the server": 0.0}
"""Who finds the end of speech, and `conversation.end_silence_s`."""


class Talker(Struct, frozen=True):
    """One daemon, and what is said to it: the last frame of each question."""

    trace: Daemon
    ear: Ear
    ends: tuple[int, ...]


def spoken(rounds: int, lead_s: float) -> tuple[bytes, tuple[int, ...]]:
    """Return a file for a microphone, and where its questions end."""
    noise = np.random.default_rng(3)
    samples = noise.integers(-3, 4, frames_for(lead_s + (rounds + 1) * CYCLE_S))
    ends = []
    for number in range(rounds):
        at = frames_for(lead_s + number * CYCLE_S) + number * SHIFT
        question = recorded(QUESTIONS[number % len(QUESTIONS)])
        if number == 0:
            question = recorded("okay_nabu") + bytes(frames_for(0.3)) + question
        samples[at : at + frames_in(question)] += np.frombuffer(question, "<i2")
        ends.append(at + speech_end_frame(question))
    return samples.astype("<i2").tobytes(), tuple(ends)


@asynccontextmanager
async def talker(
    folder: Path, port: int, end_silence_s: float, rounds: int, lead_s: float
) -> AsyncIterator[Talker]:
    """Run a daemon to which somebody talks `lead_s` after it began to listen."""
    home = Home(folder / str(port), {"GEMINI_API_KEY": "bench" * 8})
    home.folder.mkdir()
    pcm, ends = spoken(rounds, lead_s)
    write_wav(home.folder / "microphone.wav", pcm)
    wav = home.folder / "speaker.wav"
    settings = {
        "live.endpoint": f"ws://127.0.0.1:{port}",
        "conversation.end_silence_s": end_silence_s,
        "conversation.limit_s": 3600.0,
        "audio.earcons": "none",
        "microphone.driver": "file",
        "microphone.path": home.folder / "microphone.wav",
        "speaker.driver": "file",
        "speaker.path": wav,
        "speaker.volume": 100,
        "control.socket": home.folder / "control.sock",
    }
    words = [word for key, value in settings.items() for word in ("--set", f"{key}={value}")]
    async with daemon(home, "--trace-audio", *words) as running:
        with listening_to_file(wav) as ear:
            yield Talker(running, ear, ends)


def moments(each: Talker, served: Sequence[Served], *, is_told: bool) -> Iterator[Moments]:
    """Put together what trace, server and ear tell of every turn."""
    lines = each.trace.lines
    began_s = capture_began_s(lines)
    log = [line for session in served for line in session.log]
    at = {
        kind: [line.t for line in log if line.kind == kind]
        for kind in ("audio", "audioStreamEnd", "voiceActivity", "modelTurn")
    }
    ours = {
        event: [line["t"] for line in lines if line["event"] == event]
        for event in ("speech_ended", "audio_received", "playback_started")
    }
    chunks = [
        (line["first_frame"], line["frames"]) for line in lines if line["event"] == "chunk_sent"
    ]
    came = list(arrivals(at["audio"], chunks))
    for end in each.ends:
        spoken_s = began_s + seconds_for(end)
        until_s = spoken_s + CYCLE_S - 1.5
        known_s = within(ours["speech_ended"], spoken_s, until_s) if is_told else None
        told_s = (
            within(at["audioStreamEnd"], spoken_s, until_s) if is_told else arrival_of(end, came)
        )
        sent_s = within(at["modelTurn"], spoken_s, until_s)
        if sent_s is None or told_s is None:
            continue
        # The last voiceActivity before the reply is that of the end of speech.
        ended_s = max(t for t in at["voiceActivity"] if t < sent_s)
        received_s = within(ours["audio_received"], sent_s, until_s)
        given_s = within(ours["playback_started"], sent_s, until_s)
        heard_s = _heard_s(each.ear, sent_s)
        assert received_s is not None
        assert given_s is not None
        yield Moments(spoken_s, known_s, told_s, ended_s, sent_s, received_s, given_s, heard_s)


def _heard_s(ear: Ear, since_s: float) -> float:
    first = ear.frame_at(since_s)
    sound = ear.first_sound(first, first + frames_for(0.5, PLAYBACK_RATE_HZ))
    return float("nan") if sound is None else ear.time_of(sound)


async def _measure(folder: Path, rounds: int) -> dict[str, list[Moments]]:
    with far_side(SCRIPT, [ROUND_TRIP_S] * len(WAYS)) as far:
        own, server = WAYS.values()
        async with (
            talker(folder, far.ports[0], own, rounds, LEAD_S) as one,
            talker(folder, far.ports[1], server, rounds, LEAD_S + CYCLE_S / 2) as other,
        ):
            await asyncio.sleep(LEAD_S + (rounds + 0.5) * CYCLE_S)
            talkers = zip(WAYS, (one, other), strict=True)
            return {
                name: list(moments(each, far.served(number), is_told=number == 0))
                for number, (name, each) in enumerate(talkers)
            }


def measure(scale: Scale) -> Chapter:
    """Measure."""
    with TemporaryDirectory() as name:
        found = asyncio.run(_measure(Path(name), max(4, scale.rounds(ROUNDS))))
    return Chapter(
        title="From the end of speech to the first sound",
        script="python -m bench.performance.turn",
        how=(__doc__ or "").partition("\n\n")[2].strip(),
        measured=tuple(row for way, turns in found.items() for row in rows(way, turns)),
        distributions={way: tuple(each.total_ms for each in turns) for way, turns in found.items()},
        unit="ms",
        stacks=(Stack("From the end of speech to the first sound", "ms", stacked(found)),),
        remarks=REMARKS,
    )


def stacked(
    found: Mapping[str, Sequence[Moments]],
) -> dict[str, dict[str, tuple[float, ...]]]:
    """Return how long each part took in every turn."""
    return {
        way: dict(zip(PARTS, zip(*(each.parts_ms for each in turns), strict=True), strict=True))
        for way, turns in found.items()
    }


def rows(way: str, turns: Sequence[Moments]) -> Iterator[Measured]:
    """Yield the whole and its parts."""
    yield Measured(f"{way}: in all", "ms", tuple(each.total_ms for each in turns))
    for part, values in zip(
        PARTS, zip(*(each.parts_ms for each in turns), strict=True), strict=True
    ):
        yield Measured(f"{way}: {part}", "ms", values)


REMARKS: Final = (
    (
        "Where the end is told by us, the server's hearing of it takes no time; where it is left "
        "to the server, it waits for 700 ms of silence, as the real one does."
    ),
)


if __name__ == "__main__":
    run_alone(measure)
