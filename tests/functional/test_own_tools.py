"""A file in the tools' folder: the model calls what it brings, and a bad one hurts nobody."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from myna.config.schema import ToolsSettings
from myna.simulator.script import Speech, ToolCall
from myna.simulator.sounds import tone
from support.cli import Home, daemon, simulated
from support.scene import scene, turn
from support.speech import recorded

DICE = '''
"""Dice."""

from myna.plugin import tool


@tool(is_reading=True, per_minute=5)
def roll_dice() -> dict[str, object]:
    """Roll a die."""
    return {"rolled": 4}


@tool(risk="never-by-voice")
def load_dice() -> dict[str, object]:
    """Load the die."""
    return {"loaded": True}
'''


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "tools"
    folder.mkdir(mode=0o755)
    for name, text in {"dice.py": DICE, "bad.py": "1 / 0\n"}.items():
        (folder / name).write_text(text)
        (folder / name).chmod(0o644)
    return folder


async def test_model_calls_a_tool_of_a_file(folder: Path, tmp_path: Path) -> None:
    roll = turn(ToolCall("roll_dice"), Speech(tone(440, 0.4)))
    async with scene(tmp_path, roll, tools=ToolsSettings(folder=folder)) as on:
        on.microphone.say(recorded("wake_lamp"))
        assert (await on.log.wait("tool_result"))["ok"]
        await on.log.wait("playback_started")
        (answer,) = on.server.state.last.tool_responses
        assert answer.response == {"output": {"rolled": 4}}


async def test_commands_tell_of_own_tools_run_them_and_name_the_bad_file(
    folder: Path, tmp_path: Path
) -> None:
    home = Home(tmp_path)
    home.config.write_text(f'{simulated(tmp_path)}\n[tools]\nfolder = "{folder}"\n')
    async with daemon(home):
        table = [line.split() for line in (await home.myna("tools")).out.splitlines()]
        assert ["roll_dice", "safe", "5", "dice.py"] in table
        listed = {
            tool["name"]: tool for tool in json.loads((await home.myna("tools", "--json")).out)
        }
        assert listed["load_dice"]["risk"] == "never-by-voice"
        ran = await home.myna("call", "load_dice")
        assert (ran.code, json.loads(ran.out)) == (0, {"loaded": True})
        status = (await home.myna("status")).out
        assert "! tools of bad.py" in status
        assert "line 1: ZeroDivisionError: division by zero" in status


async def test_file_is_checked_without_a_speaker(folder: Path, tmp_path: Path) -> None:
    home = Home(tmp_path)
    good = await home.myna("tools", "--check", str(folder / "dice.py"))
    assert (good.code, good.out.splitlines()[1].split()) == (
        0,
        ["roll_dice", "safe", "5", "dice.py"],
    )
    bad = await home.myna("tools", "--check", str(folder / "bad.py"))
    assert bad.code == 1
    assert bad.err == f"myna: {folder / 'bad.py'}: line 1: ZeroDivisionError: division by zero\n"
