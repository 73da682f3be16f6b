from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest

from myna.tools.outputs import output_tools
from myna.tools.registry import Registry
from myna_hardware.errors import DeviceBusyError
from myna_hardware.kept import KeptOutputs
from myna_hardware.outputs.simulated import SimulatedOutputs
from myna_hardware.settings import OutputSettings

SETTINGS = {
    "lamp": OutputSettings(pin=4, driver="simulated", label="Desk lamp", dimmable=True),
    "fan": OutputSettings(pin=5, driver="simulated"),
}


@pytest.fixture
def outputs() -> Iterator[SimulatedOutputs]:
    outputs = SimulatedOutputs(SETTINGS)
    yield outputs
    outputs.close()


@pytest.fixture
def registry(outputs: SimulatedOutputs) -> Registry:
    return Registry(output_tools(outputs, SETTINGS))


def test_output_tools_tell_the_model_what_there_is(registry: Registry) -> None:
    set_output, get_outputs = registry.declarations()
    assert (set_output.name, get_outputs.name) == ("set_output", "get_outputs")
    assert "lamp (Desk lamp), dimmable; fan, on or off only." in set_output.description
    assert set_output.parameters["required"] == ["name"]


def test_output_tools_are_none_where_there_is_nothing_to_switch() -> None:
    assert output_tools(SimulatedOutputs({}), {}) == []


async def test_output_tools_say_why_while_the_outputs_are_missing(
    outputs: SimulatedOutputs,
) -> None:
    missing = KeptOutputs(DeviceBusyError("outputs.lamp", "another program holds GPIO4"))
    registry = Registry(output_tools(missing, SETTINGS))
    for _ in range(2):
        answer = await registry.call("set_output", {"name": "lamp", "on": True})
        assert not answer.is_ok
        assert "another program holds GPIO4" in str(answer.response)
    missing.adopt(outputs)
    assert (await registry.call("set_output", {"name": "lamp", "on": True})).is_ok


def test_output_that_is_on_for_a_pulse_is_introduced_as_such() -> None:
    door = OutputSettings(pin=4, driver="simulated", label="front door", pulse_s=3.0)
    set_output, *_ = Registry(output_tools(SimulatedOutputs({}), {"door": door})).declarations()
    assert "door (front door), goes off by itself after 3 s" in set_output.description


@pytest.mark.parametrize(
    ("arguments", "switched"),
    [
        ({"name": "lamp", "on": True}, ("lamp", 100)),
        ({"name": "lamp", "on": False}, ("lamp", 0)),
        ({"name": "lamp", "level": 40.0}, ("lamp", 40)),
        ({"name": "desk LAMP", "on": True}, ("lamp", 100)),
        ({"name": "Desk-lamp", "on": True}, ("lamp", 100)),
        ({"name": "FAN", "level": 30}, ("fan", 100)),
    ],
)
async def test_set_output_switches_and_reads_back(
    registry: Registry,
    outputs: SimulatedOutputs,
    arguments: Mapping[str, object],
    switched: tuple[str, int],
) -> None:
    answer = await registry.call("set_output", arguments)
    assert outputs.history == [switched]
    told = answer.response["output"]
    assert (told["name"], told["level"]) == switched
    assert told["on"] is (switched[1] > 0)
    assert outputs.states()[switched[0]].level == switched[1]


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"name": "lamp"}, "Give exactly one of on and level, and call it again"),
        (
            {"name": "lamp", "on": True, "level": 4},
            "Give exactly one of on and level, and call it again",
        ),
        (
            {"name": "oven", "on": True},
            (
                "There is no output 'oven'. Call set_output with one of these: "
                "lamp (Desk lamp), dimmable; fan, on or off only"
            ),
        ),
        (
            {"name": "", "on": True},
            (
                "There is no output ''. Call set_output with one of these: "
                "lamp (Desk lamp), dimmable; fan, on or off only"
            ),
        ),
    ],
)
async def test_set_output_switches_nothing_when_asked_wrongly(
    registry: Registry, outputs: SimulatedOutputs, arguments: Mapping[str, object], error: str
) -> None:
    answer = await registry.call("set_output", arguments)
    assert answer.response == {"error": error}
    assert outputs.history == []


async def test_get_outputs_reads_every_output(
    registry: Registry, outputs: SimulatedOutputs
) -> None:
    outputs.set_level("fan", 100)
    answer = await registry.call("get_outputs", {})
    levels = {told["name"]: told["level"] for told in answer.response["output"]["outputs"]}
    assert levels == {"lamp": 0, "fan": 100}


async def test_set_output_switches_once_when_the_call_is_repeated(
    registry: Registry, outputs: SimulatedOutputs
) -> None:
    first = await registry.call("set_output", {"name": "lamp", "on": True})
    second = await registry.call("set_output", {"on": True, "name": "lamp", "level": None})
    assert outputs.history == [("lamp", 100)]
    assert (first.response, first.is_ok) == (second.response, second.is_ok)
    assert (first.is_repeat, second.is_repeat) == (False, True)


async def test_set_output_switches_on_off_and_on(
    registry: Registry, outputs: SimulatedOutputs
) -> None:
    for name, on in (("lamp", True), ("desk lamp", False), ("lamp", True)):
        await registry.call("set_output", {"name": name, "on": on})
    assert outputs.history == [("lamp", 100), ("lamp", 0), ("lamp", 100)]


async def test_set_output_remembers_both_things_switched_in_one_breath(
    registry: Registry, outputs: SimulatedOutputs
) -> None:
    for name in ("lamp", "fan", "lamp", "fan"):
        assert (await registry.call("set_output", {"name": name, "on": True})).is_ok
    assert outputs.history == [("lamp", 100), ("fan", 100)]


async def test_set_output_switches_again_when_somebody_else_switched_back(
    registry: Registry, outputs: SimulatedOutputs
) -> None:
    await registry.call("set_output", {"name": "lamp", "on": True})
    outputs.set_level("lamp", 0)  # by the button, say
    answer = await registry.call("set_output", {"name": "lamp", "on": True})
    assert not answer.is_repeat
    assert outputs.states()["lamp"].level == 100


async def test_get_outputs_is_never_answered_from_memory(
    registry: Registry, outputs: SimulatedOutputs
) -> None:
    await registry.call("get_outputs", {})
    outputs.set_level("fan", 100)
    answer = await registry.call("get_outputs", {})
    assert answer.response["output"]["outputs"][1]["on"] is True
    assert not answer.is_repeat
