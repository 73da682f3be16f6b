"""One Live session without its socket: text in, events out; verbs in, text out.

PURE, sans-I/O. Theory of operation: a session is NEW until its opening message is
composed, OPENING until the server says `setupComplete`, then OPEN. What breaks the
rules on our side is a LocalProtocolError and changes nothing; what breaks them on
the server's side is a RemoteProtocolError and leaves the session BROKEN for good,
because nothing that follows can be trusted. The end of the connection is the
socket's to know, not this module's.

The calls that still want an answer are kept by id: the server waits for every one
(livekit/agents#6569) and an answer to any other id breaks the session. A call outlives
its connection: an old id answered on the resumed one was accepted (measured with
gemini-3.8-live, 11 of 11). What a server can make us keep is bounded, in number here
and in size by `server_messages.Label`; a single piece of audio is bounded by the
largest message that the socket takes, 1 MiB, which is 16 s of speech.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType
from typing import Final

from myna.errors import LocalProtocolError, RemoteProtocolError
from myna.live.events import LiveEvent, SessionReady, ToolCall, ToolCallsCancelled
from myna.live.messages import (
    INPUT_AUDIO,
    STILL,
    Blob,
    ClientContent,
    ClientContentMessage,
    ClientMessage,
    FunctionResponse,
    FunctionResponsePart,
    RealtimeInput,
    RealtimeInputMessage,
    Scheduling,
    ToolResponse,
    ToolResponseMessage,
    serialize,
)
from myna.live.reading import events_in
from myna.live.server_messages import parse
from myna.live.setup import Opening
from myna_hardware.units import SAMPLE_BYTES


class State(Enum):
    """How far a session has come."""

    NEW = "not opened"
    OPENING = "not ready"
    OPEN = "open"
    BROKEN = "broken"


DEEPEST: Final = 40
"""Levels of a tool's answer; each costs the server two of its 100 (protobuf JSON)."""

LARGEST: Final = 2**1023
"""A Struct's numbers are doubles."""

PENDING_LIMIT: Final = 64
"""Calls that may wait at once: far more than a speaker has tools."""

_AUDIO_END: Final = RealtimeInput(audio_stream_end=True)
_STOP: Final = ClientContentMessage(client_content=ClientContent(turn_complete=False))
_NO_CALLS: Final[Mapping[str, str]] = MappingProxyType({})


