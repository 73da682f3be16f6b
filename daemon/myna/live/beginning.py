"""How a session begins: anew, with what was said before, or where another one broke off.

PURE.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class SpokenTurn:
    """What one party said in one go."""

    role: Literal["user", "model"]
    text: str


@dataclass(frozen=True, slots=True)
class Beginning:
    """How a session begins.

    Attributes:
        handle: Resume the session that gave out this handle; its history is with the
            server and is never told again (telling it again looped: livekit/agents#5985).
        history: A fresh session is told this, oldest first.
        is_plain: Without optional features, after the server refused a setup with 1007
            "Request contains an invalid argument.".
    """

    handle: str = ""
    history: tuple[SpokenTurn, ...] = ()
    is_plain: bool = False
