"""The tool that tells how the speaker itself is."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from myna.spoken import spoken_words
from myna.tools.tool import Result, Tool

_UNSPOKEN: Final = (
    (re.compile(r"`[^`]*`"), "a command"),
    (re.compile(r"\w+://\S+"), "an address"),
    (re.compile(r"(?<![\w.])[~.]{0,2}/[\w.@:*/-]*[\w*]"), "a file"),
)
"""What nobody wants to hear: commands, addresses, paths. `myna status` prints them."""

_UNITS: Final = (("day", 86_400), ("hour", 3600), ("minute", 60))


def status_tools(
    figures: Callable[[], Mapping[str, Any]],
    is_muted: Callable[[], bool],
    count_timers: Callable[[], int] | None = None,
) -> list[Tool]:
    """Return `get_status`.

    Args:
        figures: See `Standing.figures`.
        is_muted: Whether the microphone is closed.
        count_timers: How many timers and alarms are set; None where there can be none.
    """

    async def get_status() -> Result:
        """Tell how you yourself are: troubles, volume, wake words, what was used today.

        Call it when the user asks whether something is wrong with you, or about the speaker.
        """
        now = figures()
        told: dict[str, object] = {
            "version": now["version"],
            "running_for": spoken_duration(now["uptime_s"]),
            "troubles": spoken_troubles(now["troubles"]) or "none: all is well",
            "microphone": "muted" if is_muted() else "open",
            "volume_percent": now["volume"],
            "wake_words": [spoken_words(word) for word in now["wake"]["words"]]
            or "none: only the button starts a conversation",
            "wake_engine": now["wake"]["engine"],
            **_used(now["usage"]),
        }
        return told if count_timers is None else {**told, "timers_set": count_timers()}

    return [Tool.from_function(get_status, is_reading=True)]


def spoken_duration(seconds: float) -> str:
    """Return a duration in its two largest units, the seconds left out."""
    parts = []
    for unit, size_s in _UNITS:
        count, seconds = divmod(int(seconds), size_s)
        if count:
            parts.append(f"{count} {unit}{'' if count == 1 else 's'}")
    return " ".join(parts[:2]) or "less than a minute"


def spoken_troubles(troubles: Mapping[str, str]) -> list[str]:
    """Return troubles as one says them, without what only a shell understands."""
    return [f"{spoken_words(part)}: {_said(why)}" for part, why in troubles.items()]


def _said(why: str) -> str:
    for pattern, words in _UNSPOKEN:
        why = pattern.sub(words, why)
    return why


def _used(usage: Mapping[str, Any]) -> dict[str, object]:
    today = usage["today"]
    count = today["conversations"]
    told: dict[str, object] = {
        "used_today": f"{today['minutes']:.1f} minutes in {count} conversation{'s'[: count != 1]}"
    }
    budget = usage["budget"]["text"]
    return {**told, "budget": budget} if budget else told
