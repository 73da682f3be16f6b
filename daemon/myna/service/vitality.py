"""Whether the speaker does what it is there for: the judgement behind the watchdog. PURE.

An event loop that runs is no proof of life: with the microphone's thread gone or stuck in
a driver, a speaker sits there, deaf, and its service is "active" (linux-voice-assistant
ends such a thread by `sys.exit`, and lives on).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

from myna.audio.pulse import Pulse, is_stuck

LAG_LIMIT_S: Final = 1.0
"""How late the event loop may come: nobody who speaks to it waits for longer."""


def ailment(
    before: Mapping[str, Pulse],
    now: Mapping[str, Pulse],
    lag_s: float,
    declared: Collection[str],
) -> str | None:
    """Return why the speaker is as good as dead, or None.

    Args:
        before: The threads when they were looked at last, by part.
        now: The threads now.
        lag_s: How late the event loop came to look.
        declared: Parts that are known to be in trouble. A device that has hung since the
            start is one of them; a restart would find it hanging again.
    """
    if lag_s > LAG_LIMIT_S:
        return f"the event loop came {lag_s:.1f} s late"
    for part, pulse in now.items():
        is_excused = part in declared and not pulse.has_begun
        if is_stuck(before[part], pulse) and not is_excused:
            return f"the thread of the {part} hangs"
    return None
