from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from queue import Queue
from threading import enumerate as threads
from typing import TextIO

import pytest

from myna_hardware.button import open_button
from myna_hardware.button.keyboard import KeyboardButton
from myna_hardware.button.none import NoButton
from myna_hardware.button.simulated import SimulatedButton
from myna_hardware.button.switch import SwitchButton
from myna_hardware.errors import DeviceBusyError, DeviceNotFoundError, HardwareError
from myna_hardware.interfaces import Gesture
from myna_hardware.settings import ButtonSettings
from myna_hardware.timers import ManualClock
from support.gpio import PATIENCE_S, EdgelessPin, GroundedPin, MockBoard

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
    clock.advance(1)
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


def test_switch_without_edges_is_polled() -> None:
    board, clock = MockBoard(EdgelessPin), ManualClock()
    button = SwitchButton(SETTINGS, board.pins, clock)
    gestures: list[Gesture] = []
    button.listen(gestures.append)
    assert button.is_polled
    for length_s in (0.1, 1.5):
        clock.advance(5)
        board.drive(23, high=False)
        clock.advance(length_s)
        board.drive(23, high=True)
    clock.advance(5)
    button.close()
    clock.advance(5)
    assert gestures == [Gesture.PRESS, Gesture.HOLD]


def test_switch_whose_release_gets_lost_is_released_all_the_same() -> None:
    board, clock = MockBoard(), ManualClock()
    button = SwitchButton(SETTINGS, board.pins, clock)
    gestures: list[Gesture] = []
    button.listen(gestures.append)
    polled = [button.is_polled]
    board.drive(23, high=False)
    clock.advance(0.3)
    board.pin(23).is_deaf = True
    board.drive(23, high=True)
    clock.advance(0.5)
    polled.append(button.is_polled)
    board.drive(23, high=False)
    clock.advance(1.5)
    button.close()
    assert gestures == [Gesture.PRESS, Gesture.HOLD]
    assert polled == [False, True]


def test_switch_at_rest_runs_no_thread() -> None:
    before = set(threads())
    board = MockBoard()
    button = SwitchButton(SETTINGS, board.pins)
    gestures: Queue[Gesture] = Queue()
    button.listen(gestures.put)
    board.drive(23, high=False)
    (clock,) = set(threads()) - before
    board.drive(23, high=True)
    clock.join(PATIENCE_S)
    assert set(threads()) <= before
    button.close()


def test_switch_that_flutters_stops_listening_until_it_is_quiet() -> None:
    board, clock = MockBoard(), ManualClock()
    button = SwitchButton(SETTINGS, board.pins, clock)
    pin = board.pin(23)
    listens = [pin.when_changed is not None]
    for n in range(100):
        board.drive(23, high=bool(n % 2))
        clock.advance(0.001 * (1 + n % 9))
    clock.advance(1)
    listens.append(pin.when_changed is not None)
    clock.advance(10)
    listens.append(pin.when_changed is not None)
    button.close()
    listens.append(pin.when_changed is not None)
    assert listens == [True, False, True, False]


def test_switch_pressed_when_it_is_opened_tells_whoever_watches_later() -> None:
    board, clock = MockBoard(GroundedPin), ManualClock()
    button = SwitchButton(SETTINGS, board.pins, clock)
    gestures: list[Gesture] = []
    troubles: list[HardwareError | None] = []
    button.listen(gestures.append)
    clock.advance(30)
    button.watch(troubles.append)
    clock.advance(0)
    (trouble,) = troubles
    button.watch(troubles.append)
    clock.advance(30)
    assert list(map(str, troubles)) == [str(trouble)] * 2
    assert str(trouble).startswith("button: GPIO23 is pressed since the start: ")
    board.drive(23, high=True)
    clock.advance(1)
    button.close()
    assert [trouble is None for trouble in troubles] == [False, False, True]
    assert gestures == []


def test_switch_closed_by_its_own_listener_says_no_more() -> None:
    board, clock = MockBoard(), ManualClock()
    button = SwitchButton(SETTINGS, board.pins, clock)
    gestures: list[Gesture] = []

    def close_at(gesture: Gesture) -> None:
        gestures.append(gesture)
        button.close()

    button.listen(close_at)
    board.drive(23, high=False)
    clock.advance(20)
    assert gestures == [Gesture.HOLD]


def test_switch_on_a_pin_in_use_is_refused() -> None:
    board = MockBoard()
    lamp = board.pins.switch("lights", 23, active_high=True)
    with pytest.raises(DeviceBusyError, match=r"^button: GPIO23 is used twice"):
        SwitchButton(SETTINGS, board.pins)
    lamp.close()


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


def test_keyboard_talks_and_counts_down(keys: tuple[TextIO, int]) -> None:
    stream, writer = keys
    button = KeyboardButton(stream)
    gestures: Queue[Gesture] = Queue()
    button.listen(gestures.put)
    button.watch(lambda _trouble: gestures.put(Gesture.PRESS))
    os.write(writer, b"t\nt\nc\nshutdown\n")
    seen = [gestures.get(timeout=PATIENCE_S) for _ in range(8)]
    button.close()
    assert seen == [
        *(Gesture.TALK, Gesture.OVER),
        *(Gesture.HOLD, Gesture.COUNTDOWN, Gesture.CANCEL),
        *(Gesture.HOLD, Gesture.COUNTDOWN, Gesture.SHUTDOWN),
    ]


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


def test_open_button_opens_the_driver_that_is_named() -> None:
    opened = [
        open_button(ButtonSettings(driver="simulated")),
        open_button(ButtonSettings(driver="none")),
    ]
    assert [type(button) for button in opened] == [SimulatedButton, NoButton]
    for button in opened:
        button.close()
