from __future__ import annotations

from queue import Queue
from threading import enumerate as threads
from typing import Literal

import pytest

from myna_hardware.errors import DeviceBusyError, DeviceNotFoundError
from myna_hardware.mute_switch import open_mute_switch
from myna_hardware.mute_switch.none import NoMuteSwitch
from myna_hardware.mute_switch.simulated import SimulatedMuteSwitch
from myna_hardware.mute_switch.switch import SwitchedMute
from myna_hardware.settings import MuteSwitchSettings
from myna_hardware.timers import ManualClock
from support.gpio import PATIENCE_S, EdgelessPin, GroundedPin, MockBoard

SETTINGS = MuteSwitchSettings(driver="gpiozero", pin=16)


@pytest.mark.parametrize(
    ("muted_when", "is_muted"), [("closed", [True, False]), ("open", [False, True])]
)
def test_switch_is_read_when_it_is_opened_and_muted_as_configured(
    muted_when: Literal["closed", "open"], is_muted: list[bool]
) -> None:
    settings = MuteSwitchSettings(driver="gpiozero", pin=16, muted_when=muted_when)
    stands: list[bool] = []
    for board in (MockBoard(GroundedPin), MockBoard()):
        switch = SwitchedMute(settings, board.pins, ManualClock())
        stands.append(switch.is_muted)
        switch.close()
    assert stands == is_muted


def test_switch_tells_its_moves_on_the_real_clock() -> None:
    board = MockBoard()
    switch = SwitchedMute(SETTINGS, board.pins)
    changes: Queue[bool] = Queue()
    switch.listen(changes.put)
    for is_high in (False, True):
        board.drive(16, high=is_high)
        assert changes.get(timeout=PATIENCE_S) is not is_high
    switch.close()


def test_switch_that_stays_closed_runs_no_thread() -> None:
    before = set(threads())
    board = MockBoard()
    switch = SwitchedMute(SETTINGS, board.pins)
    board.drive(16, high=False)
    (clock,) = set(threads()) - before
    clock.join(PATIENCE_S)
    assert set(threads()) <= before
    assert switch.is_muted
    switch.close()


def test_switch_without_edges_is_polled() -> None:
    board, clock = MockBoard(EdgelessPin), ManualClock()
    switch = SwitchedMute(SETTINGS, board.pins, clock)
    changes: list[bool] = []
    switch.listen(changes.append)
    board.drive(16, high=False)
    clock.advance(0.1)
    switch.close()
    assert changes == [True]


def test_switch_that_loses_an_edge_is_read_right_all_the_same() -> None:
    board, clock = MockBoard(), ManualClock()
    switch = SwitchedMute(SETTINGS, board.pins, clock)
    changes: list[bool] = []
    switch.listen(changes.append)
    board.pin(16).is_deaf = True
    board.drive(16, high=False)
    clock.advance(1)
    stands = [switch.is_muted]
    clock.advance(1)
    stands.append(switch.is_muted)
    switch.close()
    assert (stands, changes) == ([False, True], [True])


def test_switch_without_a_pin_is_refused() -> None:
    with pytest.raises(DeviceNotFoundError, match=r"^mute_switch: set mute_switch\.pin"):
        SwitchedMute(MuteSwitchSettings(driver="gpiozero"), MockBoard().pins)


def test_switch_on_a_pin_in_use_is_refused() -> None:
    board = MockBoard()
    button = board.pins.contact("button", 16)
    with pytest.raises(DeviceBusyError, match=r"^mute_switch: GPIO16 is used twice"):
        SwitchedMute(SETTINGS, board.pins)
    button.close()


def test_open_mute_switch_opens_the_driver_that_is_named() -> None:
    settings = MuteSwitchSettings(driver="simulated")
    opened = [open_mute_switch(settings), open_mute_switch(MuteSwitchSettings())]
    assert [type(switch) for switch in opened] == [SimulatedMuteSwitch, NoMuteSwitch]
    for switch in opened:
        assert not switch.is_muted
        switch.close()
