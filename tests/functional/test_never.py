"""What the model may never do: open files, run programs, reach addresses, unmute, act unasked."""

from __future__ import annotations

import asyncio
import json
import os
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import pytest
from msgspec import structs

from myna.conversation.events import SayAsked
from myna.conversation.talking import UNASKED
from myna.demo.stage import PICTURE
from myna.simulator.messages import FunctionResponse
from myna.simulator.script import AnyAction, Message, Speech, ToolCall
from myna.simulator.sounds import tone
from myna_hardware.outputs.simulated import SimulatedOutputs
from myna_hardware.settings import CameraSettings
from support.every_tool import EVERY_NAME, full_config
from support.scene import Scene, scene, turn
from support.speech import recorded

# --- what there is no tool for ----------------------------------------------------------

NO_TOOL: Final = re.compile(
    r"file|path|dir|folder|read_(?!sensors)|write|open|shell|exec|run|command|process|eval|code|"
    r"url|http|fetch|browse|download|request|net|socket|mail|mute|microphone|light|led|config|key"
)
NO_ARGUMENT: Final = re.compile(
    r"file|path|dir|folder|shell|exec|command|cmd|script|code|url|uri|http|host|address|port|"
    r"mute|microphone|light|pin|risk|key|password|token"
)
CLOCK: Final = {"ctypes.dlopen"}  # the kernel's word on whether the clock is right
DATABASE: Final = {"os.mkdir", "sqlite3.connect", "sqlite3.connect/handle", "write"}
PLAYER: Final = {"socket.connect"}  # MPD's, which the configuration names

DEEDS: Final[Mapping[str, set[str]]] = {
    "get_time": CLOCK,
    "set_timer": CLOCK | DATABASE,  # the first one makes the file
    "set_alarm": CLOCK,
    "set_reminder": CLOCK,
    "list_timers": CLOCK,
    "cancel_timer": CLOCK,
    "snooze": CLOCK,
    "music_play": PLAYER,
    "music_pause": PLAYER,
    "music_next": PLAYER,
    "music_previous": PLAYER,
    "set_music_volume": PLAYER,
    "now_playing": PLAYER,
    "rogue": {"write", "os.remove", "subprocess.Popen", "socket.connect"},
}
"""What each tool is for, beyond what its device's driver holds open already."""


def properties(schema: Any) -> Iterator[str]:  # noqa: ANN401
    """Yield the names of all arguments of a declaration, however deep."""
    if isinstance(schema, Mapping):
        yield from schema.get("properties", ())
        for value in schema.values():
            yield from properties(value)
    elif isinstance(schema, list):
        for item in schema:
            yield from properties(item)


def declared(on: Scene) -> dict[str, dict[str, Any]]:
    """Return what the server was told of the tools, by name."""
    setup = on.server.state.last.setup
    assert setup is not None
    groups = [group.get("functionDeclarations", ()) for group in setup["tools"]]
    return {tool["name"]: tool for group in groups for tool in group}


async def test_model_is_told_of_no_tool_that_could_do_such_a_thing(tmp_path: Path) -> None:
    full = full_config(tmp_path)
    outputs = {
        name: structs.replace(output, driver="simulated") for name, output in full.outputs.items()
    }
    async with scene(
        tmp_path,
        outputs=outputs,
        sensors={"room": full.sensors["room"]},
        camera=full.camera,
        music=full.music,
    ) as on:
        on.button.press()
        await on.log.wait("session_ready")
        tools = declared(on)
    assert set(tools) == set(EVERY_NAME)
    assert [name for name in tools if NO_TOOL.search(name)] == []
    arguments = {name for tool in tools.values() for name in properties(tool)}
    assert {"name", "level", "percent"} <= arguments
    assert [name for name in arguments if NO_ARGUMENT.search(name)] == []
    for tool in tools.values():
        assert "heater" not in json.dumps(tool), "which the voice may never switch"


async def test_no_tool_touches_the_machine_but_for_what_it_is_for(tmp_path: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "support.watched_tools", str(tmp_path)),
        stdout=asyncio.subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    out, _ = await process.communicate()
    seen = {name: set(events) for name, events in json.loads(out).items()}
    assert set(seen) == {*EVERY_NAME, "rogue"}
    assert seen == {name: DEEDS.get(name, set()) for name in seen}


# --- only when the user has asked -------------------------------------------------------

SHORT: Final = Speech(tone(440, 0.3), "There you are.")
ENDS: Final = (
    Message({"serverContent": {"generationComplete": True}}),
    Message({"serverContent": {"turnComplete": True}}),
)
"""The end of a reply, after which the model goes on by itself."""

LAMP: Final = ToolCall("set_output", {"name": "lamp", "on": True}, id="unasked")


def is_lit(on: Scene) -> bool:
    assert isinstance(on.app.body.outputs, SimulatedOutputs)
    return on.app.body.outputs.history != []


def told(on: Scene) -> dict[str, FunctionResponse]:
    return {answer.id: answer for answer in on.server.state.last.tool_responses}


async def refused(on: Scene) -> None:
    """Wait until the model's own idea is answered; check that nothing came of it."""
    async with asyncio.timeout(20):
        while not any(line["id"] == "unasked" for line in on.log.of("tool_result")):
            await on.log.wait("tool_result", times=len(on.log.of("tool_result")) + 1)
    await on.server.state.wait_for(lambda _state: "unasked" in told(on))
    assert told(on)["unasked"].response == {"error": UNASKED}
    assert not is_lit(on)


@pytest.mark.parametrize(
    "reply",
    [
        pytest.param((SHORT,), id="by itself"),
        pytest.param((ToolCall("get_status"), SHORT), id="after a result"),
        pytest.param((ToolCall("look"), SHORT), id="after a picture"),
    ],
)
async def test_model_does_nothing_once_it_has_replied_until_the_user_speaks(
    tmp_path: Path, reply: tuple[AnyAction, ...]
) -> None:
    camera = CameraSettings(driver="file", path=PICTURE)
    again = ToolCall("set_output", {"name": "lamp", "on": True}, id="asked")
    turns = turn(*reply, *ENDS, LAMP), turn(again, SHORT)
    async with scene(tmp_path, *turns, camera=camera) as on:
        on.microphone.say(recorded("wake_lamp"))
        await refused(on)
        await on.log.wait_state("listening", times=2)
        on.microphone.say(recorded("tell_story"))
        await on.server.state.wait_for(lambda _state: "asked" in told(on))
        assert "output" in told(on)["asked"].response
        assert is_lit(on)


async def test_announcement_is_no_wish_of_the_user(tmp_path: Path) -> None:
    async with scene(tmp_path, turn(LAMP, SHORT, on="text")) as on:
        on.app.assistant.post(SayAsked("Switch the lamp on."))
        await refused(on)
        await on.log.wait_state("idle")
        assert not is_lit(on)
