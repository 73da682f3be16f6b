"""The playback thread on simulated speakers, in real time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from myna.audio.earcons import note
from myna.audio.events import (
    DeviceBack,
    DeviceTrouble,
    Finished,
    FramesLost,
    Loudness,
    PlaybackEvent,
    Started,
)
from myna.audio.playback import LIMIT_S, Playback
from myna.audio.volume import gain_for, scale
from myna_hardware.errors import DeviceBusyError
from myna_hardware.interfaces import Speaker
from myna_hardware.speaker.simulated import SimulatedSpeaker
from myna_hardware.units import PLAYBACK_RATE_HZ, frames_for, silence
from support.events import Inbox

SOUND = note(440, 0.3)


class Shelf:
    """Opens simulated speakers, and remembers them."""

    def __init__(self, failures: int = 0) -> None:
        self.speakers: list[SimulatedSpeaker] = []
        self.failures = failures

    def open(self) -> Speaker:
        if self.failures:
            self.failures -= 1
            raise DeviceBusyError("speaker", "held by another program")
        self.speakers.append(SimulatedSpeaker())
        return self.speakers[-1]


@contextmanager
def playing(shelf: Shelf, percent: int = 100) -> Iterator[tuple[Playback, Inbox[PlaybackEvent]]]:
    inbox: Inbox[PlaybackEvent] = Inbox()
    playback = Playback(shelf.open, inbox.post, percent)
    playback.start()
    assert playback.wait_settled(5.0)
    try:
        yield playback, inbox
    finally:
        playback.stop()


def test_reply_is_heard_exactly_and_its_end_is_reported() -> None:
    shelf = Shelf()
    with playing(shelf) as (playback, inbox):
        playback.play(SOUND[:5000])
        playback.play(SOUND[5000:])
        inbox.wait(Started)
        assert inbox.wait(Finished).serial == playback.serial == 2
        assert SOUND in shelf.speakers[0].heard


def test_loudness_is_that_of_the_reply_whatever_the_volume() -> None:
    with playing(Shelf(), percent=10) as (playback, inbox):
        playback.play(note(440, 0.3))
        loudness = inbox.wait(Loudness)
    assert loudness.where == "speaker"
    assert loudness.level > 0.8


def test_end_of_a_piece_is_stale_once_more_was_queued() -> None:
    with playing(Shelf()) as (playback, inbox):
        playback.play(SOUND)
        inbox.wait(Started)
        playback.play(SOUND)
        finished = inbox.wait(Finished)
        assert finished.serial == 2 or inbox.wait(Finished).serial == 2


def test_flush_falls_silent_within_three_periods() -> None:
    shelf = Shelf()
    with playing(shelf) as (playback, inbox):
        playback.play(note(440, 5.0))
        inbox.wait(Started)
        shelf.speakers[0].wait_heard(frames_for(0.2, PLAYBACK_RATE_HZ), timeout_s=5)
        heard_before = len(shelf.speakers[0].heard)
        dropped_ms = playback.flush()
        inbox.wait(Finished)
        heard_after = len(shelf.speakers[0].heard)
    assert 4000 < dropped_ms < 4900
    assert heard_after - heard_before <= 3 * 960


def test_sound_after_a_flush_is_heard_whole() -> None:
    shelf = Shelf()
    with playing(shelf) as (playback, inbox):
        playback.play(note(880, 5.0))
        inbox.wait(Started)
        playback.flush()
        playback.play(SOUND)
        while inbox.wait(Finished).serial != playback.serial:
            pass
        assert SOUND in shelf.speakers[0].heard


def test_volume_scales_from_the_next_period_on() -> None:
    shelf = Shelf()
    with playing(shelf, percent=50) as (playback, inbox):
        playback.play(SOUND)
        inbox.wait(Finished)
        assert scale(SOUND, gain_for(50)) in shelf.speakers[0].heard
        playback.set_percent(100)
        playback.play(SOUND)
        inbox.wait(Finished)
        assert SOUND in shelf.speakers[0].heard


def test_lost_speaker_ends_the_reply_and_is_opened_for_the_next() -> None:
    shelf = Shelf()
    with playing(shelf) as (playback, inbox):
        playback.play(note(440, 5.0))
        inbox.wait(Started)
        shelf.speakers[0].unplug()
        assert "unplugged" in inbox.wait(DeviceTrouble).why
        inbox.wait(Finished)
        playback.play(SOUND)
        inbox.wait(DeviceBack)
        inbox.wait(Finished)
        assert SOUND in shelf.speakers[1].heard


def test_missing_speaker_is_reported_once_and_replies_still_end() -> None:
    with playing(Shelf(failures=3)) as (playback, inbox):
        assert inbox.wait(DeviceTrouble).what == "speaker"
        playback.play(SOUND)
        inbox.wait(Finished)
        playback.play(SOUND)
        inbox.wait(Finished)
        assert inbox.count(DeviceTrouble) == 1


def test_reply_without_end_is_cut_at_the_limit() -> None:
    with playing(Shelf()) as (playback, inbox):
        playback.play(silence(frames_for(LIMIT_S + 10, PLAYBACK_RATE_HZ)))
        assert inbox.wait(FramesLost).frames >= frames_for(9.9, PLAYBACK_RATE_HZ)
