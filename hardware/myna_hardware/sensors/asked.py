"""One sensor: asked on a thread of its own, and what it told last.

A one-wire sensor takes 0.75 s for a reading (DS18B20 datasheet, "Thermometer Resolution"),
and a bus with a broken wire may keep whoever reads for ever. So there is a thread for each
reading, and never a second one for the same sensor: what hangs, hangs once.
"""

from __future__ import annotations

import threading
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from typing import Final

from myna_hardware.errors import DriverMissingError, HardwareError
from myna_hardware.interfaces import Reading, SensorListener
from myna_hardware.sensors.attempts import PAUSE_S, Answer, Attempts
from myna_hardware.sensors.sensor import OpenSensor
from myna_hardware.timers import Alarm, Clock, RealClock

LIMIT_S: Final = 8.0
"""How long an answer may take: the sensors of one wire take 0.75 s each, in turn."""

RETRY_S: Final = 60.0
"""How soon a sensor in trouble is asked by itself, so that its end is told."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How sensors are asked.

    Attributes:
        clock: Tells the age of answers, and when one is late.
        limit_s: How long an answer may take.
        pause_s: Between attempts.
    """

    clock: Clock = field(default_factory=RealClock)
    limit_s: float = LIMIT_S
    pause_s: float = PAUSE_S


@dataclass(slots=True, eq=False)
class _Question:
    """A reading under way.

    Attributes:
        alarm: Goes off when the answer is late.
        done: Ends with it.
        is_late: Whether it has gone off.
    """

    alarm: Alarm
    done: Future[None] = field(default_factory=Future)
    is_late: bool = False


class AskedSensor:
    """A sensor and its last answer; its methods may be called from any thread.

    Args:
        reading: Its name and label.
        fresh_s: An answer not older than this is given again.
        open_sensor: Opens it.
        manner: How it is asked.
        tell: Told when trouble begins and ends, under its lock.
    """

    def __init__(
        self,
        reading: Reading,
        fresh_s: float,
        open_sensor: OpenSensor,
        manner: Manner,
        tell: SensorListener,
    ) -> None:
        self._blank = reading
        self._fresh_s = fresh_s
        self._clock = manner.clock
        self._tell = tell
        self._limit_s = manner.limit_s
        self._is_closed = threading.Event()
        self._device = f"sensor {reading.name}"
        self._attempts = Attempts(self._device, open_sensor, self._is_closed, manner.pause_s)
        self._lock = threading.RLock()
        self._question: _Question | None = None
        self._answer: Answer | None = None
        self._answered_s = 0.0
        self._trouble: HardwareError | None = None  # as it was told
        self._retry: Alarm | None = None

    def ask(self) -> Future[None] | None:
        """Begin a reading where one is needed.

        Returns:
            What to wait for; None where there is no use in waiting: the last answer is
            fresh, or the sensor hangs.
        """
        with self._lock:
            if self._question is None and not self._is_closed.is_set() and not self._is_fresh():
                self._begin()
            question = self._question
            return None if question is None or question.is_late else question.done

    def reading(self) -> Reading:
        """Return the last answer, or why there is none; does not wait."""
        with self._lock:
            if self._question is not None or self._answer is None:
                return replace(self._blank, problem=self._lateness().problem)
            age_s = self._clock.now_s() - self._answered_s
            if isinstance(self._answer, HardwareError):
                return replace(self._blank, age_s=age_s, problem=self._answer.problem)
            return replace(self._blank, age_s=age_s, quantities=self._answer)

    def watch(self) -> None:
        """Tell the trouble that there is, and look for some."""
        with self._lock:
            if self._trouble is not None:
                self._tell(self._blank.name, self._trouble)
        self.ask()

    def close(self) -> None:
        """Release the sensor; one that is being read is released after that."""
        with self._lock:
            self._is_closed.set()
            self._cancel_alarms()
            if self._question is None:
                self._attempts.close()

    def _is_fresh(self) -> bool:
        if self._answer is None:
            return False
        is_trouble = isinstance(self._answer, HardwareError)
        limit_s = min(self._fresh_s, RETRY_S) if is_trouble else self._fresh_s
        return self._clock.now_s() - self._answered_s < limit_s

    def _begin(self) -> None:
        self._cancel_alarms()
        due_s = self._clock.now_s() + self._limit_s
        question = self._question = _Question(self._clock.call_at(due_s, self._note_lateness))
        threading.Thread(
            target=self._answer_it, args=(question,), name=self._device, daemon=True
        ).start()

    def _answer_it(self, question: _Question) -> None:
        answer = self._attempts.answer()
        with self._lock:
            self._cancel_alarms()
            self._question = None
            self._answer, self._answered_s = answer, self._clock.now_s()
            self._note(answer if isinstance(answer, HardwareError) else None)
            if self._is_closed.is_set():
                self._attempts.close()
        question.done.set_result(None)

    def _note(self, trouble: HardwareError | None) -> None:
        """Tell the trouble if it is news; look later whether it has ended."""
        if self._is_closed.is_set():
            return
        is_news = (trouble is None) != (self._trouble is None)
        self._trouble = trouble
        if is_news:
            self._tell(self._blank.name, trouble)
        if trouble is not None and not isinstance(trouble, DriverMissingError):
            self._retry = self._clock.call_at(self._clock.now_s() + RETRY_S, self._ask_again)

    def _ask_again(self) -> None:
        self.ask()

    def _note_lateness(self) -> None:
        with self._lock:
            if self._question is not None:
                self._question.is_late = True
                self._note(self._lateness())

    def _cancel_alarms(self) -> None:
        if self._retry is not None:
            self._retry.cancel()
        if self._question is not None:
            self._question.alarm.cancel()

    def _lateness(self) -> HardwareError:
        return HardwareError(
            self._device,
            f"does not answer within {self._limit_s:g} s: check its wiring and power",
        )
