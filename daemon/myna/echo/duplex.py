"""Whether the speaker may listen to everybody while it speaks. PURE.

Theory of operation. In full duplex the uplink stays open during a reply, and whoever
speaks over it is heard by the server; that is only safe while what is left of the echo
would not be taken for speech there. In half duplex the uplink is shut during a reply,
and only wake word, stop word and button cut in. `auto` begins half, measures while
something plays, and goes full once a whole second had no stretch of leftover that could
begin a turn. One such stretch that is made of what was played (`likeness.py`) makes it
half again at once; then it takes longer to be believed each time. A voice over a reply
is loud too, but it is not made of the reply.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from math import inf, log10
from typing import Final, Literal

from myna.echo.likeness import ECHO_LIKE, ECHO_PERIODS

Setting = Literal["auto", "cancel", "half-duplex", "none", "file"]
"""`audio.echo`, or that the microphone is a file."""

PERIODS_PER_S: Final = 50
SOUNDING_DBFS: Final = -50.0
"""Played sound below this makes no echo worth measuring."""

LOUD_DBFS: Final = -48.0
"""Leftover above it may be taken for speech: the quietest that our own detector takes is
-50 dBFS; servers want more (the simulator -40)."""

OVER_FLOOR_DB: Final = 8.0
LOUDEST_LIMIT_DBFS: Final = -35.0

RUN_PERIODS: Final = 5
"""100 ms of it: the server reports a start after 139 to 261 ms of speech (measured)."""

PROOF_S: Final = 1.0
PROOF_LIMIT_S: Final = 60.0

QUIET_AFTER_S: Final = 0.4
"""So long after its last sound an echo has died away: what is heard then is the room."""

WINDOW: Final = 3 * PERIODS_PER_S


class Mode(StrEnum):
    """What the uplink does during a reply."""

    FULL = "full-duplex"
    HALF = "half-duplex"


@dataclass(frozen=True, slots=True)
class Finding:
    """The mode, and what led to it.

    Attributes:
        mode: What the uplink does during a reply.
        why: One line for a person.
        erle_db: By how much the echo was lowered, None before anything was measured.
        leftover_dbfs: The level of what was left, its 90th percentile; None likewise.
    """

    mode: Mode
    why: str
    erle_db: float | None = None
    leftover_dbfs: float | None = None


_FIXED: Final[dict[str, Finding]] = {
    "cancel": Finding(Mode.FULL, 'audio.echo is "cancel"'),
    "half-duplex": Finding(Mode.HALF, 'audio.echo is "half-duplex"'),
    "none": Finding(Mode.FULL, 'audio.echo is "none": nothing is done against echo'),
    "file": Finding(Mode.FULL, "a microphone that is a file hears no echo"),
}
_BEGIN: Final = Finding(Mode.HALF, "the echo has not been measured yet")


class Duplex:
    """Decides, period by period.

    Args:
        setting: All but `auto` are decisions already.
    """

    def __init__(self, setting: Setting) -> None:
        self._is_auto = setting == "auto"
        self.finding = _FIXED.get(setting, _BEGIN)
        self._powers: deque[tuple[float, float]] = deque(maxlen=WINDOW)
        self._floor_dbfs = inf
        self._quiet_periods = 0
        self._clean_periods = 0
        self._run = 0
        self._echo_run = 0
        self._proof_s = PROOF_S

    @property
    def is_half(self) -> bool:
        """Whether the uplink is shut while a reply sounds."""
        return self.finding.mode is Mode.HALF

    def measure(
        self,
        heard_dbfs: float,
        left_dbfs: float,
        played_dbfs: float,
        likeness: Callable[[], float],
    ) -> bool:
        """Take one period while something plays, or its tail rings.

        Args:
            heard_dbfs: The microphone's level.
            left_dbfs: What the canceller left of it.
            played_dbfs: The reference's level.
            likeness: Tells how much what is left is made of what was played
                (`Likeness.measure`); asked only when that matters.

        Returns:
            Whether the mode has changed.
        """
        if played_dbfs < SOUNDING_DBFS:
            self._learn_floor(left_dbfs)
            return False
        self._quiet_periods = 0
        self._powers.append((10 ** (heard_dbfs / 10), 10 ** (left_dbfs / 10)))
        is_loud = left_dbfs > self._limit_dbfs
        self._run = self._run + 1 if is_loud else 0
        self._clean_periods = 0 if self._run >= RUN_PERIODS else self._clean_periods + 1
        return self._is_auto and self._judge(likeness)

    def _judge(self, likeness: Callable[[], float]) -> bool:
        if self.is_half and self._clean_periods >= self._proof_s * PERIODS_PER_S:
            return self._turn(Mode.FULL)
        is_suspect = not self.is_half and self._run >= RUN_PERIODS
        is_echo = is_suspect and likeness() >= ECHO_LIKE
        self._echo_run = self._echo_run + 1 if is_echo else 0
        if self._echo_run >= ECHO_PERIODS:
            self._proof_s = min(2 * self._proof_s, PROOF_LIMIT_S)
            return self._turn(Mode.HALF)
        return False

    def _turn(self, mode: Mode) -> bool:
        erle_db, left_dbfs = self._erle_db(), self._leftover_dbfs()
        verb = "stays below" if mode is Mode.FULL else "rose above"
        why = (
            f"what is left of the echo {verb} {self._limit_dbfs:.0f} dBFS "
            f"(lowered by {erle_db:.0f} dB)"
        )
        self.finding = Finding(mode, why, round(erle_db, 1), round(left_dbfs, 1))
        self._clean_periods = self._run = self._echo_run = 0
        return True

    @property
    def _limit_dbfs(self) -> float:
        over_floor = self._floor_dbfs + OVER_FLOOR_DB if self._floor_dbfs < inf else LOUD_DBFS
        return min(max(over_floor, LOUD_DBFS), LOUDEST_LIMIT_DBFS)

    def _learn_floor(self, left_dbfs: float) -> None:
        """The room itself, once the echo is gone: a fan is no echo."""
        self._quiet_periods += 1
        if self._quiet_periods > QUIET_AFTER_S * PERIODS_PER_S:
            self._floor_dbfs = (
                left_dbfs
                if self._floor_dbfs == inf
                else (self._floor_dbfs + 0.1 * (left_dbfs - self._floor_dbfs))
            )

    def measured(self) -> Finding:
        """Return the finding with the figures of the last seconds of sound."""
        if not self._powers:
            return self.finding
        return Finding(
            self.finding.mode,
            self.finding.why,
            round(self._erle_db(), 1),
            round(self._leftover_dbfs(), 1),
        )

    def _erle_db(self) -> float:
        heard, left = (sum(powers) for powers in zip(*self._powers, strict=True))
        return 10 * log10(max(heard, 1e-12) / max(left, 1e-12))

    def _leftover_dbfs(self) -> float:
        left = sorted(left for _, left in self._powers)
        return 10 * log10(max(left[len(left) * 9 // 10], 1e-12))
