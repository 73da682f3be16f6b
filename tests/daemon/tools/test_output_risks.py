"""What the model may switch, judged at the pins: gpiozero's own devices on mock pins."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from myna.tools.answer import Answer
from myna.tools.consent import Consent
from myna.tools.outputs import output_tools
from myna.tools.registry import NO_RULES, Registry
from myna.tools.rules import ToolRule
from myna.tools.tool import Risk
from myna.trace import Trace
from myna_hardware.outputs.switched import SwitchedOutputs
from myna_hardware.settings import OutputSettings
from myna_hardware.timers import ManualClock
from support.gpio import MockBoard

HOUSE: Final = {
    "lamp": OutputSettings(pin=4, label="Desk lamp", dimmable=True),
    "fan": OutputSettings(pin=5, label="Fan", longest_pulse_s=600),
    "bell": OutputSettings(pin=6, pulse_s=0.5),
    "garage": OutputSettings(pin=7, label="garage door", pulse_s=0.5, risk="confirm"),
    "heater": OutputSettings(pin=8, label="heater", longest_pulse_s=60, risk="never-by-voice"),
}
SWITCHING: Final = ("set_output", "pulse_output")


class World:
    """A house on mock pins, and the tools that switch it."""

    def __init__(
        self,
        house: Mapping[str, OutputSettings] = HOUSE,
        rules: Mapping[str, ToolRule] = NO_RULES,
    ) -> None:
        self.house = house
        self.board = MockBoard()
        self.clock = ManualClock()
        outputs = SwitchedOutputs(house, {"gpiozero": self.board.pins}, self.clock)
        self.outputs = outputs
        self.consent = Consent(Trace())
        tools = output_tools(outputs, house)
        self.registry = Registry(tools, self.clock.now_s, self.consent, rules)

    def level(self, name: str) -> float:
        """Return the electrical level of an output's pin."""
        return self.board.level(self.house[name].pin)

    def history(self, name: str) -> list[float]:
        """Return every level that the pin has ever had."""
        return [float(state.state) for state in self.board.pin(self.house[name].pin).states]

    async def call(self, tool: str, /, **arguments: object) -> Answer:
        """Call as the model does."""
        return await self.registry.call(tool, arguments)

    def say_no(self) -> None:
        """Refuse what is asked, as the end of a conversation does."""
        self.consent.close()
        self.consent.open()


@pytest.fixture
async def world() -> AsyncIterator[World]:
    made = World()
    yield made
    made.outputs.close()


def test_model_hears_of_what_it_may_switch_and_of_nothing_else(world: World) -> None:
    told = {tool.name: tool.description for tool in world.registry.declarations()}
    assert list(told) == ["set_output", "pulse_output", "get_outputs"]
    assert (
        "The things: lamp (Desk lamp), dimmable; fan (Fan), on or off only, on for 600 s at most "
        "with pulse_output; bell, goes off by itself after 0.5 s; garage (garage door), goes off "
        "by itself after 0.5 s, needs a yes. What needs a yes waits"
    ) in told["set_output"]
    assert "The things: fan (Fan)" in told["pulse_output"]
    assert "heater" not in "".join(told.values())


def test_model_hears_of_no_yes_where_none_is_needed() -> None:
    tools = output_tools(World({"fan": HOUSE["fan"]}).outputs, {"fan": HOUSE["fan"]})
    assert not any("yes" in tool.declaration.description for tool in tools)


def test_model_hears_of_no_pulses_where_none_are_allowed() -> None:
    names = [tool.name for tool in World({"lamp": HOUSE["lamp"]}).registry.declarations()]
    assert names == ["set_output", "get_outputs"]


async def test_model_may_only_read_where_it_may_switch_nothing() -> None:
    world = World({"heater": HOUSE["heater"]})
    assert [tool.name for tool in world.registry.declarations()] == ["get_outputs"]
    answer = await world.call("set_output", name="heater", on=True)
    assert not answer.is_ok
    assert world.level("heater") == 0


