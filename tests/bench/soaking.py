"""The whole daemon in a long conversation: its process, its server, and the person."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from bench.vitals import Vitals, look
from support.speech import FOLDERS, recorded
from support.voice_pipe import VoicePipe

LOOKS: Final = 400
"""How often the daemon is looked at in the whole run, about."""

TURN_S: Final = 5.0
"""What a turn takes, about."""

STUCK_S: Final = 20.0
"""So long nothing has happened: the person begins anew."""

SCRIPT: Final = """\
at_end = "repeat"
[[turn]]
on = "speech"
heard = "Turn on the lamp."
send = [
    {{ tool_call = "set_output", args = {{ name = "lamp", on = true }} }},
    {{ audio = "{speech}/reply_lamp.wav", text = "The lamp is on." }},
]
[[turn]]
on = "speech"
heard = "Tell me a story."
send = [{{ go_away_s = 3 }}, {{ audio = "{speech}/reply_story.wav", text = "Once upon a time." }}]
[[turn]]
on = "speech"
heard = "Stop that."
send = [{{ audio = "{speech}/reply_stopped.wav", text = "All right." }}]
[[turn]]
on = "speech"
heard = "That is all."
send = [
    {{ tool_call = "end_conversation" }},
    {{ tone = {{ hz = 440, seconds = 0.4 }}, text = "Goodbye." }},
]
"""

CONFIG: Final = """\
[live]
endpoint = "{endpoint}"
[audio]
echo = "cancel"
[microphone]
driver = "file"
path = "{folder}/microphone.wav"
[speaker]
driver = "file"
path = "{folder}/speaker.wav"
[outputs.lamp]
driver = "simulated"
pin = 22
[state]
dir = "{folder}/state"
[control]
socket = "{folder}/control.sock"
"""


@dataclass(slots=True)
class Soak:
    """A run, and what came of it.

    Attributes:
        speed: How much faster than real time it went.
        vitals: The daemon's, from its first word on.
        turns: How many were finished.
        log: What the daemon wrote to its log.
        code: Its exit code.
    """

    speed: float
    vitals: list[Vitals] = field(default_factory=list)
    turns: int = 0
    log: str = ""
    code: int = -1


async def soak(turns: int, speed: float, folder: Path) -> Soak:
    """Hold `turns` turns with a daemon whose time goes by `speed` times as fast.

    Raises:
        TimeoutError: Nothing came of it for minutes.
    """
    found = Soak(speed)
    async with AsyncExitStack() as stack:
        endpoint = await stack.enter_async_context(_server(speed, folder))
        voice = stack.enter_context(VoicePipe(folder / "microphone.wav"))
        (folder / "myna.toml").write_text(CONFIG.format(endpoint=endpoint, folder=folder))
        words = ("run", "--config", str(folder / "myna.toml"), "--trace", "/dev/stdout")
        log = stack.enter_context((folder / "log").open("wb"))
        process = await _start(speed, folder, *words, stderr=log.fileno())
        person = _Person(voice, found)
        looking = asyncio.create_task(_look(process.pid, turns, found))
        try:
            async with asyncio.timeout(60 + 10 * TURN_S * turns / speed):
                await person.talk(process, turns)
        finally:
            looking.cancel()
            found.code = await _stop(process)
            found.log = (folder / "log").read_text()
    return found


class _Person:
    """Follows the trace, and says what fits."""

    def __init__(self, voice: VoicePipe, found: Soak) -> None:
        self._voice = voice
        self._found = found
        self._replies = 0

    async def talk(self, process: Process, turns: int) -> None:
        """Talk until so many turns are finished."""
        assert process.stdout is not None
        while self._found.turns < turns:
            try:
                async with asyncio.timeout(STUCK_S / self._found.speed):
                    line = await process.stdout.readline()
            except TimeoutError:
                self._voice.say(recorded("wake_lamp"))
                continue
            if not line:
                return
            self._hear(json.loads(line))

    def _hear(self, line: dict[str, object]) -> None:
        match line["event"], line.get("to"):
            case ("ready", _) | ("state", "idle"):
                self._replies = 0
                self._voice.say(_PAUSE + recorded("wake_lamp"))
            case "state", "listening" if self._replies:
                self._voice.say(recorded("tell_story"))
            case "playback_started", _:
                self._replies += 1
                if self._replies == 2:
                    self._voice.say(recorded("barge_in"))
            case "turn_complete", _:
                self._found.turns += 1


_PAUSE: Final = bytes(2 * 16_000)


@asynccontextmanager
async def _server(speed: float, folder: Path) -> AsyncIterator[str]:
    """Run the embedded server; yield where it listens."""
    (folder / "script.toml").write_text(SCRIPT.format(speech=FOLDERS[1]))
    script = str(folder / "script.toml")
    process = await _start(speed, folder, "simulate", "--script", script, stderr=DEVNULL)
    assert process.stdout is not None
    try:
        first = (await process.stdout.readline()).decode()
        yield first.removeprefix("listening on ").strip()
    finally:
        await _stop(process)


async def _start(speed: float, folder: Path, *words: str, stderr: int) -> Process:
    environ = {
        "HOME": str(folder),
        "PATH": os.environ["PATH"],
        "PYTHONPATH": os.pathsep.join(sys.path),
        "GEMINI_API_KEY": "any",
    }
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bench.hurried", str(speed), "myna", *words),
        stdin=DEVNULL,
        stdout=PIPE,
        stderr=stderr,
        env=environ,
    )


async def _stop(process: Process) -> int:
    if process.returncode is None:
        process.terminate()
    # What it still says must be read, or it waits for that.
    await process.communicate()
    return process.returncode or 0


async def _look(pid: int, turns: int, found: Soak) -> None:
    """Look at the daemon, again and again."""
    began_s = time.monotonic()
    pause_s = TURN_S * turns / found.speed / LOOKS
    while True:
        await asyncio.sleep(pause_s)
        t_s = (time.monotonic() - began_s) * found.speed
        found.vitals.append(look(pid, t_s, found.turns))
