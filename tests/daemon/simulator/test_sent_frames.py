"""Every message that the server sends, against a table of what a server may send.

The table is Live API reference, BidiGenerateContentServerMessage, with the two additions
that were recorded on the wire: `voiceActivity.type`, and an empty message.
"""

from __future__ import annotations

import asyncio
import json
import re
from typing import Annotated, Any, Literal, get_args

import msgspec
import pytest
from msgspec import Meta, Struct
from websockets.exceptions import ConnectionClosed

from myna.simulator import script
from myna.simulator.options import Options
from myna.simulator.script import AnyAction, Script, Turn
from myna.simulator.service import Simulator
from support.raw_client import RawClient, raw_client, setup_message
from support.turns import BEEP, LONG

IDLE_S = 2.0


class Strict(Struct, frozen=True, forbid_unknown_fields=True, rename="camel", omit_defaults=True):
    """A message that has no fields but its own."""


class Empty(Strict, frozen=True):
    pass


class Blob(Strict, frozen=True):
    mime_type: Literal["audio/pcm;rate=24000"]
    data: Annotated[str, Meta(pattern="^(?:[A-Za-z0-9+/]+|[A-Za-z0-9_-]+)={0,2}$")]


class Part(Strict, frozen=True):
    inline_data: Blob


class Content(Strict, frozen=True):
    parts: list[Part]


class Transcription(Strict, frozen=True):
    text: str


class ServerContent(Strict, frozen=True):
    model_turn: Content | None = None
    input_transcription: Transcription | None = None
    output_transcription: Transcription | None = None
    generation_complete: Literal[True] | None = None
    interrupted: Literal[True] | None = None
    turn_complete: Literal[True] | None = None


class FunctionCall(Strict, frozen=True):
    id: str
    name: str
    args: dict[str, Any]


class ToolCall(Strict, frozen=True):
    function_calls: list[FunctionCall]


class Cancellation(Strict, frozen=True):
    ids: list[str]


class GoAway(Strict, frozen=True):
    time_left: str


class Resumption(Strict, frozen=True):
    new_handle: str
    resumable: bool


class Tokens(Strict, frozen=True):
    modality: Literal["TEXT", "IMAGE", "AUDIO"]
    token_count: int


class Usage(Strict, frozen=True):
    prompt_token_count: int
    response_token_count: int
    total_token_count: int
    prompt_tokens_details: list[Tokens]
    response_tokens_details: list[Tokens]


class VoiceActivity(Strict, frozen=True):
    type: Literal["ACTIVITY_START", "ACTIVITY_END"]
    audio_offset: str


class ServerMessage(Strict, frozen=True):
    setup_complete: Empty | None = None
    server_content: ServerContent | None = None
    tool_call: ToolCall | None = None
    tool_call_cancellation: Cancellation | None = None
    go_away: GoAway | None = None
    session_resumption_update: Resumption | None = None
    usage_metadata: Usage | None = None
    voice_activity: VoiceActivity | None = None


RIDE_ALONG = {"usageMetadata", "voiceActivity"}
DURATION = re.compile(r"\d+(\.\d{1,9})?s")


def check(message: dict[str, Any]) -> None:
    """Refuse a message that no server sends."""
    read = msgspec.convert(message, ServerMessage)
    assert len(message.keys() - RIDE_ALONG) <= 1, message
    if read.go_away:
        assert DURATION.fullmatch(read.go_away.time_left)
    if read.voice_activity:
        assert DURATION.fullmatch(read.voice_activity.audio_offset)
    if read.session_resumption_update:
        update = read.session_resumption_update
        assert update.resumable == bool(update.new_handle)


PLAYED = Script(
    turns=(
        Turn(
            on="speech",
            heard="What do you see?",
            send=(
                BEEP,
                script.Says("I look."),
                script.Hears("Well?"),
                script.Pause(0.01),
                script.GoAway(1.5),
                script.Resumption("handle"),
                script.Resumption(""),
                script.ToolCall("look", {"where_to": {"aB": [1, None]}}, wait=False),
                script.WaitFor("tool_response"),
                script.ToolCall("look"),
            ),
        ),
        Turn(on="text", send=(LONG,)),
        Turn(on="text", send=(script.ToolCall("never_answered"),)),
        Turn(on="text", send=(script.Interrupt(), script.End("normal"))),
    )
)
SENDS_NO_MESSAGE = {script.Close, script.Cut, script.Stall}
SENDS_ANYTHING = {script.Message, script.RawText, script.RawBinary}


