"""What echo cancellation costs: CPU milliseconds per second of sound; 10 are 1 % of a core.

    PYTHONPATH=tests python tests/bench/bench_echo_cpu.py

First each part alone, offline. Then the whole daemon on PulseAudio, with its embedded
server in the same process: idle and during a reply, with echo cancellation and without.
Idle must not pay for it.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from myna.config import WakeSettings
from myna.echo.aec3 import WebRtc
from myna.echo.speex import Speex
from myna.simulator.script import Speech
from myna.wake.micro import open_micro
from myna_hardware.units import CAPTURE_PERIOD_FRAMES, bytes_for
from support.acoustics import ROOMS, Captured, Coupling, captured
from support.clips import long_reply
from support.echo_stage import EchoStage, echo_stage
from support.figures import Figure, Table
from support.offline import Ears
from support.scene import turn
from support.speech import periods, recorded

SECONDS: Final = 20.0
COUPLING: Final = Coupling(ROOMS["living"])
IDLE_LIMIT_MS: Final = 3.0
"""Less than the scatter of an idle daemon from one run to the next."""


def cost_ms(step: Callable[[bytes], object], pcm: bytes) -> float:
    """Return the CPU milliseconds that `step` takes for a second of `pcm`, 16 kHz."""
    started_s = time.process_time()
    for period in periods(pcm):
        step(period)
    return 1000 * (time.process_time() - started_s) / SECONDS


def parts(table: Table) -> None:
    """Measure each part alone."""
    heard: Captured = captured(long_reply(SECONDS), b"", COUPLING)
    pcm = heard.microphone[: bytes_for(round(SECONDS * 50) * CAPTURE_PERIOD_FRAMES)]
    speex, webrtc = Speex(), WebRtc(echo=True)
    detector = open_micro(WakeSettings(words=("alexa",)))
    branches = {
        "AEC3, the uplink's branch": lambda period: webrtc.cancel(period, period),
        "Speex, the wake word's branch": lambda period: speex.cancel(period, period),
        "wake word engine": detector.detect,
    }
    for name, step in branches.items():
        table.add(Figure(name, cost_ms(step, pcm), "ms/s"))
    for name, reply in (("speaking", long_reply(SECONDS)), ("idle", b"")):
        ears = Ears(COUPLING, words=())
        ears.play(reply)
        inner = ears.echo.captured
        spent_s = 0.0

        def timed(period: bytes, ends_s: float, inner: Callable[..., object] = inner) -> object:
            nonlocal spent_s
            started_s = time.process_time()
            result = inner(period, ends_s)
            spent_s += time.process_time() - started_s
            return result

        ears.echo.captured = timed  # type: ignore[assignment,method-assign]  # measured in place
        for _ in ears.live(b"", SECONDS):
            pass
        limit = IDLE_LIMIT_MS if name == "idle" else float("inf")
        table.add(
            Figure(
                f"both with their reference, {name}",
                1000 * spent_s / SECONDS,
                "ms/s",
                at_most=limit,
            )
        )


async def process_ms(stage: EchoStage, seconds: float) -> float:
    """Return the CPU milliseconds that this process takes in a second from now on."""
    started_s, before_s = time.monotonic(), time.process_time()
    await asyncio.sleep(seconds)
    return 1000 * (time.process_time() - before_s) / (time.monotonic() - started_s)


async def daemon(echo: str, folder: Path) -> tuple[float, float]:
    """Return what the whole daemon takes while idle, and while it speaks."""
    async with echo_stage(folder, COUPLING, turn(Speech(long_reply(SECONDS))), echo=echo) as stage:
        await stage.pause(13.0)  # until the speaker rests after the start-up sound
        idle = await process_ms(stage, 8.0)
        await stage.say(recorded("alexa"))
        await stage.pause(0.3)
        await stage.say(recorded("weather"))
        await stage.scene.log.wait("playback_started", 1, 10)
        await asyncio.sleep(6.0)  # the server has sent it all by then
        return idle, await process_ms(stage, 8.0)


def main() -> int:
    """Measure."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    table = Table()
    parts(table)
    idles: dict[str, float] = {}
    for echo in ("none", "auto"):
        with tempfile.TemporaryDirectory() as folder:
            idle, speaking = asyncio.run(daemon(echo, Path(folder)))
        idles[echo] = idle
        table.add(Figure(f'whole daemon, audio.echo "{echo}", idle', idle, "ms/s"))
        table.add(Figure("  speaking", speaking, "ms/s"))
    more = idles["auto"] - idles["none"]
    table.add(Figure("idle pays for echo cancellation", more, "ms/s", at_most=10.0))
    return table.exit_code


if __name__ == "__main__":
    sys.exit(main())
