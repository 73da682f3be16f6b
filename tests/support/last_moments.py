"""A daemon that is told to stop in the midst of something, and what it leaves behind."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import random
import shutil
import signal
import socket
import sqlite3
import sys
import time
import wave
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from myna.control.client import ask
from myna.control.messages import Call, Listen, Mute, Request
from myna.errors import MynaError
from support.cli import Daemon, Home, simulate, simulated, write_wav
from support.speech import in_silence, recorded

TESTS: Final = Path(__file__).parents[1]

STALLS: Final = '[[turn]]\non = "speech"\nsend = [{ stall = true }]\n'
TALKS: Final = '[[turn]]\non = "speech"\nsend = [{ tone = { hz = 440, seconds = 30 } }]\n'
CALLS: Final = '[[turn]]\non = "speech"\nsend = [{ tool_call = "hang" }]\n'

NOBODY: Final = ""

SABOTAGE: Final = Path(__file__).parent / "sabotage.py"


@dataclass(frozen=True, slots=True)
class Ended:
    """How it ended.

    Attributes:
        code: The exit code; negative for a signal.
        seconds: From the signal to the end.
        lights: What was last to be seen of them, and what became of them; None where there
            never were any.
        err: The log.
        spoiled: Files that are not intact.
    """

    code: int
    seconds: float
    lights: str | None
    err: str
    spoiled: list[str]


class Speaker:
    """A running daemon with a WAV for each ear and mouth, and tools that sabotage it."""

    def __init__(self, home: Home, daemon: Daemon) -> None:
        self.home = home
        self.daemon = daemon

    async def tell(self, request: Request) -> None:
        """Have a command done; it may be one that is never answered."""
        with contextlib.suppress(MynaError):
            await asyncio.to_thread(ask, self.home.folder / "control.sock", request, 0.3)

    async def be(self, state: str, times: int = 1) -> None:
        """Wait until it has been in `state`."""
        await self.daemon.wait("state", times, to=state)

    async def end(self, after_s: float) -> Ended:
        """Send SIGTERM a little later, and wait for the end."""
        await asyncio.sleep(after_s)
        began_s = time.monotonic()
        self.daemon.process.send_signal(signal.SIGTERM)
        code = await self.daemon.process.wait()
        seconds = time.monotonic() - began_s
        done = await self.daemon.ended()
        return Ended(code, seconds, self._lights(), done.err, spoiled(self.home.folder))

    def _lights(self) -> str | None:
        try:
            seen = (self.home.folder / "lights").read_text().split()
        except FileNotFoundError:
            return None
        return " ".join(seen[-2:]) or None


def spoiled(folder: Path) -> list[str]:
    """Return what is wrong with files of the daemon; it may have been too young for any."""
    if not (folder / "state/timers.db").exists() or not (folder / "heard.wav").exists():
        return []
    found = []
    with wave.open(str(folder / "heard.wav")) as heard:
        length = (folder / "heard.wav").stat().st_size - 44
        if heard.getnframes() * 2 != length:
            found.append(f"heard.wav says {heard.getnframes()} frames, and has {length // 2}")
    with contextlib.closing(sqlite3.connect(folder / "state/timers.db")) as timers:
        if timers.execute("PRAGMA integrity_check").fetchall() != [("ok",)]:
            found.append("timers.db is damaged")
        if not timers.execute("SELECT count(*) FROM entries").fetchone()[0]:
            found.append("timers.db has lost its timer")
    for path in (folder / "state").glob("*.json"):
        try:
            json.loads(path.read_text())
        except ValueError:
            found.append(f"{path.name} is damaged")
    return found


def configuration(folder: Path, endpoint: str) -> str:
    """Return one with files for ears and mouth, and the saboteur's tools."""
    text = simulated(folder, endpoint)
    microphone = f'[microphone]\ndriver = "file"\npath = "{folder / "said.wav"}"'
    speaker = f'[speaker]\ndriver = "file"\npath = "{folder / "heard.wav"}"'
    text = text.replace('[microphone]\ndriver = "simulated"', microphone)
    text = text.replace('[speaker]\ndriver = "simulated"', speaker)
    return f'{text}[tools]\nfolder = "{folder / "tools"}"\n'


