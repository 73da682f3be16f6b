"""Pulses that run: which outputs are to go off by themselves, and when."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from myna_hardware.timers import Alarm, Clock


@dataclass(eq=False, slots=True)
class _Pulse:
    due_s: float
    alarm: Alarm | None = None


class Pulses:
    """The pulses of some outputs; its callers hold one lock, and so does `end`.

    Args:
        clock: Has a thread only while a pulse runs.
        end: Called on that thread with a name and a question: whether the pulse that is
            over is still the one that counts.
    """

    def __init__(self, clock: Clock, end: Callable[[str, Callable[[], bool]], None]) -> None:
        self._clock = clock
        self._end = end
        self._running: dict[str, _Pulse] = {}

    def start(self, name: str, seconds: float) -> None:
        """Let a pulse begin, or the one that is running last at least so long."""
        due_s = self._clock.now_s() + seconds
        running = self._running.get(name)
        if running is not None and running.due_s >= due_s:
            return
        self.stop(name)
        pulse = self._running[name] = _Pulse(due_s)
        pulse.alarm = self._clock.call_at(
            due_s, lambda: self._end(name, lambda: self._running.get(name) is pulse)
        )

    def stop(self, name: str) -> None:
        """Forget a pulse; nothing is switched."""
        pulse = self._running.pop(name, None)
        if pulse is not None and pulse.alarm is not None:
            pulse.alarm.cancel()

    def stop_all(self) -> None:
        """Forget them all."""
        for name in list(self._running):
            self.stop(name)
