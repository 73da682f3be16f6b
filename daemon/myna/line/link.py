"""The link: what the conversation asks of its line to the server."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import Final

from myna.audio.capture import Capture
from myna.line.dialler import Dialler
from myna.line.exchange import Books
from myna.line.ledger import ToolAnswer
from myna.line.life import Life, Parts, Post
from myna.line.line import Line
from myna.line.recovery import Recovery
from myna.line.uplink import Uplink
from myna.live.profiles import Profile
from myna_hardware.units import Frames

UNFIT: Final = frozenset({"session", "key", "budget"})
"""Troubles with which the next conversation is not expected to get a session."""


@dataclass(frozen=True, slots=True)
class _Utterance:
    """What the user said last: where it began, and when it was over."""

    frame: Frames
    ended_s: float | None = None


class Link:
    """The conversation's line to the server: one life after another.

    Args:
        dialler: Opens sessions.
        profile: What the configured model bears.
        capture: Whose pre-roll the uplink reads.
        post: See `life.Parts`.
        books: Where a session is written down.

    Attributes:
        uplink: What is sent of the microphone.
    """

    def __init__(
        self, dialler: Dialler, profile: Profile, capture: Capture, post: Post, books: Books
    ) -> None:
        self._profile = profile
        self._recovery = Recovery()
        self._books = books
        self.uplink = Uplink(capture, books.trace, self._wake)
        self._parts = Parts(dialler, self.uplink, post, books)
        self._life = self._new_life()
        self._utterance: _Utterance | None = None
        self._task: asyncio.Task[None] | None = None
        self._retiring: asyncio.Task[None] | None = None

    def redial(self, dialler: Dialler, profile: Profile) -> None:
        """Open the next conversation's sessions in another way; while none goes on."""
        self._retiring = asyncio.create_task(self._parts.dialler.close(), name="redial")
        self._profile = profile
        self._parts = replace(self._parts, dialler=dialler)
        self._life = self._new_life()

    def open_ahead(self, *, is_called: bool = False) -> None:
        """Somebody speaks: have a connection ready, should a conversation follow.

        Without a session, which `open` begins. It does nothing unless `live.open_ahead`
        is on, while a conversation goes on, or after one that failed.

        Args:
            is_called: By the wake word, to use the wait for what follows it; else by a
                voice, which counts for less.
        """
        if not (self._is_living or UNFIT & self._books.health.troubles.keys()):
            self._parts.dialler.open_ahead(is_called=is_called)

    def open(self, *, has_speech: bool = False) -> None:
        """Dial; `SessionReady` or `SessionLost` follows.

        Args:
            has_speech: The utterance that was noted last belongs to this conversation.
        """
        self._life = self._new_life()
        if has_speech and self._utterance is not None:
            self._tell(self._utterance)
        self._task = asyncio.create_task(self._life.run(self._task), name="session")

    def close(self, *, at_once: bool = False) -> None:
        """Hang up, or stop dialling; nothing follows.

        Args:
            at_once: Without a goodbye, and without what still waits to be sent.
        """
        if at_once:
            self._life.break_off()
        self.uplink.stop()
        # Once: a second cancellation would cut short the goodbye of the first.
        if self._task is not None and self._life.is_wanted:
            self._life.is_wanted = False
            self._task.cancel()

    async def closed(self) -> None:
        """Wait until the last session is really gone, and what was opened ahead."""
        if leaving := [task for task in (self._task, self._retiring) if task is not None]:
            await asyncio.wait(leaving)
        await self._parts.dialler.close()

    def note_speech_started(self, frame: Frames, *, is_by_button: bool = False) -> None:
        """The user begins to speak at `frame`.

        Args:
            frame: As it was found, or when the button was pressed.
            is_by_button: It was pressed: whatever was heard before is not for the server.
        """
        self.uplink.note_speech_started(frame, is_by_button=is_by_button)
        self._utterance = _Utterance(frame)
        self._life.line.speech_started(frame)

    def note_speech_ended(self, *, is_by_button: bool = False) -> None:
        """The user has finished; what comes is another utterance.

        Args:
            is_by_button: It was released: whatever is heard now is not for the server.
        """
        now_s = asyncio.get_running_loop().time()
        self.uplink.note_speech_ended(may_pause=is_by_button or self._life.line.may_pause)
        if self._utterance is not None:
            self._utterance = replace(self._utterance, ended_s=now_s)
        self._life.line.speech_ended(now_s)

    def note_cut(self) -> None:
        """The reply was cut here: the rest of it is not wanted."""
        self._life.line.cut()
        self._wake()

    def say(self, text: str) -> None:
        """Send a line of text to the model."""
        if not self._life.line.say(text):
            self._books.health.degrade("session", "too many texts wait to be sent")
        self._wake()

    def show(self, jpeg: bytes) -> None:
        """Send a picture, if there is room for it soon."""
        self._show_camera()
        self._life.line.show(jpeg, asyncio.get_running_loop().time())
        self._wake()

    def answer(self, answer: ToolAnswer) -> None:
        """Answer a tool call; one cancelled meanwhile is not answered."""
        if answer.jpeg is not None:
            self._show_camera()
        self._life.line.answer(answer)
        self._wake()

    @property
    def _is_living(self) -> bool:
        return self._task is not None and not self._task.done()

    def _show_camera(self) -> None:
        """Keep the camera light on until the picture has left, or never will."""
        if self._is_living:
            self._books.camera_light.hold("still")

    def _new_life(self) -> Life:
        return Life(self._parts, Line(self._profile, self._recovery))

    def _tell(self, utterance: _Utterance) -> None:
        """Tell a new line what the user has said already."""
        self._life.line.speech_started(utterance.frame)
        if utterance.ended_s is not None:
            self._life.line.speech_ended(utterance.ended_s)

    def _wake(self) -> None:
        self._life.work.set()
