"""The `myna` command as its users run it: in a process of its own."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import wave
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from myna.trace import EventName
from myna_hardware.units import CAPTURE_RATE_HZ, Frames, silence

LIMIT_S = 20.0


@dataclass(frozen=True, slots=True)
class Done:
    """A command that has ended."""

    code: int
    out: str
    err: str


@dataclass(frozen=True, slots=True)
class Home:
    """Somebody's account: a folder, its configuration, and the environment.

    Attributes:
        folder: Where all of theirs lies.
        environ: What is set beside what every process needs.
        program: How Python is told to be `myna`.
    """

    folder: Path
    environ: Mapping[str, str] = field(default_factory=dict)
    program: tuple[str, ...] = ("-m", "myna")

    @property
    def config(self) -> Path:
        """The configuration that every command of this home reads."""
        return self.folder / "myna.toml"

    async def myna(self, *words: str) -> Done:
        """Run `myna WORDS` to its end."""
        return await self.python(*self.program, *words)

    async def python(self, *words: str) -> Done:
        """Run `python WORDS` to its end."""
        process = await self.begin(*words)
        try:
            async with asyncio.timeout(LIMIT_S):
                out, err = await process.communicate()
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        return Done(process.returncode or 0, out.decode(), err.decode())

    async def start(self, *words: str, stdin: int = PIPE, stdout: int = PIPE) -> Process:
        """Start `myna WORDS`; its output is piped."""
        return await self.begin(*self.program, *words, stdin=stdin, stdout=stdout)

    async def begin(self, *words: str, stdin: int = PIPE, stdout: int = PIPE) -> Process:
        """Start `python WORDS`; its output is piped."""
        self.config.touch()
        environ = {
            "HOME": str(self.folder),
            "PYTHONPATH": os.environ.get("PYTHONPATH", ""),  # the code that is being tested
            "STATE_DIRECTORY": str(self.folder / "state"),
            "MYNA_CONFIG": str(self.config),
            **self.environ,
        }
        return await asyncio.create_subprocess_exec(
            sys.executable,
            *words,
            stdin=stdin,
            stdout=stdout,
            stderr=PIPE,
            env=environ,
        )


class Daemon:
    """A running `myna run`, followed through its trace."""

    def __init__(self, home: Home, process: Process) -> None:
        self.home = home
        self.process = process
        self.lines: list[dict[str, Any]] = []
        self.out = ""
        self.err = ""
        self._changed = asyncio.Event()
        self._readers = asyncio.gather(self._follow(), self._collect())

    async def _follow(self) -> None:
        assert self.process.stdout is not None
        async for line in self.process.stdout:
            self.out += line.decode()
            self.lines.append(json.loads(line))
            self._changed.set()

    async def _collect(self) -> None:
        assert self.process.stderr is not None
        async for line in self.process.stderr:
            self.err += line.decode()
            self._changed.set()

    async def wait_err(self, part: str) -> None:
        """Wait until the log holds `part`."""
        async with asyncio.timeout(LIMIT_S):
            while part not in self.err:
                self._changed.clear()
                await self._changed.wait()

    def of(self, event: EventName) -> list[dict[str, Any]]:
        """Return every line of this event so far."""
        return [line for line in self.lines if line["event"] == event]

    def states(self) -> list[str]:
        """Return the states entered so far."""
        return [line["to"] for line in self.of("state")]

    async def wait(self, event: EventName, times: int = 1, **fields: object) -> dict[str, Any]:
        """Wait until `event` with `fields` has happened `times` times; return the last."""
        async with asyncio.timeout(LIMIT_S):
            while len(found := self._matching(event, fields)) < times:
                self._changed.clear()
                await self._changed.wait()
        return found[times - 1]

    async def ended(self) -> Done:
        """Wait until the process ends."""
        async with asyncio.timeout(LIMIT_S):
            await self._readers
            code = await self.process.wait()
        return Done(code, self.out, self.err)

    async def stop(self) -> Done:
        """Send SIGTERM and wait."""
        if self.process.returncode is None:
            self.process.send_signal(signal.SIGTERM)
        return await self.ended()

    async def kill(self) -> None:
        """End it, whatever it does."""
        if self.process.returncode is None:
            self.process.kill()
        await self.process.wait()
        await self._readers

    def _matching(self, event: EventName, fields: Mapping[str, object]) -> list[dict[str, Any]]:
        return [line for line in self.of(event) if fields.items() <= line.items()]


@asynccontextmanager
async def daemon(home: Home, *words: str, stdin: int = PIPE) -> AsyncIterator[Daemon]:
    """Run `myna run WORDS`, ready, with its trace on its standard output."""
    process = await home.start("run", "--trace", "/dev/stdout", *words, stdin=stdin)
    running = Daemon(home, process)
    try:
        await running.wait("ready")
        yield running
    finally:
        await running.kill()


@asynccontextmanager
async def simulate(home: Home, script: str) -> AsyncIterator[str]:
    """Run `myna simulate` with `script`, TOML; yield where it listens."""
    path = home.folder / "script.toml"
    path.write_text(script)
    process = await home.start("simulate", "--script", str(path))
    assert process.stdout is not None
    try:
        async with asyncio.timeout(LIMIT_S):
            first = (await process.stdout.readline()).decode()
        yield first.removeprefix("listening on ").strip()
    finally:
        process.terminate()
        await process.communicate()


def simulated(folder: Path, endpoint: str = "ws://127.0.0.1:9") -> str:
    """Return a configuration of simulated devices, as TOML."""
    return f"""\
[live]
endpoint = "{endpoint}"
[conversation]
follow_up_s = 0.5
[microphone]
driver = "simulated"
[speaker]
driver = "simulated"
[lights]
driver = "simulated"
pin = 17
[outputs.lamp]
driver = "simulated"
pin = 22
[control]
socket = "{folder / "control.sock"}"
"""


def write_wav(path: Path, pcm: bytes, rate_hz: int = CAPTURE_RATE_HZ) -> Path:
    """Write mono 16-bit `pcm`; return `path`."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate_hz)
        file.writeframes(pcm)
    return path


def bad_microphone_files(folder: Path) -> dict[str, Path]:
    """Write WAVs that no microphone can play, by what is wrong with them."""
    (folder / "text.wav").write_text("no WAV at all")
    return {
        "none": folder / "none.wav",
        "rate": write_wav(folder / "fast.wav", silence(Frames(4800)), 48_000),
        "text": folder / "text.wav",
    }
