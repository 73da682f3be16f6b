from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from myna_hardware.errors import (
    BadFormatError,
    DeviceBusyError,
    DeviceLostError,
    DeviceNotFoundError,
)
from myna_hardware.gpio import Pins
from myna_hardware.outputs import make_safe, open_outputs
from myna_hardware.outputs.simulated import SimulatedOutputs
from myna_hardware.outputs.switched import SwitchedOutputs
from myna_hardware.settings import OutputSettings
from myna_hardware.timers import Alarm, ManualAlarm, ManualClock
from support.gpio import PATIENCE_S, MockBoard, WatchedPin


@pytest.mark.parametrize(
    ("initial", "level"), [(True, 100), (False, 0), (1, 1), (0, 0), (100, 100), (55, 55)]
)
def test_initial_level_is_a_percentage_or_on_and_off(initial: int | bool, level: int) -> None:
    output = OutputSettings(pin=4, initial=initial)
    assert (output.initial_level, output.safe_level) == (level, level)


@pytest.mark.parametrize(("safe", "level"), [(True, 100), (False, 0), (30, 30), (0, 0)])
def test_safe_level_is_its_own_where_it_is_set(safe: int | bool, level: int) -> None:
    output = OutputSettings(pin=4, initial=60, safe=safe)
    assert (output.initial_level, output.safe_level) == (60, level)


def test_states_are_read_back_from_the_pin() -> None:
    board = MockBoard()
    outputs = SwitchedOutputs({"lamp": OutputSettings(pin=4)}, {"gpiozero": board.pins})
    board.pin(4).state = 1.0
    assert outputs.states()["lamp"].level == 100
    outputs.close()


def test_active_low_output_is_high_when_off() -> None:
    board = MockBoard()
    relay = OutputSettings(pin=4, active_high=False)
    dimmer = OutputSettings(pin=5, active_high=False, dimmable=True)
    outputs = SwitchedOutputs({"relay": relay, "strip": dimmer}, {"gpiozero": board.pins})
    assert [board.level(4), board.level(5)] == [1, 1]
    outputs.set_level("relay", 100)
    outputs.set_level("strip", 30)
    assert [board.level(4), board.level(5)] == [0, pytest.approx(0.7)]
    outputs.close()


@pytest.mark.parametrize(
    ("fan", "levels"),
    [
        (OutputSettings(pin=4, initial=True), [0, 1, 0, 1]),
        (OutputSettings(pin=4, safe=True), [0, 1]),
        (OutputSettings(pin=4, initial=True, safe=False), [0, 1, 0]),
        (OutputSettings(pin=4, initial=80, safe=40, dimmable=True), [0, 0.8, 0]),
        (OutputSettings(pin=4, initial=80, safe=100, dimmable=True), [0, 0.8, 0, 1]),
    ],
)
def test_close_leaves_the_safe_level_before_it_lets_go(
    fan: OutputSettings, levels: list[float]
) -> None:
    board = MockBoard()
    outputs = SwitchedOutputs({"fan": fan}, {"gpiozero": board.pins})
    outputs.set_level("fan", 0)
    outputs.close()
    seen = [float(state.state) for state in board.pin(4).states]
    assert seen[: len(levels)] == pytest.approx(levels)


class TornPin(WatchedPin):
    """A pin that the kernel does not write to any more."""

    is_torn = False

    def _change_state(self, value: float) -> bool:
        if self.is_torn:
            raise OSError(5, "Input/output error")
        return super()._change_state(value)


def test_close_goes_on_when_one_output_fails() -> None:
    board = MockBoard(TornPin)
    outputs = SwitchedOutputs(
        {name: OutputSettings(pin=pin) for name, pin in (("lamp", 4), ("fan", 5), ("pump", 6))},
        {"gpiozero": board.pins},
    )
    for name in outputs.states():
        outputs.set_level(name, 100)
    board.pin(5).is_torn = True
    with pytest.raises(DeviceLostError, match=r"^outputs\.fan: GPIO5 does not answer: "):
        outputs.close()
    assert [board.level(pin) for pin in (4, 5, 6)] == [0, 1, 0]
    board.pin(5).is_torn = False


def test_output_of_pulses_that_rests_on_is_refused() -> None:
    board = MockBoard()
    settings = {"door": OutputSettings(pin=4, pulse_s=0.5, initial=True)}
    with pytest.raises(BadFormatError, match=r"^outputs\.door: it goes on for pulse_s only"):
        SwitchedOutputs(settings, {"gpiozero": board.pins})
    assert board.level(4) == 0


def test_pulse_has_a_thread_only_while_it_runs() -> None:
    board = MockBoard()
    outputs = SwitchedOutputs({"bell": OutputSettings(pin=4)}, {"gpiozero": board.pins})
    before = set(threading.enumerate())
    outputs.pulse("bell", 0.05)
    (running,) = set(threading.enumerate()) - before
    board.pin(4).await_levels(1, 0)
    running.join(PATIENCE_S)
    assert not running.is_alive()
    assert outputs.states()["bell"].level == 0
    outputs.pulse("bell", 60)
    (running,) = set(threading.enumerate()) - before
    outputs.close()
    running.join(PATIENCE_S)
    assert not running.is_alive()


def test_end_of_a_pulse_is_tried_again_until_the_output_is_off() -> None:
    board, clock = MockBoard(TornPin), ManualClock()
    outputs = SwitchedOutputs({"door": OutputSettings(pin=4)}, {"gpiozero": board.pins}, clock)
    outputs.pulse("door", 1)
    board.pin(4).is_torn = True
    clock.advance(3)
    assert outputs.states()["door"].level == 100
    board.pin(4).is_torn = False
    clock.advance(1)
    assert outputs.states()["door"].level == 0
    outputs.close()


