"""The key is nowhere: real daemons with a canary go through every state and failure.

Then everything that they show or leave is searched: the trace, standard error (the
journal's text), the status, the configuration, the files of the account, and what the
kernel shows of the process. `myna report` does not exist yet; once it does, what it
writes belongs into `shown_by`.
"""

from __future__ import annotations

import os
import re
import resource
import signal
from base64 import b64encode
from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Literal, TypeAlias

import pytest

from myna.control.messages import Listen
from support.canary import found_in, left_by, shown_by
from support.canary_stage import TATTLE, TRIALS, Stage, self_signed, stage
from support.chameleon import SILENCE
from support.cli import Daemon, daemon
from support.live_server import live_server

RANDOM = "7Q/c1e+x0Zk=Vw~canary~93hTg5bR"
"""Of no shape that we know, so that nothing hides it by its looks; it needs URL quoting."""
KEY = f"key-{RANDOM}"
TOKEN = f"auth_tokens/{RANDOM}"

How: TypeAlias = Literal["header", "query", "token", "command"]
ATTEMPTS = {TATTLE: 2}
"""A setup that is refused is sent once more, without optional features."""

End: TypeAlias = Literal["idle", "connecting", "talking", "offline"]


def secret_of(how: How) -> str:
    return TOKEN if how == "token" else KEY


def place_of(how: How, folder: Path) -> tuple[dict[str, str], str]:
    """Return the environment and the settings with which the canary gets in."""
    if how == "command":
        key = folder / "key"
        key.write_text(KEY)
        return {}, f'key_command = ["/bin/cat", "{key}"]\n'
    return {"GEMINI_API_KEY": secret_of(how)}, 'key_in = "query"\n' if how == "query" else ""


async def meet(on: Daemon, at: Stage, mode: str) -> str:
    """Let the daemon meet `mode`, until that has ended; return its status."""
    before = len(on.of("session_closed"))
    at.server.mode = mode
    await at.ask(Listen())
    await at.server.met(mode)
    await on.wait("session_closed", times=before + ATTEMPTS.get(mode, 1))
    return await at.rest()


async def bring_to(end: End, on: Daemon, at: Stage) -> None:
    """Bring the daemon into a state in which it will be told to stop."""
    opened, closed = len(on.of("session_opening")), len(on.of("session_closed"))
    match end:
        case "idle":
            return
        case "connecting":
            at.server.mode = SILENCE
        case "talking":
            at.server.mode = "talk"
        case "offline":
            await at.server.close()
    await at.ask(Listen())
    await on.wait("session_opening", times=opened + 1)
    if end == "offline":
        await on.wait("session_closed", times=closed + 1)


@pytest.mark.parametrize(
    ("how", "end"),
    [("header", "connecting"), ("query", "talking"), ("token", "offline"), ("command", "idle")],
)
async def test_canary_is_nowhere_whatever_happens(tmp_path: Path, how: How, end: End) -> None:
    environ, settings = place_of(how, tmp_path)
    async with stage(tmp_path / "home", environ, settings) as at, daemon(at.home) as on:
        evidence = {f"{k} while idle": v for k, v in (await shown_by(on, at.socket)).items()}
        for mode in TRIALS:
            evidence[f"status after {mode}"] = await meet(on, at, mode)
        at.server.mode = "talk"
        turns = len(on.of("turn_complete"))
        await at.ask(Listen())
        await on.wait("turn_complete", times=turns + 1)
        evidence |= {f"{k} in a talk": v for k, v in (await shown_by(on, at.socket)).items()}
        await at.rest()
        for mode in ("close", "cut"):
            await meet(on, at, mode)
        await bring_to(end, on, at)
        evidence |= await shown_by(on, at.socket)
        done = await on.stop()
        evidence |= left_by(on, at.home)

    assert done.code == 0, done.err
    assert found_in(evidence, RANDOM) == {}
    assert at.foreign.requests == []
    assert "Not valid: " in evidence[f"status after {TATTLE}"]
    for told in ("HTTP 302", "HTTP 403", "API key not valid", "Not valid: ", "[secret]"):
        assert told in on.out
    assert "DEBUG" in done.err
    assert "Traceback" not in done.err


