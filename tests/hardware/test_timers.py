from __future__ import annotations

import threading
from queue import Queue
from threading import Event

import pytest

from myna_hardware.timers import ManualClock, RealClock
from support.gpio import PATIENCE_S


def test_real_clock_calls_when_the_time_has_come_and_not_when_cancelled() -> None:
    clock, came = RealClock(), Event()
    calls: list[str] = []
    clock.call_at(clock.now_s() + 0.01, lambda: calls.append("cancelled")).cancel()
    due_s = clock.now_s() + 0.02
    clock.call_at(due_s, came.set)
    assert came.wait(PATIENCE_S)
    assert clock.now_s() >= due_s
    assert calls == []


def test_manual_clock_calls_in_order_at_the_time_due() -> None:
    clock = ManualClock()
    calls: list[tuple[str, float]] = []
    for name, due_s in (("late", 2.0), ("early", 1.0), ("never", 9.0)):
        clock.call_at(due_s, lambda name=name: calls.append((name, clock.now_s())))  # type: ignore[misc]  # a lambda with a default
    clock.advance(3)
    assert calls == [("early", 1.0), ("late", 2.0)]
    assert clock.now_s() == 3


def test_real_clock_runs_late_alarms_in_the_order_of_their_times() -> None:
    clock, may_go_on = RealClock(), Event()
    calls: Queue[str] = Queue()
    now_s = clock.now_s()

    def linger() -> None:
        may_go_on.wait(PATIENCE_S)

    clock.call_at(now_s, linger)
    for name, due_s in (("third", 0.02), ("first", 0.0), ("second", 0.01)):
        clock.call_at(now_s + due_s, lambda name=name: calls.put(name))  # type: ignore[misc]  # a lambda with a default
    may_go_on.set()
    assert [calls.get(timeout=PATIENCE_S) for _ in range(3)] == ["first", "second", "third"]


def wait_on(clock: RealClock) -> None:
    """Return when the clock's thread is about to wait for what is set already."""
    came = Event()
    clock.call_at(clock.now_s(), came.set)
    assert came.wait(PATIENCE_S)


def test_real_clock_takes_an_earlier_alarm_while_it_waits_for_another() -> None:
    clock = RealClock()
    far = clock.call_at(clock.now_s() + 1000, Event().set)
    for _ in range(200):
        wait_on(clock)
    far.cancel()
    far.cancel()


def test_real_clock_has_a_thread_only_while_an_alarm_is_set() -> None:
    for _ in range(50):
        before = set(threading.enumerate())
        clock = RealClock()
        alarm = clock.call_at(clock.now_s() + 1000, Event().set)
        (thread,) = set(threading.enumerate()) - before
        wait_on(clock)
        alarm.cancel()
        thread.join(PATIENCE_S)
        assert not thread.is_alive()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_real_clock_goes_on_after_an_alarm_that_raises() -> None:
    clock, came = RealClock(), Event()

    def fail() -> None:
        raise RuntimeError

    now_s = clock.now_s()
    clock.call_at(now_s + 0.01, fail)
    clock.call_at(now_s + 0.02, came.set)
    assert came.wait(PATIENCE_S)
