from __future__ import annotations

import pytest

from myna_hardware.errors import DeviceBusyError
from myna_hardware.outputs import open_outputs
from myna_hardware.outputs.simulated import SimulatedOutputs
from myna_hardware.outputs.switched import SwitchedOutputs, initial_level
from myna_hardware.settings import OutputSettings
from support.gpio import MockBoard


@pytest.mark.parametrize(
    ("initial", "level"), [(True, 100), (False, 0), (1, 1), (0, 0), (100, 100), (55, 55)]
)
def test_initial_level_is_a_percentage_or_on_and_off(initial: int | bool, level: int) -> None:
    assert initial_level(OutputSettings(pin=4, initial=initial)) == level


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


def test_close_restores_the_initial_level_before_it_lets_go() -> None:
    board = MockBoard()
    fan = OutputSettings(pin=4, initial=True)
    outputs = SwitchedOutputs({"fan": fan}, {"gpiozero": board.pins})
    outputs.set_level("fan", 0)
    outputs.close()
    assert [state.state for state in board.pin(4).states][:4] == [0, 1, 0, 1]


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


def test_open_outputs_opens_the_drivers_that_are_named() -> None:
    simulated = open_outputs({"lamp": OutputSettings(pin=4, driver="simulated")})
    assert isinstance(simulated, SimulatedOutputs)
    simulated.close()
    assert open_outputs({}).states() == {}
