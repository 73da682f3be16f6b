from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from queue import Queue
from threading import Event
from threading import enumerate as threads
from typing import TextIO

import pytest

from myna_hardware.button import open_button
from myna_hardware.button.keyboard import KeyboardButton
from myna_hardware.button.none import NoButton
from myna_hardware.button.simulated import SimulatedButton
from myna_hardware.button.switch import SwitchButton
from myna_hardware.errors import DeviceNotFoundError
from myna_hardware.interfaces import Gesture
from myna_hardware.settings import ButtonSettings
from myna_hardware.timers import ManualClock, RealClock
from support.gpio import PATIENCE_S, MockBoard

SETTINGS = ButtonSettings(driver="gpiozero", pin=23, hold_s=1, double_s=0.4)


def test_switch_reports_a_hold_on_the_real_clock_while_still_held() -> None:
    board = MockBoard()
    button = SwitchButton(ButtonSettings(driver="gpiozero", pin=23, hold_s=0.02), board.pins)
    gestures: Queue[Gesture] = Queue()
    button.listen(gestures.put)
    board.drive(23, high=False)
    assert gestures.get(timeout=PATIENCE_S) is Gesture.HOLD
    board.drive(23, high=True)
    button.close()
    assert gestures.empty()


def test_switch_takes_hold_and_double_times_from_its_settings() -> None:
    board, clock = MockBoard(), ManualClock()
    button = SwitchButton(SETTINGS, board.pins, clock)
    gestures: list[Gesture] = []
    button.listen(gestures.append)
    for pause_s, length_s in ((0, 0.9), (0.5, 0.1), (0.3, 0.1), (2, 1.0)):
        clock.advance(pause_s)
        board.drive(23, high=False)
        clock.advance(length_s)
        board.drive(23, high=True)
    button.close()
    assert gestures == [Gesture.PRESS, Gesture.PRESS, Gesture.DOUBLE, Gesture.HOLD]


def test_switch_closed_while_pressed_reports_no_hold() -> None:
    board, clock = MockBoard(), ManualClock()
    button = SwitchButton(SETTINGS, board.pins, clock)
    gestures: list[Gesture] = []
    button.listen(gestures.append)
    board.drive(23, high=False)
    button.close()
    clock.advance(5)
    assert gestures == []


def test_switch_without_a_pin_is_refused() -> None:
    with pytest.raises(DeviceNotFoundError, match=r"^button: set button\.pin"):
        SwitchButton(ButtonSettings(driver="gpiozero"), MockBoard().pins)


def test_simulated_button_tells_two_separate_presses_from_a_double() -> None:
    button = SimulatedButton(SETTINGS)
    gestures: list[Gesture] = []
    button.listen(gestures.append)
    button.press()
    button.press()
    button.double_press()
    button.close()
    assert gestures == [Gesture.PRESS, Gesture.PRESS, Gesture.PRESS, Gesture.DOUBLE]


@pytest.fixture
def keys() -> Iterator[tuple[TextIO, int]]:
    reader, writer = os.pipe()
    with os.fdopen(reader) as stream:
        yield stream, writer
    os.close(writer)


def test_keyboard_reads_lines_that_arrive_in_pieces(keys: tuple[TextIO, int]) -> None:
    stream, writer = keys
    button = KeyboardButton(stream)
    gestures: Queue[Gesture] = Queue()
    button.listen(gestures.put)
    for piece in (b"h", b"\nhello\n", b" D \n\n"):
        os.write(writer, piece)
    seen = [gestures.get(timeout=PATIENCE_S) for _ in range(3)]
    button.close()
    assert seen == [Gesture.HOLD, Gesture.DOUBLE, Gesture.PRESS]


def test_keyboard_ends_with_its_input() -> None:
    reader, writer = os.pipe()
    with os.fdopen(reader) as stream:
        button = KeyboardButton(stream)
        gestures: Queue[Gesture] = Queue()
        button.listen(gestures.put)
        reading = next(thread for thread in threads() if thread.name == "keyboard")
        os.write(writer, b"\nunfinished")
        os.close(writer)
        assert gestures.get(timeout=PATIENCE_S) is Gesture.PRESS
        reading.join(PATIENCE_S)
        assert not reading.is_alive()
        button.close()
        assert gestures.empty()


def test_keyboard_is_refused_when_standard_input_is_no_terminal() -> None:
    assert not sys.stdin.isatty()
    with pytest.raises(DeviceNotFoundError, match="standard input is not a terminal"):
        KeyboardButton()


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


def test_open_button_opens_the_driver_that_is_named() -> None:
    opened = [
        open_button(ButtonSettings(driver="simulated")),
        open_button(ButtonSettings(driver="none")),
    ]
    assert [type(button) for button in opened] == [SimulatedButton, NoButton]
    for button in opened:
        button.close()
