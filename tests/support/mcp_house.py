"""A speaker's tools, and the MCP servers that bring them: real processes, no daemon."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from myna.health import Health
from myna.mcp_servers.servers import McpServers
from myna.mcp_servers.settings import McpServerSettings
from myna.tools.answer import Answer
from myna.tools.registry import Registry
from myna.tools.tool import Tool
from myna.trace import Trace
from support.scene import Log

LIMIT_S = 20
ROGUE = Path(__file__).with_name("rogue_server.py")
HOME_ASSISTANT = Path(__file__).with_name("home_assistant.py")
PYTHON_PATH = os.pathsep.join(map(str, filter(None, sys.path)))


@dataclass(frozen=True, slots=True)
class Witness:
    """What a server wrote down.

    Attributes:
        path: Where.
    """

    path: Path

    @property
    def notes(self) -> list[dict[str, Any]]:
        """Everything so far."""
        if not self.path.exists():
            return []
        return [json.loads(line) for line in self.path.read_text(encoding="utf-8").splitlines()]

    async def noted(self, **what: object) -> dict[str, Any]:
        """Wait until that was written down; return the whole note."""
        async with asyncio.timeout(LIMIT_S):
            while True:
                for note in self.notes:
                    if what.items() <= note.items():
                        return note
                await asyncio.sleep(0.02)  # a file of another process tells no more


class House:
    """The tools of one speaker and how they are."""

    def __init__(self, witness: Witness) -> None:
        self.witness = witness
        self.registry = Registry()
        self.secrets: list[str] = []
        self.trace = Trace(None)
        self.log = Log()
        self.trace.subscribe(self.log.on_event)
        self.health = Health(self.trace)
        self._offers = 0
        self._offered = asyncio.Condition()

    def offer(self, source: str, tools: Iterable[Tool]) -> list[str]:
        """Do as the registry does, and tell."""
        refused = self.registry.offer(source, tools)
        self._offers += 1
        self._woken = asyncio.create_task(self._tell())
        return refused

    async def _tell(self) -> None:
        async with self._offered:
            self._offered.notify_all()

    async def offers(self, times: int) -> None:
        """Wait until tools have been offered `times` times."""
        async with asyncio.timeout(LIMIT_S), self._offered:
            await self._offered.wait_for(lambda: self._offers >= times)

    @property
    def names(self) -> set[str]:
        """Return the tools on offer."""
        return {tool.name for _, tool in self.registry.offered}

    async def call(self, name: str, /, **arguments: object) -> Answer:
        """Call a tool as a person at a shell does."""
        return await self.registry.call(name, arguments, "command")

    async def output(self, name: str, /, **arguments: object) -> Any:  # noqa: ANN401 - JSON
        """Call a tool that works."""
        answer = await self.call(name, **arguments)
        assert answer.is_ok, answer.response
        return answer.response["output"]

    async def error(self, name: str, /, **arguments: object) -> str:
        """Call a tool that does not."""
        answer = await self.call(name, **arguments)
        assert not answer.is_ok, answer.response
        return str(answer.response["error"])


@asynccontextmanager
async def house(
    folder: Path, *, times: int = 1, **servers: McpServerSettings
) -> AsyncIterator[House]:
    """Connect to `servers`; yields when tools have been offered `times` times."""
    at = House(Witness(folder / "witness"))
    parts = McpServers(servers, {**os.environ}, at.secrets.append, at.health, at.offer)
    task = asyncio.create_task(parts.run())
    try:
        await at.offers(times)
        yield at
    finally:
        task.cancel()
        await asyncio.wait([task])
        at.trace.close()


def witness_env(folder: Path) -> dict[str, str]:
    """Return what a server of ours needs to write things down."""
    return {"WITNESS": str(folder / "witness"), "PYTHONPATH": PYTHON_PATH}


def real(folder: Path, **changes: Any) -> McpServerSettings:  # noqa: ANN401 - of any key
    """Return the SDK's server over stdio."""
    command = (sys.executable, "-m", "support.mcp_server", "stdio")
    chosen: dict[str, Any] = {"allow": ("*",), **changes}
    return McpServerSettings(command=command, env=witness_env(folder), **chosen)


def rogue(folder: Path, how: str, **changes: Any) -> McpServerSettings:  # noqa: ANN401
    """Return a server that misbehaves."""
    command = (sys.executable, str(ROGUE), how)
    chosen: dict[str, Any] = {"allow": ("*",), "timeout_s": 5.0, **changes}
    return McpServerSettings(command=command, env=witness_env(folder), **chosen)


@asynccontextmanager
async def http_server(folder: Path, token: str = "", port: int = 0) -> AsyncIterator[str]:
    """Run the SDK's server over HTTP; yields its URL."""
    async with _listening(folder, "-m", "support.mcp_server", "http", str(port), token) as url:
        yield url


@asynccontextmanager
async def home_assistant(folder: Path, token: str) -> AsyncIterator[str]:
    """Run what speaks like Home Assistant; yields its URL."""
    async with _listening(folder, str(HOME_ASSISTANT), token) as url:
        yield url


@asynccontextmanager
async def _listening(folder: Path, *words: str) -> AsyncIterator[str]:
    env = {**os.environ, **witness_env(folder)}
    process = await asyncio.create_subprocess_exec(sys.executable, *words, stdout=PIPE, env=env)
    assert process.stdout is not None
    try:
        async with asyncio.timeout(LIMIT_S):
            line = await process.stdout.readline()
        yield line.decode().split()[-1]
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()
