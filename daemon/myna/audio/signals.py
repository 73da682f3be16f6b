"""Earcons as they are asked for: by name, at the volume and the hour of now."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from myna.audio.earcon_policy import EarconRules, earcon_db
from myna.audio.earcons import earcon
from myna.audio.playback import Playback
from myna.audio.volume import gain_of_db
from myna_hardware.units import PLAYBACK_RATE_HZ, frames_in, seconds_for


class Signals:
    """Sounds earcons, as far as the rules allow.

    Args:
        playback: Where they sound.
        rules: The configuration.
        local_time: The wall clock's time, here.
    """

    def __init__(
        self, playback: Playback, rules: EarconRules, local_time: Callable[[], datetime]
    ) -> None:
        self._playback = playback
        self._rules = rules
        self._local_time = local_time

    def follow(self, rules: EarconRules) -> None:
        """Obey other rules from the next earcon on."""
        self._rules = rules

    def sound(self, name: str, rung_s: float = 0.0) -> float:
        """Sound an earcon now, or not; return for how many seconds it does.

        Args:
            name: As `earcon` takes it.
            rung_s: For how long the timer has been ringing.
        """
        now = self._local_time().time()
        db = earcon_db(name, self._playback.percent, self._rules, now, rung_s)
        if db is None:
            return 0.0
        pcm = earcon(name)
        self._playback.sound(pcm, gain_of_db(db))
        return seconds_for(frames_in(pcm), PLAYBACK_RATE_HZ)

    def hush(self) -> None:
        """Cut the one that sounds."""
        self._playback.hush()
