"""Who may talk to the speaker: those of its group over its socket, and nobody else at all."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import random
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import get_args

import pytest

from myna.config import ControlSettings
from myna.control.client import ask
from myna.control.messages import LINE_LIMIT_BYTES, Request, Status
from myna.conversation.states import State, name_of
from myna.simulator.script import Speech
from myna.simulator.sounds import tone
from support.cli import Daemon, Home, daemon, simulate, simulated, write_wav
from support.other_user import as_nobody, needs_root
from support.ports import listening
from support.scene import scene, turn
from support.speech import in_silence, recorded

STATES = {name_of(state) for state in get_args(State)}
SLOW_ANSWER = """\
[server]
connect_delay_s = 0.5
[[turn]]
on = "speech"
send = [{ pause_s = 0.5 }, { tone = { hz = 440, seconds = 1.0 }, text = "Here I am." }]
"""
LINES = 1500


# --- no port ----------------------------------------------------------------------------


class Watch:
    """Looks for open ports whenever the daemon enters a state."""

    def __init__(self, on: Daemon) -> None:
        self._on = on
        self.seen: set[str] = set()

    async def wait(self, *states: str) -> None:
        """Wait for these states, one after the other, and look in each."""
        for state in states:
            await self._on.wait("state", times=self._times(state) + 1, to=state)
            self.look(state)

    def look(self, state: str) -> None:
        """Look now."""
        assert listening(self._on.process.pid) == [], state
        self.seen.add(state)

    def _times(self, state: str) -> int:
        return 1 if state in self.seen else 0


async def test_no_port_is_open_in_any_state(tmp_path: Path) -> None:
    home = Home(tmp_path, {"GEMINI_API_KEY": "canary-0123456789"})
    question = write_wav(tmp_path / "question.wav", in_silence(recorded("wake_lamp"), tail_s=1.5))
    microphone = ("--set", "microphone.driver=file", "--set", f"microphone.path={question}")
    async with simulate(home, SLOW_ANSWER) as endpoint:
        home.config.write_text(simulated(tmp_path, endpoint))
        async with daemon(home, *microphone) as on:
            watch = Watch(on)
            watch.look("idle")
            await watch.wait("waking", "connecting", "listening", "thinking", "speaking")
            assert (await home.myna("stop")).code == 0
            assert (await home.myna("mute")).code == 0
            await watch.wait("muted")
            assert (await home.myna("unmute")).code == 0
            assert (await home.myna("call", "set_timer", "duration_s=1")).code == 0
            await watch.wait("ringing")
            assert (await home.myna("stop")).code == 0
    home.config.write_text(simulated(tmp_path))
    async with daemon(home) as on:
        assert (await home.myna("listen")).code == 0
        offline = Watch(on)
        await offline.wait("offline")
    assert watch.seen | offline.seen == STATES


def test_port_that_is_open_would_be_found() -> None:
    """Prove the search."""
    with socket.create_server(("127.0.0.1", 0)):
        assert [port.split()[0] for port in listening(os.getpid())] == ["tcp"]
    with socket.create_server(("::1", 0), family=socket.AF_INET6):
        assert [port.split()[0] for port in listening(os.getpid())] == ["tcp6"]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.bind(("127.0.0.1", 0))
        assert [port.split()[0] for port in listening(os.getpid())] == ["udp"]


# --- nobody else's socket ----------------------------------------------------------------


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder for everybody; pytest's own is closed to others."""
    with TemporaryDirectory(dir="/tmp") as name:
        Path(name).chmod(0o755)
        yield Path(name)


@needs_root
@pytest.mark.parametrize("mode", [0o750, 0o755], ids=["closed folder", "closed socket"])
async def test_somebody_else_is_refused(mode: int, open_folder: Path, tmp_path: Path) -> None:
    path = open_folder / "myna" / "control.sock"
    async with scene(tmp_path, control=ControlSettings(socket=path)):
        path.parent.chmod(mode)
        refusal = as_nobody(lambda: json.dumps(ask(path, Status())))
    assert refusal.startswith(f"CommandError: {path} is not yours to use: use sudo, or join ")


# --- nonsense ----------------------------------------------------------------------------


def nonsense(chance: random.Random) -> Iterator[bytes]:
    """Yield lines that no client of ours sends: mutated requests, JSON, and plain noise."""
    names = [kind.__struct_config__.tag for kind in get_args(Request)] + ["monitor", "reboot"]
    values = [
        "1",
        "-1",
        "1e999",
        '"x"',
        "null",
        "[]",
        "{}",
        '"\\ud800"',
        "true",
        "[" * 3000,
        '"\xff"',
    ]
    keys = ["text", "percent", "name", "arguments", "what", "minutes", "command", "x"]
    while True:
        pairs = [f'"{chance.choice(keys)}": {chance.choice(values)}' for _ in range(2)]
        line = f'{{"command": "{chance.choice(names)}", {", ".join(pairs)}}}'.encode("latin-1")
        yield chance.choice(
            [
                line,
                line[: chance.randrange(len(line))],
                bytes(chance.choice([byte, chance.randrange(256)]) for byte in line),
                chance.randbytes(chance.randrange(200)),
                b"x" * (LINE_LIMIT_BYTES + chance.randrange(3) - 1),
            ]
        ).replace(b"\n", b" ")


@asynccontextmanager
async def connected(path: Path) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    reader, writer = await asyncio.open_unix_connection(path)
    try:
        yield reader, writer
    finally:
        writer.close()


async def test_nonsense_is_refused_and_breaks_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    chance = random.Random(7)  # noqa: S311 - the same nonsense on every run
    lines = nonsense(chance)
    async with scene(tmp_path, turn(Speech(tone(440, 0.3)))) as on:
        path = on.config.control.socket
        assert path is not None
        told = [await answered(path, next(lines)) for _ in range(LINES)]
        status = await asyncio.to_thread(ask, path, Status())
        assert not on.app.failure.done()
    assert status["troubles"] == {}
    assert all(answer == b"" or b'"ok":' in answer for answer in told)
    assert sum(b'"ok":false' in answer for answer in told) > LINES / 2
    assert [each for each in caplog.records if each.levelno >= logging.ERROR] == []


async def answered(path: Path, line: bytes) -> bytes:
    """Send one line, and hang up after one line of answer."""
    async with connected(path) as (reader, writer), asyncio.timeout(10):
        writer.write(line + b"\n")
        return await reader.readline()
