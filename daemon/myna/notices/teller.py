"""Says it: the shell around `telling.py`. Lives in the event loop.

Nothing is said over a reply, nor to somebody who is about to speak: words wait until
nothing goes on, and whoever calls cuts them short. A speaker that is muted speaks; it is
the microphone that is closed.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable
from dataclasses import dataclass
from math import inf
from typing import Final

from myna.audio.signals import Signals
from myna.conversation.states import (
    Connecting,
    Idle,
    Listening,
    Muted,
    Offline,
    Speaking,
    State,
    Thinking,
    Waking,
)
from myna.health import Health
from myna.notices.cases import KINDS, PARTS
from myna.notices.catalogue import TEXTS, Notice
from myna.notices.recordings import recording
from myna.notices.telling import Telling
from myna.trace import Trace

LOOK_S: Final = 60.0
"""How often it is asked whether the night is over for what waits."""

EARCON_S: Final = 0.5
"""How long an earcon before them may still sound."""

log = logging.getLogger(__name__)

SESSION: Final = "session"
"""The part of `health.py` whose trouble is told as an answer to whoever called."""


@dataclass(frozen=True, slots=True)
class Voice:
    """How words get into the air, and not back in.

    Attributes:
        signals: Say them.
        ignore_own: Keeps the microphone from taking the next seconds for somebody's speech.
        is_half_duplex: Whether the server would hear them.
    """

    signals: Signals
    ignore_own: Callable[[float], None]
    is_half_duplex: Callable[[], bool]


class Teller:
    """Says what is wrong, and what is needed.

    Args:
        voice: How.
        health: What is wrong; without a speaker nothing is said.
        trace: Notes what was said.
        state: Of the conversation at first.
    """

    def __init__(self, voice: Voice, health: Health, trace: Trace, state: State) -> None:
        self._voice = voice
        self._health = health
        self._trace = trace
        self._state = state
        self._telling = Telling()
        self._asked: Notice | None = None
        self._is_asking = False
        self._words_until_s = -inf
        self._changed = asyncio.Event()

    async def run(self) -> None:
        """Say what there is to be said, for ever."""
        while True:
            self._changed.clear()
            notice = self._next()
            if notice is not None:
                await self._say(notice)
                continue
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._pause_s()):
                    await self._changed.wait()

    # --- what happens -------------------------------------------------------------

    def note_part(self, part: str, is_well: bool) -> None:  # noqa: FBT001 - as health calls it
        """A part fell ill, or is well."""
        if is_well:
            self._telling.note_well(part)
        elif part in PARTS:
            self._telling.note_ill(part, PARTS[part], _now_s())
        self._changed.set()

    def note_state(self, before: State, after: State) -> None:
        """The conversation is in another state."""
        self._state = after
        if isinstance(after, Waking | Connecting) or isinstance(before, Offline):
            self._fall_silent()
        elif isinstance(before, Connecting) and isinstance(after, Listening | Thinking):
            self._telling.note_well(SESSION)
            self._telling.forget_back()
        elif isinstance(after, Offline) and not isinstance(before, Offline):
            self._answer(after)
        self._changed.set()

    def note_question(self, is_asking: bool) -> None:  # noqa: FBT001 - as consent calls it
        """Something waits for a press of the button, or no longer does."""
        self._is_asking = is_asking
        if not is_asking:
            self._fall_silent()
        elif self._may_speak and not self._voice.is_half_duplex():
            self._asked = Notice.QUESTION
        self._changed.set()

    def note_missed(self) -> None:
        """A timer was due while the speaker was off."""
        self._telling.note_missed()
        self._changed.set()

    # --- saying -------------------------------------------------------------------

    def _answer(self, offline: Offline) -> None:
        if self._may_speak:
            notice = KINDS[offline.trouble.kind]
            self._asked = self._telling.answer(SESSION, notice, _now_s())

    def _fall_silent(self) -> None:
        self._asked = None
        if _now_s() < self._words_until_s:
            self._words_until_s = -inf
            self._voice.signals.hush_words()
            self._voice.ignore_own(0.0)

    @property
    def _is_at_rest(self) -> bool:
        return isinstance(self._state, Idle | Offline | Muted)

    @property
    def _may_speak(self) -> bool:
        return self._voice.signals.may_speak and "speaker" not in self._health.troubles

    def _next(self) -> Notice | None:
        if self._asked is not None:
            asked, self._asked = self._asked, None
            return asked
        if self._is_at_rest and self._may_speak:
            return self._telling.take(_now_s())
        return None

    def _pause_s(self) -> float | None:
        due_s = self._telling.due_s()
        if due_s == inf or not self._is_at_rest:
            return None
        return max(due_s - _now_s(), 0.0 if self._may_speak else LOOK_S)

    async def _say(self, notice: Notice) -> None:
        pcm = await asyncio.to_thread(recording, notice)
        sound_s = self._voice.signals.say(pcm) if self._is_wanted(notice) else 0.0
        if sound_s:
            self._words_until_s = _now_s() + EARCON_S + sound_s
            self._voice.ignore_own(EARCON_S + sound_s)
            self._trace.emit("notice", name=notice.value)
            log.info("said: %s", TEXTS[notice], extra={"myna_event": "notice"})

    def _is_wanted(self, notice: Notice) -> bool:
        """Whether it is still the time for it, after it was read from the disk."""
        if notice is Notice.QUESTION:
            return self._is_asking and not isinstance(self._state, Speaking)
        return self._is_at_rest


def _now_s() -> float:
    return asyncio.get_running_loop().time()
