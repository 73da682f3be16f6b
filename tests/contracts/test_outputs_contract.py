"""What every driver of the outputs owes its users."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal

import pytest

from myna_hardware.errors import BadFormatError, DeviceNotFoundError
from myna_hardware.interfaces import Outputs, OutputState
from myna_hardware.outputs.simulated import SimulatedOutputs
from myna_hardware.outputs.switched import SwitchedOutputs
from myna_hardware.settings import OutputSettings
from support import kernel_pins
from support.gpio import MockBoard
from support.kernel_pins import KernelBoard


def settings(driver: Literal["gpiozero", "simulated"]) -> Mapping[str, OutputSettings]:
    return {
        "lamp": OutputSettings(pin=4, driver=driver, label="the desk lamp"),
        "strip": OutputSettings(pin=5, driver=driver, dimmable=True, initial=20),
        "relay": OutputSettings(pin=6, driver=driver, active_high=False, initial=True),
    }


DRIVERS: dict[str, Callable[[], Outputs]] = {
    "gpiozero": lambda: SwitchedOutputs(settings("gpiozero"), {"gpiozero": MockBoard().pins}),
    "simulated": lambda: SimulatedOutputs(settings("simulated")),
}
if kernel_pins.are_here():
    DRIVERS["kernel"] = lambda: SwitchedOutputs(
        settings("gpiozero"), {"gpiozero": KernelBoard().pins}
    )


@pytest.fixture(params=DRIVERS)
def outputs(request: pytest.FixtureRequest) -> Outputs:
    return DRIVERS[request.param]()


def test_outputs_start_at_their_initial_levels_in_the_configured_order(outputs: Outputs) -> None:
    assert list(outputs.states().items()) == [
        ("lamp", OutputState("lamp", "the desk lamp", 0, is_dimmable=False)),
        ("strip", OutputState("strip", "strip", 20, is_dimmable=True)),
        ("relay", OutputState("relay", "relay", 100, is_dimmable=False)),
    ]
    outputs.close()


@pytest.mark.parametrize(
    ("name", "level", "read_back"),
    [("lamp", 100, 100), ("lamp", 1, 100), ("strip", 33, 33), ("strip", 0, 0), ("relay", 0, 0)],
)
def test_outputs_switch_and_read_back(
    outputs: Outputs, name: str, level: int, read_back: int
) -> None:
    assert outputs.set_level(name, level).level == read_back
    assert outputs.states()[name].level == read_back
    outputs.close()


def test_outputs_list_what_there_is_when_asked_for_another(outputs: Outputs) -> None:
    with pytest.raises(DeviceNotFoundError, match=r"^oven: .*there are: lamp, strip, relay$"):
        outputs.set_level("oven", 100)
    outputs.close()


@pytest.mark.parametrize("level", [-1, 101])
def test_outputs_refuse_a_level_that_is_no_percentage(outputs: Outputs, level: int) -> None:
    with pytest.raises(BadFormatError, match="not between 0 and 100"):
        outputs.set_level("strip", level)
    outputs.close()


def test_outputs_close_twice_and_switch_no_more(outputs: Outputs) -> None:
    outputs.close()
    outputs.close()
    assert outputs.states() == {}
    with pytest.raises(DeviceNotFoundError):
        outputs.set_level("lamp", 100)
