"""MCP servers in the whole daemon: by voice, in trouble, at the end, and what leaks."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from msgspec.structs import replace

from myna.mcp_servers import server
from myna.mcp_servers.settings import McpServerSettings
from myna.simulator.script import Speech, ToolCall
from myna.simulator.sounds import tone
from support.canary import found_in, left_by, shown_by
from support.cli import Daemon, Home, daemon, simulated
from support.mcp_house import PYTHON_PATH, ROGUE, Witness, home_assistant, real, witness_env
from support.scene import Log, Scene, scene, turn
from support.speech import recorded

REPLY = Speech(tone(440, 0.3))
TOKEN = "7Q-c1e.x0Zk_Vw~canary~93hTg5bR"  # noqa: S105 - made up


async def offered(log: Log | Daemon, times: int = 1) -> None:
    await log.wait("tools_offered", times=times)


async def results(on: Scene, times: int) -> list[bool]:
    await on.log.wait("tool_result", times=times)
    return [line["ok"] for line in on.log.of("tool_result")]


async def test_lamp_of_a_server_is_switched_by_voice(tmp_path: Path) -> None:
    lamp = turn(ToolCall("set_lamp", {"on": True, "level": "40"}), REPLY)
    async with scene(tmp_path, lamp, mcp={"home": real(tmp_path)}) as on:
        await offered(on.log)
        on.microphone.say(recorded("wake_lamp"))
        note = await Witness(tmp_path / "witness").noted(tool="set_lamp")
        assert (note["on"], note["level"]) == (True, 40)
        assert await results(on, 1) == [True]


async def test_conversation_goes_on_when_the_server_is_lost_in_a_call(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "PAUSES_S", (0.05,))
    turns = (turn(ToolCall("crash", {}), REPLY), turn(ToolCall("set_lamp", {"on": True}), REPLY))
    async with scene(tmp_path, *turns, mcp={"home": real(tmp_path)}) as on:
        await offered(on.log)
        on.microphone.say(recorded("wake_lamp"))
        assert await results(on, 1) == [False]
        await on.log.wait_state("listening", times=2)
        await on.log.wait("recovered")
        on.microphone.say(recorded("tell_story"))
        assert await results(on, 2) == [False, True]
        assert on.log.of("session_closed") == []
        assert [line["what"] for line in on.log.of("degraded")] == ["mcp home"]


async def test_destructive_tool_waits_for_the_button(tmp_path: Path) -> None:
    witness = Witness(tmp_path / "witness")
    async with scene(
        tmp_path, turn(ToolCall("wipe", {}), REPLY), mcp={"home": real(tmp_path)}
    ) as on:
        await offered(on.log)
        on.microphone.say(recorded("wake_lamp"))
        assert (await on.log.wait("confirm"))["outcome"] == "wanted"
        assert {"tool": "wipe"} not in witness.notes
        on.button.press()
        await witness.noted(tool="wipe")


async def test_server_that_never_answers_does_not_delay_the_daemon(tmp_path: Path) -> None:
    silent = McpServerSettings(
        command=(sys.executable, str(ROGUE), "silent"), env=witness_env(tmp_path), allow=("*",)
    )
    async with asyncio.timeout(10), scene(tmp_path, turn(REPLY), mcp={"home": silent}) as on:
        on.microphone.say(recorded("wake_lamp"))
        await on.log.wait("turn_complete")
        assert on.log.of("tools_offered") == []


async def test_what_is_not_allowed_is_listed_in_the_status(tmp_path: Path) -> None:
    async with scene(tmp_path, mcp={"home": replace(real(tmp_path), allow=())}) as on:
        degraded = await on.log.wait("degraded")
        assert degraded["what"] == "mcp home tools"
        assert degraded["why"].startswith("none is allowed: name them in allow. It has set_lamp, ")
        assert on.app.health.troubles["mcp home tools"] == degraded["why"]


async def test_name_that_is_taken_is_told(tmp_path: Path) -> None:
    one, other = real(tmp_path, allow=("get_lamp",)), real(tmp_path, allow=("get_lamp",))
    async with scene(tmp_path, mcp={"one": one, "other": other}) as on:
        why = (await on.log.wait("degraded"))["why"]
        assert why == "other tools are called get_lamp, too: give it a prefix"


# --- processes ---------------------------------------------------------------------------


def configured(home: Home, settings: str) -> None:
    home.config.write_text(
        simulated(home.folder)
        + f'[wake]\nengine = "none"\n[log]\nlevel = "debug"\n[state]\ndir = "{home.folder}/state"\n'
        + settings
    )


def program(folder: Path, how: str) -> str:
    env = ", ".join(f'{name} = "{value}"' for name, value in witness_env(folder).items())
    command = f'command = ["{sys.executable}", "{ROGUE}", "{how}"]'
    return f'[mcp.home]\n{command}\nenv = {{ {env} }}\nallow = ["*"]\n'


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
async def test_no_server_outlives_the_daemon(tmp_path: Path, number: signal.Signals) -> None:
    home = Home(tmp_path, {"PYTHONPATH": PYTHON_PATH})
    configured(home, program(tmp_path, "stay"))
    async with daemon(home) as on:
        await offered(on)
        (note,) = [note for note in Witness(tmp_path / "witness").notes if "pids" in note]
        server_pid, _child_pid = note["pids"]
        on.process.send_signal(number)
        await on.process.wait()
        # When we are killed, the kernel kills our child; what that has started, systemd ends.
        awaited = [server_pid] if number is signal.SIGKILL else note["pids"]
        try:
            async with asyncio.timeout(5):
                while not all(map(is_dead, awaited)):  # noqa: ASYNC110 - it tells no event
                    await asyncio.sleep(0.01)
        finally:
            for pid in note["pids"]:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)


def is_dead(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return True
    return state == "Z"


async def test_token_is_nowhere(tmp_path: Path) -> None:
    credentials = tmp_path / "credentials"
    credentials.mkdir()
    (credentials / "mcp-house-token").write_text(TOKEN)
    account = tmp_path / "home"
    account.mkdir()
    environ = {"CREDENTIALS_DIRECTORY": str(credentials), "PYTHONASYNCIODEBUG": "1"}
    home = Home(account, {**environ, "PYTHONPATH": PYTHON_PATH})
    async with home_assistant(tmp_path, TOKEN) as url, home_assistant(tmp_path, "other") as deaf:
        configured(
            home,
            f'[mcp.house]\nurl = "{url}"\nallow = ["HassTurnOn"]\n'
            f'[mcp.deaf]\nurl = "{deaf}"\ntoken_file = "{credentials}/mcp-house-token"\n',
        )
        async with daemon(home) as on:
            await offered(on)
            await on.wait("degraded", what="mcp deaf")
            done = await home.myna("call", "HassTurnOn", "name=kitchen")
            assert done.code == 0, done.err
            evidence = await shown_by(on, account / "control.sock")
            ended = await on.stop()
            evidence |= left_by(on, home) | {"call": done.out}
    assert found_in(evidence, TOKEN) == {}
    assert "refuses the token (HTTP 401)" in evidence["status"]
    assert "mcp house" in ended.err
    assert "Traceback" not in ended.err
    for library in ("httpx2", "httpcore2", "mcp.client", "JSONRPC"):  # they tell all they do
        assert library not in ended.err
