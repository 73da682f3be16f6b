"""Earcons by name, on a real playback."""

from __future__ import annotations

import threading
from array import array
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from myna.audio.earcon_policy import EarconRules, earcon_db
from myna.audio.earcons import earcon
from myna.audio.playback import Playback
from myna.audio.signals import Signals
from myna.audio.volume import gain_of_db, scale
from myna_hardware.night import parse_night
from myna_hardware.speaker.simulated import SimulatedSpeaker

LATE = datetime(2026, 1, 1, 23, 30, tzinfo=UTC)
RULES = EarconRules(night=parse_night("22:00-07:00"))


class Written:
    """What was written, with a way to wait for it."""

    def __init__(self) -> None:
        self.pcm = b""
        self._changed = threading.Condition()

    def hear(self, pcm: bytes, _ends_s: float) -> None:
        with self._changed:
            self.pcm += pcm
            self._changed.notify_all()

    def wait(self, pcm: bytes) -> bool:
        with self._changed:
            return self._changed.wait_for(lambda: pcm in self.pcm, timeout=5)


@contextmanager
def signalling(percent: int, rules: EarconRules) -> Iterator[tuple[Signals, Written]]:
    written = Written()
    playback = Playback(
        lambda _periods: SimulatedSpeaker(), lambda _event: None, percent, written.hear
    )
    playback.start()
    try:
        yield Signals(playback, rules, lambda: LATE), written
    finally:
        playback.stop()


def test_earcon_sounds_at_the_volume_and_hour_of_now() -> None:
    with signalling(40, RULES) as (signals, written):
        assert signals.sound("error")
        db = earcon_db("error", 40, RULES, LATE.time())
        assert db is not None
        assert written.wait(scale(earcon("error"), gain_of_db(db)))


def test_earcon_that_may_not_sound_is_silent() -> None:
    with signalling(40, RULES) as (signals, written):
        assert not signals.sound("wake")
        signals.hush()
    assert not any(written.pcm)


def test_timer_is_told_how_long_it_has_rung_and_can_be_hushed() -> None:
    with signalling(100, RULES) as (signals, written):
        assert signals.sound("timer", 10.0)
        db = earcon_db("timer", 100, RULES, LATE.time(), 10.0)
        assert db is not None
        ringing = scale(earcon("timer"), gain_of_db(db))
        assert written.wait(ringing[:4800])
        signals.hush()
        assert written.wait(bytes(1000))
    assert ringing not in written.pcm


NOON_RULES = EarconRules()


def test_words_follow_the_earcon_that_still_sounds() -> None:
    words = array("h", [1000, -1000] * 6000).tobytes()
    with signalling(100, NOON_RULES) as (signals, written):
        assert signals.may_speak
        sound_s = signals.sound("error")
        assert signals.say(words) == 0.5
        db = earcon_db("error", 100, NOON_RULES, LATE.time())
        assert db is not None
        assert sound_s
        assert written.wait(scale(earcon("error"), gain_of_db(db)) + words)


def test_words_can_be_cut_and_an_earcon_in_their_place_is_not() -> None:
    words = array("h", [1000, -1000] * 24_000).tobytes()
    with signalling(100, NOON_RULES) as (signals, written):
        signals.say(words)
        assert written.wait(words[:4800])
        signals.hush_words()
        assert written.wait(bytes(1000))
        signals.say(words)
        signals.sound("error")
        signals.hush_words()
        db = earcon_db("error", 100, NOON_RULES, LATE.time())
        assert db is not None
        assert written.wait(scale(earcon("error"), gain_of_db(db))[2000:])
    assert words not in written.pcm


def test_words_that_may_not_be_said_are_silent() -> None:
    with signalling(40, RULES) as (signals, written):
        assert not signals.may_speak
        assert not signals.say(earcon("error"))
    assert not any(written.pcm)
