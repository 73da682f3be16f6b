"""Many speakers at once: whole daemons without a wake engine, some in each process."""

from __future__ import annotations

import asyncio
import logging
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bench.vitals import MIB, resident_bytes
from myna.app import App, running
from myna.config import (
    Config,
    ControlSettings,
    LiveSettings,
    StateSettings,
    WakeSettings,
)
from myna.conversation.events import SayAsked
from myna.conversation.states import Speaking
from myna.redaction import Redaction
from myna.trace import Trace
from myna_hardware.settings import MicrophoneSettings, SpeakerSettings
from myna_hardware.units import Frames, silence
from support.cli import write_wav
from support.scene import ENVIRON

SCRIPT: Final = """\
at_end = "repeat"
[[turn]]
on = "text"
send = [{ tone = { hz = 440, seconds = 0.4 }, text = "Dinner is ready." }]
"""

SPEAKING: Final = 0.7
"""The part of a speaker's life in which it may begin to speak."""


@dataclass(frozen=True, slots=True)
class Spent:
    """What a process spent on its speakers.

    Attributes:
        speakers: How many.
        turns: How many all of them had.
        cpu_s: From the first turn to the end of the last.
        memory_mib: Of all of them, beyond what the first of all had loaded.
        marks: (turns, CPU seconds, MiB) on the way, of a single speaker.
    """

    speakers: int
    turns: int
    cpu_s: float
    memory_mib: float
    marks: tuple[tuple[int, float, float], ...] = ()


@contextmanager
def serving(speed: float) -> Iterator[tuple[str, int]]:
    """Run the embedded server in a process of its own; yield where it listens, and its PID.

    Args:
        speed: How fast time goes by for it.
    """
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "script.toml"
        script.write_text(SCRIPT)
        words = ("-m", "bench.hurried", str(speed), "myna", "simulate", "--script", str(script))
        environ = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
        with subprocess.Popen(  # noqa: S603 - ourselves
            (sys.executable, *words), stdout=subprocess.PIPE, text=True, env=environ
        ) as process:
            assert process.stdout is not None
            try:
                yield process.stdout.readline().removeprefix("listening on ").strip(), process.pid
            finally:
                process.terminate()


def converse(url: str, speakers: int, turns: int, begin_s: float, life_s: float) -> Spent:
    """Let so many speakers have so many turns each.

    Args:
        url: Of the server.
        speakers: How many.
        turns: How many each.
        begin_s: Before the first of them begins.
        life_s: From then on; one speaker after the other has its turns in the first part of
            it, and rests for what remains.
    """
    logging.disable(logging.WARNING)
    return asyncio.run(_converse(url, speakers, turns, begin_s, life_s))


async def _converse(url: str, speakers: int, turns: int, begin_s: float, life_s: float) -> Spent:
    with tempfile.TemporaryDirectory() as folder:
        async with AsyncExitStack() as first:
            await _say(await _open(first, Path(folder) / "first", url), 1)
        base = resident_bytes(os.getpid())
        async with AsyncExitStack() as stack:
            apps = [await _open(stack, Path(folder) / str(at), url) for at in range(speakers)]
            await asyncio.sleep(begin_s)
            began_s = time.process_time()
            pause_s = SPEAKING * life_s / speakers
            lives = (_say(app, turns, at * pause_s) for at, app in enumerate(apps))
            await asyncio.gather(asyncio.sleep(life_s), *lives)
            cpu_s = time.process_time() - began_s
            grown = resident_bytes(os.getpid()) - base
    return Spent(speakers, speakers * turns, cpu_s, grown / MIB)


def converse_long(url: str, turns: int, marks: int) -> Spent:
    """Let one speaker have so many turns, and look at it on the way."""
    logging.disable(logging.WARNING)
    return asyncio.run(_converse_long(url, turns, marks))


async def _converse_long(url: str, turns: int, marks: int) -> Spent:
    looks = []
    with tempfile.TemporaryDirectory() as folder:
        async with AsyncExitStack() as stack:
            app = await _open(stack, Path(folder) / "one", url)
            for mark in range(1, marks + 1):
                await _say(app, turns // marks)
                memory_mib = resident_bytes(os.getpid()) / MIB
                looks.append((mark * turns // marks, time.process_time(), memory_mib))
    return Spent(1, turns, looks[-1][1], looks[-1][2], tuple(looks))


async def _say(app: App, turns: int, pause_s: float = 0.0) -> None:
    await asyncio.sleep(pause_s)
    for _ in range(turns):
        app.assistant.post(SayAsked("Dinner is ready."))
        await app.assistant.until(lambda state: isinstance(state, Speaking))
        await app.assistant.until_at_rest()


async def _open(stack: AsyncExitStack, folder: Path, url: str) -> App:
    folder.mkdir()  # noqa: ASYNC240 - nothing waits yet
    quiet = write_wav(folder / "microphone.wav", silence(Frames(16_000)))
    config = Config(
        live=LiveSettings(endpoint=url),
        wake=WakeSettings(engine="none"),
        microphone=MicrophoneSettings(driver="file", path=quiet),
        speaker=SpeakerSettings(driver="file", path=folder / "speaker.wav"),
        state=StateSettings(dir=folder / "state"),
        control=ControlSettings(socket=folder / "control.sock"),
    )
    return await stack.enter_async_context(running(config, ENVIRON, Trace(), Redaction()))