async def test_canary_is_nowhere_when_there_is_no_tls_or_a_forged_one(tmp_path: Path) -> None:
    environ, settings = place_of("query", tmp_path)
    async with AsyncExitStack() as stack:
        forged = await stack.enter_async_context(live_server(tls=self_signed(tmp_path)))
        others = {"forged": forged.endpoint}
        at = await stack.enter_async_context(
            stage(tmp_path / "home", environ, settings, scheme="wss", others=others)
        )
        on = await stack.enter_async_context(daemon(at.home))
        for mode in ("not found", "hang-up", "chatter", "forged"):
            await meet(on, at, mode)
        evidence = await shown_by(on, at.socket)
        await on.stop()
        evidence |= left_by(on, at.home)

    assert found_in(evidence, RANDOM) == {}
    assert "speaks no TLS" in evidence["trace"]
    assert "certificate is not valid" in evidence["trace"]
    assert forged.requests == []


@pytest.mark.parametrize(
    ("environ", "settings", "told"),
    [
        ({"GEMINI_API_KEY": f"{KEY} {KEY}"}, "", "holds a space"),
        ({"GEMINI_API_KEY": f"{KEY}\n" * 2}, "", "holds a space"),
        ({"PLACE": "1"}, 'key_command = ["/bin/sh", "KEY.sh"]\n', "failed with status 1"),
    ],
)
async def test_canary_is_nowhere_when_it_is_no_key(
    tmp_path: Path, environ: dict[str, str], settings: str, told: str
) -> None:
    script = tmp_path / "KEY.sh"
    script.write_text(f"echo '{KEY}'; echo 'no use: {KEY}' >&2; exit 1")
    settings = settings.replace("KEY.sh", str(script))
    async with stage(tmp_path / "home", environ, settings) as at, daemon(at.home) as on:
        await at.ask(Listen())
        await on.wait("session_closed")
        evidence = await shown_by(on, at.socket)
        await on.stop()
        evidence |= left_by(on, at.home)

    assert found_in(evidence, RANDOM) == {}
    assert told in evidence["trace"]
    assert told in evidence["journal"]
    assert told in evidence["status"]


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture
def _core_files_allowed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """Let the processes that a test starts write core files, into its own folder."""
    monkeypatch.chdir(tmp_path)
    before = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (before[1], before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_CORE, before)


@pytest.mark.usefixtures("_core_files_allowed")
@pytest.mark.parametrize("number", [signal.SIGABRT, signal.SIGSEGV])
async def test_canary_is_nowhere_when_the_daemon_crashes(
    tmp_path: Path, number: signal.Signals
) -> None:
    environ, settings = place_of("query", tmp_path)
    environ["PYTHONFAULTHANDLER"] = "1"  # as in the unit: what a watchdog's SIGABRT prints
    async with stage(tmp_path / "home", environ, settings) as at, daemon(at.home) as on:
        await bring_to("talking", on, at)
        await on.wait("session_ready")
        limits = Path(f"/proc/{on.process.pid}/limits").read_text()  # noqa: ASYNC240 - no disk
        on.process.send_signal(number)
        done = await on.ended()

    assert done.code == -number
    assert "Fatal Python error" in done.err
    assert found_in(left_by(on, at.home), RANDOM) == {}
    assert names_in(tmp_path) == ["home"]
    assert re.search(r"Max core file size +0 +0 ", limits)


async def test_canary_is_found_everywhere_when_it_is_planted(tmp_path: Path) -> None:
    """Prove every search: where nobody knows that it is secret, it is in every place."""
    planted = RANDOM.replace("/", "-")  # a device may have any name, a file not
    words = ("--set", f"speaker.device={planted}", "--set", "speaker.driver=pyaudio")
    async with stage(tmp_path / "home", {"GEMINI_API_KEY": "k" * 20, "PLANT": planted}) as at:
        async with daemon(at.home, *words) as on:
            evidence = await shown_by(on, at.socket, *words)
            await on.stop()
        (at.home.folder / "left.json").write_text(planted)
        evidence |= left_by(on, at.home)

    if os.geteuid() != 0:
        assert evidence.pop("environ") == ""
    assert set(found_in(evidence, planted)) == set(evidence)


@pytest.mark.parametrize(
    "planted",
    [
        f"?key={KEY}&alt=1",
        "?access_token=auth_tokens%2F7Q%2Fc1e%2Bx0Zk%3DVw~canary~93hTg5bR",
        RANDOM[4:20] + "...",
        *(b64encode(f"{'-' * offset}{RANDOM} and more".encode()).decode() for offset in range(3)),
    ],
)
def test_canary_is_found_in_every_form(planted: str) -> None:
    assert list(found_in({"a": "nothing", "b": f"x{planted}x"}, RANDOM)) == ["b"]
