"""The whole daemon in a room: PyAudio on a real PulseAudio, and the embedded server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any, Final, TypeAlias

from myna.config import AudioSettings, ConversationSettings, WakeSettings
from myna.simulator.options import Options
from myna.simulator.script import Script, Turn
from myna_hardware.settings import MicrophoneSettings, SpeakerSettings
from myna_hardware.units import Frames, frames_for, frames_in
from support.acoustics import Captured, Coupling
from support.ear import Ear, listening
from support.precedence import precedence
from support.room import RunningRoom, room
from support.scene import Scene, scene
from support.sound_server import running_sound_server
from support.uplink_record import Sent, sent_on_air

GAIN_DB: Final = -3.0
"""Of the echo at the microphone over the reply as it is played."""

STARVED: Final = "starved"
"""A file in the folder of a stage whose sound had gaps."""

ATTEMPTS: Final = 3

Story: TypeAlias = Callable[[Path], Coroutine[Any, Any, None]]
"""A test with a stage in its folder."""


def voice_gain_db(over_db: float, gain_db: float = GAIN_DB) -> float:
    """Return how speech as loud as a reply is amplified for the echo to be `over_db` louder."""
    return gain_db - over_db


@dataclass(frozen=True, slots=True)
class EchoStage:
    """A daemon that hears itself.

    Attributes:
        scene: The daemon and its server.
        air: The room.
        ear: What the speaker plays.
        voice_gain_db: By how much `say` makes speech quieter.
    """

    scene: Scene
    air: RunningRoom
    ear: Ear
    voice_gain_db: float

    async def say(self, pcm: bytes) -> tuple[Frames, Frames]:
        """Speak `pcm`; return the frames between which it is, once it has been said."""
        first = await asyncio.to_thread(self.air.say, pcm, self.voice_gain_db)
        end = Frames(first + frames_in(pcm))
        await asyncio.to_thread(self.air.wait_until, end)
        return first, end

    async def pause(self, seconds: float) -> None:
        """Let the room go on for `seconds`, by its own clock."""
        end = self.air.now + frames_for(seconds)
        await asyncio.to_thread(self.air.wait_until, end, 60 + seconds)

    def heard(self) -> Captured:
        """Return what the microphone has heard so far."""
        return self.air.captured()

    def sent(self, heard: Captured) -> Sent:
        """Return what was sent, laid over what was `heard`; of the first connection."""
        spans = [(line["first_frame"], line["frames"]) for line in self.scene.log.of("chunk_sent")]
        received = self.scene.server.state.connections[0].received
        return sent_on_air(heard.microphone, received, spans)

    def lines(self) -> list[dict[str, Any]]:
        """Return the trace so far."""
        return self.scene.log.lines


@asynccontextmanager
async def echo_stage(
    folder: Path,
    coupling: Coupling,
    *turns: Turn,
    over_db: float = 3.5,
    echo: str = "auto",
    words: tuple[str, ...] = ("alexa",),
    script: Script | None = None,
    speech_threshold: int | None = None,
    **changes: Any,  # noqa: ANN401 - whole sections, each of its own type
) -> AsyncIterator[EchoStage]:
    """Run the daemon in the room of `coupling`.

    Args:
        folder: An empty one.
        coupling: The room; its echo is `over_db` louder than whoever speaks.
        turns: What the server does; or `script`.
        over_db: See `coupling`.
        echo: `audio.echo`.
        words: `wake.words`.
        script: See `turns`.
        speech_threshold: Of the server; None for its own.
        changes: As `scene` takes them.
    """
    (folder / "sound").mkdir()
    given: dict[str, Any] = {
        "microphone": MicrophoneSettings(device="vmic"),
        "speaker": SpeakerSettings(device="vspk", volume=100),
        "wake": WakeSettings(engine="micro", words=words),
        "audio": AudioSettings(echo=echo),  # type: ignore[arg-type]  # a key of the schema
        "conversation": ConversationSettings(follow_up_s=10.0, limit_s=3600.0),
        **changes,
    }
    options = None if speech_threshold is None else Options(speech_threshold=speech_threshold)
    gain_db = 0.0 if coupling.gain_db is None else coupling.gain_db
    with (
        precedence(),
        running_sound_server(folder / "sound") as server,
        room(server, coupling) as air,
        listening(server) as ear,
    ):
        async with scene(
            folder, *turns, script=script, options=options, with_audio=True, **given
        ) as on:
            try:
                yield EchoStage(on, air, ear, voice_gain_db(over_db, gain_db))
            finally:
                if on.log.of("xrun"):
                    (folder / STARVED).touch()


def undisturbed(story: Story) -> Story:
    """Play `story` again if it fails while its sound had gaps: that was another room.

    A machine that runs other work may let the sound threads wait for too long; the gap
    moves the echo, which docs/sound.md says is heard. Three times at most.
    """

    @wraps(story)
    async def played(tmp_path: Path) -> None:
        for attempt in range(1, ATTEMPTS + 1):
            folder = tmp_path / str(attempt)
            folder.mkdir()
            try:
                await story(folder)
            except AssertionError:
                if attempt == ATTEMPTS or not (folder / STARVED).exists():
                    raise
            else:
                return

    return played
