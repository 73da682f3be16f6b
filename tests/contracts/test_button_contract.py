"""What every driver of the button owes its users."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from queue import Queue
from typing import Protocol

import pytest

from myna_hardware.button.keyboard import KeyboardButton
from myna_hardware.button.simulated import SimulatedButton
from myna_hardware.button.switch import SwitchButton
from myna_hardware.contact.reader import SETTLE_S
from myna_hardware.errors import HardwareError
from myna_hardware.interfaces import Button, Gesture
from myna_hardware.settings import ButtonSettings
from myna_hardware.timers import ManualClock
from support import kernel_pins
from support.gpio import PATIENCE_S, MockBoard
from support.kernel_pins import KernelBoard

SETTINGS = ButtonSettings(driver="simulated", pin=23)


class Hand(Protocol):
    """A button, and what a hand can do to it."""

    button: Button

    def press(self) -> None: ...
    def hold(self) -> None: ...
    def double_press(self) -> None: ...


class HandOnSwitch:
    """The GPIO driver on mock pins."""

    def __init__(self, settings: ButtonSettings = SETTINGS) -> None:
        self._board, self._clock = MockBoard(), ManualClock()
        self.button: Button = SwitchButton(settings, self._board.pins, self._clock)

    def _push(self, length_s: float) -> None:
        self._board.drive(23, high=False)
        self.wait(length_s)
        self._board.drive(23, high=True)
        self.wait(SETTLE_S)

    def _shake(self, *pauses_s: float) -> None:
        """Change the level, and do so again after each pause."""
        for pause_s in (*pauses_s, 0.0):
            self._board.drive(23, high=not self._board.level(23))
            self.wait(pause_s)

    def wait(self, seconds: float) -> None:
        self._clock.advance(seconds)

    def press(self) -> None:
        self.wait(5)
        self._push(0.1)

    def hold(self, seconds: float = 2) -> None:
        self.wait(5)
        self._push(seconds)

    def double_press(self) -> None:
        self.press()
        self.wait(0.1)
        self._push(0.1)

    def bounce(self) -> None:
        self.wait(5)
        self._shake(0.001, 0.008, 0.004, 0.002)
        self.wait(0.1)
        self._shake(0.001, 0.001, 0.008, 0.008)
        self.wait(0.1)

    def flutter(self, seconds: float) -> None:
        half_period_s = 1 / 60 / 2
        self._shake(*[half_period_s] * (2 * round(seconds * 60) - 1))


class HandOnSimulated:
    def __init__(self, settings: ButtonSettings = SETTINGS) -> None:
        self.button: Button = (button := SimulatedButton(settings))
        self.press, self.hold, self.double_press = button.press, button.hold, button.double_press
        self.bounce, self.flutter, self.wait = button.bounce, button.flutter, button.wait


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


class HandOnKernel:
    """The GPIO driver on the kernel's pins, where time is real."""

    def __init__(self) -> None:
        self._board = KernelBoard()
        self.button: Button = SwitchButton(SETTINGS, self._board.pins)

    def _push(self, length_s: float) -> None:
        self._board.drive(23, high=False)
        time.sleep(length_s)
        self._board.drive(23, high=True)
        time.sleep(2 * SETTLE_S)

    def press(self) -> None:
        time.sleep(SETTINGS.double_s)
        self._push(0.1)

    def hold(self) -> None:
        time.sleep(SETTINGS.double_s)
        self._push(2 * SETTINGS.hold_s)

    def double_press(self) -> None:
        self.press()
        self._push(0.1)


HANDS: list[type[Hand]] = [HandOnSwitch, HandOnSimulated, HandOnKeyboard]
if kernel_pins.are_here():
    HANDS.append(HandOnKernel)


@pytest.fixture(params=HANDS)
def hand(request: pytest.FixtureRequest) -> Iterator[Hand]:
    made = request.param()
    yield made
    made.button.close()
    if isinstance(made, HandOnKeyboard):
        made.let_go()


HandOnPin = HandOnSwitch | HandOnSimulated


@pytest.fixture(params=[HandOnSwitch, HandOnSimulated])
def make_hand(request: pytest.FixtureRequest) -> type[HandOnPin]:
    hand: type[HandOnPin] = request.param
    return hand


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


def gestures_of(hand: HandOnPin) -> list[Gesture]:
    gestures: list[Gesture] = []
    hand.button.listen(gestures.append)
    return gestures


def troubles_of(hand: HandOnPin) -> list[HardwareError | None]:
    troubles: list[HardwareError | None] = []
    hand.button.watch(troubles.append)
    return troubles


def test_button_held_for_ten_seconds_counts_down_and_shuts_down(
    make_hand: type[HandOnPin],
) -> None:
    hand = make_hand()
    gestures = gestures_of(hand)
    for seconds in (5, 10):
        hand.hold(seconds)
    assert gestures == [
        *(Gesture.HOLD, Gesture.COUNTDOWN, Gesture.CANCEL),
        *(Gesture.HOLD, Gesture.COUNTDOWN, Gesture.SHUTDOWN),
    ]


def test_button_held_for_ten_seconds_is_held_where_it_must_not_shut_down(
    make_hand: type[HandOnPin],
) -> None:
    hand = make_hand(ButtonSettings(driver="simulated", pin=23, shutdown=False))
    gestures = gestures_of(hand)
    hand.hold(10)
    assert gestures == [Gesture.HOLD]


def test_button_for_talk_says_talk_and_over(make_hand: type[HandOnPin]) -> None:
    hand = make_hand(ButtonSettings(driver="simulated", pin=23, mode="talk"))
    gestures = gestures_of(hand)
    hand.hold(20)
    hand.double_press()
    assert gestures == [Gesture.TALK, Gesture.OVER] * 3


def test_button_that_bounces_is_pressed_once(make_hand: type[HandOnPin]) -> None:
    hand = make_hand()
    gestures = gestures_of(hand)
    troubles = troubles_of(hand)
    for count in range(1, 4):
        hand.bounce()
        assert gestures == [Gesture.PRESS] * count
    assert troubles == []


def test_button_that_flutters_is_told_of_once_and_not_obeyed(make_hand: type[HandOnPin]) -> None:
    hand = make_hand()
    gestures, troubles = gestures_of(hand), troubles_of(hand)
    hand.flutter(8)
    (trouble,) = troubles
    assert str(trouble).startswith("button: GPIO23 flutters (about 1")
    hand.wait(10)
    assert troubles == [trouble, None]
    assert gestures == []
    hand.press()
    assert gestures == [Gesture.PRESS]


def test_button_that_flutters_again_is_told_of_again(make_hand: type[HandOnPin]) -> None:
    hand = make_hand()
    troubles = troubles_of(hand)
    for _ in range(2):
        hand.flutter(1)
        hand.wait(10)
    assert [trouble is None for trouble in troubles] == [False, True, False, True]


def test_button_pressed_without_end_is_told_of_and_ignored(make_hand: type[HandOnPin]) -> None:
    hand = make_hand(ButtonSettings(driver="simulated", pin=23, mode="talk"))
    gestures, troubles = gestures_of(hand), troubles_of(hand)
    hand.hold(600)
    assert gestures == [Gesture.TALK, Gesture.OVER]
    trouble, end = troubles
    assert "GPIO23 is pressed without end" in str(trouble)
    assert end is None