def test_output_that_does_not_answer_says_so() -> None:
    board = MockBoard(TornPin)
    outputs = SwitchedOutputs({"lamp": OutputSettings(pin=4)}, {"gpiozero": board.pins})
    board.pin(4).is_torn = True
    with pytest.raises(DeviceLostError, match=r"^outputs\.lamp: GPIO4 does not answer: .*Input"):
        outputs.set_level("lamp", 100)
    board.pin(4).is_torn = False
    outputs.close()


class LateClock(ManualClock):
    """A clock that is asked to cancel an alarm when its thread runs already."""

    def call_at(self, due_s: float, call: Callable[[], None]) -> Alarm:
        super().call_at(due_s, call)
        return ManualAlarm(due_s, call)


def test_end_of_a_pulse_that_comes_too_late_switches_nothing() -> None:
    clock = LateClock()
    bell = {"bell": OutputSettings(pin=4)}
    outputs = SwitchedOutputs(bell, {"gpiozero": MockBoard().pins}, clock)
    outputs.pulse("bell", 1)
    outputs.set_level("bell", 100)
    clock.advance(1)
    assert outputs.states()["bell"].level == 100
    outputs.pulse("bell", 1)
    outputs.close()
    clock.advance(1)


class CuttingPin(WatchedPin):
    """A pin that cuts duty cycles down to whole percents, as gpiozero's lgpio pins do."""

    def _set_state(self, value: float) -> None:
        super()._set_state(int(value * 100) / 100)


@pytest.mark.parametrize("active_high", [True, False])
def test_dimmed_output_has_the_percentage_that_was_set(active_high: bool) -> None:
    board = MockBoard(CuttingPin)
    strip = OutputSettings(pin=4, dimmable=True, active_high=active_high)
    outputs = SwitchedOutputs({"strip": strip}, {"gpiozero": board.pins})
    assert [outputs.set_level("strip", level).level for level in range(101)] == list(range(101))
    outputs.close()


def test_make_safe_puts_real_outputs_to_their_safe_levels() -> None:
    board = MockBoard()
    settings = {
        "heater": OutputSettings(pin=4, initial=True, safe=False),
        "fan": OutputSettings(pin=5, safe=True),
        "strip": OutputSettings(pin=6, dimmable=True, initial=40),
        "toy": OutputSettings(pin=7, driver="simulated", safe=True),
    }
    assert make_safe(settings, lambda: board.pins) == []
    levels = {pin: [state.state for state in board.pin(pin).states] for pin in (4, 5, 6)}
    assert levels[4] == [0]
    assert levels[5][:2] == [0, 1]
    assert levels[6] == [0]
    assert len(board.pin(7).states) == 1


def test_make_safe_goes_on_when_one_output_cannot_be_set() -> None:
    board = MockBoard()
    held = board.pins.switch("another", 4, active_high=True)
    settings = {"heater": OutputSettings(pin=4), "fan": OutputSettings(pin=5, safe=True)}
    errors = make_safe(settings, lambda: board.pins)
    assert [str(error) for error in errors] == [
        "outputs.heater: GPIO4 is used twice: give it another pin"
    ]
    assert 1 in [state.state for state in board.pin(5).states]
    held.close()


def test_make_safe_says_once_that_there_are_no_pins() -> None:
    def open_pins() -> Pins:
        raise DeviceNotFoundError("outputs", "this machine has no GPIO pins")

    settings = {"heater": OutputSettings(pin=4), "fan": OutputSettings(pin=5)}
    assert [error.problem for error in make_safe(settings, open_pins)] == [
        "this machine has no GPIO pins"
    ]
    assert make_safe({"toy": OutputSettings(pin=4, driver="simulated")}, open_pins) == []


def test_pin_in_use_names_the_output_and_frees_the_others() -> None:
    board = MockBoard()
    settings = {"lamp": OutputSettings(pin=4), "fan": OutputSettings(pin=4)}
    with pytest.raises(DeviceBusyError, match=r"^outputs\.fan: GPIO4 is used twice") as refusal:
        SwitchedOutputs(settings, {"gpiozero": board.pins})
    board.pins.switch("lights", 4, active_high=True).close()
    del refusal  # held until here, so that nothing was freed by the garbage collector


def test_real_and_simulated_outputs_stand_side_by_side() -> None:
    board = MockBoard()
    settings = {
        "lamp": OutputSettings(pin=4, driver="gpiozero"),
        "fan": OutputSettings(pin=5, driver="simulated"),
    }
    outputs = SimulatedOutputs(settings, board.pins)
    outputs.set_level("lamp", 100)
    outputs.set_level("fan", 100)
    assert board.level(4) == 1
    assert outputs.pins.level(5) == 1
    assert list(outputs.states()) == ["lamp", "fan"]
    outputs.close()


def test_simulated_outputs_remember_what_was_switched() -> None:
    outputs = SimulatedOutputs({"lamp": OutputSettings(pin=4, driver="simulated")})
    outputs.set_level("lamp", 30)
    outputs.close()
    assert outputs.history == [("lamp", 100), ("lamp", 0)]


def test_simulated_outputs_remember_pulses_and_their_ends() -> None:
    clock = ManualClock()
    bell = OutputSettings(pin=4, driver="simulated")
    outputs = SimulatedOutputs({"bell": bell}, clock=clock)
    outputs.pulse("bell", 1)
    clock.advance(1)
    assert outputs.history == [("bell", 100), ("bell", 0)]
    outputs.close()


def test_open_outputs_opens_the_drivers_that_are_named() -> None:
    simulated = open_outputs({"lamp": OutputSettings(pin=4, driver="simulated")})
    assert isinstance(simulated, SimulatedOutputs)
    simulated.close()
    assert open_outputs({}).states() == {}
