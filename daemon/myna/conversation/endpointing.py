"""When the user starts and stops speaking, from loudness and voice. PURE.

Two ears: an energy detector over a noise floor that it learns, and the probability of
a voice, where something can tell it. Speech starts when either is sure, because a quiet
talker must not be lost. It goes on only while there is a voice, above the noise and
about as loud as the talker's: a fan, a hum or a radio in the background does not keep a
turn open. A talker in whom no voice is found (a whisper) is followed by energy.

The noise floor is the quietest period of the last two seconds: speech has gaps, noise
has none (minimum statistics; Martin, "Noise power spectral density estimation", 2001).

The server makes its own decision about whose turn it is; this one is for the states
that people see, for hanging up, and for telling the server early that speech is over.
"""

from __future__ import annotations

from collections import deque
from enum import Enum, auto
from typing import Final

START_S: Final = 0.1
"""Speech this long starts an utterance: shorter is a click."""

END_S: Final = 0.6
"""Quiet this long ends it; the pauses at commas in the recorded speech last up to 0.42 s."""

ROOM_PERIODS: Final = 100
"""The two seconds from which the noise floor is learnt."""

_QUIET_ROOM_DBFS: Final = -65.0
_DIGITAL_SILENCE_DBFS: Final = -96.0
"""No room is so quiet: it is a microphone that nobody listens to, and tells no floor."""

_VOICE: Final = 0.6
"""Steady noise stays under this but for its first 0.2 s; speech is above it for three
quarters of its time and more, at 5 dB over noise too (earshot 1.2.2; the starts and ends
that come of it are measured by tests/bench/bench_speech.py)."""

_UNDER_TALKER_DB: Final = 15.0
_TALKER_FALL_DB_PER_S: Final = 3.0
_START_OVER_NOISE_DB: Final = 1.0
_GO_ON_OVER_NOISE_DB: Final = 2.0
_OVER_FLOOR_DB: Final = 12.0
"""So far over the floor, anything is loud enough to be speech."""

_QUIETEST_DBFS: Final = -50.0
_LOUDEST_DBFS: Final = -15.0


class Endpoint(Enum):
    """What happened at the end of the period that was fed."""

    STARTED = auto()
    ENDED = auto()


class Endpointer:
    """Follows one stretch of audio, in periods of 20 ms.

    Args:
        end_s: Quiet that ends an utterance.
    """

    def __init__(self, end_s: float = END_S) -> None:
        self._end_s = end_s
        self._room = deque([_QUIET_ROOM_DBFS] * ROOM_PERIODS, ROOM_PERIODS)
        self._is_speech = False
        self._against_s = 0.0
        self._against: list[float] = []
        self._talker_dbfs = _DIGITAL_SILENCE_DBFS
        self._has_voice = False

    def learn(self, level_dbfs: float) -> None:
        """Take one period for what the room is like; nobody is looked for in it."""
        if level_dbfs > _DIGITAL_SILENCE_DBFS:
            self._room.append(level_dbfs)

    def feed(
        self, level_dbfs: float, seconds: float, voice: float | None = None
    ) -> Endpoint | None:
        """Take one period; say what it changed.

        Args:
            level_dbfs: How loud it is.
            seconds: How long it lasts.
            voice: How probable a voice in it is, 0 to 1; None where nothing can tell.
        """
        is_loud = level_dbfs > self._threshold_dbfs
        is_voice = voice is not None and voice >= _VOICE and self._stands_out(level_dbfs)
        self._has_voice = self._has_voice or is_voice
        if self._is_speech:
            is_against = not (is_voice if self._has_voice else is_loud)
        else:
            is_against = is_voice or is_loud
        self._weigh(level_dbfs, seconds, is_against=is_against)
        # Periods add up to a limit that floating point may miss by a hair.
        is_due = self._against_s > (self._end_s if self._is_speech else START_S) - seconds / 2
        return self._turn() if is_due else None

    def _stands_out(self, level_dbfs: float) -> bool:
        """Tell whether a voice of this level can be the talker's, and no steady sound."""
        over_db = _GO_ON_OVER_NOISE_DB if self._is_speech else _START_OVER_NOISE_DB
        is_near = level_dbfs > self._talker_dbfs - _UNDER_TALKER_DB
        return is_near and level_dbfs > self._floor_dbfs + over_db

    def _weigh(self, level_dbfs: float, seconds: float, *, is_against: bool) -> None:
        """Learn from a period, and count it if it speaks against the state."""
        self.learn(level_dbfs)
        self._talker_dbfs -= _TALKER_FALL_DB_PER_S * seconds
        if self._is_speech:
            self._talker_dbfs = max(self._talker_dbfs, level_dbfs)
        self._against_s = self._against_s + seconds if is_against else 0.0
        self._against = [*self._against, level_dbfs] if is_against else []

    def _turn(self) -> Endpoint:
        if self._is_speech:
            # What is left when speech is over is the room.
            heard = [each for each in self._against if each > _DIGITAL_SILENCE_DBFS]
            self._room.clear()
            self._room.extend(heard or [_QUIET_ROOM_DBFS])
        self._is_speech = not self._is_speech
        self._has_voice = False
        self._against_s, self._against = 0.0, []
        return Endpoint.STARTED if self._is_speech else Endpoint.ENDED

    @property
    def _floor_dbfs(self) -> float:
        return min(self._room)

    @property
    def _threshold_dbfs(self) -> float:
        return min(max(self._floor_dbfs + _OVER_FLOOR_DB, _QUIETEST_DBFS), _LOUDEST_DBFS)
