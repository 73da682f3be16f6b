"""What one server message means, as events in the order in which they apply.

PURE. One frame may hold several members (Live API capabilities guide): words come
before the audio that they caption, and an interruption after both, so that it
silences what came with it.
"""

from __future__ import annotations

from collections.abc import Iterator

from myna.errors import RemoteProtocolError
from myna.live.events import (
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
)
from myna.live.messages import Blob
from myna.live.server_messages import (
    FunctionCall,
    Part,
    ServerContent,
    ServerError,
    ServerMessage,
    Transcription,
    parse_duration,
    parse_pcm_rate,
)
from myna_hardware.units import PLAYBACK_RATE_HZ, SAMPLE_BYTES


def events_in(message: ServerMessage) -> Iterator[LiveEvent]:
    """Yield what a message says.

    Raises:
        RemoteProtocolError: The server reported an error, or sent audio that cannot be
            played: any rate but 24 kHz would be heard at the wrong pitch.
        ValueError: A member is malformed.
    """
    if message.error is not None:
        raise _reported(message.error)
    if message.setup_complete is not None:
        yield SessionReady()
    if message.session_resumption_update is not None:
        yield from _handle(message.session_resumption_update.new_handle)
    if message.server_content is not None:
        yield from _content(message.server_content, message.interaction_status)
    if message.tool_call is not None:
        yield from (_call(each) for each in message.tool_call.function_calls)
    if message.tool_call_cancellation is not None:
        yield ToolCallsCancelled(message.tool_call_cancellation.ids)
    if message.go_away is not None:
        yield GoAway(parse_duration(message.go_away.time_left))


def _reported(error: ServerError) -> RemoteProtocolError:
    """Translate an `error`, which no reference has: fatal for the connection."""
    words = f"{error.code} {error.status} {error.message}"
    return RemoteProtocolError(f"the server reported an error: {words[:200]!r}")


def _handle(handle: str) -> Iterator[LiveEvent]:
    """An empty handle says that the session cannot be resumed just now."""
    if handle:
        yield ResumptionHandle(handle)


def _call(call: FunctionCall) -> ToolCall:
    return ToolCall(call.id, call.name, call.args or {})


def _content(content: ServerContent, status_beside: str) -> Iterator[LiveEvent]:
    yield from (UserText(text) for text in _words(content.input_transcription))
    yield from (ReplyText(text) for text in _words(content.output_transcription))
    if content.model_turn is not None:
        for part in content.model_turn.parts:
            yield from _part(part)
    if content.interrupted:
        yield Interrupted()
    # With IN_PROGRESS the turn was a filler, and the model goes on ("Thinking in
    # Live API" guide, which shows the status inside and beside the content).
    is_filler = "IN_PROGRESS" in {content.interaction_status, status_beside}
    if content.turn_complete and not is_filler:
        yield TurnComplete()


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
