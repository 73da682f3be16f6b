"""A line on a virtual clock: no network, no chance, plain seconds."""

from __future__ import annotations

from collections.abc import Callable

from myna.errors import CredentialError, LiveError, SessionClosedError
from myna.line.ledger import ToolAnswer
from myna.line.line import Ended, Line, Message, Opened
from myna.line.recovery import Dial, Recovery
from myna.line.watch import STALL_S
from myna.live.beginning import Beginning
from myna.live.closes import Verdict
from myna.live.events import (
    GenerationComplete,
    LiveEvent,
    ReplyAudio,
    ReplyText,
    ResumptionHandle,
    ToolCall,
    TurnComplete,
    UserText,
)
from myna.live.profiles import profile_for
from myna_hardware.units import Frames, frames_for

SOUND = ReplyAudio(bytes(4))
CUT = SessionClosedError(1006, "", by_peer=True)
HELD = SessionClosedError(1011, "Internal error encountered.", by_peer=True)
EVEN = 0.5
DIAL_S = 0.5
"""How long it takes from a dial to `setupComplete`."""

MODEL_THAT_ANSWERS = "gemini-3.1-flash-live"
MODEL_THAT_WAITS = "gemini-2.5-flash-native-audio"
MODEL_THAT_MAY_STAY_SILENT = "gemini-3.8-live"


def answer_to(call: ToolCall, **response: object) -> ToolAnswer:
    return ToolAnswer(call.id, call.name, response or {"is": "done"})


class Story:
    """One conversation, and the clock that goes with it.

    The microphone is sent as it is captured, so the clock is its position as well.
    """

    def __init__(self, model: str = MODEL_THAT_ANSWERS, recovery: Recovery | None = None) -> None:
        self.recovery = recovery or Recovery()
        self.line = Line(profile_for(model), self.recovery)
        self.start_s = self.now_s = 1000.0
        self.sent: list[Message] = []
        self.beginnings: list[Beginning] = []
        self.carried: list[dict[str, str]] = []
        self.begin()

    def begin(self) -> None:
        assert isinstance(self.line.begin(self.now_s), Dial)

    @property
    def frame(self) -> Frames:
        return frames_for(self.now_s - self.start_s)

    # --- connections --------------------------------------------------------------------

    def open(self, handle: str = "h1") -> Opened:
        """The session that is due is dialled, and opens."""
        self.beginnings.append(self.line.beginning)
        self.carried.append(self.line.carried_calls)
        heard = self.frame
        self.now_s += DIAL_S
        opened = self.line.opened(heard, self.now_s)
        if handle:
            self.hear(ResumptionHandle(handle))
        return opened

    def lose(
        self,
        error: LiveError | CredentialError = CUT,
        renew: Callable[[], bool] = lambda: False,
    ) -> Ended:
        ended = self.line.ended(error, self.now_s, EVEN, renew=renew)
        return self._wait(ended)

    def leave(self, verdict: Verdict) -> Ended:
        assert self.line.due(self.now_s) == verdict
        return self._wait(self.line.left(verdict, self.now_s, EVEN))

    def _wait(self, ended: Ended) -> Ended:
        if isinstance(ended.plan, Dial):
            self.now_s += ended.plan.after_s
        return ended

    # --- what goes to and fro -----------------------------------------------------------

    def hear(self, *events: LiveEvent) -> None:
        for event in events:
            self.line.received(event, self.frame, self.now_s)

    def wait(self, seconds: float) -> None:
        self.now_s += seconds

    def speak(self, seconds: float = 1.0, words: str = "") -> None:
        """The user speaks; the server may say what it understood."""
        self.line.speech_started(self.frame)
        self.now_s += seconds
        self.line.speech_ended(self.now_s)
        if words:
            self.hear(UserText(words))

    def hear_reply(self, words: str = "") -> None:
        """A whole reply arrives."""
        said = (ReplyText(words),) if words else ()
        self.hear(SOUND, *said, GenerationComplete(), TurnComplete())

    def flush(self) -> list[Message]:
        """Send all messages that wait; return them."""
        sent: list[Message] = []
        while (message := self.line.next_message(self.now_s)) is not None:
            sent.append(message)
        self.sent += sent
        return sent

    def stall(self) -> None:
        """The server says nothing for as long as it takes."""
        self.now_s += STALL_S


def talking(model: str = MODEL_THAT_ANSWERS) -> Story:
    """A story in which one question was asked and answered, and some time has passed."""
    story = Story(model)
    story.open()
    story.speak(words="Who are you?")
    story.hear_reply("I am myna.")
    story.wait(5.0)
    return story
