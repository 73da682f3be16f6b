"""What the simulated server will say and do: the values of a script. PURE.

`script_file.py` reads them from TOML or JSON; tests build them directly. A turn waits
for its trigger, does its actions in order, and ends as the real server ends a turn:
generationComplete, then turnComplete once the audio would have been played.
"""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal, TypeAlias

from msgspec import Meta, Struct, field

from myna.simulator.endings import EndingName
from myna.simulator.options import Options

Trigger: TypeAlias = Literal["speech", "text", "still", "tool_response", "open"]
Awaited: TypeAlias = Literal["still", "tool_response"]
AtEnd: TypeAlias = Literal["silence", "repeat"]
NewSession: TypeAlias = Literal["restart", "continue"]
CutKind: TypeAlias = Literal["reset", "clean", "half-open"]
Seconds: TypeAlias = Annotated[float, Meta(ge=0, le=3600)]

AWAITED: Final[tuple[Awaited, ...]] = ("still", "tool_response")


class Action(Struct, frozen=True, forbid_unknown_fields=True):
    """One thing that the server does in a turn."""


class Speech(Action, frozen=True):
    """`audio` or `tone`: speak, faster than real time.

    Attributes:
        pcm: 24 kHz mono 16-bit.
        text: Its transcript.
    """

    pcm: bytes
    text: str = ""


class Says(Action, frozen=True):
    """`says`: a transcript of the reply without audio."""

    text: str = field(name="says")


class Hears(Action, frozen=True):
    """`hears`: a transcript of the user; `heard` of the turn does it first thing."""

    text: str = field(name="hears")


class ToolCall(Action, frozen=True):
    """`tool_call`: ask for a tool.

    Attributes:
        name: The tool.
        args: Its arguments.
        id: Made up when empty.
        wait: Whether nothing more is said before every call so far is answered
            (BLOCKING), or the turn goes on (NON_BLOCKING).
    """

    name: str = field(name="tool_call")
    args: dict[str, Any] = field(default_factory=dict)
    id: str = ""
    wait: bool = True


class WaitFor(Action, frozen=True):
    """`wait_for`: go on when one of these has arrived since the turn began."""

    kind: Awaited = field(name="wait_for")


class Pause(Action, frozen=True):
    """`pause_s`: say nothing for a while."""

    seconds: Seconds = field(name="pause_s")


class Interrupt(Action, frozen=True):
    """`interrupted`: cut the own reply though nobody spoke (python-genai#2333)."""

    interrupted: Literal[True] = True


class Close(Action, frozen=True):
    """`close`: end the connection; 1006 cuts it without a close frame."""

    code: int = field(name="close")
    reason: str = ""


def is_close_code(code: int) -> bool:
    """Say whether a server can send `code`, or cut the line for it (RFC 6455, 7.4)."""
    return 1000 <= code <= 1003 or 1006 <= code <= 1014 or 3000 <= code <= 4999


class End(Action, frozen=True):
    """`end`: close with the code and the words of a named ending of the real server."""

    name: EndingName = field(name="end")


class Cut(Action, frozen=True):
    """`cut`: lose the link as networks lose it, without a close frame.

    Attributes:
        kind: `reset` sends a TCP RST, `clean` a FIN; `half-open` sends and reads nothing
            any more, not even pings, and keeps the socket.
    """

    kind: CutKind = field(name="cut")


class GoAway(Action, frozen=True):
    """`go_away_s`: announce that the connection will be cut in so many seconds."""

    time_left_s: Seconds = field(name="go_away_s")


class Stall(Action, frozen=True):
    """`stall`: never send anything again, and keep the connection open."""

    stall: Literal[True] = True


class Resumption(Action, frozen=True):
    """`resumption`: a resumption update beyond the one of every connection.

    Attributes:
        handle: "" comes with `resumable = false`, as on the real server.
    """

    handle: str = field(name="resumption")


class Message(Action, frozen=True):
    """`message`: any JSON object, in a binary frame like all others."""

    body: dict[str, Any] = field(name="message")


class RawText(Action, frozen=True):
    """`raw_text`: a text frame of exactly this."""

    data: str = field(name="raw_text")


class RawBinary(Action, frozen=True):
    """`raw_base64`: a binary frame of exactly these bytes."""

    data: bytes = field(name="raw_base64")


AnyAction: TypeAlias = (
    Speech
    | Says
    | Hears
    | ToolCall
    | WaitFor
    | Pause
    | Interrupt
    | Close
    | End
    | Cut
    | GoAway
    | Stall
    | Resumption
    | Message
    | RawText
    | RawBinary
)


class Turn(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One turn of the server.

    Attributes:
        on: What starts it; see `docs/simulator.md`.
        contains: With `on = "text"`: only a text with these words in it, in any case.
        heard: Transcript of what the user said, sent first.
        send: What the server does, in order.
        complete: Whether the turn ends with generationComplete and turnComplete.
    """

    on: Trigger
    contains: str = ""
    heard: str = ""
    send: tuple[AnyAction, ...] = ()
    complete: bool = True

    def starts_on(self, trigger: Trigger, text: str = "") -> bool:
        """Say whether `trigger`, with the user's `text`, starts this turn."""
        return trigger == self.on and self.contains.casefold() in text.casefold()


class Script(Struct, frozen=True, kw_only=True):
    """Everything that a simulated server will do.

    Attributes:
        turns: In the order in which they happen.
        at_end: After the last turn say nothing more, or begin again.
        new_session: A new session begins at the first turn, or goes on where the last
            one was (a resumed one always goes on).
        server: Oddities of the server that plays it.
    """

    turns: tuple[Turn, ...]
    at_end: AtEnd = "silence"
    new_session: NewSession = "restart"
    server: Options = Options()


class Position:
    """A place in a script."""

    def __init__(self, script: Script) -> None:
        self._script = script
        self._taken = 0
        self._calls = 0

    @property
    def next_turn(self) -> Turn | None:
        """The turn that waits for its trigger, or None after the last."""
        turns = self._script.turns
        if self._taken >= len(turns) and self._script.at_end == "silence":
            return None
        return turns[self._taken % len(turns)] if turns else None

    def advance(self) -> None:
        """Go on to the turn after `next_turn`."""
        self._taken += 1

    def give_back(self) -> None:
        """Let the turn that was taken last be the next one again."""
        self._taken -= 1

    def new_call_id(self) -> str:
        """Return an id for a tool call, unique from the first turn to the last."""
        self._calls += 1
        return f"call_{self._calls}"
