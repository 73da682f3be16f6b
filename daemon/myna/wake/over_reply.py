"""Listening for the wake word while something plays: sooner sure, and never of ourselves.

A canceller leaves a word over a reply a little worn, so that the engine is less sure of
it, and of some not sure enough. So while something plays a second detector
listens, that is satisfied with less. A third one listens to what is played: what it
hears there is no user, even if the reply says the wake word itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from msgspec.structs import replace

from myna.config import WakeSettings
from myna.wake.detector import WakeDetector
from myna.wake.micro import ENGINE, open_micro

SURE_OVER_REPLY: Final = 0.85
"""Instead of 0.85 to 0.97. What is left of 30 minutes of replies came to 0.78 at most
(tests/bench/bench_false_wakes.py); a threshold of the user's own stands."""

SURE_OF_OURSELVES: Final = 0.7
"""The start-up sound comes to 0.6; a reply that sounded like "alexa" to 0.78."""


@dataclass(frozen=True, slots=True)
class OverReply:
    """Two detectors for one capture thread.

    Attributes:
        near: Listens to the user.
        own: Listens to what is played.
    """

    near: WakeDetector
    own: WakeDetector


def open_over_reply(settings: WakeSettings, engine: str) -> OverReply | None:
    """Open them for the engine in use; None where it has no score that could be lowered.

    Raises:
        WakeEngineError: They cannot be used; one line that says why.
    """
    if engine != ENGINE:
        return None
    return OverReply(
        near=open_micro(_satisfied_with(settings, SURE_OVER_REPLY)),
        own=open_micro(replace(settings, threshold=SURE_OF_OURSELVES, thresholds={})),
    )


def _satisfied_with(settings: WakeSettings, least: float) -> WakeSettings:
    if settings.threshold is not None:
        return settings
    return replace(settings, thresholds=dict.fromkeys(settings.words, least) | settings.thresholds)
