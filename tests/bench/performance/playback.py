"""From reply audio to sound, and from a cut to silence, in what the speaker plays.

Two daemons answer the same questions side by side: one plays through PyAudio to a real
PulseAudio, whose null sink is recorded, one to a WAV in real time (the file driver). Every
reply is cut, by turns by the server (`interrupted`, while somebody speaks), by the wake word
and by the button.
"""

from __future__ import annotations

import asyncio
import os
import pty
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, asynccontextmanager
from functools import partial
from math import inf
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from msgspec import Struct

from bench.performance.far_side import Noted, Served, far_side
from bench.performance.measure import Chapter, Measured, Scale, run_alone
from myna.audio.playback import Playback
from myna.control.client import ask
from myna.control.messages import Say
from myna.simulator.options import Options
from myna.simulator.script import Interrupt, Pause, Script, Speech, Turn
from myna.simulator.sounds import tone
from myna_hardware.speaker.sound_card import SoundCardSpeaker
from myna_hardware.units import PERIOD_MS, PLAYBACK_RATE_HZ, frames_for
from support.cli import Daemon, Home, daemon
from support.ear import Ear, listening, listening_to_file
from support.precedence import precedence
from support.sound_server import SoundServer, running_sound_server
from support.speech import in_silence, recorded

ROUNDS: Final = 20
GOAL_MS: Final = PERIOD_MS + 5.0
SOUND: Final = tone(440, 2.4)
SPOKEN_S: Final = 0.45
"""How long a reply is let speak, at least."""
LISTENING_S: Final = 0.2
"""How long the server lets somebody speak over a reply that it has sent."""
SPREAD_S: Final = 0.0137
"""By how much longer each next one is, so that cuts fall anywhere within a period."""
QUIET_S: Final = 0.4
NEAR_S: Final = 0.35
"""How far from an event its sound is looked for."""

CUTS: Final[Mapping[str, str]] = {
    "interrupted": "the server",
    "wake": "the wake word",
    "button": "the button",
}
"""Who cuts a reply, by turns, by the event of the trace that says so."""


class Reply(Struct, frozen=True):
    """One reply, in milliseconds.

    Attributes:
        given_ms: From the server's sending to the first piece that the device had.
        heard_ms: From there to the first sound in the speaker's WAV.
        cut_by: Whoever cut it.
        silent_ms: From the cut to the last sound in the speaker's WAV.
    """

    given_ms: float
    heard_ms: float
    cut_by: str
    silent_ms: float


class Speaker(Struct, frozen=True):
    """A daemon that plays, and what there is around it."""

    name: str
    number: int
    trace: Daemon
    ear: Ear
    keyboard: int
    pressed_s: list[float]

    async def say(self) -> None:
        """Have the server answer a text."""
        await asyncio.to_thread(ask, self.trace.home.folder / "control.sock", Say("go"))

    def press(self) -> None:
        """Press the button."""
        self.pressed_s.append(time.monotonic())
        os.write(self.keyboard, b"\n")


def script(rounds: int) -> Script:
    """Return replies of which every third cuts itself, whatever the server hears."""
    longer_s = [LISTENING_S + SPREAD_S * number for number in range(rounds)]
    own = [(Speech(SOUND), Pause(each), Interrupt()) for each in longer_s]
    sends = [send for each in own for send in (each, (Speech(SOUND),), (Speech(SOUND),))]
    deaf = Options(speech_threshold=32_767)
    return Script(turns=tuple(Turn(on="text", send=send) for send in sends), server=deaf)


