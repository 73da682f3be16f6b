"""What goes to and fro on one session, from its opening to its end.

An asyncio shell: three loops that receive, send and watch. The order of sending is
"stop talking", texts and tool answers, then the microphone, then pictures; `line.py`
says what.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final

from myna.conversation.events import Event, ToolFinished
from myna.conversation.talking import ANNOUNCEMENT
from myna.errors import LiveError, SessionClosedError
from myna.health import Health
from myna.line.ledger import ToolAnswer
from myna.line.line import Line, Message, Order, Picture
from myna.line.uplink import Uplink
from myna.live.closes import Verdict
from myna.live.connection import LiveSession
from myna.live.events import (
    LiveEvent,
    ReplyAudio,
    ReplyText,
    TokensUsed,
    ToolCall,
    TurnComplete,
    UserText,
)
from myna.telltale import Telltale, unlit
from myna.trace import Trace
from myna.usage.meter import Meter
from myna_hardware.units import Frames, frames_in

CHECK_S: Final = 0.1
"""How often it is asked whether the connection is still worth having."""

NOT_BACK: Final = "The tool did not come back; whether it did its work is not known."

Post = Callable[[Event], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Books:
    """Where a session is written down, and shown.

    Attributes:
        health: Told when a session fails, and when one works again.
        trace: Where the session's life is noted.
        meter: Counts what is used.
        camera_light: On until a still has left.
    """

    health: Health
    trace: Trace
    meter: Meter
    camera_light: Telltale = field(default_factory=unlit)


class _LeftError(Exception):
    """We leave this connection, for `verdict`."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__(verdict)
        self.verdict = verdict


class Exchange:
    """The traffic of one session.

    Args:
        session: Open.
        line: Decides.
        uplink: The microphone.
        work: Set when there may be something to send.
        books: Where it is written down.
    """

    def __init__(
        self, session: LiveSession, line: Line, uplink: Uplink, work: asyncio.Event, books: Books
    ) -> None:
        self._session = session
        self._line = line
        self._uplink = uplink
        self._work = work
        self._books = books

    async def run(self, post: Post) -> LiveError | Verdict:
        """Talk until the connection ends, or is left; return why.

        Args:
            post: Takes events to the conversation; may wait.
        """
        # No TaskGroup: Python 3.11's leaves its own cancellation on the task around it.
        tasks = [
            asyncio.create_task(self._receive(post), name="receive"),
            asyncio.create_task(self._send(), name="send"),
            asyncio.create_task(self._watch(post), name="watch"),
        ]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)
            self._books.meter.turn_ended()
        return _cause([task.exception() for task in done])

    # --- from the server ----------------------------------------------------------

    async def _receive(self, post: Post) -> None:
        async for event in self._session.events():
            told = self._line.received(event, self._uplink.sent_until, _now_s())
            self._note(event)
            if told is not None:
                await post(told)
            self._check()

    def _note(self, event: LiveEvent) -> None:
        match event:
            case UserText(text):
                self._books.trace.emit("user_text", text=text)
            case ReplyText(text):
                self._books.trace.emit("reply_text", text=text)
            case ReplyAudio(pcm):
                self._books.meter.audio_received(len(pcm))
            case TokensUsed():
                self._books.meter.tokens_used(event)
            case TurnComplete():
                self._end_turn()

    def _end_turn(self) -> None:
        """Begin a new page of the meter, and say what it has to say."""
        self._books.meter.turn_ended()
        announcement = self._books.meter.take_announcement()
        if announcement is not None:
            self._line.say(ANNOUNCEMENT.format(announcement))

    async def _watch(self, post: Post) -> None:
        while True:
            await asyncio.sleep(CHECK_S)
            self._check()
            for call in self._line.overdue_calls(_now_s()):
                await post(_not_back(call))

    def _check(self) -> None:
        verdict = self._line.due(_now_s())
        if verdict is not None:
            raise _LeftError(verdict)
        if self._line.has_messages:
            self._work.set()

    # --- to the server ------------------------------------------------------------

    async def _send(self) -> None:
        while True:
            await self._work.wait()
            self._work.clear()
            while await self._send_next():
                pass

    async def _send_next(self) -> bool:
        """Send what is most urgent; return whether there was anything."""
        message = self._line.next_message(_now_s())
        if message is not None:
            await self._tell(message)
            return True
        return await self._send_audio() or await self._send_still(self._line.next_still(_now_s()))

    async def _tell(self, message: Message) -> None:
        match message:
            case Order.STOP_TALKING:
                await self._session.send_stop()
            case str():
                await self._session.send_text(message)
            case Picture(jpeg):
                await self._send_still(jpeg)
            case ToolAnswer() if message.id in self._session.pending_calls:
                await self._answer(message)

    async def _answer(self, answer: ToolAnswer) -> None:
        await self._session.answer_tool(
            answer.id,
            answer.name,
            answer.response,
            scheduling=answer.scheduling,
            jpeg=answer.jpeg,
        )
        if answer.jpeg is not None:
            self._note_still(answer.jpeg)

    async def _send_audio(self) -> bool:
        if self._line.is_microphone_gated(_now_s()):
            return False
        pcm = self._uplink.next_chunk()
        if pcm is not None:
            await self._session.send_audio(pcm)
            self._books.meter.audio_sent(Frames(frames_in(pcm)))
        elif self._uplink.take_pause():
            await self._session.send_audio_end()
            self._books.trace.emit("pause_sent")
        return pcm is not None

    async def _send_still(self, jpeg: bytes | None) -> bool:
        if jpeg is None:
            return False
        await self._session.send_still(jpeg)
        self._note_still(jpeg)
        return True

    def _note_still(self, jpeg: bytes) -> None:
        self._books.camera_light.let_go("still")
        self._books.meter.still_sent()
        self._books.trace.emit("still_sent", bytes=len(jpeg))


def _now_s() -> float:
    return asyncio.get_running_loop().time()


def _not_back(call: ToolCall) -> ToolFinished:
    return ToolFinished(ToolAnswer(call.id, call.name, {"error": NOT_BACK}))


def _cause(errors: list[BaseException | None]) -> LiveError | Verdict:
    """Pick what ended the session: a close tells more than what it caused elsewhere.

    Raises:
        BaseException: A bug of ours did.
    """
    for kind in (_LeftError, SessionClosedError, LiveError):
        for error in errors:
            if isinstance(error, kind):
                return error.verdict if isinstance(error, _LeftError) else error
    raise next(error for error in errors if error is not None)
