"""When the user starts and stops speaking, from levels alone. PURE.

An energy detector over a noise floor that it learns: cheap enough for every period,
and used only for the states that people see and for hanging up; the server makes its
own decision about whose turn it is.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import Final

START_S: Final = 0.1
"""Speech this long starts an utterance: shorter is a click."""

END_S: Final = 0.7
"""Quiet this long ends it: the server's own measured wait is about as long."""

_OVER_FLOOR_DB: Final = 12.0
_QUIETEST_DBFS: Final = -50.0
_LOUDEST_DBFS: Final = -25.0
_FLOOR_RISE_DB_PER_S: Final = 2.0


class Endpoint(Enum):
    """What happened at the end of the period that was fed."""

    STARTED = auto()
    ENDED = auto()


class Endpointer:
    """Follows one stretch of audio, period by period."""

    def __init__(self, floor_dbfs: float = -65.0) -> None:
        self._floor_dbfs = floor_dbfs
        self._is_speech = False
        self._against_s = 0.0

    def feed(self, level_dbfs: float, seconds: float) -> Endpoint | None:
        """Take one period of `seconds` at `level_dbfs`; say what it changed."""
        is_loud = level_dbfs > self._threshold_dbfs
        self._floor_dbfs = min(level_dbfs, self._floor_dbfs + _FLOOR_RISE_DB_PER_S * seconds)
        self._against_s = self._against_s + seconds if is_loud != self._is_speech else 0.0
        if self._against_s < (END_S if self._is_speech else START_S):
            return None
        self._against_s = 0.0
        self._is_speech = not self._is_speech
        return Endpoint.STARTED if self._is_speech else Endpoint.ENDED

    @property
    def _threshold_dbfs(self) -> float:
        return min(max(self._floor_dbfs + _OVER_FLOOR_DB, _QUIETEST_DBFS), _LOUDEST_DBFS)
