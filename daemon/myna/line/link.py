"""The link: what the conversation asks of its line to the server."""

from __future__ import annotations

import asyncio

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
        self._task: asyncio.Task[None] | None = None

    def open(self) -> None:
        """Dial; `SessionReady` or `SessionLost` follows."""
        self._life = self._new_life()
        self._task = asyncio.create_task(self._life.run(self._task), name="session")

    def close(self) -> None:
        """Hang up, or stop dialling; nothing follows."""
        self.uplink.stop()
        # Once: a second cancellation would cut short the goodbye of the first.
        if self._task is not None and self._life.is_wanted:
            self._life.is_wanted = False
            self._task.cancel()

    async def closed(self) -> None:
        """Wait until the last session is really gone."""
        if self._task is not None:
            await asyncio.wait([self._task])

    def note_speech_started(self, frame: Frames) -> None:
        """The user begins to speak at `frame`."""
        self.uplink.note_speech_started()
        self._life.line.speech_started(frame)

    def note_speech_ended(self) -> None:
        """The user has finished; what comes is another utterance."""
        self.uplink.note_speech_ended()
        self._life.line.speech_ended(asyncio.get_running_loop().time())

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
        self._life.line.show(jpeg, asyncio.get_running_loop().time())
        self._wake()

    def answer(self, answer: ToolAnswer) -> None:
        """Answer a tool call; one cancelled meanwhile is not answered."""
        self._life.line.answer(answer)
        self._wake()

    def _new_life(self) -> Life:
        return Life(self._parts, Line(self._profile, self._recovery))

    def _wake(self) -> None:
        self._life.work.set()
