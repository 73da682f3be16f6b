"""Time for drivers: the real one, and one that stands still until told."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Condition, Thread
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


class RealAlarm:
    """An alarm of `RealClock`."""

    def __init__(self, due_s: float, call: Callable[[], None], alarms: RealClock) -> None:
        self.due_s = due_s
        self.call = call
        self._alarms = alarms

    def cancel(self) -> None:
        """Let it not happen."""
        self._alarms.drop(self)


class RealClock:
    """The monotonic clock of this machine.

    All alarms of one clock run on one thread, in the order of their times. The thread
    lives only while an alarm is set.
    """

    def __init__(self) -> None:
        self._changed = Condition()
        self._alarms: list[RealAlarm] = []
        self._is_running = False

    def now_s(self) -> float:
        """Return monotonic seconds."""
        return time.monotonic()

    def call_at(self, due_s: float, call: Callable[[], None]) -> Alarm:
        """Run `call` once `now_s` has reached `due_s`, on the clock's thread."""
        alarm = RealAlarm(due_s, call, self)
        with self._changed:
            self._alarms.append(alarm)
            self._changed.notify()
            self._start()
        return alarm

    def drop(self, alarm: RealAlarm) -> None:
        """Forget an alarm."""
        with self._changed:
            if alarm in self._alarms:
                self._alarms.remove(alarm)
                self._changed.notify()

    def _start(self) -> None:
        if self._alarms and not self._is_running:
            self._is_running = True
            Thread(target=self._run, name="clock", daemon=True).start()

    def _run(self) -> None:
        try:
            while (alarm := self._await_next()) is not None:
                alarm.call()
        finally:  # an alarm that raises ends this thread, and the others need one
            with self._changed:
                self._is_running = False
                self._start()

    def _await_next(self) -> RealAlarm | None:
        with self._changed:
            while self._alarms:
                alarm = min(self._alarms, key=lambda alarm: alarm.due_s)
                if alarm.due_s <= self.now_s():
                    self._alarms.remove(alarm)
                    return alarm
                self._changed.wait(alarm.due_s - self.now_s())
        return None


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
        while (alarm := self._next()) is not None and alarm.due_s <= end_s:
            alarm.is_pending = False
            self._now_s = max(self._now_s, alarm.due_s)
            alarm.call()
        self._now_s = end_s

    def _next(self) -> ManualAlarm | None:
        self._alarms = [alarm for alarm in self._alarms if alarm.is_pending]
        return min(self._alarms, key=lambda alarm: alarm.due_s, default=None)