@pytest.mark.parametrize("name", ["heater", "Heater", "HEATER ", "hea-ter"])
@pytest.mark.parametrize(
    ("tool", "wish"), [("set_output", {"on": True}), ("pulse_output", {"seconds": 5})]
)
async def test_output_that_is_never_by_voice_is_refused_by_any_name(
    world: World, name: str, tool: str, wish: Mapping[str, object]
) -> None:
    answer = await world.call(tool, name=name, **wish)
    assert not answer.is_ok
    assert "heater" not in str(answer.response).replace(repr(name), "")
    assert set(world.history("heater")) == {0}


async def test_output_that_is_never_by_voice_is_read_by_voice(world: World) -> None:
    world.outputs.set_level("heater", 100)
    answer = await world.call("get_outputs")
    told = {one["name"]: one["on"] for one in answer.response["output"]["outputs"]}
    assert told == {"lamp": False, "fan": False, "bell": False, "garage": False, "heater": True}


async def test_person_at_a_shell_switches_what_the_model_may_not(world: World) -> None:
    wish = {"name": "heater", "on": True}
    assert (await world.registry.call("set_output", wish, "command")).is_ok
    assert world.level("heater") == 1


@pytest.mark.parametrize(
    ("tool", "wish"), [("set_output", {"on": True}), ("pulse_output", {"seconds": 9})]
)
async def test_output_that_needs_a_yes_is_switched_after_it_and_not_before(
    world: World, tool: str, wish: Mapping[str, object]
) -> None:
    calling = asyncio.create_task(world.call(tool, name="Garage Door", **wish))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert "Garage Door" in str(world.consent.wish)
    assert world.level("garage") == 0
    world.consent.grant()
    assert (await calling).is_ok
    assert world.level("garage") == 1
    world.clock.advance(0.5)
    assert world.level("garage") == 0


async def test_output_that_needs_a_yes_stays_off_without_one(world: World) -> None:
    calling = asyncio.create_task(world.call("set_output", name="garage", on=True))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    world.say_no()
    assert not (await calling).is_ok
    assert set(world.history("garage")) == {0}


async def test_other_outputs_need_no_yes_beside_one_that_does(world: World) -> None:
    assert (await world.call("set_output", name="fan", on=True)).is_ok
    assert world.consent.wish is None


@pytest.mark.parametrize(
    ("rule", "levels"),
    [
        ("safe", {"fan": 1, "garage": 0, "heater": 0}),
        ("confirm", {"fan": 0, "garage": 0, "heater": 0}),
        ("never-by-voice", {"fan": 0, "garage": 0, "heater": 0}),
    ],
)
async def test_rule_for_all_outputs_makes_none_of_them_laxer(
    rule: Risk, levels: Mapping[str, float]
) -> None:
    world = World(rules={"set_output": ToolRule(risk=rule)})
    for name in levels:
        calling = asyncio.create_task(world.call("set_output", name=name, on=True))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        world.say_no()
        await calling
    assert {name: world.level(name) for name in levels} == levels
    world.outputs.close()


def test_rule_that_wants_a_yes_for_all_outputs_tells_the_model_so() -> None:
    world = World(rules={"set_output": ToolRule(risk="confirm")})
    set_output = world.registry.declarations()[0]
    assert "It needs a yes on the speaker itself" in set_output.description
    assert set_output.behavior == "NON_BLOCKING"
    world.outputs.close()


async def test_pulse_output_switches_on_and_it_goes_off_by_itself(world: World) -> None:
    answer = await world.call("pulse_output", name="fan", seconds=600)
    assert answer.response["output"] == {
        "name": "fan",
        "label": "Fan",
        "on": True,
        "level": 100,
        "can_dim": False,
        "seconds": 600,
    }
    world.clock.advance(599)
    assert world.level("fan") == 1
    world.clock.advance(1)
    assert world.level("fan") == 0


@pytest.mark.parametrize(
    ("name", "seconds", "text"),
    [
        ("fan", 601, "fan goes on for 600 seconds at most"),
        ("desk lamp", 5, "lamp cannot be switched on for a while. Call set_output"),
        ("fan", 0, "seconds: 0 is below 0.05"),
        ("fan", 3601, "seconds: 3601 is above 3600"),
        ("oven", 5, "There is no output 'oven'. Call pulse_output with one of these: lamp"),
    ],
)
async def test_pulse_output_refuses_what_the_configuration_does_not_allow(
    world: World, name: str, seconds: float, text: str
) -> None:
    answer = await world.call("pulse_output", name=name, seconds=seconds)
    assert text in answer.response["error"]
    assert [world.level(one) for one in HOUSE] == [0] * len(HOUSE)


