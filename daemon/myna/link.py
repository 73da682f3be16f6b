"""The link: one Live session at a time, from dialling to its close.

An asyncio shell between the conversation and `live`: it carries events up, and
audio, pictures, texts and tool answers down, in order. It decides nothing. A new
session is dialled only after the old socket is closed: a server that still holds it
refuses the new one (measured by others: 1011 until the old connection is gone).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from myna.audio.capture import Capture
from myna.audio.uplink import Span, UplinkCursor
from myna.conversation.events import Event, SessionLost, Trouble
from myna.errors import CredentialError, LiveError, SessionClosedError
from myna.health import Health
from myna.live.closes import judge
from myna.live.connection import LiveSession
from myna.live.events import ReplyText, ResumptionHandle, UserText
from myna.trace import Trace
from myna_hardware.units import Frames

OUTBOX_LIMIT: Final = 64
"""Texts, stills and tool answers that may wait; a session that takes none is broken."""

NO_CLOSE_FRAME: Final = 1006

Send = Callable[[LiveSession], Awaitable[None]]
IsCurrent = Callable[[], bool]


class Link:
    """The conversation's line to the server.

    Args:
        dial: Opens a session; raises LiveError or CredentialError.
        capture: Whose pre-roll the uplink reads.
        post: Takes events to the conversation, in order, with a way to ask later whether
            they still are of the session that is wanted; may wait.
        health: Told when a session fails, and when one works again.
        trace: Where the session's life is noted.
    """

    def __init__(
        self,
        dial: Callable[[], Awaitable[LiveSession]],
        capture: Capture,
        post: Callable[[Event, IsCurrent], Awaitable[None]],
        health: Health,
        trace: Trace,
    ) -> None:
        self._dial = dial
        self._capture = capture
        self._post = post
        self._health = health
        self._trace = trace
        self._outbox: asyncio.Queue[Send] = asyncio.Queue(OUTBOX_LIMIT)
        self._captured = asyncio.Event()
        self._cursor: UplinkCursor | None = None
        self._must_trace = False
        self._is_utterance_traced = False
        self._life: asyncio.Task[None] | None = None
        self._wanted: object | None = None

    # --- asked by the conversation ------------------------------------------------

    def open(self) -> None:
        """Dial; `SessionReady` or `SessionLost` follows."""
        previous, self._outbox = self._life, asyncio.Queue(OUTBOX_LIMIT)
        mine = self._wanted = object()
        life = self._live(previous, lambda: self._wanted is mine)
        self._life = asyncio.create_task(life, name="session")

    def close(self) -> None:
        """Hang up, or stop dialling; nothing follows."""
        self.stop_uplink()
        self._wanted = None
        # Once: a second cancellation would cut short the goodbye of the first.
        if self._life is not None and not self._life.cancelling():
            self._life.cancel()

    async def closed(self) -> None:
        """Wait until the last session is really gone."""
        if self._life is not None:
            await asyncio.wait([self._life])

    def start_uplink(self, frame: Frames) -> None:
        """Send the microphone from `frame` on."""
        self._cursor = UplinkCursor(frame)
        self._must_trace = True
        self._capture.watch(is_watched=True)
        self._captured.set()

    def stop_uplink(self) -> None:
        """Send no more of the microphone."""
        self._cursor = None
        self._capture.watch(is_watched=False)

    def shut_uplink(self, frame: Frames) -> None:
        """Leave out what is captured from `frame` on."""
        if self._cursor is not None:
            self._cursor.shut(frame)

    def resume_uplink(self, frame: Frames) -> None:
        """Send again what is captured from `frame` on."""
        if self._cursor is not None:
            self._cursor.open(frame)

    def note_captured(self) -> None:
        """There are new frames in the pre-roll."""
        self._captured.set()

    def note_speech_started(self) -> None:
        """The user begins to speak: the next chunk is worth a line of the trace."""
        self._must_trace = not self._is_utterance_traced

    def note_speech_ended(self) -> None:
        """The user has finished; what comes is another utterance."""
        self._is_utterance_traced = False

    def send_text(self, text: str) -> None:
        """Queue a line of text for the model."""
        self._queue(lambda session: session.send_text(text))

    def send_still(self, jpeg: bytes) -> None:
        """Queue a picture."""

        async def send(session: LiveSession) -> None:
            await session.send_still(jpeg)
            self._trace.emit("still_sent", bytes=len(jpeg))

        self._queue(send)

    def answer_tool(self, call_id: str, name: str, response: Mapping[str, object]) -> None:
        """Queue the answer to a tool call; one cancelled meanwhile is not answered."""

        async def send(session: LiveSession) -> None:
            if call_id in session.pending_calls:
                await session.answer_tool(call_id, name, response)

        self._queue(send)

    def _queue(self, send: Send) -> None:
        try:
            self._outbox.put_nowait(send)
        except asyncio.QueueFull:
            self._trace.emit("degraded", what="session", why="the outbox is full")

    # --- one session --------------------------------------------------------------

    async def _live(self, previous: asyncio.Task[None] | None, is_current: IsCurrent) -> None:
        if previous is not None:
            await asyncio.wait([previous])
        self._trace.emit("session_opening")
        try:
            session = await self._dial()
        except (LiveError, CredentialError) as error:
            await self._lose(error, is_current, was_ready=False)
        else:
            await self._talk(session, is_current)

    async def _talk(self, session: LiveSession, is_current: IsCurrent) -> None:
        self._trace.emit("session_ready")
        self._health.recover("session")
        self._health.recover("key")
        cause: LiveError | None = None
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._receive(session, is_current))
                group.create_task(self._send(session, self._outbox))
                group.create_task(self._send_audio(session))
        except* LiveError as errors:
            cause = _cause(errors)
        finally:
            self.stop_uplink()
            await session.close()
            if cause is None:
                self._trace.emit("session_closed", code=1000, reason="", next="end")
        if cause is not None:
            await self._lose(cause, is_current, was_ready=True)

    async def _lose(
        self, error: LiveError | CredentialError, is_current: IsCurrent, *, was_ready: bool
    ) -> None:
        """Say why there is no session any more, or none at all."""
        closed = error if isinstance(error, SessionClosedError) else None
        code, reason = (closed.code, closed.reason) if closed else (NO_CLOSE_FRAME, str(error))
        if isinstance(error, CredentialError):
            trouble, following = Trouble(str(error), is_network=False), "give-up"
        else:
            verdict = judge(error, was_ready=was_ready)
            following = verdict.next
            trouble = Trouble(f"{verdict.spoken} ({error})", is_network=verdict.kind == "network")
        self._trace.emit("session_closed", code=code, reason=reason, next=following)
        if following == "end":
            await self._post(SessionLost(None), is_current)
            return
        self._health.degrade(
            "key" if isinstance(error, CredentialError) else "session", trouble.text
        )
        await self._post(SessionLost(trouble), is_current)

    async def _receive(self, session: LiveSession, is_current: IsCurrent) -> None:
        async for event in session.events():
            match event:
                case UserText(text):
                    self._trace.emit("user_text", text=text)
                case ReplyText(text):
                    self._trace.emit("reply_text", text=text)
                case ResumptionHandle():
                    continue  # one session is one conversation so far
                case _:
                    await self._post(event, is_current)

    async def _send(self, session: LiveSession, outbox: asyncio.Queue[Send]) -> None:
        while True:
            send = await outbox.get()
            await send(session)

    async def _send_audio(self, session: LiveSession) -> None:
        """Send what the microphone hears, for as long as there is a cursor."""
        has_paused = False
        while True:
            await self._captured.wait()
            self._captured.clear()
            cursor = self._cursor
            while cursor is not None and (taken := self._capture.take(cursor)) is not None:
                span, pcm = taken
                self._note_chunk(cursor, span, is_resumed=has_paused)
                has_paused = False
                await session.send_audio(pcm)
                cursor = self._cursor
            if cursor is not None and cursor.is_at_gate and not has_paused:
                has_paused = True
                await session.send_audio_end()

    def _note_chunk(self, cursor: UplinkCursor, span: Span, *, is_resumed: bool) -> None:
        """Trace the first chunk of each utterance, or every one, and what was lost before."""
        if self._must_trace or is_resumed:
            self._is_utterance_traced = True
        if self._must_trace or is_resumed or self._trace.with_audio:
            self._trace.emit("chunk_sent", first_frame=span.first, frames=span.frames)
        self._must_trace = False
        if lost := cursor.take_lost():
            self._trace.emit("xrun", where="uplink", frames=lost)


def _cause(errors: ExceptionGroup[LiveError]) -> LiveError:
    """Pick what ended the session: a close tells more than what it caused elsewhere."""
    closes = [error for error in errors.exceptions if isinstance(error, SessionClosedError)]
    found = (closes or errors.exceptions)[0]
    if isinstance(found, LiveError):
        return found
    return _cause(found)
