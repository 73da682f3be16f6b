"""The demo as it is printed: who said what, what the lights showed, how long it took."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from statistics import median
from typing import Final, TypeAlias

from myna.trace import EventName

Fields: TypeAlias = Mapping[str, object]

_TOLD: Final[dict[EventName, Callable[[Fields], str]]] = {
    "wake": lambda fields: f"wake    heard {fields['word']} (score {fields['score']:.2f})",
    "session_ready": lambda _: "live    session open",
    "lights": lambda fields: f"lights  {fields['pattern']}",
    "user_text": lambda fields: f"heard   {fields['text']}",
    "reply_text": lambda fields: f"myna    {fields['text']}",
    "tool_call": lambda fields: f"tool    {fields['name']} ...",
    "tool_result": lambda fields: (
        f"tool    {fields['name']} {'done' if fields['ok'] else 'failed'} in {fields['ms']} ms"
    ),
    "still_sent": lambda fields: f"camera  sent a picture of {fields['bytes']} bytes",
    "interrupted": lambda _: "live    interrupted by the user",
    "playback_flushed": lambda fields: f"sound   dropped {fields['dropped_ms']} ms of the reply",
    "session_closed": lambda fields: f"live    session closed ({fields['code']})",
    "degraded": lambda fields: f"!       {fields['what']}: {fields['why']}",
}


class Story:
    """Prints what happens, and measures it.

    Attributes:
        counts: How often each event happened.
        latencies_ms: What was measured, by name.
    """

    def __init__(
        self, tell: Callable[[str], None], clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Begin a story.

        Args:
            tell: Takes each line.
            clock: That of the trace, in seconds.
        """
        self._tell = tell
        self._clock = clock
        self._began = clock()
        self._wake_s: float | None = None
        self._speech_ends_s: float | None = None
        self._interrupted_s: float | None = None
        self.counts: dict[EventName, int] = {}
        self.latencies_ms: dict[str, list[float]] = {}

    def on_line(self, words: str, seconds: float) -> None:
        """The person begins to say `words`."""
        self._speech_ends_s = self._clock() + seconds
        self._print(self._clock(), f"you     {words}")

    def on_event(self, t: float, event: EventName, fields: Fields) -> None:
        """Observe the trace; from any thread."""
        self.counts[event] = self.counts.get(event, 0) + 1
        if event in _TOLD:
            self._print(t, _TOLD[event](fields))
        self._measure(t, event)

    def tell_latencies(self) -> None:
        """Print what was measured: the middle of each kind, and the worst."""
        for name, found in self.latencies_ms.items():
            worst = f", at worst {max(found):.0f} ms" if len(found) > 1 else ""
            self._tell(f"{name}: {median(found):.0f} ms{worst}")

    def _print(self, t: float, line: str) -> None:
        self._tell(f"{t - self._began:6.2f} s  {line}")

    def _measure(self, t: float, event: EventName) -> None:
        match event:
            case "wake":
                self._wake_s = t
            case "session_ready":
                self._add("wake word to open session", self._wake_s, t)
            case "playback_started":
                self._add("end of speech to reply heard", self._speech_ends_s, t)
                self._speech_ends_s = None
            case "interrupted":
                self._interrupted_s = t
            case "playback_flushed":
                self._add("interruption to silence ordered", self._interrupted_s, t)

    def _add(self, name: str, since: float | None, t: float) -> None:
        if since is not None and t >= since:
            self.latencies_ms.setdefault(name, []).append(1000 * (t - since))