async def test_pulse_output_lasts_as_the_configuration_says_and_tells_so(world: World) -> None:
    answer = await world.call("pulse_output", name="bell", seconds=3000)
    assert answer.response["output"]["seconds"] == 0.5
    world.clock.advance(0.5)
    assert world.level("bell") == 0


async def test_pulse_output_runs_once_while_it_lasts_and_again_after_it(world: World) -> None:
    wish: dict[str, object] = {"name": "fan", "seconds": 10}
    assert not (await world.call("pulse_output", **wish)).is_repeat
    world.clock.advance(2)
    assert (await world.call("pulse_output", **wish)).is_repeat
    world.clock.advance(8)
    assert world.level("fan") == 0
    assert not (await world.call("pulse_output", **wish)).is_repeat
    assert world.level("fan") == 1


NAMES = st.sampled_from(
    [
        *HOUSE,
        *(output.label for output in HOUSE.values()),
        *("HEATER", " heater ", "heater\n", "Garage_Door", "garage  door", "GARAGE"),
    ]
)
ODD_NAMES = st.one_of(NAMES, st.text(), st.integers(0, 53), st.none())
LEVELS = st.one_of(
    st.fixed_dictionaries({"on": st.booleans()}),
    st.fixed_dictionaries({"level": st.integers(0, 100)}),
)
SWITCHES = st.builds(lambda name, wish: ("set_output", {"name": name, **wish}), NAMES, LEVELS)
PULSES = st.builds(
    lambda name, seconds: ("pulse_output", {"name": name, "seconds": seconds}),
    NAMES,
    st.floats(0.05, 60),
)
WILD = st.tuples(
    st.sampled_from([*SWITCHING, "get_outputs", "switch"]),
    st.fixed_dictionaries(
        {},
        optional={
            "name": ODD_NAMES,
            "on": st.one_of(st.booleans(), st.sampled_from(["true", "off", 1, None])),
            "level": st.one_of(st.integers(-5, 105), st.floats(), st.text(max_size=3)),
            "seconds": st.one_of(st.floats(), st.integers(-1, 4000), st.text(max_size=3)),
            "pin": st.integers(0, 53),
            "risk": st.just("safe"),
        },
    ),
)
CALLS = st.lists(st.tuples(st.one_of(SWITCHES, PULSES, WILD), st.floats(0, 20)), max_size=12)


@settings(max_examples=150, deadline=None)
@given(CALLS)
def test_no_call_of_the_model_switches_what_it_may_not(
    calls: list[tuple[tuple[str, dict[str, object]], float]],
) -> None:
    async def play() -> None:
        world = World()
        for (name, arguments), wait_s in calls:
            calling = asyncio.create_task(world.registry.call(name, arguments))
            await asyncio.sleep(0)
            while not calling.done():
                world.say_no()  # nobody ever says yes
                await asyncio.sleep(0)
            assert set((await calling).response) in ({"output"}, {"error"})
            world.clock.advance(wait_s)
        assert set(world.history("heater")) == {0}
        assert set(world.history("garage")) == {0}
        world.clock.advance(600)
        assert (world.level("bell"), world.level("heater")) == (0, 0)
        used = {output.pin for output in HOUSE.values()}
        assert world.board.pins_in_use() == used
        world.outputs.close()

    asyncio.run(play())


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(list(HOUSE)), st.floats(0.05, 3600)), max_size=6))
def test_no_pulse_lasts_longer_than_the_configuration_allows(
    pulses: list[tuple[str, float]],
) -> None:
    async def play() -> None:
        world = World()
        for name, seconds in pulses:
            limit_s = HOUSE[name].pulse_s or HOUSE[name].longest_pulse_s or 0
            calling = asyncio.create_task(world.call("pulse_output", name=name, seconds=seconds))
            await asyncio.sleep(0)
            while not calling.done():
                world.consent.grant()
                await asyncio.sleep(0)
            world.clock.advance(limit_s)
            assert world.level(name) == 0
        world.outputs.close()

    asyncio.run(play())
