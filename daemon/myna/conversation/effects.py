"""What a conversation wants done. The shell performs effects in order; it adds none.

PURE. An effect that finds nothing to do (closing what is closed) does nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from myna.line.ledger import ToolAnswer
from myna.live.events import ToolCall
from myna_hardware.units import Frames


class Earcon(StrEnum):
    """Short signal sounds."""

    WAKE = "wake"
    END = "end"
    ERROR = "error"
    MUTE = "mute"
    UNMUTE = "unmute"


@dataclass(frozen=True, slots=True)
class OpenSession:
    """Open a Live session; answer with `SessionReady` or `SessionLost`.

    Attributes:
        has_speech: What was said since the last `Attend` belongs to it.
    """

    has_speech: bool = False


@dataclass(frozen=True, slots=True)
class CloseSession:
    """Close the session, or stop opening it.

    Attributes:
        at_once: Nothing that still waits to be sent may leave.
    """

    at_once: bool = False


@dataclass(frozen=True, slots=True)
class Attend:
    """Watch for the user's speech from `frame` on, to report its starts and ends."""

    frame: Frames


@dataclass(frozen=True, slots=True)
class StopAttending:
    """Look for no speech: the button tells when the user speaks."""


@dataclass(frozen=True, slots=True)
class StartUplink:
    """Send the microphone to the session, from `frame` on, nothing lost or twice."""

    frame: Frames


@dataclass(frozen=True, slots=True)
class ShutUplink:
    """A reply begins to sound: in half duplex, send nothing captured from now on."""


@dataclass(frozen=True, slots=True)
class ResumeUplink:
    """The reply no longer sounds: in half duplex, send again.

    Attributes:
        frame: From where on, or None for now, once the echo has died away.
    """

    frame: Frames | None = None


@dataclass(frozen=True, slots=True)
class StopUplink:
    """Send nothing more of the microphone."""


@dataclass(frozen=True, slots=True)
class SendText:
    """Give the session a line of text to answer."""

    text: str


@dataclass(frozen=True, slots=True)
class CallTool:
    """Run a tool; answer with `ToolFinished`."""

    call: ToolCall


@dataclass(frozen=True, slots=True)
class RefuseTool:
    """Tell the model that a tool is not run.

    Attributes:
        call: What it asked for.
        why: What it is told.
    """

    call: ToolCall
    why: str


@dataclass(frozen=True, slots=True)
class CancelTools:
    """Stop these tools, as far as they can be stopped; nobody waits for them any more."""

    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AnswerTool:
    """Tell the session what a tool did."""

    answer: ToolAnswer


@dataclass(frozen=True, slots=True)
class Play:
    """Queue a piece of the reply (24 kHz PCM); report `PlaybackFinished` after the last."""

    pcm: bytes


@dataclass(frozen=True, slots=True)
class Flush:
    """Fall silent now and forget what is queued."""


@dataclass(frozen=True, slots=True)
class CutReply:
    """The user cut in: what the server still sends of this reply is not wanted."""


@dataclass(frozen=True, slots=True)
class PlayEarcon:
    """Sound an earcon now, over what is playing."""

    earcon: Earcon


@dataclass(frozen=True, slots=True)
class StartRinging:
    """Ring until told to stop."""

    label: str


@dataclass(frozen=True, slots=True)
class StopRinging:
    """Stop the ring.

    Attributes:
        rings: Which of those asked for somebody has stopped by it.
        is_snoozed: They are to ring again in a while.
    """

    rings: tuple[int, ...] = ()
    is_snoozed: bool = False


@dataclass(frozen=True, slots=True)
class OpenMicrophone:
    """Start capturing, and after a restart too."""


@dataclass(frozen=True, slots=True)
class CloseMicrophone:
    """Stop capturing and release the device.

    Attributes:
        is_remembered: It stays so over a restart; a switch remembers by itself.
    """

    is_remembered: bool = True


Effect: TypeAlias = (
    OpenSession
    | CloseSession
    | Attend
    | StopAttending
    | StartUplink
    | ShutUplink
    | ResumeUplink
    | StopUplink
    | SendText
    | CallTool
    | RefuseTool
    | CancelTools
    | AnswerTool
    | Play
    | Flush
    | CutReply
    | PlayEarcon
    | StartRinging
    | StopRinging
    | OpenMicrophone
    | CloseMicrophone
)
