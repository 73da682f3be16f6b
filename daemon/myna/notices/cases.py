"""Which words are for which trouble. PURE data.

A speaker that is gone has none: it can only be shown. Neither has the end of a session
that went wrong by itself; the next one says more than words about it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from myna.live.closes import Kind
from myna.notices.catalogue import Notice

PARTS: Final[Mapping[str, Notice]] = {
    "microphone": Notice.MICROPHONE,
    "wake engine": Notice.WAKE_ENGINE,
    "clock": Notice.CLOCK,
    "key": Notice.KEY,
}
"""Parts of `health.py` that are told without being asked for."""

KINDS: Final[Mapping[Kind, Notice]] = {
    "network": Notice.OFFLINE,
    "sign-in": Notice.SIGN_IN,
    "clock": Notice.CLOCK,
    "key": Notice.KEY,
    "quota": Notice.QUOTA,
    "model": Notice.MODEL,
    "location": Notice.SERVICE,
    "server": Notice.SERVICE,
    "session": Notice.SERVICE,
    "bug": Notice.SERVICE,
}
"""Why a conversation failed, which is told to whoever wanted it."""