@asynccontextmanager
async def speaker(
    folder: Path, number: int, port: int, server: SoundServer
) -> AsyncIterator[Speaker]:
    """Run a daemon; the first one plays to the sound server, the other one to a WAV."""
    home = Home(folder / str(number), {"GEMINI_API_KEY": "bench" * 8, **server.env})
    home.folder.mkdir()
    wav = home.folder / "speaker.wav"
    settings = {
        "live.endpoint": f"ws://127.0.0.1:{port}",
        "conversation.follow_up_s": 30.0,
        "audio.earcons": "none",
        "audio.echo": "none",
        "microphone.device": "vmic",
        "speaker.driver": "file" if number else "pyaudio",
        "speaker.device": "vspk",
        "speaker.path": wav,
        "speaker.volume": 100,
        "button.driver": "keyboard",
        "control.socket": home.folder / "control.sock",
    }
    words = [word for key, value in settings.items() for word in ("--set", f"{key}={value}")]
    ours, theirs = pty.openpty()
    async with daemon(home, *words, stdin=theirs) as running:
        with listening_to_file(wav) if number else listening(server) as ear:
            name = "the file driver" if number else "PulseAudio"
            yield Speaker(name, number, running, ear, ours, [])
    os.close(ours)
    os.close(theirs)


async def converse(speakers: Sequence[Speaker], server: SoundServer, rounds: int) -> None:
    """Begin conversations, and have every reply cut."""
    for each in speakers:
        each.press()
        await each.trace.wait("session_ready")
    for number in range(rounds * len(CUTS)):
        after_s = SPOKEN_S + SPREAD_S * (number // len(CUTS))
        who = list(CUTS.values())[number % len(CUTS)]
        cut = partial(_cut, speakers, server, who, after_s)
        await _reply(speakers, number, cut)


async def _reply(
    speakers: Sequence[Speaker], number: int, cut: Callable[[], Awaitable[None]]
) -> None:
    for each in speakers:
        await each.say()
    for each in speakers:
        await each.trace.wait("playback_started", number + 1)
    await cut()
    for each in speakers:
        await each.trace.wait("turn_complete", number + 1)
    await asyncio.sleep(QUIET_S)


async def _cut(speakers: Sequence[Speaker], server: SoundServer, who: str, after_s: float) -> None:
    if who == "the server":
        await asyncio.to_thread(server.feed, in_silence(recorded("alexa"), 0.0, 0.0))
        return
    await asyncio.sleep(after_s)
    if who == "the wake word":
        await asyncio.to_thread(server.feed, in_silence(recorded("okay_nabu"), 0.1, 0.3))
        return
    for each in speakers:
        each.press()


def replies(each: Speaker, served: Sequence[Served]) -> Iterator[Reply]:
    """Put together what trace, server and ear tell of every reply."""
    log = [line for session in served for line in session.log]
    asked_s = [line.t for line in log if (line.by, line.kind) == ("client", "text")]
    for since_s, until_s in zip(asked_s, [*asked_s[1:], inf], strict=True):
        sent = (line.t for line in log if (line.by, line.kind) == ("server", "modelTurn"))
        sent_s = next(t for t in sent if t > since_s)
        lines = [line for line in each.trace.lines if sent_s < line["t"] < until_s]
        started_s = next(line["t"] for line in lines if line["event"] == "playback_started")
        who, cut_s = _cut_in(each, log, lines)
        yield Reply(
            given_ms=1000 * (started_s - sent_s),
            heard_ms=_heard_ms(each.ear, sent_s),
            cut_by=who,
            silent_ms=_silent_ms(each.ear, cut_s),
        )


def _cut_in(
    each: Speaker, log: Sequence[Noted], lines: Sequence[Mapping[str, Any]]
) -> tuple[str, float]:
    """Return who cut a reply, and when, as early as anybody can say."""
    first = next(line for line in lines if line["event"] in CUTS)
    since_s = lines[0]["t"]
    match first["event"]:
        case "interrupted":
            cuts = [t.t for t in log if (t.by, t.kind) == ("server", "interrupted")]
        case "button":
            cuts = each.pressed_s
        case _:
            cuts = [first["t"]]
    return CUTS[first["event"]], next(t for t in cuts if t > since_s)


def _heard_ms(ear: Ear, since_s: float) -> float:
    first = ear.frame_at(since_s)
    sound = ear.first_sound(first, first + frames_for(NEAR_S, PLAYBACK_RATE_HZ))
    return float("nan") if sound is None else 1000 * (ear.time_of(sound) - since_s)


def _silent_ms(ear: Ear, since_s: float) -> float:
    cut, near = ear.frame_at(since_s), frames_for(NEAR_S, PLAYBACK_RATE_HZ)
    sound = ear.last_sound(cut - near, cut + near)
    return float("nan") if sound is None else 1000 * (ear.time_of(sound) - since_s)


def from_rest(times: int) -> Iterator[float]:
    """Play to a device at rest, which is opened for it; yield milliseconds until it has sound."""
    for _ in range(times):
        has_sound = threading.Event()
        playback = Playback(
            partial(SoundCardSpeaker, "vspk"),
            lambda _event: None,
            100,
            lambda _pcm, _ends_s, has_sound=has_sound: has_sound.set(),  # type: ignore[misc]
        )
        playback.start()
        playback.wait_settled(5.0)
        began_s = time.monotonic()
        playback.play(SOUND)
        has_sound.wait(5.0)
        yield 1000 * (time.monotonic() - began_s)
        playback.stop()


async def _measure(folder: Path, rounds: int) -> tuple[dict[str, list[Reply]], list[float]]:
    with ExitStack() as stack:
        (folder / "sound").mkdir()
        with precedence():
            server = stack.enter_context(running_sound_server(folder / "sound"))
        far = stack.enter_context(far_side(script(rounds), (0.0, 0.0)))
        async with (
            speaker(folder, 0, far.ports[0], server) as one,
            speaker(folder, 1, far.ports[1], server) as other,
        ):
            await asyncio.sleep(1.0)
            await converse((one, other), server, rounds)
            found = {
                each.name: list(replies(each, far.served(each.number))) for each in (one, other)
            }
        return found, await asyncio.to_thread(lambda: list(from_rest(rounds)))


def measure(scale: Scale) -> Chapter:
    """Measure."""
    with TemporaryDirectory() as name:
        found, rested = asyncio.run(_measure(Path(name), scale.rounds(ROUNDS)))
    cuts = {
        f"{who}, {where}": tuple(each.silent_ms for each in some if each.cut_by == who)
        for where, some in found.items()
        for who in CUTS.values()
    }
    given = {where: tuple(each.given_ms for each in some) for where, some in found.items()}
    heard = {where: tuple(each.heard_ms for each in some) for where, some in found.items()}
    return Chapter(
        title="From reply audio to sound, from a cut to silence",
        script="python -m bench.performance.playback",
        how=(__doc__ or "").partition("\n\n")[2].strip(),
        measured=(
            *(
                Measured(f"audio sent until {where} has the first sample", "ms", ms, GOAL_MS, "p95")
                for where, ms in given.items()
            ),
            Measured(
                "reply until a device at rest has the first sample, PulseAudio",
                "ms",
                tuple(rested),
                GOAL_MS,
                "p95",
            ),
            *(
                Measured(f"audio sent until the first sound, {where}", "ms", ms, None, "p95")
                for where, ms in heard.items()
            ),
            *(
                Measured(f"cut by {who}, until silence", "ms", ms, GOAL_MS, "p95")
                for who, ms in cuts.items()
            ),
        ),
        distributions={
            **{f"first sound, {where}": ms for where, ms in heard.items()},
            **{f"silence after {who}": ms for who, ms in cuts.items()},
        },
        unit="ms",
        remarks=REMARKS,
    )


REMARKS: Final = (
    (
        "The server's cut counts from its sending `interrupted`, the button's from the key "
        "stroke, the wake word's from its detection. PulseAudio's monitor hands out blocks of "
        "10 ms when they begin to sound, so that a time may look up to 10 ms too short."
    ),
    (
        "PortAudio can only abort a stream, which is a click: a cut is a fade of 3 ms behind the "
        "15 to 20 ms that the device holds already. The file driver fades what it holds."
    ),
)


if __name__ == "__main__":
    run_alone(measure)
