"""What hands do to button, mute switch and knob, and what that means here."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias

from myna.assistant import Assistant
from myna.conversation.events import (
    Held,
    MuteAsked,
    MuteLocked,
    MuteUnlocked,
    Pressed,
    SpeechEnded,
    StopAsked,
    TalkHeld,
    UnmuteAsked,
)
from myna.conversation.states import Muted, Ringing
from myna.line.link import Link
from myna.stills import StillStream
from myna.tools.consent import Consent
from myna.trace import Trace
from myna.volume import Volume
from myna_hardware.interfaces import Gesture

LATE_S: Final = 0.1
"""How late a gesture may come to us from the thread that feels the button."""


@dataclass(frozen=True, slots=True)
class Turned:
    """The knob was turned by so many detents, clockwise positive."""

    detents: int


Deed: TypeAlias = Gesture | Turned | MuteLocked | MuteUnlocked


class Hands:
    """Takes what was done to the conversation; lives in the event loop.

    Args:
        assistant: The conversation.
        link: Told of an utterance that the button delimits.
        stills: Pictures that go with such an utterance.
        volume: What the knob turns.
        trace: Notes each deed.
        consent: Takes a press as a yes, while there is a question.
        double_s: How soon a second press makes a double one, which is no yes.
        shut_down: Switches the machine off; calls what it is given if it may not.
    """

    def __init__(  # noqa: PLR0913 - all that a hand may move
        self,
        assistant: Assistant,
        link: Link,
        stills: StillStream,
        volume: Volume,
        trace: Trace,
        *,
        consent: Consent,
        double_s: float,
        shut_down: Callable[[Callable[[], None]], None],
    ) -> None:
        self._assistant = assistant
        self._link = link
        self._stills = stills
        self._volume = volume
        self._consent = consent
        self._double_s = double_s
        self._trace = trace
        self._shut_down = shut_down
        self._was_muted = False
        self._yes: asyncio.TimerHandle | None = None
        self._is_yes_held = False

    def feel(self, deed: Deed) -> None:
        """Take one deed."""
        match deed:
            case Gesture():
                self._trace.emit("button", gesture=deed.value)
                self._take_gesture(deed)
            case Turned(detents):
                self._volume.turn(detents)
            case MuteLocked() | MuteUnlocked():
                self._trace.emit("mute_switch", is_muted=isinstance(deed, MuteLocked))
                self._assistant.post(deed)

    def _take_gesture(self, gesture: Gesture) -> None:
        match gesture:
            case Gesture.PRESS if self._consent.wish is not None:
                self._say_yes_soon(self._consent.wish)
            case Gesture.PRESS:
                self._assistant.post(Pressed(self._link.uplink.next_frame))
            case Gesture.DOUBLE:
                self._take_yes_back()
                self._assistant.post(StopAsked())
            case Gesture.HOLD:
                self._was_muted = self._assistant.is_muted
                self._assistant.post(Held())
            case Gesture.TALK if self._consent.grant():
                self._is_yes_held = True
            case Gesture.OVER if self._is_yes_held:
                self._is_yes_held = False
            case Gesture.TALK | Gesture.OVER:
                self._take_talk(gesture)
            case _:
                self._take_countdown(gesture)

    def _say_yes_soon(self, wish: str) -> None:
        """The press was an answer and nothing else, unless it becomes a double press."""

        def say_yes() -> None:
            if self._consent.wish == wish:
                self._consent.grant()

        self._take_yes_back()
        self._yes = asyncio.get_running_loop().call_later(self._double_s + LATE_S, say_yes)

    def _take_yes_back(self) -> None:
        if self._yes is not None:
            self._yes.cancel()

    def _take_talk(self, gesture: Gesture) -> None:
        """The button alone tells where the utterance begins and ends."""
        if gesture is Gesture.TALK:
            frame = self._link.uplink.next_frame
            if not isinstance(self._assistant.state, Muted | Ringing):
                self._link.note_speech_started(frame, is_by_button=True)
                self._stills.start(self._link.show)
            self._assistant.post(TalkHeld(frame))
        else:
            self._link.note_speech_ended(is_by_button=True)
            self._stills.stop()
            self._assistant.post(SpeechEnded())

    def _take_countdown(self, gesture: Gesture) -> None:
        """A hold that goes on was none: what it did is taken back."""
        match gesture:
            case Gesture.COUNTDOWN:
                self._assistant.count_down(is_counting=True)
                self._assistant.post(MuteAsked() if self._was_muted else UnmuteAsked())
            case Gesture.SHUTDOWN:
                self._shut_down(self._stop_counting)
            case _:
                self._stop_counting()

    def _stop_counting(self) -> None:
        self._assistant.count_down(is_counting=False)
