"""The server's oddities that can be switched on, each with its reason."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from myna.simulator.endpointing import THRESHOLD

Dialect: TypeAlias = Literal["reference", "guide"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How this server differs from a fast one that lets everybody in.

    Attributes:
        connect_delay_s: Wait before answering the upgrade: a slow link or a far region.
        setup_delay_s: Wait before setupComplete: a model that is slow to start.
        accepted_key: The only key or token that is good; None takes any. A wrong one is
            refused after the setup, as the real server does.
        speech_threshold: Mean absolute sample above which the microphone counts as loud.
    """

    connect_delay_s: float = 0.0
    setup_delay_s: float = 0.0
    accepted_key: str | None = field(default=None, repr=False)
    speech_threshold: int = THRESHOLD
