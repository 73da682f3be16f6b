"""A device that did not open: tried again, adopted once, and closed with the body."""

from __future__ import annotations

from queue import Queue
from threading import Event, Thread
from threading import enumerate as threads

from myna_hardware.errors import DeviceBusyError
from myna_hardware.reopening import RETRY_S, Reopening
from support.gpio import PATIENCE_S


class Steps:
    """Time between the tries: `let_go` ends one wait; closing ends all of them."""

    def __init__(self) -> None:
        self.waits_s: Queue[float] = Queue()
        self._steps: Queue[None] = Queue()

    def wait(self, is_closing: Event, seconds: float) -> bool:
        """Wait as `Event.wait` does, on the time of the test."""
        self.waits_s.put(seconds)
        self._steps.get(timeout=PATIENCE_S)
        return is_closing.is_set()

    def let_go(self) -> None:
        """Let the time between two tries be over."""
        self._steps.put(None)


class Device:
    """Opens after so many failures, and remembers what was done with it."""

    def __init__(self, failures: int = 0) -> None:
        self.failures = failures
        self.story: list[str] = []
        self.told: Queue[str] = Queue()

    def open(self) -> Device:
        if self.failures:
            self.failures -= 1
            self.note("failed")
            raise DeviceBusyError("lights", "another program holds GPIO17")
        self.note("opened")
        return self

    def adopt(self, device: Device) -> None:
        assert device is self
        self.note("adopted")

    def close(self) -> None:
        self.note("closed")

    def note(self, deed: str) -> None:
        self.story.append(deed)
        self.told.put(deed)

    def wait_for(self, deed: str) -> None:
        while self.told.get(timeout=PATIENCE_S) != deed:
            pass


def thread_of(part: str) -> Thread:
    (thread,) = (thread for thread in threads() if thread.name == f"reopen {part}")
    return thread


def test_device_is_tried_until_it_opens_and_then_no_more() -> None:
    device, steps = Device(failures=2), Steps()
    reopening = Reopening("lights", device.open, device.adopt, steps.wait)
    thread = thread_of("lights")
    for _ in range(3):
        steps.let_go()
    thread.join(PATIENCE_S)
    assert not thread.is_alive()
    assert device.story == ["failed", "failed", "opened", "adopted"]
    assert [steps.waits_s.get() for _ in range(3)] == [RETRY_S] * 3
    reopening.close()
    assert device.story[-1] == "closed"


def test_nothing_is_tried_before_the_first_wait_is_over() -> None:
    device, steps = Device(), Steps()
    reopening = Reopening("lights", device.open, device.adopt, steps.wait)
    steps.waits_s.get(timeout=PATIENCE_S)
    assert device.story == []
    reopening.close()
    steps.let_go()


def test_close_ends_the_wait_at_once_and_opens_nothing() -> None:
    device = Device()
    reopening = Reopening("button", device.open, device.adopt)
    thread = thread_of("button")
    reopening.close()
    reopening.close()
    thread.join(PATIENCE_S)
    assert not thread.is_alive()
    assert device.story == []


def test_device_that_opens_while_the_body_closes_is_closed_and_not_adopted() -> None:
    device, steps, may_open = Device(), Steps(), Event()

    def open_slowly() -> Device:
        device.note("opening")
        may_open.wait(PATIENCE_S)
        return device.open()

    reopening = Reopening("knob", open_slowly, device.adopt, steps.wait)
    thread = thread_of("knob")
    steps.let_go()
    device.wait_for("opening")
    reopening.close()
    may_open.set()
    thread.join(PATIENCE_S)
    assert device.story == ["opening", "opened", "closed"]


def test_device_is_not_closed_while_it_is_being_adopted() -> None:
    device, steps = Device(), Steps()

    def adopt_slowly(_device: Device) -> None:
        device.note("adopting")
        closer.start()
        closer.join(0.05)
        device.note("adopted")

    reopening = Reopening("outputs", device.open, adopt_slowly, steps.wait)
    closer = Thread(target=reopening.close)
    steps.let_go()
    device.wait_for("adopted")
    closer.join(PATIENCE_S)
    assert device.story == ["opened", "adopting", "adopted", "closed"]
