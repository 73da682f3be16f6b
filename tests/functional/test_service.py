"""The daemon as systemd sees it: status, reload, watchdog, deaths."""

from __future__ import annotations

import asyncio
import json
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from myna.control.client import ask
from myna.control.messages import Call, Listen, Mute, Status, Stop, Tools
from myna.service.deaths import DEATHS_TO_SAFE_MODE, FILE, LAST_END
from myna.service.last_good import FILE as LAST_GOOD
from myna.service.serving import EX_RENEWAL
from support.cli import Daemon, Home, daemon, simulate, simulated
from support.last_moments import TALKS, speaker
from support.service_manager import ServiceManager, service_manager

KEY = {"GEMINI_API_KEY": "key"}


class Stage:
    """A daemon, its configuration, and the manager that hears it."""

    def __init__(self, home: Home, on: Daemon, systemd: ServiceManager) -> None:
        self.home = home
        self.on = on
        self.systemd = systemd

    @property
    def socket(self) -> Path:
        return self.home.folder / "control.sock"

    async def status(self) -> dict[str, object]:
        return await asyncio.to_thread(ask, self.socket, Status())

    def change(self, *pairs: tuple[str, str]) -> None:
        text = self.home.config.read_text()
        for before, after in pairs:
            assert before in text
            text = text.replace(before, after)
        self.home.config.write_text(text)

    async def reload(self) -> None:
        times = self.systemd.heard.count("READY=1") + 1
        self.on.process.send_signal(signal.SIGHUP)
        await self.systemd.wait("READY=1", times)


@asynccontextmanager
async def service(
    folder: Path, endpoint: str = "ws://127.0.0.1:9", more: str = "", **environ: str
) -> AsyncIterator[Stage]:
    async with service_manager(folder) as systemd:
        home = Home(folder, {**KEY, "NOTIFY_SOCKET": str(systemd.path), **environ})
        home.config.write_text(simulated(folder, endpoint) + more)
        async with daemon(home) as on:
            await systemd.wait("READY=1")
            yield Stage(home, on, systemd)


async def test_the_status_line_follows_the_state_and_the_troubles(tmp_path: Path) -> None:
    async with service(tmp_path, GEMINI_API_KEY="") as stage:
        assert await stage.systemd.wait_status("ready; key: no API key")
        await asyncio.to_thread(ask, stage.socket, Mute())
        assert await stage.systemd.wait_status("muted; key: no API key")


async def test_a_reload_puts_in_force_what_it_can(tmp_path: Path) -> None:
    async with service(tmp_path) as stage:
        stage.change(
            ('[speaker]\ndriver = "simulated"', '[speaker]\ndriver = "simulated"\nvolume = 31'),
            ("[live]", '[live]\nmodel = "another-model"'),
        )
        await stage.reload()
        status = await stage.status()
        assert status["volume"] == 31
        assert status["live"] == {"model": "another-model", "endpoint": "ws://127.0.0.1:9"}
        assert status["troubles"] == {}
        (done,) = stage.on.of("reloaded")
        assert (done["outcome"], done["keys"]) == ("in force", ["live.model", "speaker.volume"])


async def test_a_reload_names_what_only_a_restart_puts_in_force(tmp_path: Path) -> None:
    async with service(tmp_path) as stage:
        stage.change(("pin = 17", "pin = 18"))
        await stage.reload()
        assert await stage.systemd.wait_status(
            "configuration: changed: lights.pin; to put that in force: sudo systemctl restart myna"
        )
        stage.change(("pin = 18", "pin = 17"))
        await stage.reload()
        await stage.systemd.until(lambda: stage.systemd.status == "ready")


async def test_a_broken_configuration_leaves_the_one_before_and_says_why(tmp_path: Path) -> None:
    async with service(tmp_path) as stage:
        stage.change(("follow_up_s = 0.5", "follow_up_s = -1"), ("[live]", "[live]\nvoise = 1"))
        await stage.reload()
        status = await stage.systemd.wait_status("configuration: ")
        assert "line 2: live.voise" in status
        assert "(and 1 more)" in status
        await asyncio.to_thread(ask, stage.socket, Status())
        done = await stage.on.stop()
    assert "conversation.follow_up_s" in done.err