@asynccontextmanager
async def speaker(
    folder: Path,
    *,
    script: str | None = None,
    says: str | None = None,
    environ: Mapping[str, str] | None = None,
) -> AsyncIterator[Speaker]:
    """Run a daemon whose microphone hears `says`, with a server that plays `script`.

    Without a script the server takes connections and never says a word; the script `NOBODY`
    is no server at all.
    """
    home = Home(folder, {"GEMINI_API_KEY": "key", **(environ or {})})
    write_wav(folder / "said.wav", in_silence(recorded(says) if says else b""))
    (folder / "tools").mkdir(mode=0o755, exist_ok=True)
    shutil.copy(SABOTAGE, folder / "tools")
    (folder / "tools/sabotage.py").chmod(0o644)
    async with AsyncExitStack() as stack:
        if script == NOBODY:
            endpoint = "ws://127.0.0.1:9"
        elif script is None:
            deaf = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
            endpoint = f"ws://127.0.0.1:{deaf.getsockname()[1]}"
        else:
            endpoint = await stack.enter_async_context(simulate(home, script))
        home.config.write_text(configuration(folder, endpoint))
        daemon = Daemon(home, await _started(home))
        stack.push_async_callback(daemon.kill)
        yield Speaker(home, daemon)


async def _started(home: Home) -> asyncio.subprocess.Process:
    path = os.pathsep.join(filter(None, (str(TESTS), os.environ.get("PYTHONPATH"))))
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "support.witness", "run", "--trace", "/dev/stdout"),
        stdin=PIPE,
        stdout=PIPE,
        stderr=PIPE,
        env={
            "HOME": str(home.folder),
            "PYTHONPATH": path,
            "STATE_DIRECTORY": str(home.folder / "state"),
            "MYNA_CONFIG": str(home.config),
            "WITNESS": str(home.folder / "lights"),
            **home.environ,
        },
    )


async def _starting(_on: Speaker) -> None:
    pass


async def _idle(on: Speaker) -> None:
    await on.daemon.wait("ready")


async def _muted(on: Speaker) -> None:
    await on.daemon.wait("ready")
    await on.tell(Mute())
    await on.be("muted")


async def _connecting(on: Speaker) -> None:
    await on.daemon.wait("ready")
    await on.tell(Listen())
    await on.be("connecting")


async def _listening(on: Speaker) -> None:
    await on.daemon.wait("ready")
    await on.tell(Listen())
    await on.be("listening")


async def _ringing(on: Speaker) -> None:
    await on.daemon.wait("ready")
    await on.tell(Call("set_timer", {"duration_s": 1}))
    await on.be("ringing")


def _state(name: str) -> Callable[[Speaker], Awaitable[None]]:
    async def reach(on: Speaker) -> None:
        await on.be(name)

    return reach


def _sabotaged(tool: str) -> Callable[[Speaker], Awaitable[None]]:
    async def reach(on: Speaker) -> None:
        await on.daemon.wait("ready")
        await on.tell(Call(tool))

    return reach


async def _tool(on: Speaker) -> None:
    await on.daemon.wait("tool_call")


@dataclass(frozen=True, slots=True)
class Moment:
    """Something that goes on when it is told to stop.

    Attributes:
        reach: Returns once it goes on.
        script: See `speaker`.
        says: See `speaker`.
        hangs: Whether it cannot end in good order.
    """

    reach: Callable[[Speaker], Awaitable[None]]
    script: str | None = None
    says: str | None = None
    hangs: bool = False


MOMENTS: Final[Mapping[str, Moment]] = {
    "starting": Moment(_starting),
    "idle": Moment(_idle),
    "muted": Moment(_muted),
    "waking": Moment(_state("waking"), says="okay_nabu"),
    "connecting": Moment(_connecting),
    "listening": Moment(_listening, script=STALLS),
    "thinking": Moment(_state("thinking"), script=STALLS, says="one_breath"),
    "speaking": Moment(_state("speaking"), script=TALKS, says="one_breath"),
    "offline": Moment(_state("offline"), script=NOBODY, says="one_breath"),
    "ringing": Moment(_ringing),
    "a tool of the model hangs": Moment(_tool, script=CALLS, says="one_breath", hangs=True),
    "a tool hangs": Moment(_sabotaged("hang"), hangs=True),
    "a tool defies its cancellation": Moment(_sabotaged("defy"), hangs=True),
    "a tool blocks the event loop": Moment(_sabotaged("block"), hangs=True),
    "the microphone hangs": Moment(_sabotaged("deafen"), hangs=True),
    "the speaker hangs": Moment(_sabotaged("silence"), hangs=True),
}


async def ended_in(name: str, folder: Path, chance: random.Random) -> Ended:
    """Let it come to a moment, tell it to stop a little later, and return how it ended."""
    moment = MOMENTS[name]
    async with speaker(folder, script=moment.script, says=moment.says) as on:
        if name != "starting":
            await on.daemon.wait("ready")
            await on.tell(Call("set_timer", {"duration_s": 3600, "name": "cake"}))
        await moment.reach(on)
        return await on.end(chance.uniform(0, 2.0 if name == "starting" else 0.3))
