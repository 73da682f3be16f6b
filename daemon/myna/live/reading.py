"""What one server message means, as events in the order in which they apply.

PURE. One frame may hold several members (Live API capabilities guide): words come
before the audio that they caption, and an interruption after both, so that it
silences what came with it. What a turn cost comes before its end.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from myna.errors import RemoteProtocolError
from myna.live.events import (
    GenerationComplete,
    GoAway,
    Interrupted,
    LiveEvent,
    ReplyAudio,
    ReplyText,
    ResumptionHandle,
    SessionReady,
    ToolCall,
    ToolCallsCancelled,
    TurnComplete,
    UserText,
    VoiceActivity,
)
from myna.live.server_messages import (
    Part,
    ServerContent,
    ServerError,
    ServerMessage,
    Transcription,
    parse_duration,
    parse_pcm_rate,
)
from myna.live.usage import tokens_in
from myna.live.wire import Blob
from myna_hardware.units import PLAYBACK_RATE_HZ, SAMPLE_BYTES

_SPEAKING: Final = {
    "ACTIVITY_START": True,
    "ACTIVITY_END": False,
    "VAD_SIGNAL_TYPE_SOS": True,
    "VAD_SIGNAL_TYPE_EOS": False,
}
"""What the server's words for speech mean (google-genai, `VoiceActivityType`,
`VadSignalType`); others mean nothing yet."""


def events_in(message: ServerMessage) -> Iterator[LiveEvent]:
    """Yield what a message says.

    Raises:
        RemoteProtocolError: The server reported an error, or sent audio that cannot be
            played: any rate but 24 kHz would be heard at the wrong pitch.
        ValueError: A member is malformed.
    """
    if message.error is not None:
        raise _reported(message.error)
    yield from _session(message)
    yield from _voice_activity(message)
    yield from _turn(message)
    yield from _calls(message)
    if message.go_away is not None:
        yield GoAway(parse_duration(message.go_away.time_left))


def _reported(error: ServerError) -> RemoteProtocolError:
    """Translate an `error`, which no reference has: fatal for the connection."""
    words = f"{error.code} {error.status} {error.message}"
    return RemoteProtocolError(f"the server reported an error: {words[:200]!r}")


def _session(message: ServerMessage) -> Iterator[LiveEvent]:
    if message.setup_complete is not None:
        yield SessionReady()
    update = message.session_resumption_update
    # An empty handle says that the session cannot be resumed just now.
    if update is not None and update.new_handle:
        yield ResumptionHandle(update.new_handle)


def _calls(message: ServerMessage) -> Iterator[LiveEvent]:
    if message.tool_call is not None:
        for call in message.tool_call.function_calls:
            yield ToolCall(call.id, call.name, call.args or {})
    if message.tool_call_cancellation is not None:
        yield ToolCallsCancelled(message.tool_call_cancellation.ids)


def _turn(message: ServerMessage) -> Iterator[LiveEvent]:
    if message.server_content is not None:
        yield from _content(message.server_content)
    if message.usage_metadata is not None:
        yield tokens_in(message.usage_metadata)
    if message.server_content is not None:
        yield from _ending(message.server_content, message.interaction_status)


def _voice_activity(message: ServerMessage) -> Iterator[LiveEvent]:
    activity, signal = message.voice_activity, message.voice_activity_detection_signal
    words = (activity.type or activity.voice_activity_type) if activity else ""
    words = words or (signal.vad_signal_type if signal else "")
    if words in _SPEAKING:
        yield VoiceActivity(_SPEAKING[words])


def _content(content: ServerContent) -> Iterator[LiveEvent]:
    yield from (UserText(text) for text in _words(content.input_transcription))
    yield from (ReplyText(text) for text in _words(content.output_transcription))
    if content.model_turn is not None:
        for part in content.model_turn.parts:
            yield from _part(part)
    if content.generation_complete:
        yield GenerationComplete()
    if content.interrupted:
        yield Interrupted()


def _ending(content: ServerContent, status_beside: str) -> Iterator[LiveEvent]:
    """Yield the end of the turn, if this is one.

    With IN_PROGRESS the turn was a filler, and the model goes on ("Thinking in Live
    API" guide, which shows the status inside and beside the content).
    """
    is_filler = "IN_PROGRESS" in {content.interaction_status, status_beside}
    if content.turn_complete and not is_filler:
        wants_more = content.turn_complete_reason == "NEED_MORE_INPUT"
        yield TurnComplete(is_waiting=content.waiting_for_input or wants_more)


def _words(transcription: Transcription | None) -> Iterator[str]:
    if transcription is not None and transcription.text:
        yield transcription.text


def _part(part: Part) -> Iterator[LiveEvent]:
    """Yield what a part lets a person hear or read; thoughts are neither."""
    if part.thought:
        return
    if part.text:
        yield ReplyText(part.text)
    if part.inline_data is not None and part.inline_data.mime_type.startswith("audio/"):
        yield from _audio(part.inline_data)


def _audio(blob: Blob) -> Iterator[LiveEvent]:
    rate_hz = parse_pcm_rate(blob.mime_type, default_hz=PLAYBACK_RATE_HZ)
    if rate_hz != PLAYBACK_RATE_HZ:
        raise RemoteProtocolError(f"reply audio of {rate_hz} Hz; it must be {PLAYBACK_RATE_HZ} Hz")
    if len(blob.data) % SAMPLE_BYTES:
        raise RemoteProtocolError("reply audio ends in half a sample")
    if blob.data:
        yield ReplyAudio(blob.data)
