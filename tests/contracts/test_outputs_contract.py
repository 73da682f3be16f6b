"""What every driver of the outputs owes its users."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

import pytest

from myna_hardware.errors import BadFormatError, DeviceNotFoundError
from myna_hardware.interfaces import Outputs, OutputState
from myna_hardware.outputs.simulated import SimulatedOutputs
from myna_hardware.outputs.switched import SwitchedOutputs
from myna_hardware.settings import OutputSettings
from myna_hardware.timers import ManualClock
from support import kernel_pins
from support.gpio import MockBoard
from support.kernel_pins import KernelBoard


def settings(driver: Literal["gpiozero", "simulated"]) -> Mapping[str, OutputSettings]:
    return {
        "lamp": OutputSettings(pin=4, driver=driver, label="the desk lamp"),
        "strip": OutputSettings(pin=5, driver=driver, dimmable=True, initial=20),
        "relay": OutputSettings(pin=6, driver=driver, active_high=False, initial=True),
        "door": OutputSettings(pin=7, driver=driver, pulse_s=0.5),
    }


@dataclass
class House:
    """Outputs, and the time they live in."""

    outputs: Outputs
    clock: ManualClock

    def level(self, name: str) -> int:
        """Read one back."""
        return self.outputs.states()[name].level


DRIVERS: dict[str, Callable[[ManualClock], Outputs]] = {
    "gpiozero": lambda clock: SwitchedOutputs(
        settings("gpiozero"), {"gpiozero": MockBoard().pins}, clock
    ),
    "simulated": lambda clock: SimulatedOutputs(settings("simulated"), clock=clock),
}
if kernel_pins.are_here():
    DRIVERS["kernel"] = lambda clock: SwitchedOutputs(
        settings("gpiozero"), {"gpiozero": KernelBoard().pins}, clock
    )


@pytest.fixture(params=DRIVERS)
def house(request: pytest.FixtureRequest) -> Iterator[House]:
    clock = ManualClock()
    made = House(DRIVERS[request.param](clock), clock)
    yield made
    made.outputs.close()


@pytest.fixture
def outputs(house: House) -> Outputs:
    return house.outputs


def test_outputs_start_at_their_initial_levels_in_the_configured_order(outputs: Outputs) -> None:
    assert list(outputs.states().items()) == [
        ("lamp", OutputState("lamp", "the desk lamp", 0, is_dimmable=False)),
        ("strip", OutputState("strip", "strip", 20, is_dimmable=True)),
        ("relay", OutputState("relay", "relay", 100, is_dimmable=False)),
        ("door", OutputState("door", "door", 0, is_dimmable=False, pulse_s=0.5)),
    ]


@pytest.mark.parametrize(
    ("name", "level", "read_back"),
    [("lamp", 100, 100), ("lamp", 1, 100), ("strip", 33, 33), ("strip", 0, 0), ("relay", 0, 0)],
)
def test_outputs_switch_and_read_back(
    outputs: Outputs, name: str, level: int, read_back: int
) -> None:
    assert outputs.set_level(name, level).level == read_back
    assert outputs.states()[name].level == read_back


def test_outputs_read_every_percentage_back_as_it_was_set(outputs: Outputs) -> None:
    assert [outputs.set_level("strip", level).level for level in range(101)] == list(range(101))


def test_outputs_list_what_there_is_when_asked_for_another(outputs: Outputs) -> None:
    there_are = r"^oven: .*there are: lamp, strip, relay, door$"
    with pytest.raises(DeviceNotFoundError, match=there_are):
        outputs.set_level("oven", 100)
    with pytest.raises(DeviceNotFoundError, match=there_are):
        outputs.pulse("oven", 1)


@pytest.mark.parametrize("level", [-1, 101])
def test_outputs_refuse_a_level_that_is_no_percentage(outputs: Outputs, level: int) -> None:
    with pytest.raises(BadFormatError, match="not between 0 and 100"):
        outputs.set_level("strip", level)


@pytest.mark.parametrize("seconds", [0, 0.04, 3601, -1, float("nan")])
def test_outputs_refuse_a_pulse_that_is_none(house: House, seconds: float) -> None:
    with pytest.raises(BadFormatError, match=r"^lamp: .*not between 0\.05 and 3600 s"):
        house.outputs.pulse("lamp", seconds)
    assert house.level("lamp") == 0


def test_pulse_is_on_for_its_time_and_then_off(house: House) -> None:
    assert house.outputs.pulse("lamp", 2).level == 100
    house.clock.advance(1.9)
    assert house.level("lamp") == 100
    house.clock.advance(0.1)
    assert house.level("lamp") == 0


def test_pulse_ends_off_what_was_dimmed_before(house: House) -> None:
    assert house.outputs.pulse("strip", 1).level == 100
    house.clock.advance(1)
    assert house.level("strip") == 0


@pytest.mark.parametrize("level", [0, 40, 100])
def test_pulse_ends_when_a_level_is_set(house: House, level: int) -> None:
    house.outputs.pulse("strip", 2)
    house.clock.advance(1)
    house.outputs.set_level("strip", level)
    house.clock.advance(5)
    assert house.level("strip") == level


@pytest.mark.parametrize(("second_s", "end_s"), [(2.0, 3.0), (0.5, 2.0)])
def test_pulse_is_made_longer_by_another_and_never_shorter(
    house: House, second_s: float, end_s: float
) -> None:
    house.outputs.pulse("lamp", 2)
    house.clock.advance(1)
    house.outputs.pulse("lamp", second_s)
    house.clock.advance(end_s - 1 - 0.1)
    assert house.level("lamp") == 100
    house.clock.advance(0.1)
    assert house.level("lamp") == 0


def test_pulses_of_several_outputs_run_side_by_side(house: House) -> None:
    house.outputs.pulse("lamp", 1)
    house.outputs.pulse("strip", 2)
    house.clock.advance(1)
    assert (house.level("lamp"), house.level("strip")) == (0, 100)
    house.clock.advance(1)
    assert house.level("strip") == 0


def test_output_of_pulses_goes_off_by_itself_whoever_switches_it_on(house: House) -> None:
    switches: list[Callable[[], OutputState]] = [
        lambda: house.outputs.set_level("door", 100),
        lambda: house.outputs.pulse("door", 600),
    ]
    for switch_on in switches:
        assert switch_on().level == 100
        house.clock.advance(0.4)
        assert house.level("door") == 100
        house.clock.advance(0.1)
        assert house.level("door") == 0


def test_output_of_pulses_is_switched_off_before_its_time(house: House) -> None:
    house.outputs.set_level("door", 100)
    assert house.outputs.set_level("door", 0).level == 0
    house.outputs.set_level("door", 100)
    house.clock.advance(0.4)
    assert house.level("door") == 100


def test_outputs_close_twice_and_switch_no_more(house: House) -> None:
    house.outputs.pulse("lamp", 1)
    house.outputs.close()
    house.outputs.close()
    house.clock.advance(2)
    assert house.outputs.states() == {}
    with pytest.raises(DeviceNotFoundError):
        house.outputs.set_level("lamp", 100)
    with pytest.raises(DeviceNotFoundError):
        house.outputs.pulse("lamp", 1)
