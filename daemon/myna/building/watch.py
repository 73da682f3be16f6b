"""What follows the conversation, so that `myna status` can tell of it."""

from __future__ import annotations

import time
from collections.abc import Mapping
from threading import Lock

from myna.building.ground import Ground
from myna.conversation.endpointing import END_S
from myna.latencies import Latencies
from myna.recent import Observed, Recent
from myna.trace import EventName, Observer, Trace
from myna.turns.follower import TurnFollower


def build_observers(ground: Ground) -> Observed:
    """Let latencies and the latest news be taken from the trace as it happens."""
    end_silence_s = ground.config.conversation.end_silence_s or END_S
    latencies, recent = Latencies(), Recent(time.monotonic())
    ground.trace.subscribe(recent.note)
    ground.trace.subscribe(turn_teller(ground.trace, TurnFollower(end_silence_s), latencies))
    return Observed(latencies, recent)


def turn_teller(trace: Trace, follower: TurnFollower, latencies: Latencies) -> Observer:
    """Return what tells in `trace` of each turn that is over, and has it counted."""
    lock = Lock()  # any thread emits

    def tell(t: float, event: EventName, fields: Mapping[str, object]) -> None:
        with lock:
            turn = follower.note(t, event, fields)
        if turn is not None:
            latencies.add(turn)
            trace.emit("turn_timing", **turn.fields())

    return tell
