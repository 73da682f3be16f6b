"""What hands do to button, mute switch and knob, and what that means here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

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
        shut_down: Callable[[Callable[[], None]], None],
    ) -> None:
        self._assistant = assistant
        self._link = link
        self._stills = stills
        self._volume = volume
        self._consent = consent
        self._trace = trace
        self._shut_down = shut_down
        self._was_muted = False

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
            case Gesture.PRESS | Gesture.TALK if self._consent.grant():
                pass  # it was the answer to a question, and nothing else
            case Gesture.PRESS:
                self._assistant.post(Pressed(self._link.uplink.next_frame))
            case Gesture.DOUBLE:
                self._assistant.post(StopAsked())
            case Gesture.HOLD:
                self._was_muted = self._assistant.is_muted
                self._assistant.post(Held())
            case Gesture.TALK | Gesture.OVER:
                self._take_talk(gesture)
            case _:
                self._take_countdown(gesture)

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
