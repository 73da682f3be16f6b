"""Earcons and recorded words as they are asked for, at the volume and the hour of now."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from myna.audio.earcon_policy import EarconRules, earcon_db, words_gain
from myna.audio.earcons import earcon
from myna.audio.playback import Playback
from myna.audio.volume import gain_of_db
from myna_hardware.units import PLAYBACK_RATE_HZ, frames_in, seconds_for


class Signals:
    """Sounds earcons, and says recorded words, as far as the rules allow.

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
        self._has_words = False

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
        self._has_words = False
        return seconds_for(frames_in(pcm), PLAYBACK_RATE_HZ)

    def hush(self) -> None:
        """Cut what sounds."""
        self._has_words = False
        self._playback.hush()

    @property
    def may_speak(self) -> bool:
        """Whether words may be said now."""
        return self._words_gain() is not None

    def say(self, pcm: bytes) -> float:
        """Say recorded words after what still sounds; return how long they are, in seconds.

        Args:
            pcm: 24 kHz mono 16-bit, quiet at both ends.
        """
        gain = self._words_gain()
        if gain is None:
            return 0.0
        self._playback.sound(pcm, gain, is_next=True)
        self._has_words = True
        return seconds_for(frames_in(pcm), PLAYBACK_RATE_HZ)

    def hush_words(self) -> None:
        """Cut words that are being said; no earcon that has taken their place."""
        if self._has_words:
            self.hush()

    def _words_gain(self) -> int | None:
        now = self._local_time().time()
        return words_gain(self._playback.percent, self._rules, now)
