"""The microphone on its way to the session: an asyncio shell around the cursor.

When the user has spoken, the uplink pauses: what was captured until then is sent, the
server is told that the stream ends, and answers without waiting for silence of its own.
In the pause nothing is sent, for listening is paid for by the second, and nothing is
lost: the pre-roll keeps it. When the user speaks on, the uplink resumes half a second
before that; when the reply is over, so that the server hears the follow-up with its own
ears, from then on.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from myna.audio.capture import Capture
from myna.audio.cursor import Span, UplinkCursor
from myna.trace import Trace
from myna_hardware.units import Frames, frames_for

LEAD: Final = frames_for(0.5)
"""What is sent from before speech was found: the finder is late, onsets are soft."""


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
        self._pause_frame: Frames | None = None
        self._is_shut = False
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
        if self._pause_frame is not None and self._pause_frame > frame:
            self._cursor.shut(self._pause_frame)
        else:
            self._pause_frame = None
        self._capture.watch(is_watched=True)
        self._wake()

    def stop(self) -> None:
        """Send no more of the microphone."""
        self._cursor = self._pause_frame = None
        self._is_shut = False
        self._capture.watch(is_watched=False)

    def note_left(self) -> None:
        """The session is gone: nothing of the microphone can leave any more."""
        self._capture.note_left()

    def shut(self, frame: Frames) -> None:
        """Leave out what is captured from `frame` on, whoever speaks."""
        self._pause_frame = None
        self._is_shut = True
        if self._cursor is not None:
            self._cursor.shut(frame)

    def resume(self, frame: Frames) -> None:
        """Send again what is captured from `frame` on."""
        self._pause_frame = None
        self._is_shut = False
        if self._cursor is not None:
            self._cursor.open(frame)
            self._wake()

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

    @property
    def next_frame(self) -> Frames:
        """The number that the next captured frame will have."""
        return self._capture.next_frame

    def note_captured(self) -> None:
        """There are new frames in the pre-roll."""
        self._wake()

    def note_speech_started(self, frame: Frames, *, is_by_button: bool = False) -> None:
        """The user begins to speak at `frame`: a pause is over.

        Args:
            frame: As it was found, or when the button was pressed.
            is_by_button: What was said before is not for the server.
        """
        if self._pause_frame is not None:
            self.resume(frame if is_by_button else Frames(frame - LEAD))
        # The next chunk is worth a line of the trace.
        self._must_trace = not self._is_utterance_traced

    def note_speech_ended(self, *, may_pause: bool) -> None:
        """The user has finished; what comes is another utterance.

        Args:
            may_pause: Whether the server may be told so.
        """
        self._is_utterance_traced = False
        if may_pause and not self._is_shut:
            self._pause_frame = self._capture.next_frame
            if self._cursor is not None:
                self._cursor.shut(self._pause_frame)
                self._wake()

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