class Partner:
    """Reacts to the server so that it plays the whole script; keeps what it sent."""

    def __init__(self, client: RawClient, *, is_snake: bool) -> None:
        self._client = client
        self._is_snake = is_snake
        self._turns = 0
        self.heard: list[dict[str, Any]] = []

    async def talk(self) -> None:
        await self._client.send(setup_message(sessionResumption={}))
        try:
            while True:
                await self._react(await self._hear())
        except (ConnectionClosed, TimeoutError):
            return

    async def _hear(self) -> dict[str, Any]:
        async with asyncio.timeout(IDLE_S):
            message: dict[str, Any] = json.loads(await self._client.socket.recv())
        self.heard.append(message)
        return in_camel(message) if self._is_snake else message

    async def _react(self, message: dict[str, Any]) -> None:
        content = message.get("serverContent", {})
        if "setupComplete" in message:
            await self._client.utter()
        for call in message.get("toolCall", {}).get("functionCalls", []):
            if call["name"] == "look":
                await self._client.answer(call["id"], call["name"])
            else:
                await self._client.send({"clientContent": {}})
        if "modelTurn" in content and self._turns == 1:
            await self._client.send({"clientContent": {}})
        if "turnComplete" in content:
            self._turns += 1
            await self._client.ask()


def in_camel(message: dict[str, Any]) -> dict[str, Any]:
    """Spell keys in camelCase, except in the arguments of a call."""
    return {
        re.sub("_([a-z])", lambda letter: letter[1].upper(), key): item
        if key == "args"
        else _items_in_camel(item)
        for key, item in message.items()
    }


def _items_in_camel(item: object) -> object:
    if isinstance(item, list):
        return [_items_in_camel(one) for one in item]
    return in_camel(item) if isinstance(item, dict) else item


FLAGS = [
    Options(),
    Options(sends_empty_frames=True),
    Options(bundles_fields=True),
    Options(bursts=True),
    Options(bursts=True, bundles_fields=True, sends_empty_frames=True),
    Options(spells_snake_case=True),
    Options(uses_base64url=True),
    Options(sends_text_frames=True),
    Options(cancels_calls=True),
    Options(repeats_calls=True, cancels_calls=True),
    Options(silent_after_interrupt=True),
    Options(go_away_after_s=0.05, time_left_s=60.0),
]


@pytest.mark.parametrize("options", FLAGS, ids=repr)
async def test_every_message_sent_is_one_that_a_server_sends(options: Options) -> None:
    async with (
        Simulator(PLAYED, options=options) as simulator,
        raw_client(simulator.url) as client,
    ):
        partner = Partner(client, is_snake=options.spells_snake_case)
        await partner.talk()
        turns = simulator.state.last.turns_started

    assert turns == (2 if options.silent_after_interrupt else 4)
    for message in partner.heard:
        if options.spells_snake_case:
            assert "C" not in json.dumps(list(message))
        check(in_camel(message) if options.spells_snake_case else message)


def test_every_action_is_played_or_is_known_to_send_no_message_of_its_own() -> None:
    played = {type(action) for turn in PLAYED.turns for action in turn.send}

    assert played | SENDS_NO_MESSAGE | SENDS_ANYTHING == set(get_args(AnyAction))


@pytest.mark.parametrize(
    "message",
    [
        {"error": {}},
        {"serverContent": {"turnCompleted": True}},
        {"toolCall": {"functionCalls": [{"id": "a", "name": "b", "args": []}]}},
        {"serverContent": {}, "goAway": {"timeLeft": "1s"}},
        {"goAway": {"timeLeft": "1"}},
    ],
)
def test_the_table_of_server_messages_is_strict(message: dict[str, Any]) -> None:
    with pytest.raises((msgspec.ValidationError, AssertionError)):
        check(message)
