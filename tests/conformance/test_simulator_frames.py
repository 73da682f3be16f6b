"""Every frame of our simulator, before both judges: all actions, under all flags.

A script's own frames (`message`, `raw_text`, `raw_base64`) may be anything, and are left
out.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping
from typing import Any, Final, get_args

import msgspec
import pytest
from websockets.exceptions import ConnectionClosed

from myna.simulator.endings import ENDINGS
from myna.simulator.options import Options
from myna.simulator.script import (
    Action,
    AnyAction,
    Close,
    Cut,
    End,
    GoAway,
    Hears,
    Interrupt,
    Message,
    Pause,
    RawBinary,
    RawText,
    Resumption,
    Says,
    Script,
    Speech,
    Stall,
    ToolCall,
    Turn,
    WaitFor,
)
from myna.simulator.service import Simulator
from myna.simulator.sounds import tone
from support import schema_oracle, types_oracle
from support.raw_client import (
    RawClient,
    raw_client,
    setup_message,
    still_message,
)

TOOLS: Final = [{"functionDeclarations": [{"name": "set_output", "description": "Switch."}]}]
TURNS: Final = (
    Turn(
        on="speech",
        heard="Light, and a picture.",
        send=(
            Hears(" Please."),
            Says("With pleasure."),
            Speech(tone(440, 0.4), "One. Two."),
            ToolCall("set_output", {"nested": {"snake_case": [1, None]}}, wait=False),
            ToolCall("set_output", {"name": "fan"}, id="call_blocking"),
            WaitFor("still"),
            Pause(0.01),
            Resumption("a-handle"),
            Resumption(""),
            GoAway(0.25),
            GoAway(50),
        ),
    ),
    Turn(on="text", send=(Says("And now"), Interrupt())),
)
LAST_ACTIONS: Final[tuple[AnyAction, ...]] = (
    Close(1000, "bye"),
    *map(End, ENDINGS),
    Cut("reset"),
    Cut("clean"),
)
EXEMPT: Final[frozenset[type[Action]]] = frozenset({Message, RawText, RawBinary})
SILENT: Final[frozenset[type[Action]]] = frozenset({Stall})
"""Sends nothing, and so nothing can be wrong with it."""

FLAGS: Final[tuple[Mapping[str, Any], ...]] = (
    {},
    *({each.name: True} for each in msgspec.structs.fields(Options) if each.type is bool),
    {"go_away_after_s": 0.05, "time_left_s": 0.25},
    {"setup_delay_s": 0.01},
    {"holds_lost_s": 1.0, "handle_life_s": 1.0, "pong_delay_s": 0.1},
    {"bundles_fields": True, "spells_snake_case": True, "uses_base64url": True},
)
WITHOUT_FRAMES: Final = frozenset(
    {
        "accepted_key",
        "connect_delay_s",
        "ends_opening",
        "known_models",
        "speech_threshold",
        "token_uses",
        "upgrade_status",
    }
)
"""Flags that decide whether there is a conversation, not what is said in it."""
TIMEOUT_S: Final = 10.0


@pytest.mark.parametrize("flags", FLAGS, ids=lambda flags: ",".join(flags) or "plain")
async def test_every_frame_satisfies_both_judges(flags: Mapping[str, Any]) -> None:
    messages = await messages_of(Script(turns=TURNS), **flags)

    assert kinds_in(messages) >= {"setupComplete", "voiceActivity", "modelTurn", "goAway"}


@pytest.mark.parametrize("action", LAST_ACTIONS, ids=repr)
async def test_every_frame_before_an_end_satisfies_both_judges(action: AnyAction) -> None:
    messages = await messages_of(_script(Says("Wait."), Pause(0.01), action))

    assert kinds_in(messages) >= {"setupComplete", "inputTranscription", "outputTranscription"}


async def test_what_is_judged_is_all_that_the_simulator_can_say() -> None:
    script = Script(turns=TURNS)
    whole = await messages_of(script)
    broken = await messages_of(script, barges_in=True, cancels_calls=True)

    assert kinds_in([*whole, *broken]) == {
        "generationComplete",
        "goAway",
        "inputTranscription",
        "interrupted",
        "modelTurn",
        "outputTranscription",
        "serverContent",
        "sessionResumptionUpdate",
        "setupComplete",
        "toolCall",
        "toolCallCancellation",
        "turnComplete",
        "usageMetadata",
        "voiceActivity",
    }


def kinds_in(messages: list[dict[str, Any]]) -> set[str]:
    """Name everything that stands in the messages."""
    return {kind for each in messages for kind in [*each, *each.get("serverContent", {})]}


def test_every_action_is_judged() -> None:
    judged = {type(action) for action in (*_actions(), *LAST_ACTIONS)}

    assert set(get_args(AnyAction)) - EXEMPT - SILENT == judged


def test_every_flag_is_judged() -> None:
    judged = {name for flags in FLAGS for name in flags}

    assert set(Options.__struct_fields__) == judged | WITHOUT_FRAMES


async def messages_of(
    script: Script,
    *,
    barges_in: bool = False,
    **flags: Any,  # noqa: ANN401 - as they are
) -> list[dict[str, Any]]:
    """Judge every frame of a conversation, and return what they say.

    Args:
        script: What the server does.
        barges_in: Whether the user speaks instead of answering the blocking call.
        flags: Oddities of the server.
    """
    messages: list[dict[str, Any]] = []
    async with (
        asyncio.timeout(TIMEOUT_S),
        Simulator(script, options=Options(**flags)) as simulator,
        raw_client(simulator.url) as client,
    ):
        await client.send(setup_message(sessionResumption={}, tools=TOOLS))
        with contextlib.suppress(ConnectionClosed):
            async for frame in client.socket:
                types_oracle.check_server_frame(frame)
                messages.append(schema_oracle.parse(frame, "Server"))
                if not await _go_on(client, messages, barges_in=barges_in):
                    break
    return messages


async def _go_on(client: RawClient, messages: list[dict[str, Any]], *, barges_in: bool) -> bool:
    """Do what the newest message wants; return whether there is more to come."""
    match messages[-1]:
        case {"setupComplete": _}:
            await client.utter()
        case {"toolCall": {"functionCalls": [{"id": "call_blocking"}]}} if barges_in:
            await client.utter()
        case {"toolCall": {"functionCalls": [{"id": str(call_id), "name": str(name)}]}}:
            await client.answer(call_id, name)
            if call_id == "call_blocking":
                await client.send(still_message())
        case {"serverContent": {"turnComplete": True}}:
            await client.ask()
            return _turns(messages) < len(TURNS) and not barges_in
    return True


def _actions() -> list[AnyAction]:
    return [action for turn in TURNS for action in turn.send]


def _turns(messages: list[dict[str, Any]]) -> int:
    return sum("turnComplete" in each.get("serverContent", {}) for each in messages)


def _script(*actions: AnyAction) -> Script:
    return Script(turns=(Turn(on="speech", heard="Hello.", send=actions),))
