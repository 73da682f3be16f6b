"""How the speaker is: what `myna status` and the tool `get_status` both tell of it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import myna
from myna.health import Health
from myna.usage.meter import Meter
from myna.volume import Volume
from myna.wake.ladder import Choice


@dataclass(frozen=True, slots=True)
class Standing:
    """Those who know; lives in the event loop.

    Attributes:
        volume: How loud it is.
        health: What is not well.
        wake: What it answers to.
        meter: What it has used.
        clock: Monotonic, in seconds.
        started_s: When it began to run, on that clock.
    """

    volume: Volume
    health: Health
    wake: Choice
    meter: Meter
    clock: Callable[[], float] = time.monotonic
    started_s: float = field(default_factory=time.monotonic)

    def figures(self) -> dict[str, Any]:
        """Return it as it is now."""
        if self.meter.refusal() is None:
            self.health.recover("budget")  # midnight has passed
        detector = self.wake.detector
        return {
            "version": myna.__version__,
            "uptime_s": round(self.clock() - self.started_s),
            "volume": self.volume.percent,
            "wake": {
                "engine": self.wake.engine,
                "words": list(detector.words) if detector else [],
            },
            "usage": self.meter.summary(),
            "troubles": self.health.troubles,
        }
