"""Speech over a reply, until it is clear whose it is. PURE.

A canceller that loses the echo for a moment (the sound starved, somebody moved the
speaker) lets through what sounds like speech, and is speech: our own. It shows itself
within 0.3 s (`myna.echo.likeness`), so speech over a reply is believed a little later
than other speech. Nothing is lost by that: the uplink begins before its start.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeAlias

from myna.conversation.events import SpeechEnded, SpeechStarted
from myna_hardware.units import Frames, frames_for

DOUBT: Final = frames_for(0.2)

SpeechEvent: TypeAlias = SpeechStarted | SpeechEnded


class Doubt:
    """Holds back the start of speech over a reply.

    Attributes:
        is_refuted: Whether what was held back last was an echo.
    """

    def __init__(self) -> None:
        self.is_refuted = False
        self._held: SpeechStarted | None = None
        self._held_until = 0

    def weigh(
        self,
        event: SpeechEvent | None,
        now: Frames,
        *,
        is_echoing: bool,
        is_leaking: Callable[[], bool],
    ) -> list[SpeechEvent]:
        """Take what was found in a period, if anything; return what is believed by now.

        Args:
            event: What was found.
            now: One past the last frame of the period.
            is_echoing: Whether something plays, or its echo may still ring.
            is_leaking: Tells whether what is let through just now is an echo.
        """
        self.is_refuted = False
        if isinstance(event, SpeechStarted) and is_echoing:
            self._held, self._held_until = event, now + DOUBT
            return []
        believed: list[SpeechEvent] = [] if event is None else [event]
        if self._held is None or now < self._held_until:
            return believed
        held, self._held = self._held, None
        if is_leaking():
            self.is_refuted = True
            return []
        return [held, *believed]

    def forget(self) -> None:
        """Somebody looks for speech anew."""
        self._held = None
