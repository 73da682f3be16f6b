"""Take the devices of a running daemon away and bring them back: how long does it take?

    PYTHONPATH=tests python tests/bench/bench_devices.py

The whole daemon under PyAudio on PulseAudio: both sinks unloaded and loaded again, the
server killed and started anew, and, where the drivers can convert, devices that do
48 kHz stereo only. Times come from the trace: `degraded` after the loss, `recovered`
after the return.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from statistics import median
from time import monotonic
from typing import Any, Final

from myna.simulator.script import Script, Speech, Turn
from myna.simulator.sounds import tone
from myna_hardware.settings import MicrophoneSettings, SpeakerSettings
from myna_hardware.units import frames_for, silence
from support import sound_server as sound
from support.figures import Figure, Table
from support.precedence import precedence
from support.scene import Scene, scene
from support.sound_server import SoundServer, running_sound_server
from support.speech import recorded

NOTICE_S: Final = 2.0
RECOVER_S: Final = 6.0
"""The longest pause between attempts to open a device is 5 s."""

PARTS: Final = ("microphone", "speaker")


@dataclass(slots=True)
class Times:
    """Seconds, one entry for each time that a part was taken away.

    Attributes:
        noticed: From the loss to `degraded`, by part.
        recovered: From the return to `recovered`, by part.
        said: How often the same loss was told again.
    """

    noticed: dict[str, list[float]] = field(default_factory=lambda: {part: [] for part in PARTS})
    recovered: dict[str, list[float]] = field(default_factory=lambda: {part: [] for part in PARTS})
    said: int = 0


class Trial:
    """Takes devices away from one daemon."""

    def __init__(self, on: Scene, server: SoundServer) -> None:
        self._on = on
        self._server = server
        self.times = Times()

    async def lose(self, take: Callable[[], None], bring: Callable[[], None]) -> None:
        """Take the devices away for 3 s, and bring them back."""
        before = len(self._on.log.lines)
        lost_s = monotonic()
        await asyncio.to_thread(take)
        await asyncio.sleep(3.0)
        await asyncio.to_thread(bring)
        back_s = monotonic()
        await self._come(before, "recovered")
        for part in PARTS:
            lines = [each for each in self._on.log.lines[before:] if each.get("what") == part]
            said = [each["t"] - lost_s for each in lines if each["event"] == "degraded"]
            recovered = [each["t"] - back_s for each in lines if each["event"] == "recovered"]
            self.times.noticed[part] += said[:1]
            self.times.recovered[part] += recovered[:1]
            self.times.said += max(0, len(said) - 1)

    async def _come(self, before: int, event: str) -> None:
        """Wait until every part that was lost has come back, or the limit is long over."""
        late_s = monotonic() + 2 * RECOVER_S
        while monotonic() < late_s:
            seen = {(line["event"], line.get("what")) for line in self._on.log.lines[before:]}
            if all((event, part) in seen for part in PARTS):
                return
            await asyncio.sleep(0.05)


async def losses(times: int, folder: Path, table: Table) -> None:
    """Unload, kill, and print."""
    with running_sound_server(folder / "sound") as server:
        async with scene(
            folder,
            microphone=MicrophoneSettings(device="vmic"),
            speaker=SpeakerSettings(device="vspk", volume=100),
        ) as on:
            kinds: dict[str, tuple[Callable[[], None], Callable[[], None]]] = {
                "sinks unloaded": (server.unplug, server.plug),
                "server killed": (server.kill, server.restart),
            }
            for name, (take, bring) in kinds.items():
                trial = Trial(on, server)
                for _ in range(times):
                    await trial.lose(take, bring)
                report(table, name, trial.times, times)


def report(table: Table, name: str, times: Times, count: int) -> None:
    """Print the times of one kind of loss."""
    table.add(Figure(f"{name}: the same loss told again", times.said, at_most=0))
    for part in PARTS:
        noticed, recovered = times.noticed[part], times.recovered[part]
        table.add(Figure(f"{name}: {part} noticed", len(noticed), f"of {count}", at_least=count))
        if noticed:
            table.add(Figure("  after, worst", max(noticed), "s", at_most=NOTICE_S))
        table.add(Figure("  recovered", len(recovered), f"of {count}", at_least=count))
        if recovered:
            table.add(Figure("  after the return, median", median(recovered), "s"))
            table.add(Figure("    worst", max(recovered), "s", at_most=RECOVER_S))


async def converted(folder: Path, table: Table) -> None:
    """Hold one turn of a conversation through devices that do 48 kHz stereo only."""
    doing_only = getattr(sound, "doing_only", None)
    if doing_only is None:
        table.note("48 kHz stereo: these drivers convert nothing")
        return
    form: Any = import_module("myna_hardware.sound_format").SoundFormat(48_000, 2)
    turns = (Turn(on="speech", send=(Speech(tone(440, 1.0)),)),)
    with ExitStack() as stack:
        server = stack.enter_context(running_sound_server(folder / "sound"))
        stack.enter_context(doing_only(form))
        async with scene(
            folder,
            script=Script(turns=turns),
            microphone=MicrophoneSettings(device="vmic"),
            speaker=SpeakerSettings(device="vspk", volume=100),
        ) as on:
            said = silence(frames_for(0.3)) + recorded("wake_lamp") + silence(frames_for(1.5))
            await asyncio.to_thread(server.feed, said)
            answered = await came(on.log.wait("playback_started", 1, 8))
    table.add(Figure("48 kHz stereo only: turns held (of 1)", answered, at_least=1))


async def came(event: Awaitable[Any]) -> bool:
    """Say whether `event` came in its time."""
    try:
        await event
    except TimeoutError:
        return False
    return True


def main() -> int:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=3)
    asked = parser.parse_args()
    table = Table()
    with precedence(), tempfile.TemporaryDirectory() as folder:
        for name in ("losses", "converted"):
            Path(folder, name, "sound").mkdir(parents=True)
        asyncio.run(losses(asked.times, Path(folder, "losses"), table))
        asyncio.run(converted(Path(folder, "converted"), table))
    return table.exit_code


if __name__ == "__main__":
    sys.exit(main())
