"""Where events of the two audio threads arrive on the event loop, and where they go.

Threads call `post`; it never blocks them. What concerns the conversation goes to the
assistant, what concerns the devices into the book of health and the trace.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TypeAlias

from myna.assistant import Assistant
from myna.audio.events import (
    Captured,
    CaptureEvent,
    DeviceBack,
    DeviceTrouble,
    DuplexTurned,
    Finished,
    FramesLost,
    Loudness,
    PlaybackEvent,
    SourceEnded,
    Started,
    ThreadDied,
    VoiceRose,
)
from myna.audio.playback import Playback
from myna.conversation.events import (
    MuteLocked,
    MuteUnlocked,
    PlaybackFinished,
    SpeechEnded,
    SpeechStarted,
    StopHeard,
    WakeHeard,
)
from myna.hands import Deed, Hands, Turned
from myna.health import Health
from myna.line.link import Link
from myna.performer import Performer
from myna.stills import StillStream
from myna.trace import Trace
from myna_hardware.errors import HardwareError
from myna_hardware.interfaces import Gesture

ThreadEvent: TypeAlias = CaptureEvent | PlaybackEvent | Deed


@dataclass(frozen=True, slots=True)
class Concerned:
    """Those whom events may concern."""

    assistant: Assistant
    performer: Performer
    link: Link
    playback: Playback
    stills: StillStream
    hands: Hands


class Switchboard:
    """The hand-over from threads to asyncio.

    Attributes:
        source_ended: Set once the microphone was a file, and it is over.
        failure: Raises the bug that made the daemon useless, once there is one.
    """

    def __init__(self, trace: Trace, health: Health) -> None:
        self._loop = asyncio.get_running_loop()
        self._trace = trace
        self._health = health
        self.source_ended = asyncio.Event()
        self.failure: asyncio.Future[None] = self._loop.create_future()

    def connect(self, concerned: Concerned) -> None:
        """Name those whom events may concern; before any thread starts."""
        self._to = concerned

    def post(self, event: ThreadEvent) -> None:
        """Take an event; from any thread."""
        self._loop.call_soon_threadsafe(self._route, event)

    def tell(self, part: str, error: HardwareError | None) -> None:
        """Take the trouble of a device, or None for its end; from any thread."""
        self.post(DeviceBack(part) if error is None else DeviceTrouble(part, error.about(part)))

    def fail(self, error: BaseException) -> None:
        """Note a bug after which only a restart helps; the first one counts."""
        if not self.failure.done():
            self.failure.set_exception(error)

    def _route(self, event: ThreadEvent) -> None:
        match event:
            case Captured():
                self._to.link.uplink.note_captured()
            case Gesture() | Turned() | MuteLocked() | MuteUnlocked():
                self._to.hands.feel(event)
            case ThreadDied(error):
                self.fail(error)
            case Started() | Finished() | DuplexTurned() | VoiceRose() | Loudness():
                self._note_sound(event)
            case DeviceTrouble() | DeviceBack() | FramesLost() | SourceEnded():
                self._note_device(event)
            case _:
                self._note_speech(event)
                self._to.assistant.post(event)

    def _note_speech(self, event: WakeHeard | StopHeard | SpeechStarted | SpeechEnded) -> None:
        match event:
            case WakeHeard():
                self._to.link.open_ahead(is_called=True)
            case SpeechStarted(frame):
                self._trace.emit("speech_started")
                self._to.link.note_speech_started(frame)
                self._to.stills.start(self._to.link.show)
            case SpeechEnded():
                self._trace.emit("speech_ended")
                self._to.link.note_speech_ended()
                self._to.stills.stop()

    def _note_sound(self, event: Started | Finished | DuplexTurned | VoiceRose | Loudness) -> None:
        match event:
            case Started():
                self._trace.emit("playback_started")
            case Finished(serial) if serial == self._to.playback.serial:
                self._trace.emit("playback_finished")
                self._to.assistant.post(PlaybackFinished())
            case DuplexTurned():
                self._to.performer.note_duplex()
            case VoiceRose():
                self._to.link.open_ahead()
            case Loudness(where, level):
                self._to.assistant.show_level(where, level)

    def _note_device(self, event: DeviceTrouble | DeviceBack | FramesLost | SourceEnded) -> None:
        match event:
            case DeviceTrouble(what, why):
                self._health.degrade(what, why)
            case DeviceBack(what):
                self._health.recover(what)
            case FramesLost(where, frames):
                self._trace.emit("xrun", where=where, frames=frames)
            case SourceEnded():
                self.source_ended.set()
