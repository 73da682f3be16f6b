"""The simulated person: says the dialogue's lines, each when its moment has come.

It listens as people do, to what the speaker shows and does, and never waits by the
clock, but for one thing: how much of the story it hears before it interrupts.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

from myna.app import App
from myna.conversation.states import Idle, Listening, Speaking, State
from myna.demo.stage import SPEECH
from myna.errors import CommandError
from myna_hardware.microphone.simulated import SimulatedMicrophone
from myna_hardware.units import CAPTURE_RATE_HZ, seconds_for
from myna_hardware.wav import read_wav

PATIENCE_S: Final = 20.0
HEARD_OF_STORY_S: Final = 2.5

Say = Callable[[str, float], None]


class Person:
    """Talks with one running speaker.

    Args:
        app: Whose simulated microphone it speaks into.
        on_line: Told each line, and the seconds that it takes to say.
    """

    def __init__(self, app: App, on_line: Say) -> None:
        self._assistant = app.assistant
        self._microphone = _ear(app)
        self._on_line = on_line

    async def converse(self) -> None:
        """Say the whole dialogue, and wait until the speaker is idle again.

        Raises:
            CommandError: The speaker did not do what a speaker does.
        """
        await self._ask("wake_lamp", "okay nabu, turn on the lamp please")
        await self._until(_is_listening)
        await self._ask("tell_story", "tell me a story")
        await asyncio.sleep(HEARD_OF_STORY_S)
        self._say("barge_in", "wait, stop, that will do")
        await self._until(lambda state: not isinstance(state, Speaking))
        await self._until(lambda state: isinstance(state, Speaking))
        await self._until(_is_listening)
        await self._ask("look", "what do you see in the picture?")
        await self._until(lambda state: isinstance(state, Idle))

    async def _ask(self, recording: str, words: str) -> None:
        self._say(recording, words)
        await self._until(lambda state: isinstance(state, Speaking))

    def _say(self, recording: str, words: str) -> None:
        pcm = read_wav(SPEECH / f"{recording}.wav", CAPTURE_RATE_HZ, "the demo")
        self._on_line(words, seconds_for(len(pcm) // 2))
        self._microphone.say(pcm)

    async def _until(self, is_reached: Callable[[State], bool]) -> None:
        try:
            async with asyncio.timeout(PATIENCE_S):
                await self._assistant.until(is_reached)
        except TimeoutError as error:
            raise CommandError(
                f"the conversation got stuck: still {self._assistant.state}"
            ) from error


def _is_listening(state: State) -> bool:
    return isinstance(state, Listening) and not state.talk.is_user_speaking


def _ear(app: App) -> SimulatedMicrophone:
    microphone = app.body.microphone
    if not isinstance(microphone, SimulatedMicrophone):
        raise CommandError("the demo needs its simulated microphone")
    return microphone
