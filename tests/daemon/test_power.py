"""Switching off, with real commands that obey, refuse, are not there or never answer."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import pytest

from myna import power
from myna.power import POWER_OFF, power_off

PATIENCE_S = 10.0


def script(folder: Path, *lines: str) -> str:
    """Write a command that does `lines`; return its path."""
    path = folder / "systemctl"
    path.write_text("\n".join(("#!/bin/sh", *lines, "")))
    path.chmod(0o755)
    return str(path)


async def test_power_off_that_is_obeyed_says_nothing() -> None:
    assert await power_off(["/bin/true"]) is None


async def test_power_off_asks_systemctl(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script(tmp_path, f'echo "$0 $*" > {tmp_path}/asked')
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    assert await power_off() is None
    assert (tmp_path / "asked").read_text() == f"{tmp_path}/systemctl poweroff\n"
    assert POWER_OFF == ("systemctl", "poweroff")


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        (("echo Please wait >&2", "echo Access denied >&2", "exit 1"), "Access denied"),
        (("echo on the wrong channel", "exit 3"), "3"),
        ((r"printf 'd\351nied' >&2", "exit 1"), "d\N{REPLACEMENT CHARACTER}nied"),
        (("kill -9 $$",), "-9"),
    ],
)
async def test_power_off_that_is_refused_says_why(
    tmp_path: Path, lines: tuple[str, ...], why: str
) -> None:
    command = script(tmp_path, *lines)
    assert await power_off([command, "poweroff"]) == f"`{command} poweroff` refused: {why}"


@pytest.mark.parametrize(
    ("name", "why"),
    [("no-such-command", "No such file or directory"), ("/dev/null", "Permission denied")],
)
async def test_power_off_without_the_command_says_so(name: str, why: str) -> None:
    assert await power_off([name, "poweroff"]) == f"`{name}` does not start: {why}"


SLEEPS = "import time; time.sleep(15)"


@pytest.mark.parametrize(
    "line",
    [f"exec {sys.executable} -c '{SLEEPS}'", f"{sys.executable} -c '{SLEEPS}'; exit 1"],
    ids=["itself", "its child"],
)
async def test_power_off_that_is_not_answered_gives_up_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str
) -> None:
    monkeypatch.setattr(power, "LIMIT_S", 0.2)
    async with asyncio.timeout(PATIENCE_S):
        command = script(tmp_path, line)
        assert await power_off([command]) == f"`{command}` did not answer within 0.2 s"


async def test_power_off_does_not_wait_for_what_the_command_leaves_behind(tmp_path: Path) -> None:
    async with asyncio.timeout(PATIENCE_S):
        assert await power_off([script(tmp_path, f"{sys.executable} -c '{SLEEPS}' &")]) is None


async def test_power_off_that_is_cancelled_leaves_no_child(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pid")
    command = script(tmp_path, f"echo $$ > {tmp_path}/pid", f"exec {sys.executable} -c '{SLEEPS}'")
    asking = asyncio.create_task(power_off([command]))
    pid = int(await asyncio.to_thread((tmp_path / "pid").read_text))
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
