"""What happened, as it happened: one JSON object per line."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Literal, TypeAlias

import msgspec

from myna.errors import CommandError

EventName: TypeAlias = Literal[
    "ready",
    "wake",
    "state",
    "connection_opened_ahead",
    "connection_ahead_used",
    "connection_ahead_dropped",
    "session_opening",
    "session_ready",
    "session_closed",
    "session_resumed",
    "chunk_sent",
    "pause_sent",
    "still_sent",
    "audio_received",
    "speech_started",
    "speech_ended",
    "playback_started",
    "playback_finished",
    "interrupted",
    "playback_flushed",
    "earcon",
    "notice",
    "turn_complete",
    "turn_timing",
    "user_text",
    "reply_text",
    "tool_call",
    "tool_result",
    "tools_offered",
    "confirm",
    "lights",
    "button",
    "mute_switch",
    "volume",
    "music",
    "microphone_light",
    "camera_light",
    "timer_set",
    "timer_rang",
    "timer_resumed",
    "timer_stopped",
    "timer_snoozed",
    "timer_unanswered",
    "timer_missed",
    "timer_cancelled",
    "muted",
    "unmuted",
    "xrun",
    "duplex",
    "degraded",
    "recovered",
    "reloaded",
    "stopped",
]
"""Scripts read these names in trace files, so they do not move."""

Observer: TypeAlias = Callable[[float, EventName, Mapping[str, object]], None]
"""Takes the time in seconds, the event and its fields; on the thread that emitted it."""

_logger: Final = logging.getLogger(__name__)


class Trace:
    """A trace file, and whoever else wants to know.

    Any thread may emit. Lines reach the file in the order of their times.

    Attributes:
        with_audio: Whether every chunk of audio is worth a line.
    """

    def __init__(
        self,
        path: Path | None = None,
        clock: Callable[[], float] = time.monotonic,
        *,
        with_audio: bool = False,
        redact: Callable[[str], str] = str,
    ) -> None:
        """Begin a trace.

        Args:
            path: The file, overwritten and readable by its owner only (it tells what was
                said); None for observers only.
            clock: Monotonic, in seconds.
            with_audio: See above.
            redact: Masks the secrets in every text, for what a server says is not ours.

        Raises:
            CommandError: The file cannot be written.
        """
        self.with_audio = with_audio
        self._clock = clock
        self._redact = redact
        self._lock = threading.Lock()
        self._observers: tuple[Observer, ...] = ()
        self._encoder = msgspec.json.Encoder(enc_hook=str)
        self._descriptor = _opened(path) if path else None

    def subscribe(self, observer: Observer) -> None:
        """Call `observer` for every event from now on."""
        with self._lock:
            self._observers = (*self._observers, observer)

    @contextmanager
    def observed_by(self, observer: Observer) -> Iterator[None]:
        """Call `observer` for every event while the context lasts."""
        self.subscribe(observer)
        try:
            yield
        finally:
            with self._lock:
                others = tuple(each for each in self._observers if each is not observer)
                self._observers = others

    def emit(self, event: EventName, /, **fields: object) -> None:
        """Record `event`; never raises for what is wrong with the file."""
        fields = {
            name: self._redact(value) if isinstance(value, str) else value
            for name, value in fields.items()
        }
        with self._lock:
            t = round(self._clock(), 6)
            if self._descriptor is not None:
                line = self._encoder.encode({"t": t, "event": event, **fields})
                self._write(self._descriptor, line + b"\n")
            observers = self._observers
        for observer in observers:
            observer(t, event, fields)

    def close(self) -> None:
        """Close the file; later events reach the observers only. Idempotent."""
        with self._lock:
            if self._descriptor is not None:
                os.close(self._descriptor)
                self._descriptor = None

    def _write(self, descriptor: int, line: bytes) -> None:
        """Write one line at once; the first failure ends the file, where it visibly ends."""
        try:
            while line:
                line = line[os.write(descriptor, line) :]
        except OSError as error:
            _logger.warning("the trace ends here: %s", error.strerror)
            os.close(descriptor)
            self._descriptor = None


def _opened(path: Path) -> int:
    try:
        return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise CommandError(f"cannot write the trace to {path}: {error.strerror}") from error
