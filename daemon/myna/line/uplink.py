"""The microphone on its way to the session: an asyncio shell around the cursor."""

from __future__ import annotations

from collections.abc import Callable

from myna.audio.capture import Capture
from myna.audio.cursor import Span, UplinkCursor
from myna.trace import Trace
from myna_hardware.units import Frames


class Uplink:
    """What is sent of the microphone, across the sessions of a conversation.

    Args:
        capture: Whose pre-roll is read.
        trace: Where chunks and losses are noted.
        wake: Called when there may be something to send.
    """

    def __init__(self, capture: Capture, trace: Trace, wake: Callable[[], None]) -> None:
        self._capture = capture
        self._trace = trace
        self._wake = wake
        self._cursor: UplinkCursor | None = None
        self._must_trace = False
        self._is_utterance_traced = False
        self._has_paused = False

    def start(self, frame: Frames) -> None:
        """Send the microphone from `frame` on."""
        self._cursor = UplinkCursor(frame)
        self._cursor.rewind(frame, self._capture.next_frame)
        self._must_trace = True
        self._has_paused = False
        self._capture.watch(is_watched=True)
        self._wake()

    def stop(self) -> None:
        """Send no more of the microphone."""
        self._cursor = None
        self._capture.watch(is_watched=False)

    def shut(self, frame: Frames) -> None:
        """Leave out what is captured from `frame` on."""
        if self._cursor is not None:
            self._cursor.shut(frame)

    def resume(self, frame: Frames) -> None:
        """Send again what is captured from `frame` on."""
        if self._cursor is not None:
            self._cursor.open(frame)

    def rewind(self, frame: Frames) -> None:
        """Send again from `frame` on: another connection has not heard it."""
        if self._cursor is not None:
            self._cursor.rewind(frame, self._capture.next_frame)
            self._must_trace = True
            self._wake()

    @property
    def sent_until(self) -> Frames:
        """One past the newest frame that was sent."""
        return self._capture.next_frame if self._cursor is None else self._cursor.sent_until

    def note_captured(self) -> None:
        """There are new frames in the pre-roll."""
        self._wake()

    def note_speech_started(self) -> None:
        """The user begins to speak: the next chunk is worth a line of the trace."""
        self._must_trace = not self._is_utterance_traced

    def note_speech_ended(self) -> None:
        """The user has finished; what comes is another utterance."""
        self._is_utterance_traced = False

    def next_chunk(self) -> bytes | None:
        """Return the audio that is to be sent now: 16 kHz PCM; None for none yet."""
        cursor = self._cursor
        if cursor is None or (taken := self._capture.take(cursor)) is None:
            return None
        span, pcm = taken
        self._note_chunk(cursor, span)
        return pcm

    def take_pause(self) -> bool:
        """Say, once, that the microphone pauses: all before a shut gate has been sent."""
        is_pausing = self._cursor is not None and self._cursor.is_at_gate and not self._has_paused
        self._has_paused = self._has_paused or is_pausing
        return is_pausing

    def _note_chunk(self, cursor: UplinkCursor, span: Span) -> None:
        """Trace the first chunk of each utterance, or every one, and what was lost before."""
        is_new = self._must_trace or self._has_paused
        self._is_utterance_traced = self._is_utterance_traced or is_new
        if is_new or self._trace.with_audio:
            self._trace.emit("chunk_sent", first_frame=span.first, frames=span.frames)
        self._must_trace = self._has_paused = False
        if lost := cursor.take_lost():
            self._trace.emit("xrun", where="uplink", frames=lost)