async def test_a_daemon_is_reached_though_its_configuration_is_broken_by_now(
    tmp_path: Path,
) -> None:
    async with service(tmp_path, RUNTIME_DIRECTORY=str(tmp_path)) as stage:
        stage.change(("[live]", "[live]\nvoise = 1"))
        done = await stage.home.myna("status")
        assert (done.code, done.err) == (0, "")
        await stage.on.stop()
        done = await stage.home.myna("status")
        assert done.code == 78
        assert "live.voise" in done.err


async def test_a_start_with_a_broken_configuration_goes_on_with_what_was_good_last(
    tmp_path: Path,
) -> None:
    state = tmp_path / "state"
    state.mkdir()
    async with service(tmp_path) as stage:
        stage.change(("[live]", "[live]\nvoise = 1"))
        await stage.on.stop()
    (tmp_path / "notify").unlink()
    async with service_manager(tmp_path) as systemd, daemon(stage.home) as on:
        again = Stage(stage.home, on, systemd)
        assert "line 2: live.voise" in await systemd.wait_status("configuration: ")
        assert (await again.status())["outputs"] == {"lamp": 0}
        again.change(("voise = 1", 'voice = "Puck"'))
        await again.reload()
        await systemd.until(lambda: systemd.status == "ready")
        again.change(("[live]", "[live"))
        await on.stop()
    (state / LAST_GOOD).unlink()
    done = await stage.home.myna("run")
    assert done.code == 78
    assert "not TOML" in done.err


async def test_outputs_become_safe_though_the_configuration_is_broken_by_now(
    tmp_path: Path,
) -> None:
    (tmp_path / "state").mkdir()
    async with service(tmp_path) as stage:
        stage.change(("[live]", "[live]\nvoise = 1"))
        await stage.on.kill()
    done = await stage.home.myna("outputs", "--safe")
    assert (done.code, done.err) == (0, "")
    (tmp_path / "state" / LAST_GOOD).unlink()
    assert (await stage.home.myna("outputs", "--safe")).code == 78


async def test_a_reload_waits_for_the_end_of_a_conversation(tmp_path: Path) -> None:
    home = Home(tmp_path)
    async with (
        simulate(home, TALKS) as endpoint,
        service(tmp_path, endpoint) as stage,
    ):
        await asyncio.to_thread(ask, stage.socket, Listen())
        await stage.on.wait("session_ready")
        stage.change(
            ('[speaker]\ndriver = "simulated"', '[speaker]\ndriver = "simulated"\nvolume = 31')
        )
        await stage.reload()
        assert await stage.systemd.wait_status("waits for the end of this conversation")
        assert (await stage.status())["volume"] == 70
        assert stage.on.of("session_closed") == []
        await asyncio.to_thread(ask, stage.socket, Stop())
        await stage.on.wait("reloaded", outcome="in force")
        assert (await stage.status())["volume"] == 31


async def test_rules_of_tools_are_followed_after_a_reload(tmp_path: Path) -> None:
    async with service(tmp_path) as stage:
        rules = "[tools.rules.get_time]\nis_offered = false\n"
        stage.home.config.write_text(stage.home.config.read_text() + rules)
        await stage.reload()
        told = await asyncio.to_thread(ask, stage.socket, Tools())
        names = {tool["name"] for tool in told["tools"]}
        assert "set_timer" in names
        assert "get_time" not in names


async def test_the_watchdog_is_fed_while_it_lives_and_not_once_its_ears_hang(
    tmp_path: Path,
) -> None:
    async with service_manager(tmp_path) as systemd:
        environ = {"NOTIFY_SOCKET": str(systemd.path), "WATCHDOG_USEC": "4000000"}
        async with speaker(tmp_path, environ=environ) as on:
            await on.daemon.wait("ready")
            await systemd.wait("WATCHDOG=1", times=2)
            await on.tell(Call("deafen"))
            await on.daemon.wait_err("the thread of the microphone hangs")
            fed = systemd.heard.count("WATCHDOG=1")
            await on.tell(Status())
            assert systemd.heard.count("WATCHDOG=1") == fed