class LiveProtocol:
    """The rules of one session; a new session needs a new one.

    Args:
        opening: How it introduces itself.
        carried_calls: Ids and names of calls that wait since before this connection,
            when it resumes their session.
    """

    def __init__(self, opening: Opening, *, carried_calls: Mapping[str, str] = _NO_CALLS) -> None:
        self._opening = opening
        self._follow_ups = opening.then
        self._state = State.NEW
        self._pending = dict(carried_calls)

    @property
    def state(self) -> State:
        """How far the session has come."""
        return self._state

    @property
    def pending_calls(self) -> Mapping[str, str]:
        """Ids and names of the calls that still want an answer."""
        return MappingProxyType(self._pending)

    def opening_message(self) -> str:
        """Compose the first message, once.

        Raises:
            LocalProtocolError: It was composed before.
        """
        self._require(State.NEW)
        self._state = State.OPENING
        return serialize(self._opening.first)

    def follow_ups(self) -> list[str]:
        """Compose what belongs to the opening but has to wait for `setupComplete`.

        Returns:
            The messages, to be sent before any other; nothing the second time.

        Raises:
            LocalProtocolError: The session is not open.
        """
        self._require(State.OPEN)
        messages, self._follow_ups = self._follow_ups, ()
        return [_serialize_foreign(each) for each in messages]

    def audio(self, pcm: bytes) -> str:
        """Compose a chunk of the microphone: 16 kHz mono 16-bit, 20 to 100 ms of it.

        Raises:
            LocalProtocolError: The session is not open, or `pcm` ends in half a sample.
        """
        if len(pcm) % SAMPLE_BYTES:
            raise LocalProtocolError("a chunk of audio ends in half a sample")
        return self._realtime(RealtimeInput(audio=Blob(mime_type=INPUT_AUDIO, data=pcm)))

    def audio_end(self) -> str:
        """Compose "the microphone pauses"; audio may simply resume afterwards.

        Raises:
            LocalProtocolError: The session is not open.
        """
        return self._realtime(_AUDIO_END)

    def text(self, text: str) -> str:
        """Compose typed words, which the model answers like spoken ones.

        Raises:
            LocalProtocolError: The session is not open, or `text` is not Unicode.
        """
        return self._realtime(RealtimeInput(text=text))

    def still(self, jpeg: bytes) -> str:
        """Compose one camera image; the server takes at most one per second.

        Raises:
            LocalProtocolError: The session is not open.
        """
        return self._realtime(RealtimeInput(video=Blob(mime_type=STILL, data=jpeg)))

    def stop_talking(self) -> str:
        """Compose "stop talking": an empty turn interrupts the reply and asks for none.

        For models whose profile `takes_content` (aiden-firmware#644, python-genai#2593).

        Raises:
            LocalProtocolError: The session is not open.
        """
        self._require(State.OPEN)
        return serialize(_STOP)

    def tool_answer(
        self,
        call_id: str,
        name: str,
        response: Mapping[str, object],
        *,
        scheduling: Scheduling | None = None,
        jpeg: bytes | None = None,
    ) -> str:
        """Compose the answer to a call and strike it from the pending ones.

        Args:
            call_id: As it stood in the `ToolCall`.
            name: As it stood in the `ToolCall`.
            response: What the model is told; by convention under "output" or "error".
            scheduling: When it is to be spoken of, for a NON_BLOCKING tool of a model
                whose profile `takes_scheduling`.
            jpeg: A picture, for a model that `takes_pictures_in_answers`.

        Raises:
            LocalProtocolError: The session is not open, the call is unknown, cancelled or
                already answered, or `response` is not JSON.
        """
        self._require(State.OPEN)
        if self._pending.get(call_id) != name:
            raise LocalProtocolError(f"no call {call_id!r} of {name!r} waits for an answer")
        _check_struct(dict(response))
        answer = FunctionResponse(
            id=call_id,
            name=name,
            response=dict(response),
            scheduling=scheduling,
            parts=_picture(jpeg) if jpeg is not None else None,
        )
        message = ToolResponseMessage(tool_response=ToolResponse(function_responses=(answer,)))
        text = _serialize_foreign(message)
        del self._pending[call_id]
        return text

    def receive(self, frame: bytes | str) -> list[LiveEvent]:
        """Read one frame from the server, text or binary.

        Returns:
            What happened, in order; often nothing.

        Raises:
            RemoteProtocolError: No Live server sends this; the session is broken.
            LocalProtocolError: The session was not opened, or is broken.
        """
        self._require(State.OPENING, State.OPEN)
        try:
            return [event for event in events_in(parse(frame)) if self._admit(event)]
        except (ValueError, RecursionError) as error:
            self._state = State.BROKEN
            raise RemoteProtocolError(f"not a message of the Live API: {error}") from error
        except RemoteProtocolError:
            self._state = State.BROKEN
            raise

    def _realtime(self, realtime_input: RealtimeInput) -> str:
        self._require(State.OPEN)
        return _serialize_foreign(RealtimeInputMessage(realtime_input=realtime_input))

    def _require(self, *states: State) -> None:
        if self._state not in states:
            raise LocalProtocolError(f"the session is {self._state.value}")

    def _admit(self, event: LiveEvent) -> bool:
        """Enter the event into the books; return whether it is news."""
        if isinstance(event, SessionReady):
            return self._become_open()
        if self._state is not State.OPEN:
            raise RemoteProtocolError(f"{type(event).__name__} came before setupComplete")
        if isinstance(event, ToolCall):
            return self._enter(event)
        if isinstance(event, ToolCallsCancelled):
            self._strike(event)
        return True

    def _become_open(self) -> bool:
        if self._state is State.OPEN:
            raise RemoteProtocolError("setupComplete came twice")
        self._state = State.OPEN
        return True

    def _enter(self, call: ToolCall) -> bool:
        """Add a call; the same call again is no second one (pipecat#4118)."""
        is_new = call.id not in self._pending
        self._pending.setdefault(call.id, call.name)
        if len(self._pending) > PENDING_LIMIT:
            raise RemoteProtocolError(f"more than {PENDING_LIMIT} calls wait for an answer")
        return is_new

    def _strike(self, cancelled: ToolCallsCancelled) -> None:
        for call_id in cancelled.ids:
            self._pending.pop(call_id, None)


def _picture(jpeg: bytes) -> tuple[FunctionResponsePart, ...]:
    return (FunctionResponsePart(inline_data=Blob(mime_type=STILL, data=jpeg)),)


def _check_struct(value: object, depth: int = 0) -> None:
    """Refuse what a protobuf Struct cannot hold, and the server would close for.

    Raises:
        LocalProtocolError: It is nested too deep, or holds a number beyond a double or a
            key that is no text (protobuf JSON mapping, Struct).
    """
    if depth > DEEPEST:
        raise LocalProtocolError("this cannot be sent as JSON: it is nested too deep")
    match value:
        case dict():
            if not all(isinstance(key, str) for key in value):
                raise LocalProtocolError("this cannot be sent as JSON: a key is no text")
            for member in value.values():
                _check_struct(member, depth + 1)
        case list() | tuple():
            for member in value:
                _check_struct(member, depth + 1)
        case int() if abs(value) > LARGEST:
            raise LocalProtocolError("this cannot be sent as JSON: a number is too large")


def _serialize_foreign(message: ClientMessage) -> str:
    """Serialize what holds words of a user or a tool, which may not be JSON."""
    try:
        return serialize(message)
    except (TypeError, ValueError, RecursionError) as error:
        raise LocalProtocolError(f"this cannot be sent as JSON: {error}") from error
