"""How loud the speaker is: one number, whoever sets it, and the lights show it."""

from __future__ import annotations

from collections.abc import Callable

from myna.audio.playback import Playback
from myna.trace import Trace
from myna_hardware.interfaces import Lights


class Volume:
    """The volume; lives in the event loop.

    Args:
        playback: What grows louder.
        lights: Show each change.
        trace: Notes each change.
        percent_per_step: What a detent of the knob is worth.
    """

    def __init__(
        self, playback: Playback, lights: Lights, trace: Trace, percent_per_step: int
    ) -> None:
        self._playback = playback
        self._lights = lights
        self._trace = trace
        self._percent_per_step = percent_per_step
        self._listeners: list[Callable[[int], None]] = []

    def set_step(self, percent_per_step: int) -> None:
        """Let a detent of the knob be worth so much."""
        self._percent_per_step = percent_per_step

    @property
    def percent(self) -> int:
        """0 is silent, 100 as loud as it goes."""
        return self._playback.percent

    def set_percent(self, percent: int) -> None:
        """Set it, within 0 to 100, from the next period on."""
        percent = max(0, min(100, percent))
        self._playback.set_percent(percent)
        self._lights.show_volume(percent)
        self._trace.emit("volume", percent=percent)
        for listener in self._listeners:
            listener(percent)

    def watch(self, listener: Callable[[int], None]) -> None:
        """Call `listener` with each volume that is set; it must not block."""
        self._listeners.append(listener)

    def turn(self, detents: int) -> None:
        """Follow the knob, clockwise positive."""
        self.set_percent(self.percent + detents * self._percent_per_step)
