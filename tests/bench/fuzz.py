"""Broken frames by the million: what the session's core makes of each, and what it costs.

    .venv/bin/python tests/bench/fuzz.py --frames 1000000 [--seed 1]

Every kind of message that a server sends, mutated, goes into a protocol that is used
until it breaks. Only protocol errors may come out and memory must not grow; otherwise
the exit code is 1 and the frame is printed.
"""

from __future__ import annotations

import argparse
import gc
import sys
import time
import traceback
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Final

sys.path.insert(0, str(Path(__file__).parents[1]))  # run as a script, without PYTHONPATH

from myna.config import LiveSettings
from myna.errors import LocalProtocolError, RemoteProtocolError
from myna.live.events import ToolCall
from myna.live.protocol import LiveProtocol
from myna.live.setup import opening_for
from support.mutations import Frame, mutant

GROWTH_LIMIT_MIB: Final = 20.0
READY: Final = b'{"setupComplete":{}}'
UNREADY_RATIO: Final = 1 / 32
"""How many protocols are still waiting for setupComplete."""
SHOWN_BYTES: Final = 300
OPENING: Final = opening_for(LiveSettings(), (), has_camera=False)


@dataclass
class Outcomes:
    """What came of the frames: how each one ended, and every event that was told."""

    kinds: Counter[str] = field(default_factory=Counter)
    events: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)


def new_protocol(random: Random) -> LiveProtocol:
    """Return a protocol that is open, or now and then one that is not yet."""
    protocol = LiveProtocol(OPENING)
    protocol.opening_message()
    if random.random() >= UNREADY_RATIO:
        protocol.receive(READY)
    return protocol


def feed(protocol: LiveProtocol, frame: Frame) -> list[str]:
    """Have one frame read, and every call in it answered; return the events' names."""
    events = protocol.receive(frame)
    for event in events:
        if isinstance(event, ToolCall):
            answer(protocol, event)
    return [type(event).__name__ for event in events]


def answer(protocol: LiveProtocol, call: ToolCall) -> None:
    """Answer a call with its own arguments, which no registry has looked at."""
    if call.id in protocol.pending_calls:
        protocol.tool_answer(call.id, call.name, {"output": dict(call.arguments)})


def fuzz(frames: int, random: Random) -> Outcomes:
    """Feed this many mutants."""
    outcomes = Outcomes()
    protocol = new_protocol(random)
    for _ in range(frames):
        mutation, frame = mutant(random)
        try:
            events = feed(protocol, frame)
            outcomes.kinds["told something" if events else "told nothing"] += 1
            outcomes.events.update(events)
            continue
        except RemoteProtocolError:
            outcomes.kinds["refused (RemoteProtocolError)"] += 1
        except LocalProtocolError:
            outcomes.kinds["answer refused (LocalProtocolError)"] += 1
        except Exception:  # noqa: BLE001 - what must not happen, and is what is looked for
            outcomes.kinds["CRASH"] += 1
            outcomes.failures.append(_told(mutation, frame))
        protocol = new_protocol(random)
    return outcomes


def _told(mutation: str, frame: Frame) -> str:
    return f"{mutation}: {frame[:SHOWN_BYTES]!r}\n{traceback.format_exc()}"


def rss_mib() -> float:
    """Return the resident memory of this process, garbage collected."""
    gc.collect()
    status = Path("/proc/self/status").read_text(encoding="ascii")
    kib = next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS"))
    return int(kib) / 1024


def main() -> int:
    """Fuzz, print the figures, and return the exit code."""
    parser = argparse.ArgumentParser(description="Feed mutated frames to the session's core.")
    parser.add_argument("--frames", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    random = Random(asked.seed)  # noqa: S311 - chance that can be repeated
    before = rss_mib()
    start_s = time.perf_counter()
    outcomes = fuzz(asked.frames, random)
    took_s = time.perf_counter() - start_s
    growth = (after := rss_mib()) - before
    tell(f"{asked.frames} frames, seed {asked.seed}, in {took_s:.1f} s: ", end="")
    tell(f"{asked.frames / took_s:.0f} frames/s")
    for name, count in outcomes.kinds.most_common():
        tell(f"{count:10}  {name}")
    tell("events told: " + ", ".join(f"{n} {count}" for n, count in outcomes.events.most_common()))
    tell(f"resident memory: {before:.1f} MiB before, {after:.1f} MiB after, {growth:+.1f} MiB")
    for failure in outcomes.failures[:10]:
        tell(failure)
    tell(f"{len(outcomes.failures)} unhandled")
    return int(bool(outcomes.failures) or growth > GROWTH_LIMIT_MIB)


def tell(text: str, end: str = "\n") -> None:
    """Print, at once."""
    sys.stdout.write(text + end)
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
