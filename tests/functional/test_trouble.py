"""Trouble with keys, files, devices and peers: the running daemon tells it and goes on."""

from __future__ import annotations

import asyncio
import logging
import shutil
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from http import HTTPStatus
from pathlib import Path

import pytest
from websockets.asyncio.server import ServerConnection, serve
from websockets.http11 import Request, Response

from myna.config import LiveSettings
from myna.demo.stage import PICTURE
from myna.simulator.script import Speech, ToolCall
from myna.simulator.sounds import tone
from myna.wake.refractory import REFRACTORY_FRAMES
from myna_hardware.settings import CameraSettings, MicrophoneSettings, SpeakerSettings
from myna_hardware.units import silence
from support.cli import Home, bad_microphone_files, write_wav
from support.scene import KEY, Scene, scene, turn
from support.speech import recorded

SHORT = Speech(tone(440, 0.3))
NO_CARD = "no such sound card"


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    """Watch the log of a daemon in this process: no traceback, and never the key."""
    caplog.set_level(logging.DEBUG)
    yield caplog
    assert [record.getMessage() for record in caplog.records if record.exc_info] == []
    assert KEY not in caplog.text


async def hears_its_name(on: Scene, speech: str = "wake_lamp", times: int = 1) -> None:
    """Say `speech`, which begins with the wake word; wait until the daemon takes it up."""
    pause = silence(REFRACTORY_FRAMES) if on.log.of("wake") else b""
    on.microphone.say(pause + recorded(speech))
    await on.log.wait("wake", times=times)
    await on.log.wait("session_opening", times=times)


@pytest.mark.parametrize("name", ["none", "rate"])
async def test_microphone_file_is_heard_once_it_is_right(
    tmp_path: Path, name: str, log: pytest.LogCaptureFixture
) -> None:
    path = bad_microphone_files(tmp_path)[name]
    microphone = MicrophoneSettings(driver="file", path=path)
    async with scene(tmp_path, turn(SHORT), microphone=microphone) as on:
        degraded = await on.log.wait("degraded")
        assert degraded["what"] == "microphone"
        assert str(path) in degraded["why"]
        status = await Home(tmp_path).myna("status", "--set", f"control.socket={_socket(on)}")
        assert f"! microphone  {degraded['why']}" in status.out
        write_wav(tmp_path / "right.wav", recorded("wake_lamp")).replace(path)
        await on.log.wait("recovered")
        await on.log.wait("wake")
        await on.log.wait("session_ready")
    assert "microphone: works again" in log.text


async def test_sound_card_that_is_missing_is_trouble_and_no_end(
    tmp_path: Path, log: pytest.LogCaptureFixture
) -> None:
    microphone = MicrophoneSettings(driver="pyaudio", device=NO_CARD)
    async with scene(tmp_path, turn(SHORT), microphone=microphone) as on:
        command = Home(tmp_path)
        setting = f"--set=control.socket={_socket(on)}"
        status = await command.myna("status", setting)
        assert (status.code, "! microphone  " in status.out) == (0, True)
        assert (await command.myna("listen", setting)).code == 0
        await on.log.wait("session_ready")
    assert "microphone: " in log.text


async def test_wake_word_works_without_a_speaker(
    tmp_path: Path, log: pytest.LogCaptureFixture
) -> None:
    speaker = SpeakerSettings(driver="pyaudio", device=NO_CARD)
    async with scene(tmp_path, turn(SHORT), speaker=speaker) as on:
        assert "speaker" in on.app.health.troubles
        await hears_its_name(on)
        await on.log.wait("turn_complete")
        await on.log.wait_state("listening", times=2)
    assert "speaker: " in log.text


@pytest.mark.parametrize("bad_key", ["", f"{KEY}\nsecond line"])
async def test_key_that_is_missing_or_broken_is_told_until_it_is_right(
    tmp_path: Path, bad_key: str, log: pytest.LogCaptureFixture
) -> None:
    environ = {"GEMINI_API_KEY": bad_key}
    async with scene(tmp_path, turn(SHORT), environ=environ) as on:
        assert "GEMINI_API_KEY" in on.app.health.troubles["key"]
        await hears_its_name(on)
        await on.log.wait_state("offline")
        assert (await on.log.wait("session_closed"))["next"] == "give-up"
        assert str(on.lights.history[-1]) == "refused"
        environ["GEMINI_API_KEY"] = KEY
        await hears_its_name(on, times=2)
        await on.log.wait("session_ready")
        assert on.app.health.troubles == {}
        assert KEY not in str(on.log.lines)
    assert "key: " in log.text


@asynccontextmanager
async def _web_server() -> AsyncIterator[str]:
    def answer(socket: ServerConnection, _request: Request) -> Response:
        return socket.respond(HTTPStatus.NOT_FOUND, "not here\n")

    async def never(_socket: ServerConnection) -> None: ...

    async with serve(never, "127.0.0.1", 0, process_request=answer) as server:
        yield f"ws://127.0.0.1:{next(iter(server.sockets)).getsockname()[1]}"


@asynccontextmanager
async def _chatterer() -> AsyncIterator[str]:
    async def chatter(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"\x00\xffSSH-2.0-nothing of the kind\r\n\r\n" * 8)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(chatter, "127.0.0.1", 0)
    async with server:
        yield f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}"


@asynccontextmanager
async def _nobody() -> AsyncIterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    yield f"ws://127.0.0.1:{port}"


@pytest.mark.usefixtures("log")
@pytest.mark.parametrize(
    ("peer", "reason", "pattern"),
    [
        (_web_server, "answered HTTP 404, not a WebSocket", "error"),
        (_chatterer, "does not speak WebSocket", "error"),
        (_nobody, "cannot be reached: Connection refused", "offline"),
    ],
)
async def test_endpoint_that_is_no_live_server_is_told_and_survived(
    tmp_path: Path,
    peer: Callable[[], AbstractAsyncContextManager[str]],
    reason: str,
    pattern: str,
) -> None:
    async with peer() as endpoint:
        live = LiveSettings(endpoint=endpoint, key_in="query")
        async with scene(tmp_path, live=live) as on:
            await hears_its_name(on)
            assert reason in (await on.log.wait("session_closed"))["reason"]
            await on.log.wait_state("offline")
            assert str(on.lights.history[-1]) == pattern
            status = await Home(tmp_path).myna("status", f"--set=control.socket={_socket(on)}")
            assert reason in status.out
            assert KEY not in status.out + str(on.log.lines)
            await hears_its_name(on, times=2)


@pytest.mark.usefixtures("log")
async def test_tool_that_fails_or_is_unknown_does_not_end_the_conversation(tmp_path: Path) -> None:
    picture = Path(shutil.copy(PICTURE, tmp_path / "picture.jpg"))
    calls = (ToolCall("look"), ToolCall("fly"), ToolCall("set_output", {"name": 3}))
    camera = CameraSettings(driver="file", path=picture)
    async with scene(tmp_path, turn(*calls, SHORT), camera=camera) as on:
        await asyncio.to_thread(picture.unlink)
        await hears_its_name(on)
        await on.log.wait("turn_complete")
        results = on.log.of("tool_result")
        assert [(result["name"], result["ok"]) for result in results] == [
            ("look", False),
            ("fly", False),
            ("set_output", False),
        ]
        await on.log.wait_state("listening", times=2)
        on.microphone.say(recorded("okay_nabu"))
        await on.log.wait("wake", times=2)


def _socket(on: Scene) -> Path:
    assert on.config.control.socket is not None
    return on.config.control.socket
