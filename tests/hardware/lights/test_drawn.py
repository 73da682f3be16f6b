"""The thread that draws, and what it does when the device fails."""

from __future__ import annotations

from queue import SimpleQueue
from threading import Event, Thread, current_thread
from threading import enumerate as threads

import pytest

from myna_hardware.errors import DeviceLostError, DeviceNotFoundError, HardwareError
from myna_hardware.interfaces import Pattern
from myna_hardware.lights import drawn
from myna_hardware.lights.drawn import RETRY_S, DrawnLights
from myna_hardware.lights.scene import Canvas, Scene
from myna_hardware.settings import LightsSettings
from support.lights import HandClock, Paper

PATIENCE_S = 10.0
FAULT = DeviceLostError("lights", "the bus is gone")


class Drawer:
    """Where pixels come from, one after the other, or do not.

    Attributes:
        papers: Those that were opened.
        is_empty: Whether none can be opened.
        fault: What the next ones raise when they are drawn on.
        may_open: What opening waits for.
        tried: Gets an item with every attempt.
        closed: Gets those pixels that were closed.
    """

    def __init__(self) -> None:
        self.papers: list[Paper] = []
        self.is_empty = False
        self.fault: HardwareError | None = None
        self.may_open = Event()
        self.may_open.set()
        self.tried: SimpleQueue[None] = SimpleQueue()
        self.closed: SimpleQueue[Paper] = SimpleQueue()

    def open(self) -> Paper:
        """Open pixels.

        Raises:
            DeviceNotFoundError: There are none.
        """
        self.tried.put(None)
        assert self.may_open.wait(PATIENCE_S)
        if self.is_empty:
            raise DeviceNotFoundError("lights", "still gone")
        paper = Paper(Canvas())
        paper.fault = self.fault
        paper.on_close = lambda: self.closed.put(paper)
        self.papers.append(paper)
        return paper


class Desk:
    """Lights on paper, with a clock to turn."""

    def __init__(self) -> None:
        self.clock = HandClock()
        self.drawer = Drawer()
        self.told: SimpleQueue[HardwareError | None] = SimpleQueue()
        self.lights = DrawnLights(self.drawer.open, LightsSettings(), self.clock.clocks)
        self.drawer.tried.get(timeout=PATIENCE_S)

    def pass_time(self, seconds: float) -> None:
        """Turn the clock, and let the thread look at it."""
        self.clock.now_s += seconds
        self.lights.watch(self.told.put)


def opened_desk() -> Desk:
    desk = Desk()
    desk.lights.watch(desk.told.put)
    desk.lights.show(Pattern.MUTED)
    return desk


def test_lights_tell_of_a_loss_and_of_the_return_once_each() -> None:
    desk = opened_desk()
    desk.drawer.papers[0].fault = FAULT
    desk.lights.light_microphone(is_on=True)
    desk.lights.show(Pattern.LISTENING)
    assert desk.told.get(timeout=PATIENCE_S) is FAULT
    assert desk.drawer.papers[0].is_closed
    desk.pass_time(RETRY_S)
    assert desk.told.get(timeout=PATIENCE_S) is None
    desk.lights.close()
    assert desk.told.empty()


def test_lights_show_what_they_should_once_they_are_back() -> None:
    desk = opened_desk()
    desk.drawer.papers[0].fault = FAULT
    desk.lights.show(Pattern.IDLE)
    assert desk.told.get(timeout=PATIENCE_S) is FAULT
    desk.lights.show(Pattern.ERROR)
    desk.lights.light_camera(is_on=True)
    desk.pass_time(RETRY_S)
    assert desk.told.get(timeout=PATIENCE_S) is None
    _, scene = desk.drawer.papers[1].drawings[-1]
    assert (scene.pattern, scene.is_camera_on) == (Pattern.ERROR, True)
    desk.lights.close()


def test_lights_show_again_what_was_the_last_thing_shown_before_the_loss() -> None:
    desk = opened_desk()
    desk.drawer.papers[0].fault = FAULT
    desk.lights.light_microphone(is_on=True)
    assert desk.told.get(timeout=PATIENCE_S) is FAULT
    desk.lights.light_microphone(is_on=False)
    desk.pass_time(RETRY_S)
    assert desk.told.get(timeout=PATIENCE_S) is None
    assert desk.drawer.papers[1].drawings == [(((1.0, 0.0, 0.0),), Scene(Pattern.MUTED))]
    desk.lights.close()


