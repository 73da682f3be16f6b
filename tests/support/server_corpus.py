"""One of every kind of message that a Live server sends, as parsed JSON.

From the Live API reference (BidiGenerateContentServerMessage), pydantic-ai's recorded
cassettes, and the oddities that users reported.
"""

from __future__ import annotations

import base64
from typing import Any, Final

PCM: Final = base64.b64encode(bytes(range(256)) * 4).decode()
AUDIO: Final = {"inlineData": {"mimeType": "audio/pcm;rate=24000", "data": PCM}}
HANDLE: Final = "3f0c9a5e-4d0b-4f0e-8a44-0e7d2b6f1c55"
USAGE: Final = {
    "promptTokenCount": 1_204,
    "responseTokenCount": 88,
    "totalTokenCount": 1_292,
    "thoughtsTokenCount": 12,
    "toolUsePromptTokenCount": 3,
    "cachedContentTokenCount": 0,
    "promptTokensDetails": [{"modality": "AUDIO", "tokenCount": 1_100}],
    "responseTokensDetails": [{"modality": "TEXT", "tokenCount": 8}],
}
CALL: Final = {"id": "call_1", "name": "set_output", "args": {"name": "lamp", "on": True}}


def content(**members: object) -> dict[str, Any]:
    """Return a message about the conversation's progress."""
    return {"serverContent": members}


def turn(*parts: object) -> dict[str, Any]:
    """Return a message with a piece of the model's turn."""
    return content(modelTurn={"parts": list(parts)})


MESSAGES: Final[tuple[dict[str, Any], ...]] = (
    {},
    {"setupComplete": {}},
    {"setupComplete": {"sessionId": "s-1"}},
    content(),
    turn(AUDIO),
    turn(AUDIO, AUDIO, {"text": "It is noon."}),
    turn({"text": "The user wants the time.", "thought": True, "thoughtSignature": "AQID"}),
    turn({"inlineData": {"mimeType": "audio/pcm", "data": "AAECAw=="}}),
    turn({"executableCode": {"language": "PYTHON", "code": "1 + 1"}}),
    {"server_content": {"model_turn": {"parts": [{"inline_data": {"mime_type": "audio/pcm"}}]}}},
    content(inputTranscription={"text": " What time is it?"}),
    content(outputTranscription={"text": "It is ", "finished": False, "languageCode": "en"}),
    content(interimInputTranscription={"text": "What ti"}),
    content(outputTranscription={"finished": True}),
    content(generationComplete=True),
    content(interrupted=True),
    content(turnComplete=True, turnCompleteReason="NEED_MORE_INPUT", waitingForInput=True),
    content(turnComplete=True, interactionStatus="IN_PROGRESS"),
    {**content(generationComplete=True, turnComplete=True), "usageMetadata": USAGE},
    {**turn(AUDIO), "interactionStatus": "IDLE", "usageMetadata": USAGE},
    content(
        inputTranscription={"text": "Stop."},
        outputTranscription={"text": "All right."},
        modelTurn={"parts": [AUDIO]},
        interrupted=True,
        turnComplete=True,
        groundingMetadata={},
    ),
    {"toolCall": {"functionCalls": [CALL]}},
    {"toolCall": {"functionCalls": [CALL, {"id": "fc_2", "name": "get_time"}]}},
    {"tool_call": {"function_calls": [{**CALL, "id": "function-call-3"}]}},
    {"toolCallCancellation": {"ids": ["call_1", "fc_2"]}},
    {"goAway": {"timeLeft": "50s"}},
    {"go_away": {"time_left": "49.750s"}},
    {"sessionResumptionUpdate": {"newHandle": HANDLE, "resumable": True}},
    {"sessionResumptionUpdate": {"newHandle": "", "resumable": False}},
    {"usageMetadata": USAGE},
    {"voiceActivity": {"type": "ACTIVITY_START", "audioOffset": "0.840s"}, **content()},
    {"voiceActivity": {"voiceActivityType": "ACTIVITY_END", "audioOffset": "1.2s"}},
    {"voiceActivityDetectionSignal": {"vadSignalType": "VAD_SIGNAL_TYPE_SOS"}},
    {"error": {"code": 500, "message": "Internal error encountered.", "status": "INTERNAL"}},
    {"somethingNew": {"of": ["next", "year", 1, 2.5, None, True]}},
)