async def test_a_muted_speaker_is_no_dead_one(tmp_path: Path) -> None:
    async with service(tmp_path, WATCHDOG_USEC="1000000") as stage:
        await asyncio.to_thread(ask, stage.socket, Mute())
        await stage.on.wait("muted")
        await stage.systemd.wait("WATCHDOG=1", times=stage.systemd.heard.count("WATCHDOG=1") + 3)


async def test_a_death_is_counted_and_an_end_is_none(tmp_path: Path) -> None:
    run = tmp_path / "run"
    run.mkdir()
    async with service(tmp_path, RUNTIME_DIRECTORY=str(run)) as stage:
        assert (run / FILE).read_text() == "1\n"
        await stage.on.kill()
    (tmp_path / "notify").unlink()
    async with service(tmp_path, RUNTIME_DIRECTORY=str(run)) as stage:
        assert (run / FILE).read_text() == "2\n"
        await stage.on.stop()
    assert (run / FILE).read_text() == "0\n"


async def test_it_pauses_after_some_deaths_and_asks_systemd_for_the_time(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("2\n")
    async with service(tmp_path, RUNTIME_DIRECTORY=str(tmp_path)) as stage:
        said = stage.systemd.heard
    waits = said.index("STATUS=ended 2 times soon after its start: waits 1 s")
    assert said[waits + 1] == "EXTEND_TIMEOUT_USEC=61000000"
    assert "READY=1" in said[waits:]


async def test_it_can_be_stopped_while_it_pauses(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("1000\n")
    async with service_manager(tmp_path) as systemd:
        environ = {"NOTIFY_SOCKET": str(systemd.path), "RUNTIME_DIRECTORY": str(tmp_path)}
        home = Home(tmp_path, environ)
        home.config.write_text(simulated(tmp_path))
        process = await home.start("run")
        await systemd.wait_status("waits 120 s")
        process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(2):
            await process.wait()
        await systemd.wait("STOPPING=1")
    assert process.returncode == 0


@pytest.fixture
def crashed(tmp_path: Path) -> Path:
    """The runtime directory of a service that has died five times."""
    (tmp_path / FILE).write_text(f"{DEATHS_TO_SAFE_MODE}\n")
    (tmp_path / LAST_END).write_text("watchdog, killed, ABRT\n")
    return tmp_path


async def test_a_crash_loop_ends_in_a_safe_mode_that_says_why(crashed: Path) -> None:
    tools = crashed / "tools"
    tools.mkdir(mode=0o755)
    (tools / "crash.py").write_text("import os\nos.abort()\n")
    more = f'[tools]\nfolder = "{tools}"\n'
    async with service(crashed, more=more, RUNTIME_DIRECTORY=str(crashed)) as stage:
        status = await stage.systemd.wait_status("safe mode: it ended")
        assert "the last time: watchdog, killed, ABRT" in status
        assert "sudo systemctl restart myna" in status
        told = await stage.status()
        assert told["wake"] == {"engine": "none", "words": []}
        assert "safe mode" in json.dumps(told["troubles"])
        await stage.on.wait("lights", pattern="error")
        await stage.on.stop()
    # By hand, it is a start like any other.
    assert (crashed / FILE).read_text() == "0\n"


async def test_the_safe_mode_is_left_after_a_while_for_one_more_try(crashed: Path) -> None:
    home = Home(crashed, {"RUNTIME_DIRECTORY": str(crashed)})
    home.config.write_text(simulated(crashed))
    code = "from myna.service import safe_mode; safe_mode.LASTS_S = 0.2; import myna.__main__ as m"
    done = await home.python("-c", f"{code}; m.main()", "run")
    assert done.code == EX_RENEWAL, done.err
    # Should that die young as well, it is back in the safe mode.
    assert (crashed / FILE).read_text() == f"{DEATHS_TO_SAFE_MODE - 1}\n"
