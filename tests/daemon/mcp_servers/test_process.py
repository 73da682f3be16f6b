from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import pytest

from myna.errors import McpServerError
from myna.mcp_servers.process import end_process, start_process

DEAF = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("on", flush=True)
time.sleep(60)
"""


async def test_end_is_not_cut_short_by_a_cancellation() -> None:
    child = await start_process((sys.executable, "-c", DEAF), dict(os.environ))
    assert child.process.stdout is not None
    await child.process.stdout.readline()
    ending = asyncio.create_task(end_process(child))
    await asyncio.sleep(0)
    for _ in range(3):
        ending.cancel()
        await asyncio.sleep(0)
    with pytest.raises(asyncio.CancelledError):
        await ending
    assert child.process.returncode == -9


async def test_start_that_is_cancelled_leaves_nothing_behind(tmp_path: Path) -> None:
    mark = f"import time; time.sleep(60)  # {tmp_path}"
    start = asyncio.create_task(start_process((sys.executable, "-c", mark), dict(os.environ)))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    start.cancel()
    with pytest.raises(asyncio.CancelledError):
        await start
    await asyncio.sleep(0)
    commands = [read(path) for path in Path("/proc").glob("[0-9]*/cmdline")]  # noqa: ASYNC240
    assert not any(mark in command for command in commands)


def read(path: Path) -> str:
    try:
        return path.read_bytes().decode(errors="replace")
    except OSError:
        return ""


async def test_program_that_cannot_be_executed_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_words: object, **_more: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("subprocess.Popen", refuse)
    with pytest.raises(McpServerError, match="true does not start: Permission denied"):
        await start_process(("true",), {"PATH": "/usr/bin:/bin"})


async def test_without_setpriv_a_program_is_run_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    found = {"true": "/usr/bin/true"}
    monkeypatch.setattr("shutil.which", lambda name, **_more: found.get(name))
    child = await start_process(("true",), {})
    await end_process(child)
    assert child.process.returncode == 0
