"""The judge itself: it takes what is right, and refuses what the server was seen to refuse."""

from __future__ import annotations

import json
from typing import Any, Final

import pytest

from support import schema_oracle
from support.client_messages import as_id, generation, tool, user
from support.raw_client import setup_message
from support.schema_oracle import ADDED, ENUMS, PREVIEW, RefusedError

PCM: Final = {"mimeType": "audio/pcm;rate=16000", "data": "AAA="}
ONLY_AUDIO: Final = {"responseModalities": ["AUDIO"]}


def answer(**members: object) -> dict[str, Any]:
    """Return a toolResponse with one answer of these members."""
    return {"toolResponse": {"functionResponses": [{"id": "call_1", "name": "look", **members}]}}


def content(**members: object) -> dict[str, Any]:
    """Return a serverContent of these members."""
    return {"serverContent": members}


REFUSED: Final[tuple[object, ...]] = (
    {"config": {"model": "models/m", "responseModalities": ["AUDIO"]}},
    {"setup": {"model": "models/m", "responseModalities": ["AUDIO"]}},
    generation(inputAudioTranscription={}),
    generation(outputAudioTranscription={}),
    setup_message(sessionResumption={"transparent": True}),
    setup_message(safetySettings=[]),
    setup_message(proactivity={"proactiveAudio": True}),
    setup_message(explicitVadSignal=True),
    setup_message(toolConfig={}),
    generation(enableAffectiveDialog=True),
    generation(responseModalities=["audio"]),
    generation(mediaResolution="low"),
    generation(thinkingConfig={"thinkingLevel": "low"}),
    generation(thinkingConfig={"thinkingLevel": "EXTREME"}),
    setup_message(realtimeInputConfig={"turnCoverage": "turn_includes_all_input"}),
    setup_message(tools=tool(behavior="non_blocking")),
    setup_message(tools=tool(parameters={"type": "OBJECT", "additionalProperties": False})),
    {**setup_message(), "realtimeInput": {"text": "hello"}},
    {"clientContent": {"turnComplete": True}, "realtimeInput": {"text": "hello"}},
    {"clientContent": {"turns": [{"parts": [{"text": "one", "inlineData": PCM}]}]}},
    user(audio={**PCM, "rate": 16_000}),
    user(audio=PCM["data"]),
    answer(response=["a", "list"]),
    answer(response="a text"),
    answer(response={"x": float("nan")}),
    answer(response={"x": float("inf")}),
    answer(response={}, scheduling="INTERRUPTED"),
    answer(response={}, parts=[{"text": "no picture"}]),
    ["a", "list"],
)


@pytest.mark.parametrize("message", REFUSED, ids=as_id)
def test_the_schema_refuses_what_the_server_refuses(message: object) -> None:
    with pytest.raises(RefusedError):
        schema_oracle.parse(json.dumps(message))


REFUSED_OF_A_SERVER: Final[tuple[object, ...]] = (
    {"setup": {}},
    content(audio={}),
    content(interactionStatus="idle"),
    {"voiceActivity": {"voiceActivityType": "ACTIVITY_START"}},
    {"goAway": {"timeLeft": 50}},
    {"goAway": {"timeLeft": "soon"}},
    {"toolCall": {"functionCalls": []}, "serverContent": {}},
    {"error": {"code": 500}},
)


@pytest.mark.parametrize("message", REFUSED_OF_A_SERVER, ids=as_id)
def test_the_schema_refuses_what_no_server_sends(message: object) -> None:
    with pytest.raises(RefusedError):
        schema_oracle.parse(json.dumps(message), "Server")


ACCEPTED: Final[tuple[object, ...]] = (
    setup_message(),
    setup_message(sessionResumption={}, contextWindowCompression={"slidingWindow": {}}),
    setup_message(inputAudioTranscription={"languageCodes": ["de-DE"]}),
    setup_message(historyConfig={"initialHistoryInClientContent": True}),
    setup_message(
        realtimeInputConfig={"turnCoverage": "TURN_INCLUDES_AUDIO_ACTIVITY_AND_ALL_VIDEO"}
    ),
    setup_message(tools=[{"googleSearch": {}}]),
    generation(thinkingConfig={"thinkingLevel": "MINIMAL"}),
    generation(translationConfig={"targetLanguageCode": "fr", "echoTargetLanguage": True}),
    user(audio=PCM),
    user(audioStreamEnd=True),
    user(activityStart={}),
    answer(response={"result": "ok"}),
    answer(response={}, scheduling="SILENT", willContinue=False),
    answer(response={}, parts=[{"inlineData": {"mimeType": "image/jpeg", "data": "/9j/"}}]),
    {"setup": {"model": "models/m", "generation_config": {"response_modalities": ["AUDIO"]}}},
)


@pytest.mark.parametrize("message", ACCEPTED, ids=as_id)
def test_the_schema_takes_what_the_server_takes(message: object) -> None:
    schema_oracle.parse(json.dumps(message))


ACCEPTED_OF_A_SERVER: Final[tuple[object, ...]] = (
    {},
    content(),
    {"setupComplete": {"sessionId": "s-1"}},
    content(waitingForInput=True),
    content(turnComplete=True, turnCompleteReason="NEED_MORE_INPUT", interactionStatus="IDLE"),
    content(inputTranscription={"text": "Hi", "finished": True, "languageCode": "en-US"}),
    content(interimInputTranscription={"text": "Hel"}),
    content(modelTurn={"parts": [{"text": "Hm.", "thought": True}]}),
    {"toolCall": {"functionCalls": [{"id": "1", "name": "f"}]}, "interactionStatus": "IN_PROGRESS"},
    {"voiceActivity": {"type": "ACTIVITY_END", "audioOffset": "0.840s"}, "serverContent": {}},
    {"toolCallCancellation": {"ids": ["call_1"]}},
    {"goAway": {"timeLeft": "49.5s"}},
    {"sessionResumptionUpdate": {"newHandle": "", "resumable": False}},
)


@pytest.mark.parametrize("message", ACCEPTED_OF_A_SERVER, ids=as_id)
def test_the_schema_takes_what_servers_were_seen_to_send(message: object) -> None:
    schema_oracle.parse(json.dumps(message), "Server")


def test_the_preview_fields_belong_to_v1alpha() -> None:
    for message in (
        setup_message(proactivity={"proactiveAudio": True}),
        generation(enableAffectiveDialog=True),
    ):
        schema_oracle.parse(json.dumps(message), version="v1alpha")


def test_a_frame_is_read_as_what_it_says() -> None:
    """Nothing is dropped on the way: what was added is read, not ignored."""
    message = setup_message(
        generationConfig={**ONLY_AUDIO, "thinkingConfig": {"thinkingLevel": "LOW"}}
    )

    assert schema_oracle.parse(json.dumps(message)) == message


def test_every_field_that_was_added_names_its_source() -> None:
    rows = (*ADDED, *PREVIEW)

    assert all(row.source for row in rows)
    assert set(ENUMS) <= {row.kind for row in rows}
