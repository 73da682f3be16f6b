from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from myna.live.events import (
    GenerationComplete,
    GoAway,
    Interrupted,
    LiveEvent,
    ReplyAudio,
    ReplyText,
    ResumptionHandle,
    SessionReady,
    TokensUsed,
    ToolCall,
    ToolCallsCancelled,
    TurnComplete,
    UserText,
    VoiceActivity,
)
from myna.live.reading import events_in
from myna.live.server_messages import parse


def events(message: dict[str, Any]) -> list[LiveEvent]:
    return list(events_in(parse(json.dumps(message).encode())))


def content(**members: object) -> list[LiveEvent]:
    return events({"serverContent": members})


def audio(pcm: bytes, mime_type: str = "audio/pcm;rate=24000") -> dict[str, Any]:
    return {"inlineData": {"mimeType": mime_type, "data": base64.b64encode(pcm).decode()}}


def test_several_members_of_one_frame_keep_their_order() -> None:
    assert content(
        turnComplete=True,
        interrupted=True,
        generationComplete=True,
        modelTurn={"parts": [audio(b"\1\2"), audio(b"\3\4")]},
        outputTranscription={"text": "Hi "},
        inputTranscription={"text": "hello "},
    ) == [
        UserText("hello "),
        ReplyText("Hi "),
        ReplyAudio(b"\1\2"),
        ReplyAudio(b"\3\4"),
        GenerationComplete(),
        Interrupted(),
        TurnComplete(),
    ]


def test_a_frame_may_hold_several_kinds_of_message() -> None:
    assert events(
        {
            "setupComplete": {},
            "sessionResumptionUpdate": {"newHandle": "h", "resumable": True},
            "serverContent": {"turnComplete": True},
            "toolCall": {"functionCalls": [{"id": "1", "name": "a", "args": {"on": True}}]},
            "toolCallCancellation": {"ids": ["0"]},
            "goAway": {"timeLeft": "50s"},
            "usageMetadata": {"totalTokenCount": 5},
            "voiceActivity": {"type": "ACTIVITY_END"},
        }
    ) == [
        SessionReady(),
        ResumptionHandle("h"),
        VoiceActivity(is_speaking=False),
        TokensUsed({}, {}, 5),
        TurnComplete(),
        ToolCall("1", "a", {"on": True}),
        ToolCallsCancelled(("0",)),
        GoAway(50.0),
    ]


def test_several_calls_come_in_one_message() -> None:
    calls = [{"id": "1", "name": "a"}, {"id": "2", "name": "a", "args": None}]

    assert events({"toolCall": {"functionCalls": calls}}) == [
        ToolCall("1", "a", {}),
        ToolCall("2", "a", {}),
    ]


def test_thoughts_are_neither_heard_nor_read() -> None:
    parts = [{"thought": True, "text": "Let me see"}, {"thought": True, **audio(b"\1\2")}]

    assert content(modelTurn={"parts": parts}) == []


def test_text_that_is_no_thought_is_read() -> None:
    assert content(modelTurn={"parts": [{"text": "Hello"}]}) == [ReplyText("Hello")]


def test_audio_without_a_rate_is_taken_as_24_khz() -> None:
    assert content(modelTurn={"parts": [audio(b"\1\2", "audio/pcm")]}) == [ReplyAudio(b"\1\2")]


@pytest.mark.parametrize("part", [audio(b""), audio(b"\1", "image/png"), {"executableCode": {}}])
def test_parts_that_make_no_sound_are_ignored(part: dict[str, Any]) -> None:
    assert content(modelTurn={"parts": [part]}) == []


@pytest.mark.parametrize("transcription", [{}, {"finished": True}, {"text": ""}])
def test_transcripts_without_words_are_ignored(transcription: dict[str, Any]) -> None:
    assert content(inputTranscription=transcription, outputTranscription=transcription) == []


@pytest.mark.parametrize(
    "message",
    [
        {},
        {"serverContent": {}},
        {"serverContent": {"waitingForInput": True, "interimInputTranscription": {"text": "h"}}},
        {"serverContent": {"groundingMetadata": {}, "urlContextMetadata": {"x": 1}}},
        {"sessionResumptionUpdate": {"newHandle": "", "resumable": False}},
        {"voiceActivity": {"type": "ACTIVITY_MAYBE"}, "serverContent": {}},
        {"voiceActivity": {}, "voiceActivityDetectionSignal": {}},
    ],
)
def test_messages_without_news_are_ignored(message: dict[str, Any]) -> None:
    assert events(message) == []


@pytest.mark.parametrize(
    "message",
    [
        {"serverContent": {"turnComplete": True, "interactionStatus": "IN_PROGRESS"}},
        {"serverContent": {"turnComplete": True}, "interactionStatus": "IN_PROGRESS"},
    ],
)
def test_a_filler_does_not_complete_the_turn(message: dict[str, Any]) -> None:
    assert events(message) == []


def test_an_idle_model_completes_the_turn() -> None:
    assert content(turnComplete=True, interactionStatus="IDLE") == [TurnComplete()]


@pytest.mark.parametrize(
    ("message", "is_speaking"),
    [
        ({"voiceActivity": {"type": "ACTIVITY_START", "audioOffset": "0.840s"}}, True),
        ({"voiceActivity": {"type": "ACTIVITY_END"}, "serverContent": {}}, False),
        ({"voiceActivity": {"voiceActivityType": "ACTIVITY_START"}}, True),
        ({"voiceActivityDetectionSignal": {"vadSignalType": "VAD_SIGNAL_TYPE_SOS"}}, True),
        ({"voiceActivityDetectionSignal": {"vadSignalType": "VAD_SIGNAL_TYPE_EOS"}}, False),
    ],
)
def test_voice_activity_is_told_under_all_its_names(
    message: dict[str, Any], is_speaking: bool
) -> None:
    assert events(message) == [VoiceActivity(is_speaking)]


@pytest.mark.parametrize(
    "members", [{"waitingForInput": True}, {"turnCompleteReason": "NEED_MORE_INPUT"}]
)
def test_a_turn_that_expects_more_says_so(members: dict[str, Any]) -> None:
    assert content(turnComplete=True, **members) == [TurnComplete(is_waiting=True)]


def test_a_turn_that_ends_for_another_reason_does_not_wait() -> None:
    assert content(turnComplete=True, turnCompleteReason="RESPONSE_REJECTED") == [TurnComplete()]


def test_usage_comes_after_the_words_and_before_the_end_of_the_turn() -> None:
    assert events(
        {
            "serverContent": {"outputTranscription": {"text": "Hi"}, "turnComplete": True},
            "usageMetadata": {"promptTokenCount": 3, "totalTokenCount": 3},
        }
    ) == [
        ReplyText("Hi"),
        TokensUsed({"MODALITY_UNSPECIFIED": 3}, {}, 3),
        TurnComplete(),
    ]


def test_usage_may_come_alone() -> None:
    assert events({"usageMetadata": {"totalTokenCount": 1}}) == [TokensUsed({}, {}, 1)]
