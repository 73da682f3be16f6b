"""What tools and long replies cost, measured in the process that calls this."""

from __future__ import annotations

import asyncio
import threading
import time
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from myna.audio.events import FramesLost, PlaybackEvent
from myna.audio.playback import Playback
from myna.config import LiveSettings
from myna.live.messages import FunctionDeclaration
from myna.live.protocol import LiveProtocol
from myna.live.setup import opening_for
from myna.tools.registry import Registry
from myna.tools.tool import Tool
from myna_hardware.units import PLAYBACK_RATE_HZ, bytes_for, frames_for, frames_in, seconds_for
from support.memory import PeakMemory
from support.pcm import noise

LEAST_S: Final = 0.2
"""So long at least a thing is done again and again."""

AHEAD_S: Final = 5.0
"""How far ahead of its sound a long reply is sent here."""

PART_S: Final = 0.04
"""What the server sends in a message."""


async def read_room(room: str, is_exact: bool = False) -> dict[str, object]:
    """Tell how warm a room is.

    Args:
        room: Its name, as people call it.
        is_exact: Whether the temperature is wanted to a tenth of a degree.
    """
    return {"room": room, "celsius": 21.5 if is_exact else 21}


@dataclass(frozen=True, slots=True)
class ToolCost:
    """What tools cost.

    Attributes:
        memory_bytes: All of them.
        setup_s: To build the message that tells the model of all.
        setup_bytes: Of that message.
        call_s: To run one.
    """

    memory_bytes: int
    setup_s: float
    setup_bytes: int
    call_s: float


def cost_of_tools(count: int) -> ToolCost:
    """Measure with `count` tools."""
    tracemalloc.start()
    registry = _registry(count)
    memory_bytes, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    setup_s = _seconds(lambda: _setup(registry))
    call_s = asyncio.run(_call_s(registry, f"room_{count - 1}"))
    return ToolCost(memory_bytes, setup_s, len(_setup(registry)), call_s)


def _registry(count: int) -> Registry:
    return Registry(
        Tool.from_function(read_room, name=f"room_{at}", is_reading=True, per_minute=10**9)
        for at in range(count)
    )


def _setup(registry: Registry) -> str:
    declarations = [
        FunctionDeclaration(each.name, each.description, dict(each.parameters), each.behavior)
        for each in registry.declarations()
    ]
    return LiveProtocol(
        opening_for(LiveSettings(), declarations, has_camera=False)
    ).opening_message()


def _seconds(do: Callable[[], object]) -> float:
    """Return how long `do` takes, of many times."""
    do()
    times, began_s = 0, time.process_time()
    while time.process_time() - began_s < LEAST_S:
        do()
        times += 1
    return (time.process_time() - began_s) / times


async def _call_s(registry: Registry, name: str) -> float:
    await registry.call(name, {"room": "kitchen"})
    times, began_s = 0, time.process_time()
    while time.process_time() - began_s < LEAST_S:
        for _ in range(20):
            await registry.call(name, {"room": "kitchen", "is_exact": True})
        times += 20
    return (time.process_time() - began_s) / times


@dataclass(frozen=True, slots=True)
class ReplyCost:
    """What a reply costs.

    Attributes:
        cpu_s: To play it.
        memory_mib: At most, beyond what the player needs anyway.
        lost_s: How much of it did not fit.
    """

    cpu_s: float
    memory_mib: float
    lost_s: float


class _Taker:
    """A speaker that takes sound as fast as it comes, once it may."""

    name = "a speaker"
    delay_frames = 0
    underruns = 0
    ends_s = 0.0

    def __init__(self) -> None:
        self.changed = threading.Condition()
        self.may_take = threading.Event()
        self.sound_frames = 0

    def write(self, pcm: bytes) -> None:
        self.may_take.wait()
        if any(pcm):
            with self.changed:
                self.sound_frames += frames_in(pcm)
                self.changed.notify_all()

    def wait(self, frames: int) -> None:
        """Wait until so much has been taken."""
        with self.changed:
            self.changed.wait_for(lambda: self.sound_frames >= frames)

    def cut(self) -> bool:
        return False

    def check(self) -> None: ...
    def drain(self) -> None: ...
    def flush(self) -> None: ...
    def close(self) -> None: ...


def cost_of_reply(seconds: float, *, at_once: bool) -> ReplyCost:
    """Play a reply.

    Args:
        seconds: Its length.
        at_once: Whether all of it comes before any of it has sounded; else it comes as it
            is played, five seconds ahead.
    """
    taker, lost = _Taker(), [0]

    def post(event: PlaybackEvent) -> None:
        if isinstance(event, FramesLost):
            lost[0] += event.frames

    playback = Playback(lambda _periods: taker, post, 70)
    playback.start()
    playback.wait_settled(5.0)
    if not at_once:
        taker.may_take.set()
    memory, began_s = PeakMemory(), time.process_time()
    fed = _feed(playback, taker, seconds, None if at_once else AHEAD_S)
    taker.may_take.set()
    taker.wait(fed - lost[0] - frames_for(0.1, PLAYBACK_RATE_HZ))
    cpu_s = time.process_time() - began_s
    playback.stop()
    return ReplyCost(cpu_s, memory.growth_mib, seconds_for(lost[0], PLAYBACK_RATE_HZ))


def _feed(playback: Playback, taker: _Taker, seconds: float, ahead_s: float | None) -> int:
    """Give the player all of it, piece by piece; return how many frames that were."""
    part = noise(frames_for(PART_S, PLAYBACK_RATE_HZ), 1)
    fed = 0
    while fed < frames_for(seconds, PLAYBACK_RATE_HZ):
        if ahead_s is not None:
            taker.wait(fed - frames_for(ahead_s, PLAYBACK_RATE_HZ))
        playback.play(bytes(bytearray(part)))  # each its own, as off the wire
        fed += len(part) // bytes_for(1)
    return fed
