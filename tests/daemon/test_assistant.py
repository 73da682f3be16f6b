"""The assistant's inbox: what is too old to count does not."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from myna.assistant import Assistant
from myna.conversation.events import Pressed, StopAsked
from myna.conversation.states import Connecting, Idle, Timing
from myna.live.events import ReplyAudio, SessionReady
from myna.performer import Performer
from myna.trace import Trace
from myna_hardware.lights.simulated import SimulatedLights
from myna_hardware.settings import LightsSettings
from myna_hardware.units import Frames

PRESS = Pressed(Frames(5))


class Bystander(Performer):
    """Performs nothing."""

    def __init__(self) -> None:
        pass

    def perform(self, effect: object) -> None:
        """Let it be."""


@pytest.fixture
async def assistant() -> AsyncIterator[Assistant]:
    lights = SimulatedLights(LightsSettings(driver="simulated", pin=17))
    assistant = Assistant(lights, Trace(), Timing())
    running = asyncio.create_task(assistant.run(Bystander()))
    yield assistant
    running.cancel()
    lights.close()


async def test_news_of_a_closed_session_is_not_taken_for_the_next_ones(
    assistant: Assistant,
) -> None:
    is_old_wanted = [True]
    assistant.post(PRESS)
    assistant.post(StopAsked())
    assistant.post(PRESS)
    await assistant.post_in_turn(SessionReady(), lambda: is_old_wanted[0])
    await assistant.post_in_turn(ReplyAudio(b"\1\0"), lambda: is_old_wanted[0])
    is_old_wanted[0] = False
    state = await assistant.until(lambda state: not isinstance(state, Idle))
    await asyncio.sleep(0)
    assert isinstance(state, Connecting)
    assert isinstance(assistant.state, Connecting)


async def test_news_of_the_wanted_session_counts(assistant: Assistant) -> None:
    assistant.post(PRESS)
    await assistant.post_in_turn(SessionReady(), lambda: True)
    await assistant.until(lambda state: not isinstance(state, Idle | Connecting))
