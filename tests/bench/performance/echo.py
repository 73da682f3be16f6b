"""The echo: how much of it is taken away, and whether the wake word is heard over a reply.

The daemon's echo classes and wake engine between a loudspeaker and a microphone that are
arithmetic (tests/support/offline.py), with the recordings of this repository.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import product
from typing import Final

from bench.bench_wake import CLIPS, CONTENDERS
from bench.performance.alone import alone, side_by_side
from bench.performance.measure import Chapter, Measured, Scale, run_alone
from myna.echo.aec3 import WebRtc
from myna.echo.speex import Speex
from myna.simulator.endpointing import Endpointer
from myna_hardware.units import PLAYBACK_RATE_HZ, frames_in, seconds_for
from support.acoustics import ROOMS, Coupling, amplified, captured, rms_dbfs
from support.echo_stage import GAIN_DB, voice_gain_db
from support.offline import PERIOD_S, Ears
from support.speech import periods, recorded

REPLIES: Final = ("reply_story", "reply_long")
WORDS: Final = CONTENDERS["micro"].words
SPOKEN: Final = tuple(clip for word in WORDS for clip in CLIPS[word])
"""In several voices and paces."""
OVER_DB: Final = (3.5, 13.5)
"""The echo at the microphone over the voice of who cuts in."""

WAITS_S: Final = (2.0, 3.3)
"""From the beginning of the reply to the wake word."""

LEARN_S: Final = 3.0
LATEST_S: Final = 1.0
"""So long after its end a word is still taken for heard."""

ROUNDS: Final = 5

HOW: Final = """\
The daemon's own echo cancellers and wake engine (micro) in three simulated rooms (desk, living
room, kitchen: RT60 150, 300, 500 ms), faster than real time, with a microphone that hisses and
devices whose times jitter. ERLE (echo return loss enhancement): how much lower the echo of 17 s
of recorded speech is behind the canceller, from 3 s on: AEC3 in what goes to the server, Speex
in what the wake word is looked for in. A turn that nobody spoke: the embedded server's
end-pointing listens to what is sent meanwhile. Wake word: eleven recordings of four words, each
over a reply of its own, by a voice that is quieter at the microphone than the echo; the same
with `audio.echo = "none"`. CPU: of each canceller alone."""


@dataclass(frozen=True, slots=True)
class InRoom:
    """What came of one room.

    Attributes:
        uplink_db: ERLE of AEC3.
        near_db: That of Speex.
        turns: How often the server would have taken the echo for speech.
        heard: Whether each wake word was heard, by echo mode and level.
        delays_ms: From the end of each to its report.
    """

    uplink_db: float
    near_db: float
    turns: int
    heard: dict[tuple[str, float], list[bool]] = field(default_factory=dict)
    delays_ms: list[float] = field(default_factory=list)


def measure(scale: Scale) -> Chapter:
    """Measure."""
    waits_s = WAITS_S[:1] if scale.is_quick else WAITS_S
    found = side_by_side(listen_in_room, [(room, waits_s) for room in ROOMS])
    measured = [
        Measured("ERLE of AEC3, to the server", "dB", tuple(each.uplink_db for each in found)),
        Measured("ERLE of Speex, to the wake word", "dB", tuple(each.near_db for each in found)),
        Measured(
            "turns that nobody spoke, in a reply of 17 s",
            "turns",
            tuple(float(each.turns) for each in found),
            goal=0.0,
            judged="max",
        ),
        *(_share(found, echo, over_db) for echo, over_db in product(("auto", "none"), OVER_DB)),
        *alone(cost, scale.rounds(ROUNDS)),
    ]
    delays_ms = tuple(delay for each in found for delay in each.delays_ms)
    return Chapter(
        title="Echo",
        script="python -m bench.performance.echo",
        how=HOW,
        measured=tuple(measured),
        distributions={"wake word over a reply": delays_ms},
        unit="ms from the end of the word to its report",
        remarks=("One value for each room: desk, living room, kitchen.",),
    )


def _share(found: list[InRoom], echo: str, over_db: float) -> Measured:
    shares = tuple(
        100 * sum(each.heard[echo, over_db]) / len(each.heard[echo, over_db]) for each in found
    )
    mode = "cancelled" if echo == "auto" else "not cancelled"
    return Measured(f"wake words heard, echo {mode}, {over_db:g} dB over the voice", "%", shares)


def listen_in_room(room: str, waits_s: tuple[float, ...]) -> InRoom:
    """Measure in one room."""
    coupling = Coupling(ROOMS[room], GAIN_DB)
    found = _cancelled(coupling)
    for echo, over_db in product(("auto", "none"), OVER_DB):
        delays = list(_delays_ms(coupling, echo, over_db, waits_s))
        found.heard[echo, over_db] = [delay is not None for delay in delays]
        if echo == "auto":
            found.delays_ms.extend(delay for delay in delays if delay is not None)
    return found


def _cancelled(coupling: Coupling) -> InRoom:
    """Play a reply to which nobody says anything."""
    reply = b"".join(map(recorded, REPLIES))
    ears = Ears(coupling, words=())
    ears.play(reply)
    moments = list(ears.live(b"", seconds_for(frames_in(reply), PLAYBACK_RATE_HZ)))
    learned = moments[round(LEARN_S / PERIOD_S) :]
    echo = b"".join(each.echo for each in learned)
    endpointer = Endpointer()
    turns = sum(
        edge.kind == "start"
        for each in moments
        if not each.is_shut
        for edge in endpointer.feed(each.uplink)
    )
    return InRoom(
        _erle_db(echo, b"".join(each.uplink for each in learned)),
        _erle_db(echo, b"".join(each.near for each in learned)),
        turns,
    )


def _erle_db(echo: bytes, left: bytes) -> float:
    return rms_dbfs(echo) - rms_dbfs(left)


def _delays_ms(
    coupling: Coupling, echo: str, over_db: float, waits_s: tuple[float, ...]
) -> Iterator[float | None]:
    """Say every word over a reply of its own; None for one that was not heard."""
    ears = Ears(coupling, WORDS, echo)
    for name, wait_s in product(SPOKEN, waits_s):
        ears.play(recorded(REPLIES[0]))
        was_early = sum(moment.word is not None for moment in ears.live(b"", wait_s))
        delay = _delay_ms(ears, amplified(recorded(name), voice_gain_db(over_db)))
        yield None if was_early else delay
        ears.flush()
        for _ in ears.live(b"", 1.6):
            pass


def _delay_ms(ears: Ears, word: bytes) -> float | None:
    end_s = seconds_for(frames_in(word))
    for number, moment in enumerate(ears.live(word, end_s + LATEST_S), 1):
        if moment.word is not None:
            return 1000 * (number * PERIOD_S - end_s)
    return None


def cost(rounds: int) -> tuple[Measured, ...]:
    """Return the CPU of each canceller alone."""
    reply = b"".join(map(recorded, REPLIES))
    heard = captured(reply, b"", Coupling(ROOMS["living"]))
    # The echo stands in for its reference: as loud, and as long.
    pairs = list(zip(periods(heard.microphone), periods(heard.echo), strict=True))
    speex, webrtc = Speex(), WebRtc(echo=True)
    return tuple(
        Measured(f"{name}: CPU", "ms per second", tuple(_cost_ms(cancel, pairs, rounds)))
        for name, cancel in (("AEC3", webrtc.cancel), ("Speex", speex.cancel))
    )


def _cost_ms(
    cancel: Callable[[bytes, bytes], bytes], pairs: list[tuple[bytes, bytes]], rounds: int
) -> Iterator[float]:
    for _ in range(rounds):
        began_s = time.process_time()
        for heard, played in pairs:
            cancel(heard, played)
        yield 1000 * (time.process_time() - began_s) / (PERIOD_S * len(pairs))


if __name__ == "__main__":
    run_alone(measure)
