"""What every driver of the knob owes its users."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

import pytest

from myna_hardware.interfaces import Knob
from myna_hardware.knob.encoder import GATHER_S, EncoderKnob
from myna_hardware.knob.simulated import SimulatedKnob
from myna_hardware.settings import KnobSettings
from myna_hardware.timers import ManualClock
from support.gpio import MockBoard

SETTINGS = KnobSettings(driver="simulated", a_pin=23, b_pin=24)
CLOCKWISE = ((23, False), (24, False), (23, True), (24, True))
BACK = ((24, False), (23, False), (24, True), (23, True))


class Hand(Protocol):
    """A knob, and what a hand can do to it."""

    knob: Knob

    def turn(self, detents: int) -> None: ...
    def bounce(self) -> None: ...


class HandOnEncoder:
    """The GPIO driver on mock pins."""

    def __init__(self) -> None:
        self._board, self._clock = MockBoard(), ManualClock()
        self.knob: Knob = EncoderKnob(SETTINGS, self._board.pins, self._clock)

    def turn(self, detents: int) -> None:
        for pin, is_high in (CLOCKWISE if detents > 0 else BACK) * abs(detents):
            self._board.drive(pin, high=is_high)
        self._clock.advance(GATHER_S)

    def bounce(self) -> None:
        for pin in (23, 24):
            for is_high in (False, True) * 8:
                self._board.drive(pin, high=is_high)
        self._clock.advance(GATHER_S)


class HandOnSimulated:
    def __init__(self) -> None:
        self.knob: Knob = (knob := SimulatedKnob(SETTINGS))
        self.turn, self.bounce = knob.turn, knob.bounce


@pytest.fixture(params=[HandOnEncoder, HandOnSimulated])
def hand(request: pytest.FixtureRequest) -> Iterator[Hand]:
    made = request.param()
    yield made
    made.knob.close()


def turns_of(hand: Hand) -> list[int]:
    turns: list[int] = []
    hand.knob.listen(turns.append)
    return turns


def test_knob_tells_which_way_and_how_far_it_was_turned(hand: Hand) -> None:
    turns = turns_of(hand)
    for detents in (1, -1, 3, -2):
        hand.turn(detents)
    assert turns == [1, -1, 3, -2]


def test_knob_turned_fast_loses_nothing_and_tells_it_at_once(hand: Hand) -> None:
    turns = turns_of(hand)
    hand.turn(500)
    hand.turn(-499)
    assert turns == [500, -499]


def test_knob_with_one_contact_bouncing_is_not_turned(hand: Hand) -> None:
    turns = turns_of(hand)
    hand.bounce()
    assert turns == []
    hand.turn(1)
    assert turns == [1]


def test_knob_tells_the_listener_that_came_last(hand: Hand) -> None:
    former, latter = turns_of(hand), turns_of(hand)
    hand.turn(2)
    assert (former, latter) == ([], [2])


def test_knob_may_be_turned_with_nobody_listening_and_forgets_it(hand: Hand) -> None:
    hand.turn(5)
    turns = turns_of(hand)
    hand.turn(1)
    assert turns == [1]


def test_knob_says_nothing_after_close(hand: Hand) -> None:
    turns = turns_of(hand)
    hand.knob.close()
    hand.knob.close()
    hand.turn(1)
    assert turns == []
