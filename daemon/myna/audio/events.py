"""What the two audio threads tell the event loop. PURE.

Speech and wake words are events of the conversation; these are about the devices and
the flow of sound.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from myna.conversation.events import SpeechEnded, SpeechStarted, StopHeard, WakeHeard


@dataclass(frozen=True, slots=True)
class Captured:
    """There is a new chunk to send; posted only while somebody wants to know."""


@dataclass(frozen=True, slots=True)
class VoiceRose:
    """Somebody began to speak while no conversation goes on: a wake word may follow."""


@dataclass(frozen=True, slots=True)
class Loudness:
    """How loud the microphone or the speaker is, for the eye.

    Attributes:
        where: "microphone" or "speaker".
        level: 0 to 1.
    """

    where: str
    level: float


@dataclass(frozen=True, slots=True)
class DeviceTrouble:
    """A part of the audio path is gone, or still is: microphone, speaker or wake engine."""

    what: str
    why: str


@dataclass(frozen=True, slots=True)
class DeviceBack:
    """A part that had trouble works again."""

    what: str


@dataclass(frozen=True, slots=True)
class FramesLost:
    """The device lost `frames` frames (an overrun)."""

    where: str
    frames: int


@dataclass(frozen=True, slots=True)
class DuplexTurned:
    """The choice between full and half duplex has changed (`Echo.finding`)."""


@dataclass(frozen=True, slots=True)
class SourceEnded:
    """The microphone was a file, and it is over."""


@dataclass(frozen=True, slots=True)
class ThreadDied:
    """An audio thread ended by a bug; without it the speaker is deaf or dumb for good."""

    error: Exception


CaptureEvent: TypeAlias = (
    WakeHeard
    | StopHeard
    | SpeechStarted
    | SpeechEnded
    | Captured
    | VoiceRose
    | Loudness
    | DeviceTrouble
    | DeviceBack
    | FramesLost
    | DuplexTurned
    | SourceEnded
    | ThreadDied
)


@dataclass(frozen=True, slots=True)
class Started:
    """The first period after a silence has been given to the speaker."""


@dataclass(frozen=True, slots=True)
class Finished:
    """All that was queued has been heard.

    Attributes:
        serial: How many pieces had been queued by then; older than
            `Playback.serial` means that more has come since.
    """

    serial: int


PlaybackEvent: TypeAlias = (
    Started | Finished | Loudness | DeviceTrouble | DeviceBack | FramesLost | ThreadDied
)
