"""What follows the conversation, so that `myna status` can tell of it."""

from __future__ import annotations

import time

from myna.building.ground import Ground
from myna.conversation.endpointing import END_S
from myna.latencies import Latencies
from myna.recent import Observed, Recent


def build_observers(ground: Ground) -> Observed:
    """Let latencies and the latest news be taken from the trace as it happens."""
    latencies = Latencies(ground.config.conversation.end_silence_s or END_S)
    recent = Recent(time.monotonic())
    for observer in (latencies.note, recent.note):
        ground.trace.subscribe(observer)
    return Observed(latencies, recent)
