"""Things at a real broker, as the model switches them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from myna.mqtt import things as things_module
from myna.mqtt.settings import ThingSettings
from myna.mqtt.things import Things
from myna.tools.mqtt import mqtt_tools
from myna.tools.registry import Registry
from support.broker import House, Mosquitto, broker, house
from support.mqtt_end import Watch, broker_for, running, settings_for

THINGS = {
    "lamp": ThingSettings(command_topic="lamp/set", state_topic="lamp", label="Desk lamp"),
    "strip": ThingSettings(
        command_topic="z/set/state",
        state_topic="z",
        state_key="state",
        level_topic="z/set/brightness",
        level_key="brightness",
        level_max=254,
    ),
    "fan": ThingSettings(command_topic="fan/set", on="1", off="0", retain=True),
    "gate": ThingSettings(command_topic="gate/set", risk="confirm"),
    "boiler": ThingSettings(
        command_topic="boiler/set", state_topic="boiler", risk="never-by-voice"
    ),
}


class Scene:
    """The tools, their broker, and the house."""

    def __init__(self, at: Mosquitto, house: House, watch: Watch, registry: Registry) -> None:
        self.at = at
        self.house = house
        self.watch = watch
        self.registry = registry

    async def call(self, name: str, /, **arguments: object) -> Any:  # noqa: ANN401 - JSON
        """Call a tool as the model does; return the text or the content of the answer."""
        answer = await self.registry.call(name, arguments)
        return answer.response["output" if answer.is_ok else "error"]

    async def told(self, thing: str, state: str) -> Mapping[str, Any]:
        """Wait until the speaker knows that `thing` is `state`; return what it tells of it."""
        async with asyncio.timeout(10):
            while True:
                answer = await self.call("get_things")
                one: Mapping[str, Any] = next(
                    one for one in answer["things"] if one["name"] == thing
                )
                if one["state"] == state:
                    return one
                await asyncio.sleep(0.01)


@asynccontextmanager
async def stage(folder: Path, clock: Callable[[], float] | None = None) -> AsyncIterator[Scene]:
    async with broker(folder / "b") as at, house(at) as other:
        watch = Watch()
        ours = broker_for(settings_for(at, folder), watch)
        things = Things(THINGS, ours) if clock is None else Things(THINGS, ours, clock)
        registry = Registry(mqtt_tools(things))
        async with running(ours):
            await other.wait("myna/kitchen/availability", "online")
            yield Scene(at, other, watch, registry)


@asynccontextmanager
async def obedient(house: House, command: str, state: str, reply: str) -> AsyncIterator[None]:
    """Be a thing that reports `reply` when it is told something."""
    so_far = len(house.heard)

    async def obey() -> None:
        await house.wait(command, since=so_far)
        await house.publish(state, reply)

    task = asyncio.create_task(obey())
    try:
        yield
    finally:
        await task


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(things_module, "REPORT_S", 0.2)


async def test_thing_that_reports_is_confirmed(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        async with obedient(on.house, "lamp/set", "lamp", "ON"):
            answer = await on.call("set_thing", name="desk lamp", on=True)
        assert (answer["name"], answer["state"], answer["is_confirmed"]) == ("lamp", "on", True)
        assert (await on.house.wait("lamp/set")).payload == "ON"


async def test_thing_is_dimmed_on_its_own_scale(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        report = '{"state": "ON", "brightness": 127}'
        async with obedient(on.house, "z/set/brightness", "z", report):
            answer = await on.call("set_thing", name="strip", level=50)
        assert (answer["state"], answer["level"], answer["is_confirmed"]) == ("on", 50, True)
        assert on.house.last("z/set/brightness") == "127"
        assert on.house.last("z/set/state") == "ON"


@pytest.mark.usefixtures("impatient")
async def test_thing_that_does_not_report_in_time_is_said_to_be_only_sent(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        async with obedient(on.house, "lamp/set", "lamp", "OFF"):  # it does the opposite
            answer = await on.call("set_thing", name="lamp", on=True)
        assert answer["is_confirmed"] is False
        assert "has not reported" in answer["note"]


async def test_thing_that_never_reports_is_said_to_be_only_sent(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        answer = await on.call("set_thing", name="fan", on=True)
        assert answer["is_confirmed"] is False
        assert "never reports" in answer["note"]
        async with house(on.at) as later:
            assert (await later.wait("fan/set", "1")).is_retained


async def test_things_are_unknown_until_they_tell_and_then_with_their_age(tmp_path: Path) -> None:
    now = [100.0]
    async with stage(tmp_path, lambda: now[0]) as on:
        first, *_ = (await on.call("get_things"))["things"]
        assert first == {
            "name": "lamp",
            "label": "Desk lamp",
            "can_dim": False,
            "state": "unknown",
        }
        await on.house.publish("lamp", "ON", retain=True)
        await on.told("lamp", "on")
        now[0] += 40
        assert (await on.told("lamp", "on"))["told_s_ago"] == 40
        async with house(on.at):
            watch = Watch()
            fresh = broker_for(settings_for(on.at, tmp_path, client_id="another"), watch)
            registry = Registry(mqtt_tools(Things(THINGS, fresh)))
            async with running(fresh):
                old = await Scene(on.at, on.house, watch, registry).told("lamp", "on")
        assert old["told"] == "before this speaker listened"


async def test_things_are_told_with_a_warning_while_the_broker_is_away(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await on.house.publish("lamp", "ON")
        await on.told("lamp", "on")
        await on.at.kill()
        await on.watch.degraded()
        answer = await on.call("get_things")
        assert "away" in answer["note"]
        assert answer["things"][0]["state"] == "on"
        async with asyncio.timeout(1):
            problem = await on.call("set_thing", name="lamp", on=False)
        assert "The MQTT broker is away" in problem


async def test_thing_is_not_switched_twice_for_one_wish(tmp_path: Path) -> None:
    now = [100.0]
    async with stage(tmp_path, lambda: now[0]) as on:
        async with obedient(on.house, "lamp/set", "lamp", "ON"):
            await on.call("set_thing", name="lamp", on=True)
        await on.call("set_thing", name="lamp", on=True)
        await on.call("set_thing", name="fan", on=True)
        await on.call("set_thing", name="fan", on=True)
        await on.house.wait("fan/set")
        sent = [heard.topic for heard in on.house.heard if heard.topic.endswith("/set")]
        assert sent == ["lamp/set", "fan/set"]
        await on.house.publish("lamp", "OFF")  # by somebody else
        await on.told("lamp", "off")
        async with obedient(on.house, "lamp/set", "lamp", "ON"):
            await on.call("set_thing", name="lamp", on=True)
        now[0] += 31
        so_far = len(on.house.heard)
        await on.call("set_thing", name="fan", on=True)
        await on.house.wait("fan/set", since=so_far)
        sent = [heard.topic for heard in on.house.heard if heard.topic.endswith("/set")]
        assert (sent.count("lamp/set"), sent.count("fan/set")) == (2, 2)


async def test_thing_tools_refuse_what_is_unclear_or_not_for_the_model(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        assert "exactly one" in await on.call("set_thing", name="lamp")
        assert "exactly one" in await on.call("set_thing", name="lamp", on=True, level=3)
        assert "only be switched" in await on.call("set_thing", name="lamp", level=3)
        assert "no thing 'door'" in await on.call("set_thing", name="door", on=True)
        assert "nobody here can say yes" in await on.call("set_thing", name="gate", on=True)
        assert "does not allow it by voice" in await on.call("set_thing", name="boiler", on=True)
        done = await on.registry.call("set_thing", {"name": "fan", "on": False}, "command")
        assert done.is_ok
        await on.house.wait("fan/set", "0")
    sent = {heard.topic for heard in on.house.heard if heard.topic.endswith("/set")}
    assert sent == {"fan/set"}


def test_thing_tools_tell_the_model_what_there_is() -> None:
    registry = Registry(mqtt_tools(Things(THINGS, _Nobody())))
    set_thing, get_things = registry.declarations()
    assert (set_thing.name, get_things.name) == ("set_thing", "get_things")
    assert "lamp (Desk lamp), on or off only; strip, dimmable; fan" in set_thing.description
    assert "gate, on or off only, needs a yes" in set_thing.description
    assert "boiler" not in set_thing.description


def test_thing_tools_are_none_where_there_are_no_things() -> None:
    assert mqtt_tools(Things({}, _Nobody())) == []


class _Nobody:
    """A broker that nobody reaches."""

    is_connected = False

    def listen(self, topic: str, listener: object, *, wants_retained: bool) -> None:
        """Let nobody hear."""

    async def send(self, topic: str, payload: str, *, retain: bool) -> None:
        """Never called."""
        raise AssertionError
