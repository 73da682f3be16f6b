"""What the chapters on cost have in common: programs beside each other, and their sound."""

from __future__ import annotations

import asyncio
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from math import ceil
from pathlib import Path
from signal import SIGKILL
from typing import Final

from myna_hardware.units import bytes_for, frames_for, silence
from support.cli import Home, write_wav
from support.noise import in_noise

KEY: Final = {"GEMINI_API_KEY": "not-a-real-key"}
NOISE_DBFS: Final = -60.0
"""A quiet room: under the thresholds of all that looks for speech."""

LIMIT_S: Final = 20.0

SPEED: Final = 4.0
"""How much faster time goes by where CPU is compared: so fast that a core stays awake."""

AT_SPEED: Final = f"""\
CPU is the kernel's clock of the process. For all of them time goes by {SPEED:g} times as fast \
(`tests/bench/hurried.py`): in real time the core falls asleep between two pieces of sound, and \
what it costs to wake it differs by a third from one process to the next."""


def room_sound(folder: Path, cycle: bytes, cycle_s: float, seconds: float) -> Path:
    """Write a WAV: `cycle` once in every `cycle_s`, after a third of it, in a quiet room."""
    lead = silence(frames_for(cycle_s / 3))
    whole = (lead + cycle).ljust(bytes_for(frames_for(cycle_s)), b"\0")
    heard = in_noise(whole, "pink", NOISE_DBFS)
    return write_wav(folder / "room.wav", heard * ceil(seconds / cycle_s))


def home_in(folder: Path, config: str, environ: Mapping[str, str] = KEY) -> Home:
    """Return an account of its own, with a configuration and a key that nobody asks for."""
    folder.mkdir()
    home = Home(folder, {"RUNTIME_DIRECTORY": str(folder), **environ})
    home.config.write_text(config)
    return home


def in_a_hurry(home: Home) -> Home:
    """Return the same account with a `myna` for which time goes by `SPEED` times as fast."""
    return replace(home, program=hurried("myna"))


def hurried(module: str, *words: str) -> tuple[str, ...]:
    """Return how Python is told to be `module`, `SPEED` times as fast as real time."""
    return "-m", "bench.hurried", str(SPEED), module, *words


@asynccontextmanager
async def program(home: Home, *words: str) -> AsyncIterator[Process]:
    """Run `python WORDS` from its first line of output on, and end it."""
    process = await home.begin(*words)
    assert process.stdout is not None
    try:
        async with asyncio.timeout(LIMIT_S):
            await process.stdout.readline()
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        _, err = await process.communicate()
        if process.returncode not in {0, -SIGKILL}:
            raise RuntimeError(err.decode())
