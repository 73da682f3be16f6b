"""The ladder: which wake engine the speaker uses, and what stood against the others.

Whatever fails, the speaker still works by button: no choice here raises.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from myna.config import WakeSettings
from myna.errors import WakeEngineError
from myna.wake.detector import WakeDetector
from myna.wake.micro import open_micro
from myna.wake.open import open_open
from myna.wake.porcupine import open_porcupine, runs_without_key

BUTTON_ONLY: Final = "none"


@dataclass(frozen=True, slots=True)
class Choice:
    """The step of the ladder that holds.

    Attributes:
        detector: The open engine, or None: the button only.
        engine: `porcupine`, `micro`, `open` or `none`.
        refused: Why each better engine was passed over, one line each, in order.
    """

    detector: WakeDetector | None
    engine: str
    refused: tuple[WakeEngineError, ...]


def open_detector(settings: WakeSettings, porcupine_key: str | None) -> Choice:
    """Open the best engine that `settings` allow.

    Args:
        settings: The `[wake]` table; `auto` tries Porcupine where it has a key (or needs
            none), then micro, then open. Any other engine stands alone.
        porcupine_key: The Picovoice AccessKey, if one is configured.
    """
    refused: list[WakeEngineError] = []
    for engine in _rungs(settings, porcupine_key):
        try:
            detector = _open(engine, settings, porcupine_key)
        except WakeEngineError as error:
            # The traceback's frames hold the key.
            refused.append(error.with_traceback(None))
        else:
            return Choice(detector, engine, tuple(refused))
    return Choice(None, BUTTON_ONLY, tuple(refused))


def _rungs(settings: WakeSettings, porcupine_key: str | None) -> tuple[str, ...]:
    if settings.engine == BUTTON_ONLY:
        return ()
    if settings.engine != "auto":
        return (settings.engine,)
    if porcupine_key or runs_without_key():
        return ("porcupine", "micro", "open")
    return ("micro", "open")


def _open(engine: str, settings: WakeSettings, porcupine_key: str | None) -> WakeDetector:
    match engine:
        case "porcupine":
            return open_porcupine(settings, porcupine_key)
        case "open":
            return open_open(settings)
        case _:
            return open_micro(settings)
