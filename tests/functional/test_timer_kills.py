"""Timers of a daemon that is killed, and of one that has no network at all."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
import wave
from asyncio.subprocess import PIPE
from datetime import time
from pathlib import Path

import pytest

from myna.audio.earcon_policy import EarconRules, earcon_db
from myna.audio.earcons import earcon
from myna.audio.volume import gain_of_db, scale
from myna.control.client import ask
from myna.control.messages import Call
from support.cli import Daemon, Home, simulated
from support.timer_kills import killed

ROUNDS = 6
SEED = 7


async def test_killed_daemon_loses_no_timer_and_rings_none_twice(tmp_path: Path) -> None:
    account = await killed(tmp_path, ROUNDS, SEED)
    assert account.judge() == []
    assert sum(asked.is_sure for asked in account.asked) >= ROUNDS
    assert len(account.lives) == ROUNDS + 1


def unshared() -> list[str]:
    """Return the words that start a program without any network."""
    return ["unshare", "--net"] if os.geteuid() == 0 else ["unshare", "--map-root-user", "--net"]


async def why_not() -> str:
    if shutil.which("unshare") is None:
        return "there is no unshare (package util-linux)"
    attempt = await asyncio.create_subprocess_exec(*unshared(), "true", stderr=PIPE)
    _, complaint = await attempt.communicate()
    return f"namespaces are not permitted here: {complaint.decode()}" if attempt.returncode else ""


async def test_timer_rings_where_there_is_no_network(tmp_path: Path) -> None:
    if reason := await why_not():
        pytest.skip(reason)
    wav = tmp_path / "heard.wav"
    config = simulated(tmp_path, "wss://generativelanguage.googleapis.com")
    config = config.replace(
        '[speaker]\ndriver = "simulated"', f'[speaker]\ndriver = "file"\npath = "{wav}"'
    )
    (tmp_path / "myna.toml").write_text(config)
    process = await asyncio.create_subprocess_exec(
        *unshared(),
        *(sys.executable, "-m", "myna", "run", "--trace", "/dev/stdout"),
        stdin=PIPE,
        stdout=PIPE,
        stderr=PIPE,
        env={
            "HOME": str(tmp_path),
            "STATE_DIRECTORY": str(tmp_path / "state"),
            "MYNA_CONFIG": str(tmp_path / "myna.toml"),
            "PATH": os.environ["PATH"],
            "PYTHONPATH": ":".join(filter(None, sys.path)),
        },
    )
    on = Daemon(Home(tmp_path), process)
    try:
        await on.wait("ready")
        call = Call("set_timer", {"duration_s": 1.5, "name": "pasta"})
        await asyncio.to_thread(ask, tmp_path / "control.sock", call)
        rang = await on.wait("timer_rang", name="pasta")
        assert rang["late_ms"] < 1000
        await on.wait("lights", pattern="ringing")
        await on.wait("earcon", times=3)
        assert on.of("session_opening") == []
        await on.stop()
    finally:
        await on.kill()
    db = earcon_db("timer", 70, EarconRules(), time(12))
    assert db is not None
    with wave.open(str(wav)) as file:
        ring = scale(earcon("timer"), gain_of_db(db)).rstrip(b"\0")
        assert ring in file.readframes(file.getnframes())
