"""What every driver of the mute switch owes its users."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

import pytest

from myna_hardware.interfaces import MuteSwitch
from myna_hardware.mute_switch.simulated import SimulatedMuteSwitch
from myna_hardware.mute_switch.switch import SETTLE_S, SwitchedMute
from myna_hardware.settings import MuteSwitchSettings
from myna_hardware.timers import ManualClock
from support.gpio import MockBoard

SETTINGS = MuteSwitchSettings(driver="simulated", pin=16)


class Hand(Protocol):
    """A mute switch, and what the world can do to it."""

    switch: MuteSwitch

    def flip(self) -> None: ...
    def bounce(self) -> None: ...
    def flutter(self, seconds: float) -> None: ...
    def wait(self, seconds: float) -> None: ...


class HandOnSwitch:
    """The GPIO driver on mock pins."""

    def __init__(self) -> None:
        self._board, self._clock = MockBoard(), ManualClock()
        self.switch: MuteSwitch = SwitchedMute(SETTINGS, self._board.pins, self._clock)

    def _shake(self, *pauses_s: float) -> None:
        for pause_s in pauses_s:
            self._board.drive(16, high=not self._board.level(16))
            self.wait(pause_s)

    def wait(self, seconds: float) -> None:
        self._clock.advance(seconds)

    def flip(self) -> None:
        self._shake(SETTLE_S)

    def bounce(self) -> None:
        self._shake(0.001, 0.008, 0.02, 0.04, SETTLE_S)

    def flutter(self, seconds: float) -> None:
        self._shake(*[1 / 120] * (2 * round(seconds * 60)))


class HandOnSimulated:
    def __init__(self) -> None:
        self.switch: MuteSwitch = (switch := SimulatedMuteSwitch(SETTINGS))
        self.flip, self.bounce = switch.flip, switch.bounce
        self.flutter, self.wait = switch.flutter, switch.wait


@pytest.fixture(params=[HandOnSwitch, HandOnSimulated])
def hand(request: pytest.FixtureRequest) -> Iterator[Hand]:
    made = request.param()
    yield made
    made.switch.close()


def changes_of(hand: Hand) -> list[bool]:
    changes: list[bool] = []
    hand.switch.listen(changes.append)
    return changes


def test_switch_tells_where_it_stands_and_when_it_moves(hand: Hand) -> None:
    changes = changes_of(hand)
    assert not hand.switch.is_muted
    for is_muted in (True, False, True):
        hand.flip()
        assert hand.switch.is_muted is is_muted
    assert changes == [True, False, True]


def test_switch_that_bounces_moves_once(hand: Hand) -> None:
    changes = changes_of(hand)
    hand.bounce()
    hand.wait(1)
    hand.bounce()
    hand.wait(1)
    assert changes == [True, False]


@pytest.mark.parametrize("is_muted", [False, True])
def test_switch_that_flutters_stands_where_it_stood(hand: Hand, is_muted: bool) -> None:
    if is_muted:
        hand.flip()
    changes = changes_of(hand)
    hand.flutter(5)
    assert hand.switch.is_muted is is_muted
    hand.wait(10)
    assert hand.switch.is_muted is is_muted
    assert changes == []


def test_switch_flipped_during_flutter_is_told_when_it_is_quiet(hand: Hand) -> None:
    changes = changes_of(hand)
    hand.flutter(1)
    hand.flip()
    assert changes == []
    hand.wait(10)
    assert changes == [True]


def test_switch_stays_where_it_is_for_months(hand: Hand) -> None:
    hand.flip()
    changes = changes_of(hand)
    hand.wait(100 * 24 * 3600)
    assert hand.switch.is_muted
    assert changes == []


def test_switch_tells_the_listener_that_came_last(hand: Hand) -> None:
    former, latter = changes_of(hand), changes_of(hand)
    hand.flip()
    assert (former, latter) == ([], [True])


def test_switch_says_nothing_after_close_and_stands_where_it_stood(hand: Hand) -> None:
    changes = changes_of(hand)
    hand.switch.close()
    hand.switch.close()
    hand.flip()
    assert changes == []
    assert not hand.switch.is_muted
