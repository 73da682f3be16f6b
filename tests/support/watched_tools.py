"""What every built-in tool does to the machine, told by Python's own audit hooks.

    python -m support.watched_tools FOLDER

Calls each tool with arguments that fit and prints, as JSON, what each was seen to do
beyond computing. A process of its own: an audit hook cannot be taken away again.
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from myna.tools.consent import Consent
from myna.tools.registry import Registry
from myna.tools.tool import Result, Tool
from myna.trace import Trace
from support.every_tool import CALLS, every_tool

WATCHED: Final = (
    *("subprocess.", "os.exec", "os.posix_spawn", "os.spawn", "os.fork", "os.system", "pty."),
    *("socket.connect", "socket.bind", "socket.sendto", "socket.getaddrinfo", "urllib."),
    *("os.remove", "os.rename", "os.mkdir", "os.rmdir", "os.link", "os.symlink", "os.truncate"),
    *("os.chmod", "os.chown", "shutil.", "sqlite3.connect", "ctypes.dlopen", "exec", "compile"),
)
WRITING: Final = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


class Watch:
    """Notes what is done, under the name of the tool that is being called."""

    def __init__(self) -> None:
        self.seen: dict[str, set[str]] = {}
        self.tool: str | None = None
        sys.addaudithook(self._on_event)

    def _on_event(self, event: str, arguments: tuple[object, ...]) -> None:
        if self.tool is None or not self._counts(event, arguments):
            return
        self.seen[self.tool].add("write" if event == "open" else event)

    @staticmethod
    def _counts(event: str, arguments: tuple[object, ...]) -> bool:
        if event == "open":
            flags = arguments[2]
            return isinstance(flags, int) and bool(flags & WRITING)
        return event.startswith(WATCHED)


async def rogue() -> Result:
    """Do what no tool may; it proves that the watch sees it."""
    path = Path(sys.argv[1]) / "written"
    path.write_text("x")
    path.unlink()
    subprocess.run(["true"], check=True)  # noqa: ASYNC221, S607 - what must be seen
    with socket.socket(socket.AF_UNIX) as line:
        line.connect_ex(str(path))
    return {}


async def watch(folder: Path) -> dict[str, list[str]]:
    """Call every tool; return what each did, in order of the alphabet."""
    seen = Watch()
    consent = Consent(Trace())
    async with every_tool(folder) as tools:
        registry = Registry([*tools, Tool.from_function(rogue)], consent=consent)
        for name in [*(tool.name for tool in tools), "rogue"]:
            seen.seen[name] = set()
            seen.tool = name
            answer = await registry.call(name, CALLS.get(name, {}))
            seen.tool = None
            check(name, answer.response)
    return {name: sorted(events) for name, events in seen.seen.items()}


def check(name: str, response: Mapping[str, Any]) -> None:
    """Check that the handler was reached: the arguments fitted."""
    told = str(response.get("error", ""))
    assert "was not run: " not in told, (name, told)
    assert "failed inside" not in told, (name, told)


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asyncio.run(watch(Path(sys.argv[1])))))
