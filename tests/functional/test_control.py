"""The commands against a running daemon, all of them processes of their own."""

from __future__ import annotations

import asyncio
import json
import socket
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from myna.simulator.options import Options
from myna.simulator.script_file import load_script
from myna.simulator.service import Simulator
from support.cli import Daemon, Home, daemon, simulate, simulated, write_wav
from support.scene import scene
from support.speech import in_silence, recorded

CANARY = "canary-0123456789-is-no-google-key"
SCRIPT = """\
at_end = "repeat"
[[turn]]
on = "text"
contains = "Dinner is ready."
send = [{ tone = { hz = 440, seconds = 0.3 }, text = "Dinner is ready." }]
"""
QUESTION = """\
[[turn]]
on = "speech"
send = [
    { tool_call = "set_output", args = { name = "lamp", on = true } },
    { tone = { hz = 440, seconds = 0.3 }, text = "It is on." },
]
"""


@pytest.fixture
async def on(tmp_path: Path) -> AsyncIterator[Daemon]:
    home = Home(tmp_path, {"GEMINI_API_KEY": CANARY})
    async with AsyncExitStack() as stack:
        endpoint = await stack.enter_async_context(simulate(home, SCRIPT))
        home.config.write_text(simulated(tmp_path, endpoint))
        yield await stack.enter_async_context(daemon(home))


async def status_of(on: Daemon) -> dict[str, Any]:
    done = await on.home.myna("status", "--json")
    assert done.code == 0, done.err
    status: dict[str, Any] = json.loads(done.out)
    return status


async def obey(on: Daemon, *words: str) -> None:
    done = await on.home.myna(*words)
    assert (done.code, done.out, done.err) == (0, "", "")


async def test_status_tells_how_the_speaker_is(on: Daemon) -> None:
    status = await status_of(on)
    assert (status["state"], status["is_muted"], status["volume"]) == ("idle", False, 70)
    assert status["wake"]["words"] == ["okay_nabu"]
    assert status["outputs"] == {"lamp": 0}
    assert status["troubles"] == {}


async def test_status_in_words_says_the_same(on: Daemon) -> None:
    done = await on.home.myna("status")
    lines = dict(line.split("  ", 1) for line in done.out.splitlines())
    words = {name.strip(): value.strip() for name, value in lines.items()}
    assert words["state"].startswith("idle, for ")
    assert words["answers to"].startswith("okay_nabu (engine: ")
    assert (words["volume"], words["outputs"]) == ("70 %", "lamp 0 %")


async def test_listen_opens_a_session_and_stop_ends_it(on: Daemon) -> None:
    await obey(on, "listen")
    await on.wait("session_ready")
    await obey(on, "stop")
    await on.wait("state", to="idle")
    assert (await on.wait("session_closed"))["code"] == 1000


async def test_said_words_reach_the_server_and_are_spoken(on: Daemon) -> None:
    await obey(on, "say", "Dinner is ready.")
    await on.wait("playback_started")
    assert (await on.wait("reply_text"))["text"] == "Dinner is ready."
    await on.wait("state", to="idle")
    assert on.of("chunk_sent") == []


async def test_mute_closes_the_microphone_until_unmute(on: Daemon) -> None:
    await obey(on, "mute")
    await on.wait("muted")
    await on.wait("lights", pattern="muted")
    status = await status_of(on)
    assert (status["state"], status["is_muted"]) == ("muted", True)
    for words in (("listen",), ("say", "Hello.")):
        refused = await on.home.myna(*words)
        assert refused.code == 1
        assert refused.err == "myna: the speaker is muted: `myna unmute` first\n"
    await obey(on, "unmute")
    await on.wait("unmuted")
    await obey(on, "listen")
    await on.wait("session_ready")


async def test_wake_word_is_not_heard_while_muted(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.config.write_text(simulated(tmp_path))
    async with scene(tmp_path) as on:
        microphone = on.microphone
        assert (await home.myna("mute")).code == 0
        await on.log.wait("muted")
        assert await asyncio.to_thread(microphone.read) == b"", "the device is released"
        microphone.say(recorded("okay_nabu"))
        assert json.loads((await home.myna("status", "--json")).out)["is_muted"]
        assert on.log.of("wake") == []


async def test_volume_is_told_and_set(on: Daemon) -> None:
    assert (await on.home.myna("volume")).out == "70 %\n"
    assert (await on.home.myna("volume", "40")).out == "40 %\n"
    assert (await status_of(on))["volume"] == 40


async def test_second_daemon_refuses_and_leaves_the_first_alone(on: Daemon) -> None:
    second = await on.home.myna("run")
    assert second.code == 1
    assert second.err.splitlines()[-1].startswith("myna: myna is already running: it answers on ")
    assert (await status_of(on))["state"] == "idle"


@pytest.mark.parametrize("is_talking", [False, True])
async def test_sigterm_ends_the_daemon_at_once(on: Daemon, is_talking: bool) -> None:
    if is_talking:
        await obey(on, "listen")
        await on.wait("session_ready")
    began = time.monotonic()
    done = await on.stop()
    assert time.monotonic() - began < 3
    assert (done.code, on.lines[-1]["event"]) == (0, "stopped")
    assert "Traceback" not in done.err
    gone = await on.home.myna("status")
    assert gone.code == 69


async def test_systemd_is_told_ready_and_stopping(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(tmp_path / "notify"))
        systemd.settimeout(0)
        home = Home(tmp_path, {"NOTIFY_SOCKET": str(tmp_path / "notify")})
        home.config.write_text(simulated(tmp_path))
        async with daemon(home) as on:
            assert "no API key" in await _told(systemd, "STATUS=")
            assert await _told(systemd, "READY=") == "READY=1"
            await on.stop()
            assert await _told(systemd, "STOPPING=") == "STOPPING=1"


async def _told(systemd: socket.socket, what: str) -> str:
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(10):
        while not (message := (await loop.sock_recv(systemd, 4096)).decode()).startswith(what):
            pass
    return message


@pytest.mark.parametrize("key_in", ["header", "query"])
async def test_key_is_in_nothing_that_a_whole_conversation_writes(
    tmp_path: Path, key_in: str
) -> None:
    # asyncio itself has more to say at log.level = "debug" when it debugs.
    home = Home(tmp_path, {"GEMINI_API_KEY": CANARY, "PYTHONASYNCIODEBUG": "1"})
    heard = write_wav(tmp_path / "question.wav", in_silence(recorded("wake_lamp"), tail_s=1.5))
    (tmp_path / "script.toml").write_text(QUESTION)
    script = load_script(tmp_path / "script.toml")
    async with Simulator(script, options=Options(accepted_key=CANARY)) as server:
        home.config.write_text(simulated(tmp_path, server.url))
        settings = {
            "log.level": "debug",
            "live.key_in": key_in,
            "microphone.driver": "file",
            "microphone.path": heard,
            "microphone.at_end": "stop",
        }
        options = [word for key, value in settings.items() for word in ("--set", f"{key}={value}")]
        async with daemon(home, *options) as on:
            await on.wait("session_ready")
            status = await home.myna("status", "--json")
            shown = await home.myna("config", "show", *options)
            done = await on.ended()
    assert done.code == 0, "the end of the file is the end of the daemon"
    assert (on.of("tool_result")[0]["ok"], on.states()[-1]) == (True, "idle")
    assert on.lines[-1]["event"] == "stopped"
    assert "DEBUG" in done.err
    written = (done.out, done.err, status.out, status.err, shown.out, shown.err)
    assert [text for text in written if "canary" in text] == []
