"""From the wake word to the first chunk on the wire, and whether every sample is in it.

Nine daemons listen, each to a file of its own in which somebody says "okay nabu" and goes
on with a question: at three round trip times, with a session at once, with one when speech
follows (the default), and the same with a connection opened ahead. The files are staggered,
so that they are answered one after the other.
"""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from bench.performance.bare_client import Bare, bare_connection
from bench.performance.far_side import FarSide, Served, far_side, trusting
from bench.performance.measure import Chapter, Measured, Scale, run_alone
from bench.performance.wakes import Copied, Wake, copied, wakes
from myna.simulator.script import Script, Turn
from myna_hardware.units import frames_for, frames_in, seconds_for
from support.cli import Daemon, Home, daemon, write_wav
from support.speech import recorded, speech_end_frame

ROUNDS: Final = 20
ROUND_TRIPS_S: Final = (0.0, 0.05, 0.15)
GOAL_MS: Final = 15.0
CYCLE_S: Final = 5.4
PAUSE_S: Final = 0.15
"""Between the wake word and the question."""
START_S: Final = 1.0
"""How long a daemon takes to listen, roughly: to stagger them."""
SHIFT: Final = 37
"""Frames by which each round begins later within a period than the one before."""
WORDS: Final = ("okay_nabu", "okay_nabu_slow", "okay_nabu_fast", "okay_nabu_small")
SCRIPT: Final = Script(turns=(Turn(on="speech"),), at_end="repeat")
"""Silent replies: nine speakers that play would only load the machine."""


REMARKS: Final = (
    (
        "Counted from the period of 20 ms of sound after which a session is wanted, as the "
        "microphone had it, to the chunk's arrival at the server, half a round trip taken off; "
        "what a bare socket needs for TCP, TLS, the upgrade and the setup, through the same link "
        "in the same round, is taken off as well. A connection opened ahead begins with the "
        "wake word, and only the setup is left to wait for."
    ),
    (
        "By default a session is wanted when speech follows the wake word (0.1 s of it must be "
        "heard): a false alarm then opens nothing, and nothing of the room leaves. What that takes "
        "stands in rows of its own; no sample is lost by it."
    ),
    (
        "A voice alone opens a connection ahead every 20 s at most; here somebody speaks every "
        "5 s, so that mostly the wake word does. Where it had been quiet before, nothing but the "
        "setup's round trip is left."
    ),
)


class Way(Struct, frozen=True):
    """A way to configure it."""

    name: str
    wake_wait_s: float
    is_ahead: bool


WAYS: Final = (
    Way("a session at the wake word", 0.0, is_ahead=False),
    Way("a session when speech follows", 5.0, is_ahead=False),
    Way("the same, connected ahead", 5.0, is_ahead=True),
)


class Said(Struct, frozen=True):
    """What a microphone hears, and where in it the questions are.

    Attributes:
        pcm: All of it.
        questions: First and one past the last frame of each.
    """

    pcm: bytes
    questions: tuple[tuple[int, int], ...]


class Answer(Struct, frozen=True):
    """One wake word, as it was answered; times in milliseconds.

    Attributes:
        beyond_ms: To the first chunk on the wire, without what a bare client needs too.
        total_ms: From the wake word to the first chunk on the wire.
        waited_ms: Of that, until it was known that speech follows.
        copy: Of the question.
        early: Frames of silence, or of the word, that were sent before the question.
        wanted: The frame with which it should begin.
    """

    beyond_ms: float
    total_ms: float
    waited_ms: float
    copy: Copied
    early: int
    wanted: int


def said(rounds: int, lead_s: float, seed: int) -> Said:
    """Return a file for a microphone."""
    noise = np.random.default_rng(seed)
    question = recorded("turn_on_the_lamp")
    total = frames_for(lead_s + (rounds + 0.5) * CYCLE_S)
    samples = noise.integers(-3, 4, total)
    questions = []
    for number in range(rounds):
        at = frames_for(lead_s + number * CYCLE_S) + number * SHIFT
        word = recorded(WORDS[number % len(WORDS)])
        begins = at + frames_in(word) + frames_for(PAUSE_S)
        _add(samples, at, word)
        _add(samples, begins, question)
        questions.append((begins, begins + speech_end_frame(question)))
    return Said(samples.astype("<i2").tobytes(), tuple(questions))


