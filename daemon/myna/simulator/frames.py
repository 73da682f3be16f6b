"""What the server sends: one function per message, and how speech is cut up. PURE.

Source: Live API reference, BidiGenerateContentServerMessage; the burst figures are
those of a 4.7 s reply of gemini-3.8-live: 13 frames, 224 KB, in 0.88 s.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from myna.simulator.messages import JsonObject
from myna_hardware.units import PLAYBACK_RATE_HZ, bytes_for

SEGMENT_BYTES: Final = bytes_for(8_640)
"""0.36 s of reply."""
SEGMENT_INTERVAL_S: Final = 0.068

_AUDIO_TOKENS_PER_S: Final = 25
_STILL_TOKENS: Final = 258
"""Of the capabilities guide, as are the 25 tokens for a second of audio, both ways."""
_CHARACTERS_PER_TOKEN: Final = 4
_PIECES_PER_BUNDLE: Final = 3


def setup_complete() -> JsonObject:
    """Say that the setup was accepted."""
    return {"setupComplete": {}}


def resumption(handle: str) -> JsonObject:
    """Hand out `handle`; an empty one says that resuming is not possible now."""
    return {"sessionResumptionUpdate": {"newHandle": handle, "resumable": bool(handle)}}


def voice_activity(kind: str, offset_s: float) -> JsonObject:
    """Say that speech starts or ends; comes with an empty serverContent, as observed."""
    activity = {"type": f"ACTIVITY_{kind.upper()}", "audioOffset": f"{offset_s:.3f}s"}
    return {"voiceActivity": activity, "serverContent": {}}


def input_text(text: str) -> JsonObject:
    """Tell what the user said."""
    return {"serverContent": {"inputTranscription": {"text": text}}}


def output_text(text: str) -> JsonObject:
    """Tell what the reply says."""
    return {"serverContent": {"outputTranscription": {"text": text}}}


def reply_audio(pcm: bytes) -> JsonObject:
    """Speak a piece of the reply."""
    blob = {"mimeType": f"audio/pcm;rate={PLAYBACK_RATE_HZ}", "data": pcm}
    return {"serverContent": {"modelTurn": {"parts": [{"inlineData": blob}]}}}


def generation_complete() -> JsonObject:
    """Say that everything of the turn has been sent."""
    return {"serverContent": {"generationComplete": True}}


def interrupted() -> JsonObject:
    """Say that the reply was cut."""
    return {"serverContent": {"interrupted": True}}


def cancellation(ids: Iterable[str]) -> JsonObject:
    """Say that these calls need not be answered any more."""
    return {"toolCallCancellation": {"ids": sorted(ids)}}


def turn_complete(tokens: JsonObject) -> JsonObject:
    """Say that the turn is over; the usage rides along."""
    return {"serverContent": {"turnComplete": True}, "usageMetadata": tokens}


def tool_call(call_id: str, name: str, args: JsonObject) -> JsonObject:
    """Ask for a tool."""
    return {"toolCall": {"functionCalls": [{"id": call_id, "name": name, "args": args}]}}


def go_away(time_left_s: float) -> JsonObject:
    """Announce the end of the connection."""
    return {"goAway": {"timeLeft": f"{time_left_s:g}s"}}


def ending(tokens: JsonObject) -> JsonObject:
    """Say in one frame that everything was sent and that the turn is over."""
    content = {"generationComplete": True, "turnComplete": True}
    return {"serverContent": content, "usageMetadata": tokens}


def usage(*, heard_s: float, stills: int, characters: int, spoken_s: float) -> JsonObject:
    """Count tokens, by modality: all that the session heard, saw and read; this turn's reply."""
    prompt = {
        "TEXT": -(-characters // _CHARACTERS_PER_TOKEN),
        "IMAGE": stills * _STILL_TOKENS,
        "AUDIO": round(heard_s * _AUDIO_TOKENS_PER_S),
    }
    response = {"AUDIO": round(spoken_s * _AUDIO_TOKENS_PER_S)}
    return {
        "promptTokenCount": sum(prompt.values()),
        "responseTokenCount": sum(response.values()),
        "totalTokenCount": sum(prompt.values()) + sum(response.values()),
        "promptTokensDetails": _details(prompt),
        "responseTokensDetails": _details(response),
    }


def _details(tokens: Mapping[str, int]) -> list[JsonObject]:
    return [{"modality": name, "tokenCount": n} for name, n in tokens.items() if n]


def kinds(message: JsonObject) -> list[str]:
    """Name what a message holds, by its wire names: `["turnComplete", "usageMetadata"]`."""
    content = message.get("serverContent")
    inner = list(content) if isinstance(content, dict) else []
    return inner + [key for key in message if key != "serverContent"]


def speech(pcm: bytes, text: str) -> Iterator[JsonObject]:
    """Cut speech into frames: the transcript by sentences, each ahead of its audio."""
    pieces = [pcm[at : at + SEGMENT_BYTES] for at in range(0, len(pcm), SEGMENT_BYTES)]
    sentences = re.findall(r"\S.*?(?:[.!?]+\s*|\s*$)", text, re.DOTALL)
    due = [n * len(pieces) // len(sentences) for n in range(len(sentences))]
    for at, piece in enumerate(pieces):
        for sentence, turn in zip(sentences, due, strict=True):
            if turn == at:
                yield output_text(sentence)
        yield reply_audio(piece)


def audio_pieces(message: JsonObject) -> int:
    """Count the pieces of spoken reply in a message."""
    content: JsonObject = message.get("serverContent", {})
    return len(content.get("modelTurn", {}).get("parts", ()))


def bundled(messages: Iterable[JsonObject]) -> Iterator[JsonObject]:
    """Put several pieces of a reply and their transcripts into one frame each."""
    content: JsonObject = {}
    for message in messages:
        _merge(content, message["serverContent"])
        if audio_pieces({"serverContent": content}) == _PIECES_PER_BUNDLE:
            yield {"serverContent": content}
            content = {}
    if content:
        yield {"serverContent": content}


def _merge(content: JsonObject, more: JsonObject) -> None:
    if "modelTurn" in more:
        content.setdefault("modelTurn", {"parts": []})["parts"].extend(more["modelTurn"]["parts"])
    if "outputTranscription" in more:
        text = content.setdefault("outputTranscription", {"text": ""})
        text["text"] += more["outputTranscription"]["text"]
