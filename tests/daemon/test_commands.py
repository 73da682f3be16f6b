"""Commands to a muted speaker: refused with the cure, or obeyed."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from myna.assistant import Assistant
from myna.commands import Commands, Desk
from myna.control.messages import Listen, Mute, Request, Say, Stop, Unmute
from myna.conversation.effects import Effect
from myna.conversation.events import MuteLocked, MuteUnlocked, RingAsked
from myna.conversation.states import Idle, Muted, Ringing, State, Timing
from myna.errors import CommandError
from myna.performer import Performer
from myna.trace import Trace
from myna_hardware.lights.none import NoLights
from myna_hardware.units import Frames

BY_SWITCH = "the speaker is muted by its switch: set that back first"
BY_COMMAND = "the speaker is muted: `myna unmute` first"


class Bystander(Performer):
    """Performs nothing."""

    def __init__(self) -> None:
        pass

    def perform(self, effect: Effect) -> None:
        """Let it be."""


class Speaker:
    """A conversation that can be commanded."""

    def __init__(self, beginning: Idle | Muted) -> None:
        self.assistant = Assistant(NoLights(), Trace(), Timing(), beginning)
        absent: Any = None
        desk = Desk(
            config=absent,
            assistant=self.assistant,
            volume=absent,
            standing=absent,
            outputs=absent,
            tools=absent,
            consent=absent,
            timers=absent,
            echo=absent,
            next_frame=lambda: Frames(800),
            observed=absent,
            trace=absent,
            tap=absent,
            examination=absent,
        )
        self._commands = Commands(desk)

    async def obey(self, request: Request) -> State:
        """Answer `request`; return where the conversation is after it."""
        assert await self._commands.answer(request) == {}
        return await self.settle()

    async def settle(self) -> State:
        """Let the conversation take what waits."""
        running = asyncio.create_task(self.assistant.run(Bystander()))
        for _ in range(5):
            await asyncio.sleep(0)
        running.cancel()
        return self.assistant.state


@pytest.mark.parametrize(
    ("request_", "beginning", "why"),
    [
        (Listen(), Muted(), BY_COMMAND),
        (Say("Hello."), Muted(), BY_COMMAND),
        (Listen(), Muted(is_locked=True), BY_SWITCH),
        (Say("Hello."), Muted(is_locked=True), BY_SWITCH),
        (Unmute(), Muted(is_locked=True), BY_SWITCH),
    ],
)
@pytest.mark.parametrize("is_ringing", [False, True])
async def test_command_that_mute_forbids_is_refused_with_the_cure(
    request_: Request, beginning: Muted, why: str, is_ringing: bool
) -> None:
    speaker = Speaker(beginning)
    if is_ringing:
        speaker.assistant.post(RingAsked("eggs"))
        assert await speaker.settle() == Ringing((RingAsked("eggs"),), beginning)
    before = speaker.assistant.state
    with pytest.raises(CommandError) as refusal:
        await speaker.obey(request_)
    assert str(refusal.value) == why
    assert await speaker.settle() == before


@pytest.mark.parametrize(
    ("request_", "beginning", "after"),
    [
        (Mute(), Idle(), Muted()),
        (Mute(), Muted(is_locked=True), Muted(is_locked=True)),
        (Stop(), Muted(is_locked=True), Muted(is_locked=True)),
        (Stop(), Muted(), Muted()),
        (Unmute(), Muted(), Idle()),
        (Unmute(), Idle(), Idle()),
    ],
)
async def test_command_that_mute_allows_is_obeyed(
    request_: Request, beginning: Idle | Muted, after: State
) -> None:
    assert await Speaker(beginning).obey(request_) == after


async def test_command_may_unmute_once_the_switch_is_back() -> None:
    speaker = Speaker(Muted(is_locked=True))
    for event in (MuteUnlocked(), MuteLocked(), MuteUnlocked()):
        speaker.assistant.post(event)
    assert await speaker.settle() == Idle()
    assert await speaker.obey(Mute()) == Muted()
    assert await speaker.obey(Unmute()) == Idle()
