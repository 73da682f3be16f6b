"""What every driver of the button owes its users."""

from __future__ import annotations

import os
from collections.abc import Iterator
from queue import Queue
from typing import Protocol

import pytest

from myna_hardware.button.keyboard import KeyboardButton
from myna_hardware.button.simulated import SimulatedButton
from myna_hardware.button.switch import SwitchButton
from myna_hardware.interfaces import Button, Gesture
from myna_hardware.settings import ButtonSettings
from myna_hardware.timers import ManualClock
from support.gpio import PATIENCE_S, MockBoard

SETTINGS = ButtonSettings(driver="simulated", pin=23)


class Hand(Protocol):
    """A button, and what a hand can do to it."""

    button: Button

    def press(self) -> None: ...
    def hold(self) -> None: ...
    def double_press(self) -> None: ...


class HandOnSwitch:
    """The GPIO driver on mock pins."""

    def __init__(self) -> None:
        self._board, self._clock = MockBoard(), ManualClock()
        self.button: Button = SwitchButton(SETTINGS, self._board.pins, self._clock)

    def _push(self, length_s: float) -> None:
        self._board.drive(23, high=False)
        self._clock.advance(length_s)
        self._board.drive(23, high=True)

    def press(self) -> None:
        self._clock.advance(5)
        self._push(0.1)

    def hold(self) -> None:
        self._clock.advance(5)
        self._push(2)

    def double_press(self) -> None:
        self.press()
        self._clock.advance(0.1)
        self._push(0.1)


class HandOnSimulated:
    def __init__(self) -> None:
        self.button: Button = (button := SimulatedButton(SETTINGS))
        self.press, self.hold, self.double_press = button.press, button.hold, button.double_press


class HandOnKeyboard:
    def __init__(self) -> None:
        reader, self._writer = os.pipe()
        self._stream = os.fdopen(reader)
        self.button: Button = KeyboardButton(self._stream)

    def press(self) -> None:
        os.write(self._writer, b"\n")

    def hold(self) -> None:
        os.write(self._writer, b"h\n")

    def double_press(self) -> None:
        os.write(self._writer, b"d\n")

    def let_go(self) -> None:
        os.close(self._writer)
        self._stream.close()


@pytest.fixture(params=[HandOnSwitch, HandOnSimulated, HandOnKeyboard])
def hand(request: pytest.FixtureRequest) -> Iterator[Hand]:
    made = request.param()
    yield made
    made.button.close()
    if isinstance(made, HandOnKeyboard):
        made.let_go()


def next_but_press(gestures: Queue[Gesture]) -> Gesture:
    """Return the next gesture, past the PRESS that may come before a DOUBLE."""
    first = gestures.get(timeout=PATIENCE_S)
    return gestures.get(timeout=PATIENCE_S) if first is Gesture.PRESS else first


def test_button_reports_press_hold_and_double(hand: Hand) -> None:
    gestures: Queue[Gesture] = Queue()
    hand.button.listen(gestures.put)
    hand.press()
    assert gestures.get(timeout=PATIENCE_S) is Gesture.PRESS
    hand.hold()
    assert gestures.get(timeout=PATIENCE_S) is Gesture.HOLD
    hand.double_press()
    assert next_but_press(gestures) is Gesture.DOUBLE
    hand.button.close()
    assert gestures.empty()


def test_button_reports_to_the_listener_that_came_last(hand: Hand) -> None:
    former: Queue[Gesture] = Queue()
    latter: Queue[Gesture] = Queue()
    hand.button.listen(former.put)
    hand.button.listen(latter.put)
    hand.press()
    assert latter.get(timeout=PATIENCE_S) is Gesture.PRESS
    assert former.empty()


def test_button_says_nothing_after_close(hand: Hand) -> None:
    gestures: Queue[Gesture] = Queue()
    hand.button.listen(gestures.put)
    hand.button.close()
    hand.button.close()
    hand.press()
    assert gestures.empty()


def test_button_may_be_pressed_with_nobody_listening(hand: Hand) -> None:
    hand.press()
    hand.hold()
    hand.button.close()