def _add(samples: npt.NDArray[np.int64], at: int, pcm: bytes) -> None:
    samples[at : at + frames_in(pcm)] += np.frombuffer(pcm, "<i2")


class Listener(Struct, frozen=True):
    """One daemon, and what it hears."""

    way: Way
    round_trip_s: float
    number: int
    heard: Said
    trace: Daemon


@asynccontextmanager
async def listener(
    folder: Path, port: int, number: int, rounds: int, begin_s: float
) -> AsyncIterator[Listener]:
    """Run a daemon to which the first word is said at `begin_s`, roughly."""
    way, round_trip_s = WAYS[number % len(WAYS)], ROUND_TRIPS_S[number // len(WAYS)]
    home = Home(
        folder / str(number),
        {"GEMINI_API_KEY": "bench" * 8, "SSL_CERT_FILE": str(folder / "bundle.pem")},
    )
    home.folder.mkdir()
    heard = said(rounds, begin_s - time.monotonic() - START_S, number)
    write_wav(home.folder / "microphone.wav", heard.pcm)
    settings = {
        "live.endpoint": f"wss://127.0.0.1:{port}",
        "live.open_ahead": str(way.is_ahead).lower(),
        "conversation.wake_wait_s": way.wake_wait_s,
        "conversation.follow_up_s": 0.5,
        "audio.earcons": "none",
        "microphone.driver": "file",
        "microphone.path": home.folder / "microphone.wav",
        "speaker.driver": "file",
        "speaker.path": home.folder / "speaker.wav",
        "control.socket": home.folder / "control.sock",
    }
    words = [word for key, value in settings.items() for word in ("--set", f"{key}={value}")]
    async with daemon(home, "--trace-audio", *words) as running:
        yield Listener(way, round_trip_s, number, heard, running)


def answers(each: Listener, served: Sequence[Served], bare: Sequence[Bare]) -> list[Answer]:
    """Put together what a daemon and its server tell of every wake word."""
    found = []
    for wake in wakes(each.trace.lines):
        number = _round_of(each, wake)
        session = next((one for one in served if _is_of(one, wake)), None)
        if session is None or number is None:
            continue
        arrived_s = session.first_s("client", "audio")
        assert arrived_s is not None
        assert wake.decided_s is not None
        sent_s = arrived_s - each.round_trip_s / 2
        begins, ends = each.heard.questions[number]
        found.append(
            Answer(
                beyond_ms=1000 * (sent_s - _ready_s(each.way, wake, bare[number])),
                total_ms=1000 * (sent_s - wake.heard_s),
                waited_ms=1000 * (wake.decided_s - wake.heard_s),
                copy=copied(each.heard.pcm, session.pcm, wake.frame, ends),
                early=begins - wake.frame,
                wanted=wake.frame,
            )
        )
    return found


def _ready_s(way: Way, wake: Wake, bare: Bare) -> float:
    """Return when a session would stand if nothing but its round trips took time.

    A connection that is opened ahead begins with the wake word, or with a voice before it.
    """
    assert wake.decided_s is not None
    if not way.is_ahead:
        return wake.decided_s + bare.total_s
    opened_s = wake.heard_s + bare.opened_s
    if wake.ahead_s is not None:
        opened_s = min(opened_s, wake.ahead_s)
    return max(wake.decided_s, opened_s) + bare.set_up_s


def _round_of(each: Listener, wake: Wake) -> int | None:
    """Return in which round it was said: the one whose question comes next."""
    near = frames_for(0.6)
    rounds = enumerate(each.heard.questions)
    return next((at for at, (begins, _) in rounds if abs(begins - wake.frame) < near), None)


def _is_of(session: Served, wake: Wake) -> bool:
    arrived_s = session.first_s("client", "audio")
    return arrived_s is not None and 0 < arrived_s - wake.heard_s < CYCLE_S - 1


async def _measure(folder: Path, rounds: int) -> dict[tuple[str, float], list[Answer]]:
    trips = [trip for trip in ROUND_TRIPS_S for _ in WAYS]
    with far_side(SCRIPT, [*trips, *ROUND_TRIPS_S], folder) as far:
        trusting(folder)
        begin_s = time.monotonic() + 2.0 * len(trips)
        async with _listeners(folder, far, rounds, begin_s) as listeners:
            bare = await _bare_connections(far.ports[len(trips) :], folder, rounds, begin_s)
            await asyncio.sleep(CYCLE_S)
            return {
                (each.way.name, each.round_trip_s): answers(
                    each, far.served(each.number), bare[each.round_trip_s]
                )
                for each in listeners
            }


@asynccontextmanager
async def _listeners(
    folder: Path, far: FarSide, rounds: int, begin_s: float
) -> AsyncIterator[list[Listener]]:
    count = len(WAYS) * len(ROUND_TRIPS_S)
    async with AsyncExitStack() as stack:
        yield [
            await stack.enter_async_context(
                listener(folder, far.ports[at], at, rounds, begin_s + at * CYCLE_S / count)
            )
            for at in range(count)
        ]


async def _bare_connections(
    ports: Sequence[int], folder: Path, rounds: int, begin_s: float
) -> dict[float, list[Bare]]:
    """Open one of each kind in every round."""
    context = ssl.create_default_context(cafile=str(folder / "certificate.pem"))
    found: dict[float, list[Bare]] = {trip: [] for trip in ROUND_TRIPS_S}
    for number in range(rounds):
        for at, trip in enumerate(ROUND_TRIPS_S):
            due_s = begin_s + (number + (at + 0.5) / len(ROUND_TRIPS_S)) * CYCLE_S
            await asyncio.sleep(max(0.0, due_s - time.monotonic()))
            found[trip].append(await asyncio.to_thread(bare_connection, ports[at], context))
    return found


def measure(scale: Scale) -> Chapter:
    """Measure."""
    with TemporaryDirectory() as name:
        found = asyncio.run(_measure(Path(name), scale.rounds(ROUNDS)))
    every = [each for some in found.values() for each in some]
    return Chapter(
        title="From the wake word to the first chunk on the wire",
        script="python -m bench.performance.wake",
        how=(__doc__ or "").partition("\n\n")[2].strip(),
        measured=(*found_rows(found), *sample_rows(every)),
        distributions={
            f"{way}, {1000 * trip:.0f} ms": tuple(each.beyond_ms for each in some)
            for (way, trip), some in found.items()
        },
        unit="ms",
        remarks=REMARKS,
    )


def found_rows(found: Mapping[tuple[str, float], Sequence[Answer]]) -> Iterator[Measured]:
    """Yield how soon, for each way and round trip."""
    for (way, trip), some in found.items():
        at = f"{way}, round trip {1000 * trip:.0f} ms"
        beyond, total, waited = zip(
            *((each.beyond_ms, each.total_ms, each.waited_ms) for each in some), strict=True
        )
        yield Measured(f"{at}: beyond the round trips", "ms", beyond, GOAL_MS, "p95")
        yield Measured(f"{at}: in all", "ms", total)
        yield Measured(f"{at}: of it, until a session is wanted", "ms", waited)


def sample_rows(every: Sequence[Answer]) -> Iterator[Measured]:
    """Yield whether every sample arrived, once."""
    shifted, lost, twice, early_ms = zip(
        *(
            (
                abs(float(each.copy.first - each.wanted)),
                float(each.copy.lost),
                float(each.copy.twice),
                1000 * seconds_for(each.early),
            )
            for each in every
        ),
        strict=True,
    )
    yield Measured(
        "first sample sent, off the first one after the wake word", "samples", shifted, 0.0, "max"
    )
    yield Measured("samples of the question lost", "samples", lost, 0.0, "max")
    yield Measured("samples of the question sent twice", "samples", twice, 0.0, "max")
    yield Measured("sent before the question begins", "ms", early_ms, 0.0, "min")


if __name__ == "__main__":
    run_alone(measure)
