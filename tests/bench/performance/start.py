"""How long the speaker takes to start, and its imports beside those of Google's SDK.

PYTHONPATH=tests python -m bench.performance.start [--quick]
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from bench.performance.measure import Chapter, Compared, Measured, Scale, run_alone
from bench.performance.stage import KEY, home_in
from support.cli import Home
from support.service_manager import ServiceManager, service_manager
from support.sound_server import running_sound_server

SIMULATED: Final = """\
[live]
endpoint = "ws://127.0.0.1:9"
[microphone]
driver = "simulated"
[speaker]
driver = "simulated"
[lights]
driver = "simulated"
pin = 17
"""
SOUND_CARD: Final = """\
[live]
endpoint = "ws://127.0.0.1:9"
[lights]
driver = "simulated"
pin = 17
"""

ROUNDS: Final = 15
READY_GOAL_S: Final = 1.0
IMPORTS_GOAL_S: Final = 0.35

TIMED: Final = """\
import contextlib, gc, importlib, sys, time
if sys.argv[1] == "--uncollected":
    gc.disable()
began_s = time.perf_counter()
for name in sys.argv[2:]:
    with contextlib.suppress(ImportError):
        importlib.import_module(name)
print(time.perf_counter() - began_s)
"""
"""A program that imports what it is told, and says how many seconds that takes; what there
is not, the daemon has looked for in vain, too."""

_IMPORTED: Final = re.compile(r"import time: +\d+ \| +\d+ \| *(\S+)")


def imported_in(listing: str) -> list[str]:
    """Return the modules that `python -X importtime` lists, in the order of their end."""
    return [found[1] for found in map(_IMPORTED.match, listing.splitlines()) if found]


async def ready_s(home: Home, manager: ServiceManager, *options: str) -> tuple[float, str]:
    """Start the daemon; return how long READY=1 takes, and what it wrote to stderr."""
    manager.heard.clear()
    began_s = time.monotonic()
    process = await home.begin(*options, "-m", "myna", "run")
    writing = asyncio.create_task(process.communicate())
    try:
        await manager.wait("READY=1")
        took_s = time.monotonic() - began_s
    finally:
        process.terminate()
        _, err = await writing
    return took_s, err.decode()


async def imports_s(home: Home, modules: Iterable[str], how: str = "--as-it-is") -> float:
    """Return how long a fresh Python takes to import `modules`."""
    done = await home.python("-c", TIMED, how, *modules)
    if done.code:
        raise RuntimeError(done.err)
    return float(done.out)


async def measured(scale: Scale) -> list[tuple[float, ...]]:
    """Return one tuple for each round: READY twice, imports of ours and of theirs."""
    found = []
    with TemporaryDirectory() as name, running_sound_server(Path(name)) as server:
        async with service_manager(Path(name)) as manager:
            environ = {**KEY, **server.env, "NOTIFY_SOCKET": str(manager.path)}
            simulated = home_in(Path(name) / "simulated", SIMULATED, environ)
            real = home_in(Path(name) / "real", SOUND_CARD, environ)
            ours = imported_in((await ready_s(real, manager, "-X", "importtime"))[1])
            for _ in range(scale.rounds(ROUNDS)):
                ready = [(await ready_s(home, manager))[0] for home in (simulated, real)]
                ours_s = await imports_s(real, ours, "--uncollected")  # as `myna run` does it
                found.append((*ready, ours_s, await imports_s(real, ["google.genai"])))
    return found


def measure(scale: Scale) -> Chapter:
    """Measure the start."""
    simulated_s, real_s, ours_s, theirs_s = zip(*asyncio.run(measured(scale)), strict=True)
    return Chapter(
        title="From the start of the process to READY",
        script="python -m bench.performance.start",
        how=(
            "`myna run` is started with a socket in the place of systemd's, at which it says "
            "READY=1: with simulated devices, and with PyAudio on a PulseAudio of null sinks, "
            "which is then also asked for its echo cancellers. The modules that the latter has "
            "imported until then are imported once more by a fresh Python, "
            "without collecting garbage, as in `myna run`, and so is google-genai, in turns."
        ),
        compared=(
            Compared("all imports before READY", "s", "import google.genai", ours_s, theirs_s),
        ),
        measured=(
            Measured("READY, simulated devices", "s", simulated_s, READY_GOAL_S, "p95"),
            Measured("READY, PyAudio on PulseAudio", "s", real_s, READY_GOAL_S, "p95"),
            Measured("all imports before READY", "s", ours_s, IMPORTS_GOAL_S),
        ),
    )


if __name__ == "__main__":
    run_alone(measure)
