"""Structured frames: valid messages with several members, then edited at random.

`test_protocol_garbage.py` has frames without any structure, `tests/bench/fuzz.py` mutates
bytes by the million; here most of each frame is right, so that what is wrong goes deep.
"""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from myna.config import LiveSettings
from myna.errors import LocalProtocolError, RemoteProtocolError
from myna.live.events import GoAway, LiveEvent, ReplyAudio, ResumptionHandle, ToolCall
from myna.live.protocol import LiveProtocol, State
from myna.live.setup import opening_for

fuzzed = settings(
    max_examples=300,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)

words = st.text(max_size=8)
ids = st.sampled_from(["call_1", "fc_2", "function-call-3", "\N{PARROT}"])
samples = st.binary(max_size=12).map(lambda pcm: pcm + pcm)
rates = st.sampled_from(["audio/pcm;rate=24000", "audio/pcm", "audio/pcm; rate=24000"])
base64s = samples.flatmap(
    lambda pcm: st.sampled_from([base64.b64encode(pcm), base64.urlsafe_b64encode(pcm)])
).map(bytes.decode)
blobs = st.fixed_dictionaries({"mimeType": rates, "data": base64s})
parts = st.one_of(
    st.fixed_dictionaries({"inlineData": blobs}),
    st.fixed_dictionaries({"text": words}, optional={"thought": st.booleans()}),
)
transcriptions = st.fixed_dictionaries({}, optional={"text": words, "finished": st.booleans()})
contents = st.fixed_dictionaries(
    {},
    optional={
        "modelTurn": st.fixed_dictionaries({"parts": st.lists(parts, max_size=3)}),
        "inputTranscription": transcriptions,
        "outputTranscription": transcriptions,
        "interrupted": st.booleans(),
        "generationComplete": st.booleans(),
        "turnComplete": st.booleans(),
        "interactionStatus": st.sampled_from(["IN_PROGRESS", "IDLE"]),
    },
)
arguments = st.dictionaries(words, st.none() | st.booleans() | st.integers() | words, max_size=3)
tool_calls = st.fixed_dictionaries(
    {"id": ids, "name": words.filter(bool)}, optional={"args": arguments}
)
tokens = st.fixed_dictionaries(
    {}, optional={"promptTokenCount": st.integers(0, 10**6), "totalTokenCount": st.integers(0)}
)
messages = st.fixed_dictionaries(
    {},
    optional={
        "serverContent": contents,
        "toolCall": st.fixed_dictionaries({"functionCalls": st.lists(tool_calls, max_size=3)}),
        "toolCallCancellation": st.fixed_dictionaries({"ids": st.lists(ids, max_size=3)}),
        "goAway": st.fixed_dictionaries({"timeLeft": st.sampled_from(["50s", "0.5s", "0s"])}),
        "sessionResumptionUpdate": st.fixed_dictionaries({"newHandle": words}),
        "usageMetadata": tokens,
        "voiceActivity": st.fixed_dictionaries({"type": words, "audioOffset": words}),
    },
)
strange = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    words,
    st.sampled_from(["-1s", "1e9s", "audio/pcm;rate=48000", "AAA", "AA=="]),
    st.just([]),
    st.just({}),
    messages,
)
choices = st.lists(st.integers(0, 7), min_size=1, max_size=6)


@st.composite
def edited(draw: st.DrawFn) -> dict[str, Any]:
    """A message of which up to three values were replaced by strange ones."""
    tree: dict[str, Any] = draw(messages)
    for _ in range(draw(st.integers(0, 3))):
        replace_along(tree, draw(choices), draw(strange))
    return tree


def replace_along(tree: Any, path: list[int], value: object) -> None:  # noqa: ANN401 - JSON
    """Replace what lies at the end of `path`, or as far along it as there is something."""
    for step in path:
        keys = list(tree) if isinstance(tree, dict) else list(range(len(tree)))
        if not keys:
            return
        key = keys[step % len(keys)]
        if step == path[-1] or not isinstance(tree[key], dict | list):
            tree[key] = value
            return
        tree = tree[key]


def open_protocol() -> LiveProtocol:
    protocol = LiveProtocol(opening_for(LiveSettings(), (), has_camera=False))
    protocol.opening_message()
    protocol.receive(b'{"setupComplete":{}}')
    return protocol


def check(protocol: LiveProtocol, events: list[LiveEvent]) -> None:
    for event in events:
        match event:
            case ReplyAudio(pcm):
                assert pcm
                assert len(pcm) % 2 == 0
            case ToolCall():
                assert isinstance(event.id, str)
                assert isinstance(event.name, str)
                assert isinstance(event.arguments, dict)
            case GoAway(time_left_s):
                assert 0 <= time_left_s < 10**12
            case ResumptionHandle(handle):
                assert handle
    assert protocol.state is State.OPEN


@fuzzed
@given(messages)
def test_valid_frame_with_several_members_is_read(message: dict[str, Any]) -> None:
    protocol = open_protocol()

    check(protocol, protocol.receive(json.dumps(message)))


@fuzzed
@given(st.lists(edited(), min_size=1, max_size=4))
def test_edited_frames_are_read_or_break_the_session_for_good(frames: list[dict[str, Any]]) -> None:
    protocol = open_protocol()
    for frame in frames:
        try:
            events = protocol.receive(json.dumps(frame).encode())
        except RemoteProtocolError as error:
            assert_broken_for_good(protocol, error)
            return
        check(protocol, events)


@fuzzed
@given(edited())
def test_every_call_of_an_edited_frame_can_be_answered_once(frame: dict[str, Any]) -> None:
    protocol = open_protocol()
    try:
        events = protocol.receive(json.dumps(frame))
    except RemoteProtocolError as error:
        assert_broken_for_good(protocol, error)
        return
    names = {event.id: event.name for event in events if isinstance(event, ToolCall)}
    for call_id in list(protocol.pending_calls):
        answer = json.loads(protocol.tool_answer(call_id, names[call_id], {"output": 1}))
        (response,) = answer["toolResponse"]["functionResponses"]
        assert (response["id"], response["name"]) == (call_id, names[call_id])
    assert not protocol.pending_calls


def assert_broken_for_good(protocol: LiveProtocol, error: RemoteProtocolError) -> None:
    assert 0 < len(str(error)) < 400
    assert "\n" not in str(error)
    assert protocol.state is State.BROKEN
    for again in ("{}", b'{"setupComplete":{}}'):
        with pytest.raises(LocalProtocolError, match="broken"):
            protocol.receive(again)
