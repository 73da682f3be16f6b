"""`myna tools` and `myna call`: real commands against the whole daemon."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from myna.config.schema import ToolsSettings
from myna.simulator.script import Speech
from myna.simulator.sounds import tone
from myna.tools.rules import ToolRule
from myna_hardware.outputs.simulated import SimulatedOutputs
from support.cli import Done, Home, simulated
from support.scene import Scene, scene, turn
from support.speech import recorded

RULES = {
    "set_output": ToolRule(risk="confirm", per_minute=4),
    "set_volume": ToolRule(risk="never-by-voice", timeout_s=2.5),
    "get_time": ToolRule(is_offered=False),
    "set_ouput": ToolRule(risk="never-by-voice"),
}
LONG = Speech(tone(440, 6.0))


@pytest.fixture
async def on(tmp_path: Path) -> AsyncIterator[Scene]:
    async with scene(tmp_path, turn(LONG), tools=ToolsSettings(rules=RULES)) as on:
        yield on


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path)
    home.config.write_text(simulated(tmp_path))
    return home


def switched(on: Scene) -> list[tuple[str, int]]:
    assert isinstance(on.app.body.outputs, SimulatedOutputs)
    return on.app.body.outputs.history


def told(done: Done) -> tuple[int, object, str]:
    return done.code, json.loads(done.out) if done.out else None, done.err


async def test_tools_are_listed_with_what_each_is_allowed(on: Scene, home: Home) -> None:
    done = await home.myna("tools")
    head, *lines = done.out.splitlines()
    assert (done.code, head.split()) == (0, ["TOOL", "RISK", "A", "MINUTE", "FROM"])
    rows = {line.split()[0]: " ".join(line.split()) for line in lines}
    assert rows["set_output"] == "set_output name [on] [level] by its arguments 4 myna"
    assert rows["set_volume"] == "set_volume percent never-by-voice 30 myna"
    assert "get_time" not in rows
    assert done.err == "! tools.rules.set_ouput: there is no tool of this name\n"


async def test_tools_as_json_hold_all_that_is_known(on: Scene, home: Home) -> None:
    listed = json.loads((await home.myna("tools", "--json")).out)
    tools = {tool.pop("name"): tool for tool in listed}
    volume = tools["set_volume"]
    assert (volume["source"], volume["risk"], volume["per_minute"], volume["timeout_s"]) == (
        "myna",
        "never-by-voice",
        30,
        2.5,
    )
    assert volume["description"].startswith("Set how loud you speak.")
    assert volume["parameters"]["required"] == ["percent"]


async def test_call_runs_a_tool_without_anybodys_yes_each_time(on: Scene, home: Home) -> None:
    for is_on in ("true", "false", "true"):
        done = await home.myna("call", "set_output", "name=lamp", f"on={is_on}")
        code, output, error = told(done)
        assert (code, error) == (0, "")
        assert output == {
            "name": "lamp",
            "label": "lamp",
            "on": is_on == "true",
            "level": 100 * (is_on == "true"),
            "can_dim": False,
        }
    assert switched(on) == [("lamp", 100), ("lamp", 0), ("lamp", 100)]
    assert on.log.of("confirm") == []


async def test_call_runs_what_the_model_may_never_call(on: Scene, home: Home) -> None:
    assert told(await home.myna("call", "set_volume", "percent=35")) == (0, {"percent": 35}, "")
    assert (await home.myna("volume")).out == "35 %\n"


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (("sing",), "There is no tool 'sing'. The tools are: set_output, get_outputs, "),
        (("get_time",), "There is no tool 'get_time'. The tools are: "),
        (("set_volume",), "set_volume was not run: percent: is missing. Correct this"),
        (("set_volume", "percent=101"), "set_volume was not run: percent: 101 is above 100."),
        (("set_volume", "percent=loud"), 'set_volume was not run: percent: "loud" is not a whole'),
        (("get_volume", "now=true"), "get_volume was not run: there is no argument 'now'; it"),
        (("set_output", "name=fan", "on=true"), "There is no output 'fan'."),
    ],
    ids=" ".join,
)
async def test_call_that_cannot_be_says_why(
    on: Scene, home: Home, words: tuple[str, ...], problem: str
) -> None:
    done = await home.myna("call", *words)
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith(f"myna: {problem}")
    assert done.err.count("\n") == 1
    assert switched(on) == []


@pytest.mark.parametrize("word", ["percent", "a.b=1", "=5", ""])
async def test_call_with_an_argument_that_is_none_is_a_usage_error(home: Home, word: str) -> None:
    done = await home.myna("call", "set_volume", word)
    assert (done.code, done.out) == (2, "")
    assert f"write NAME=VALUE, like name=lamp, not {word!r}" in done.err


async def test_call_is_held_by_the_limit_of_its_tool(on: Scene, home: Home) -> None:
    calls = [await home.myna("call", "set_output", "name=lamp", "level=0") for _ in range(5)]
    assert [done.code for done in calls] == [0, 0, 0, 0, 1]
    assert "it may run 4 times a minute, so in" in calls[-1].err


async def test_call_that_ends_the_conversation_ends_it(on: Scene, home: Home) -> None:
    on.microphone.say(recorded("wake_lamp"))
    await on.log.wait("playback_started")
    assert told(await home.myna("call", "end_conversation")) == (0, {"ended": True}, "")
    await on.log.wait_state("idle")
    assert on.log.of("playback_flushed"), "at once"


async def test_commands_say_that_nobody_is_there(home: Home) -> None:
    for words in (("tools",), ("call", "get_time"), ("confirm",)):
        done = await home.myna(*words)
        assert (done.code, done.out) == (69, "")
        assert "is not running" in done.err
