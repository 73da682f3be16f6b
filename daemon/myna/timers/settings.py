"""`[timers]` of the configuration. PURE."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from myna_hardware.settings import Section

LongEnough = Annotated[float, Meta(ge=60)]


class TimerSettings(Section, frozen=True):
    """`[timers]`: how they ring."""

    snooze_s: LongEnough = 540.0
    ring_limit_s: LongEnough = 600.0
    ring_late_s: LongEnough = 3600.0
    trust_clock: bool = False
