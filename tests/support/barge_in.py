"""A person who cuts in, over and over, while the whole daemon speaks."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from math import nan
from typing import Any, Final

from myna_hardware.units import PLAYBACK_RATE_HZ, frames_for, seconds_for
from support.clips import Clip
from support.correlation import likeness
from support.echo_stage import EchoStage
from support.speech import recorded
from support.uplink_record import air_offset

WAIT_S: Final = 1.2
"""So long after its end a word is still taken for heard."""

MARGIN_S: Final = 0.02
"""Silence that a clip ends with (clips.py)."""

ALIKE: Final = 0.4
"""Other speech, and an echo, are alike by 0.1 to 0.2."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One clip over one reply.

    Attributes:
        clip: Its name.
        delay_s: From the word's end to its detection, None when it was not heard.
        silent_s: From the decision to the last sound of the speaker; nan when the server
            had cut the reply already, or nobody did.
        was_cut: Whether the reply was cut, by the wake word or by the server.
        words: How much of the words behind it reached the server, 0 to 1; nan when none
            were said.
    """

    clip: str
    delay_s: float | None
    was_cut: bool = True
    silent_s: float = nan
    words: float = nan


class BargeIn:
    """Asks, lets the reply run, says a clip over it, and words behind that.

    Args:
        stage: Whose server answers every question by a long reply.
    """

    def __init__(self, stage: EchoStage) -> None:
        self._stage = stage
        self._log = stage.scene.log
        self._chance = random.Random(4)  # noqa: S311 - test data
        self._replies = 0

    async def attempt(self, clip: Clip) -> Attempt:
        """Say `clip` over a reply of its own."""
        await self._until_reply_runs()
        await self._stage.pause(self._chance.uniform(2.0, 4.5))
        wakes, cuts = len(self._log.of("wake")), len(self._log.of("interrupted"))
        _, end = await self._stage.say(clip.pcm)
        if not await came(self._log.wait("wake", wakes + 1, WAIT_S)):
            was_cut = len(self._log.of("interrupted")) > cuts
            return Attempt(clip.name, None, was_cut=was_cut)
        wake = self._log.of("wake")[wakes]
        word_end = end - frames_for(MARGIN_S) - self._offset()
        delay_s = seconds_for(wake["detected_frame"] - word_end)
        words = await self._words()
        return Attempt(clip.name, delay_s, silent_s=self._silent_s(wake["t"]), words=words)

    async def _words(self) -> float:
        """Go on speaking; return how much of that reached the server."""
        said = recorded("turn_on_the_lamp")
        before = len(self._received)
        await self._stage.say(said)
        await came(self._log.wait("playback_started", self._replies + 1, 6))
        return likeness(said, self._received[before - before % 2 :])

    def _silent_s(self, decided_s: float) -> float:
        ear = self._stage.ear
        decided = ear.frame_at(decided_s)
        last = ear.last_sound(decided, decided + frames_for(0.6, PLAYBACK_RATE_HZ))
        return nan if last is None else (last - decided) / PLAYBACK_RATE_HZ

    async def _until_reply_runs(self) -> None:
        for _ in range(5):
            started = len(self._log.of("playback_started"))
            if started > self._replies and self._log.states()[-1] == "speaking":
                self._replies = started
                return
            await self._ask(started)
        raise TimeoutError("the speaker does not answer any more")

    async def _ask(self, started: int) -> None:
        state = self._log.states()[-1] if self._log.states() else "idle"
        if state == "speaking":
            self._stage.scene.button.press()
            flushes = len(self._log.of("playback_flushed"))
            await came(self._log.wait("playback_flushed", flushes + 1, 1))
        elif state in {"idle", "offline"}:
            await self._stage.pause(1.0)
            await self._stage.say(recorded("alexa"))
        await self._stage.pause(0.3)
        await self._stage.say(recorded("weather"))
        await came(self._log.wait("playback_started", started + 1, 6))

    def _offset(self) -> int:
        """Return by how much the air's frames are ahead of the daemon's."""
        spans = [(line["first_frame"], line["frames"]) for line in self._log.of("chunk_sent")]
        return air_offset(self._stage.heard().microphone, self._received, spans)

    @property
    def _received(self) -> bytes:
        return self._stage.scene.server.state.connections[0].received


async def came(event: Awaitable[Any]) -> bool:
    """Say whether `event` came in its time."""
    try:
        await event
    except TimeoutError:
        return False
    return True


async def all_attempts(stage: EchoStage, clips: Sequence[Clip]) -> list[Attempt]:
    """Say all `clips`; return what came of them."""
    person = BargeIn(stage)
    return [await person.attempt(clip) for clip in clips]
