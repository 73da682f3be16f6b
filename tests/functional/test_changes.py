"""Each key that needs no restart, taken up by a running speaker."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from myna.config import AudioSettings, BudgetSettings, ConversationSettings, LogSettings
from myna.config.schema import ToolsSettings
from myna.conversation.events import ListenAsked, SayAsked
from myna.simulator.script import Speech, ToolCall
from myna.simulator.sounds import tone
from myna.tools.rules import ToolRule
from myna_hardware.interfaces import Pattern
from myna_hardware.settings import KnobSettings, LightsSettings
from myna_hardware.units import Frames
from support.scene import Scene, scene, turn
from support.speech import recorded


@pytest.fixture
async def on(tmp_path: Path) -> AsyncIterator[Scene]:
    async with scene(tmp_path, turn(Speech(tone(440, 0.3)), on="text")) as on:
        yield on


def put_in_force(on: Scene, table: str, **changes: object) -> None:
    on.app.appliers[table](replace(on.config, **changes))


def listen(on: Scene) -> None:
    on.app.assistant.post(ListenAsked(Frames(0)))


async def test_the_next_session_is_that_of_the_changed_configuration(on: Scene) -> None:
    put_in_force(on, "live", live=replace(on.config.live, voice="Kore", instruction="Be brief."))
    listen(on)
    await on.log.wait("session_ready")
    assert on.server.state.last.instruction == "Be brief."
    assert "Kore" in json.dumps(on.server.state.last.setup)


async def test_a_shorter_wait_for_speech_ends_the_conversation_sooner(on: Scene) -> None:
    put_in_force(on, "conversation.follow_up_s", conversation=ConversationSettings(follow_up_s=0.1))
    listen(on)
    await on.log.wait_state("listening")
    await on.log.wait_state("idle", timeout_s=2)


async def test_a_lower_limit_ends_the_next_conversation(on: Scene) -> None:
    put_in_force(on, "conversation.limit_s", conversation=ConversationSettings(limit_s=0.5))
    listen(on)
    await on.log.wait_state("listening")
    await on.log.wait_state("idle", timeout_s=2)


async def test_a_budget_that_is_spent_refuses_the_next_session(on: Scene) -> None:
    on.app.assistant.post(SayAsked("Dinner."))
    await on.log.wait_state("idle")
    put_in_force(on, "budget", budget=BudgetSettings(daily_minutes=0.0001))
    listen(on)
    await on.log.wait_state("offline")
    assert "budget" in on.app.health.troubles


async def test_earcons_fall_silent(on: Scene) -> None:
    put_in_force(on, "audio.earcons", audio=AudioSettings(earcons="none"))
    on.microphone.say(recorded("wake_lamp"))
    await on.log.wait("session_ready")
    assert on.log.of("earcon") == []


async def test_volume_and_knob_are_set(on: Scene) -> None:
    put_in_force(on, "speaker.volume", speaker=replace(on.config.speaker, volume=30))
    put_in_force(on, "knob.percent_per_step", knob=KnobSettings(percent_per_step=7))
    on.knob.turn(1)
    assert (await on.log.wait("volume", times=2))["percent"] == 37


async def test_lights_are_dimmed(on: Scene) -> None:
    on.lights.show(Pattern.MUTED)
    before = max(on.lights.drawings[-1].colours[0])
    put_in_force(on, "lights.brightness", lights=LightsSettings(brightness=40))
    assert max(on.lights.drawings[-1].colours[0]) < before / 2


async def test_a_log_level_is_taken(on: Scene) -> None:
    before = logging.getLogger().level
    try:
        put_in_force(on, "log.level", log=LogSettings(level="error"))
        assert logging.getLogger().level == logging.ERROR
    finally:
        logging.getLogger().setLevel(before)


async def test_a_wish_waits_as_long_as_is_said_now(tmp_path: Path) -> None:
    call = ToolCall("set_output", {"name": "lamp", "on": True})
    async with scene(tmp_path, turn(call)) as on:
        rules = {"set_output": ToolRule(risk="confirm")}
        put_in_force(on, "tools.rules", tools=ToolsSettings(rules=rules))
        put_in_force(on, "tools.confirm_wait_s", tools=ToolsSettings(confirm_wait_s=0.1))
        on.microphone.say(recorded("wake_lamp"))
        async with asyncio.timeout(10):
            assert (await on.log.wait("confirm", times=2))["outcome"] == "unanswered"


async def test_every_table_can_be_put_in_force_at_any_time(on: Scene) -> None:
    for _ in range(2):
        for table in on.app.appliers:
            put_in_force(on, table)
    listen(on)
    await on.log.wait("session_ready")