def test_lights_try_again_every_few_seconds_and_no_sooner() -> None:
    desk = opened_desk()
    desk.drawer.is_empty = True
    desk.drawer.papers[0].fault = FAULT
    desk.lights.show(Pattern.IDLE)
    assert desk.told.get(timeout=PATIENCE_S) is FAULT
    for _ in range(3):
        desk.pass_time(RETRY_S / 2)
        desk.lights.show(Pattern.ERROR)
        assert desk.drawer.tried.empty()
        desk.pass_time(RETRY_S / 2)
        desk.drawer.tried.get(timeout=PATIENCE_S)
    desk.drawer.is_empty = False
    desk.pass_time(RETRY_S)
    assert desk.told.get(timeout=PATIENCE_S) is None
    desk.lights.close()


def test_lights_that_open_and_fail_again_are_not_told_again() -> None:
    desk = opened_desk()
    desk.drawer.papers[0].fault = FAULT
    desk.lights.show(Pattern.IDLE)
    assert desk.told.get(timeout=PATIENCE_S) is FAULT
    assert desk.drawer.closed.get(timeout=PATIENCE_S) is desk.drawer.papers[0]
    desk.drawer.fault = DeviceLostError("lights", "still broken")
    for _ in range(3):
        desk.pass_time(RETRY_S)
        desk.drawer.closed.get(timeout=PATIENCE_S)
    desk.drawer.fault = None
    desk.pass_time(RETRY_S)
    assert desk.told.get(timeout=PATIENCE_S) is None
    desk.lights.close()
    assert desk.told.empty()


def test_loss_is_told_to_a_listener_that_comes_later() -> None:
    desk = Desk()
    desk.drawer.papers[0].fault = FAULT
    desk.lights.show(Pattern.IDLE)
    desk.lights.watch(desk.told.put)
    assert desk.told.get(timeout=PATIENCE_S) is FAULT
    desk.lights.close()


def test_listener_is_called_on_the_lights_thread_and_may_call_back() -> None:
    desk = Desk()
    names: SimpleQueue[str] = SimpleQueue()

    def listener(_error: HardwareError | None) -> None:
        desk.lights.show(Pattern.ERROR)
        desk.lights.close()
        names.put(current_thread().name)

    desk.lights.watch(listener)
    desk.drawer.papers[0].fault = FAULT
    desk.lights.show(Pattern.IDLE)
    assert names.get(timeout=PATIENCE_S) == "lights"


def test_microphone_light_is_drawn_before_the_call_returns_from_any_thread() -> None:
    desk = Desk()
    paper = desk.drawer.papers[0]
    seen: list[bool] = []

    def light() -> None:
        for is_on in (True, False):
            desk.lights.light_microphone(is_on=is_on)
            seen.append(paper.drawings[-1][1].is_microphone_on)

    thread = Thread(target=light)
    thread.start()
    thread.join(PATIENCE_S)
    assert seen == [True, False]
    desk.lights.light_camera(is_on=True)
    assert paper.drawings[-1][1].is_camera_on
    desk.lights.close()


def test_close_puts_the_pixels_out_and_releases_them() -> None:
    desk = opened_desk()
    desk.lights.light_microphone(is_on=True)
    desk.lights.close()
    desk.lights.light_microphone(is_on=True)
    (paper,) = desk.drawer.papers
    assert paper.drawings[-1][0] == ((0.0, 0.0, 0.0),)
    assert paper.is_closed


def test_close_while_the_device_opens_leaves_nothing_open() -> None:
    desk = opened_desk()
    desk.drawer.papers[0].fault = FAULT
    desk.lights.show(Pattern.IDLE)
    desk.drawer.may_open.clear()
    desk.pass_time(RETRY_S)
    desk.drawer.tried.get(timeout=PATIENCE_S)
    closing = Thread(target=desk.lights.close)
    closing.start()
    desk.lights.show(Pattern.ERROR)  # keeps nobody waiting meanwhile
    desk.drawer.may_open.set()
    closing.join(PATIENCE_S)
    assert not closing.is_alive()
    assert desk.drawer.papers[1].is_closed


def test_close_does_not_wait_for_ever_for_a_device_that_opens(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(drawn, "CLOSING_S", 0.01)
    before = threads()
    desk = opened_desk()
    (thread,) = (each for each in threads() if each.name == "lights" and each not in before)
    desk.drawer.papers[0].fault = FAULT
    desk.lights.show(Pattern.IDLE)
    desk.drawer.may_open.clear()
    desk.pass_time(RETRY_S)
    desk.drawer.tried.get(timeout=PATIENCE_S)
    desk.lights.close()
    desk.drawer.may_open.set()
    thread.join(PATIENCE_S)
    assert desk.drawer.papers[1].is_closed
    assert desk.drawer.papers[1].drawings == []


def test_lights_that_cannot_be_opened_start_no_thread() -> None:
    drawer = Drawer()
    drawer.is_empty = True
    before = [thread for thread in threads() if thread.name == "lights"]
    with pytest.raises(DeviceNotFoundError, match="still gone"):
        DrawnLights(drawer.open, LightsSettings())
    assert [thread for thread in threads() if thread.name == "lights"] == before
