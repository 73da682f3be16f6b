"""Time for drivers: the real one, and one that stands still until told."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Timer
from typing import Protocol


class Alarm(Protocol):
    """Something that will happen later."""

    def cancel(self) -> None:
        """Let it not happen; too late is no error."""
        ...


class Clock(Protocol):
    """Tells the time and calls at a time."""

    def now_s(self) -> float:
        """Return monotonic seconds."""
        ...

    def call_at(self, due_s: float, call: Callable[[], None]) -> Alarm:
        """Run `call` once `now_s` has reached `due_s`, on a thread of the clock's."""
        ...


class RealClock:
    """The monotonic clock of this machine; a thread lives only while an alarm is set."""

    def now_s(self) -> float:
        """Return monotonic seconds."""
        return time.monotonic()

    def call_at(self, due_s: float, call: Callable[[], None]) -> Alarm:
        """Run `call` once `now_s` has reached `due_s`, on a thread of its own."""
        alarm = Timer(due_s - self.now_s(), call)
        alarm.daemon = True
        alarm.start()
        return alarm


class ManualAlarm:
    """An alarm of `ManualClock`."""

    def __init__(self, due_s: float, call: Callable[[], None]) -> None:
        self.due_s = due_s
        self.call = call
        self.is_pending = True

    def cancel(self) -> None:
        """Let it not happen."""
        self.is_pending = False


class ManualClock:
    """A clock that only `advance` moves; its alarms run in the thread that calls it."""

    def __init__(self) -> None:
        self._now_s = 0.0
        self._alarms: list[ManualAlarm] = []

    def now_s(self) -> float:
        """Return the seconds advanced so far."""
        return self._now_s

    def call_at(self, due_s: float, call: Callable[[], None]) -> Alarm:
        """Run `call` when `advance` has reached `due_s`."""
        alarm = ManualAlarm(due_s, call)
        self._alarms.append(alarm)
        return alarm

    def advance(self, seconds: float) -> None:
        """Let `seconds` pass, with every alarm at its time and in order."""
        end_s = self._now_s + seconds
        while due := [a for a in self._alarms if a.is_pending and a.due_s <= end_s]:
            alarm = min(due, key=lambda a: a.due_s)
            alarm.is_pending = False
            self._now_s = alarm.due_s
            alarm.call()
        self._alarms = [a for a in self._alarms if a.is_pending]
        self._now_s = end_s
