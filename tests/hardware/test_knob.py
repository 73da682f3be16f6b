from __future__ import annotations

from queue import Queue

import pytest

from myna_hardware.errors import DeviceBusyError, DeviceNotFoundError, HardwareError
from myna_hardware.knob import open_knob
from myna_hardware.knob.encoder import GATHER_S, EncoderKnob
from myna_hardware.knob.none import NoKnob
from myna_hardware.knob.simulated import CYCLE, SimulatedKnob
from myna_hardware.settings import KnobSettings
from myna_hardware.timers import ManualClock
from support.gpio import PATIENCE_S, EdgelessPin, MockBoard

SETTINGS = KnobSettings(driver="gpiozero", a_pin=23, b_pin=24)


def turn(board: MockBoard, times: int = 1) -> None:
    for is_a_high, is_b_high in CYCLE * times:
        board.drive(23, high=is_a_high)
        board.drive(24, high=is_b_high)


def test_encoder_tells_turns_on_the_real_clock() -> None:
    board = MockBoard()
    knob = EncoderKnob(SETTINGS, board.pins)
    turns: Queue[int] = Queue()
    knob.listen(turns.put)
    turn(board, 3)
    told = turns.get(timeout=PATIENCE_S)
    while told < 3:
        told += turns.get(timeout=PATIENCE_S)
    knob.close()
    assert told == 3


def test_encoder_gathers_detents_and_says_nothing_of_those_turned_back() -> None:
    board, clock = MockBoard(), ManualClock()
    knob = EncoderKnob(SETTINGS, board.pins, clock)
    turns: list[int] = []
    knob.listen(turns.append)
    turn(board)
    clock.advance(GATHER_S / 2)
    turn(board)
    assert turns == []
    clock.advance(GATHER_S)
    for is_a_high, is_b_high in CYCLE:
        board.drive(24, high=is_a_high)
        board.drive(23, high=is_b_high)
    turn(board)
    clock.advance(GATHER_S)
    knob.close()
    assert turns == [2]


def test_encoder_whose_click_comes_in_halves_bounces_no_detent() -> None:
    board, clock = MockBoard(), ManualClock()
    knob = EncoderKnob(SETTINGS, board.pins, clock)
    turns: list[int] = []
    knob.listen(turns.append)
    for pin, is_high in ((23, False), (24, False), (23, True), (24, True)):
        for level in (is_high, not is_high, is_high):
            board.drive(pin, high=level)
    clock.advance(GATHER_S)
    knob.close()
    assert turns == [1]


@pytest.mark.parametrize(
    "settings", [KnobSettings(driver="gpiozero"), KnobSettings(driver="gpiozero", a_pin=23)]
)
def test_encoder_without_both_pins_is_refused(settings: KnobSettings) -> None:
    with pytest.raises(DeviceNotFoundError, match=r"^knob: set knob\.a_pin and knob\.b_pin"):
        EncoderKnob(settings, MockBoard().pins)


@pytest.mark.parametrize("taken", [23, 24])
def test_encoder_on_a_pin_in_use_is_refused(taken: int) -> None:
    board = MockBoard()
    other = board.pins.contact("button", taken)
    with pytest.raises(DeviceBusyError, match=f"^knob: GPIO{taken} is used twice"):
        EncoderKnob(SETTINGS, board.pins)
    other.close()
    EncoderKnob(SETTINGS, board.pins).close()


def test_encoder_without_edges_is_refused() -> None:
    board = MockBoard(EdgelessPin)
    with pytest.raises(HardwareError, match=r"^knob: no edges .* GPIOZERO_PIN_FACTORY") as refusal:
        EncoderKnob(SETTINGS, board.pins)
    assert isinstance(refusal.value.__cause__, RuntimeError)


def test_encoder_that_was_refused_leaves_its_pins_free() -> None:
    board = MockBoard(EdgelessPin)
    troubles: list[HardwareError] = []
    try:
        EncoderKnob(SETTINGS, board.pins)
    except HardwareError as error:
        troubles.append(error)  # kept, as whoever tries again later may
    for pin in (23, 24):
        board.pins.contact("button", pin).close()
    assert troubles


def test_open_knob_opens_the_driver_that_is_named() -> None:
    opened = [open_knob(KnobSettings(driver="simulated")), open_knob(KnobSettings())]
    assert [type(knob) for knob in opened] == [SimulatedKnob, NoKnob]
    for knob in opened:
        knob.close()
