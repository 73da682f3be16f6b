"""The playback thread on simulated speakers, in real time."""

from __future__ import annotations

import threading
import time
from array import array
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise

import pytest

from myna.audio.events import (
    DeviceBack,
    DeviceTrouble,
    Finished,
    FramesLost,
    Loudness,
    PlaybackEvent,
    Started,
    ThreadDied,
)
from myna.audio.fades import FADE
from myna.audio.mixer import RECOVER
from myna.audio.playback import CHECK_S, LIMIT_S, PIECE, Playback
from myna.audio.pulse import LATE, is_stuck
from myna.audio.volume import UNITY, gain_for, scale
from myna_hardware.errors import DeviceBusyError
from myna_hardware.interfaces import Speaker
from myna_hardware.speaker.paced import AHEAD_FRAMES
from myna_hardware.speaker.simulated import SimulatedSpeaker
from myna_hardware.units import PLAYBACK_RATE_HZ, bytes_for, frames_for, frames_in, silence
from support.events import Inbox
from support.pcm import note

SOUND = note(440, 0.3)
LONG = note(440, 5.0)
BEEP = note(1760, 0.15)
TORN = LONG[: bytes_for(7213)]
LARGEST_STEP = 900
"""Between two samples of a note of 440 Hz at 6000, its fades included."""


class Shelf:
    """Opens simulated speakers, and remembers them."""

    def __init__(self, failures: int = 0) -> None:
        self.speakers: list[SimulatedSpeaker] = []
        self.failures = failures

    def open(self, _buffer_periods: int = 1) -> Speaker:
        if self.failures:
            self.failures -= 1
            raise DeviceBusyError("speaker", "held by another program")
        self.speakers.append(SimulatedSpeaker())
        return self.speakers[-1]


class Reference:
    """What an echo canceller is told."""

    def __init__(self) -> None:
        self.pcm = b""
        self.ends_s: list[float] = []
        self._due: list[tuple[int, Callable[[], object]]] = []

    def at(self, seconds: float, call: Callable[[], object]) -> None:
        """Make `call` on the playback thread once so much has been written; in order."""
        self._due.append((frames_for(seconds, PLAYBACK_RATE_HZ), call))

    def hear(self, pcm: bytes, ends_s: float) -> None:
        self.pcm += pcm
        self.ends_s.append(ends_s)
        while self._due and frames_in(self.pcm) >= self._due[0][0]:
            self._due.pop(0)[1]()


@contextmanager
def playing(
    shelf: Shelf, percent: int = 100, reference: Reference | None = None
) -> Iterator[tuple[Playback, Inbox[PlaybackEvent]]]:
    inbox: Inbox[PlaybackEvent] = Inbox()
    reference = reference or Reference()
    playback = Playback(shelf.open, inbox.post, percent, reference.hear)
    playback.start()
    assert playback.wait_settled(5.0)
    try:
        yield playback, inbox
    finally:
        playback.stop()


def largest_step(pcm: bytes) -> int:
    return max(abs(after - before) for before, after in pairwise(array("h", pcm)))


def wait_heard(shelf: Shelf, seconds: float) -> None:
    assert shelf.speakers[-1].wait_heard(frames_for(seconds, PLAYBACK_RATE_HZ), timeout_s=5)


def wait_written(reference: Reference, seconds: float) -> None:
    written = threading.Event()
    reference.at(seconds, written.set)
    assert written.wait(5)


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


def test_flush_falls_silent_within_3_ms_of_what_the_device_has() -> None:
    shelf, reference = Shelf(), Reference()
    with playing(shelf, reference=reference) as (playback, inbox):
        dropped_ms: list[float] = []
        reference.at(0.2, lambda: dropped_ms.append(playback.flush()))
        playback.play(LONG)
        inbox.wait(Finished)
        heard = array("h", shelf.speakers[0].heard)
    written = frames_for(0.2, PLAYBACK_RATE_HZ)
    assert dropped_ms == [5000 - 200 - 3]
    assert not any(array("h", reference.pcm)[written + FADE :])
    assert any(heard[-AHEAD_FRAMES - 2 * FADE :]), "what the device has is played out"
    assert largest_step(reference.pcm) < LARGEST_STEP, "no click"


def test_flush_reaches_the_piece_that_a_full_device_has_no_room_for_yet() -> None:
    """From another thread, 9 times, for that thread may come too late on a busy machine."""
    reference = Reference()
    late_frames: list[int] = []
    with playing(Shelf(), reference=reference) as (playback, inbox):
        for _ in range(9):
            reference.pcm = b""
            playback.play(LONG)
            wait_written(reference, 0.15)
            playback.flush()
            inbox.wait(Finished)
            late_frames.append(frames_in(reference.pcm.rstrip(b"\0")) - 3600)
    assert sorted(late_frames)[4] <= FADE


def test_flush_reports_the_end_once_it_is_silent() -> None:
    with playing(Shelf()) as (playback, inbox):
        playback.play(LONG)
        inbox.wait(Started)
        playback.flush()
        assert inbox.wait(Finished).serial == playback.serial == 2


def test_flush_in_silence_says_nothing() -> None:
    with playing(Shelf()) as (playback, inbox):
        assert playback.flush() == 0
        playback.play(SOUND)
        inbox.wait(Finished)
        assert inbox.count(Started) == 1
        assert inbox.count(Finished) == 1


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


def test_volume_scales_what_begins_after_it() -> None:
    shelf = Shelf()
    with playing(shelf, percent=50) as (playback, inbox):
        playback.play(SOUND)
        inbox.wait(Finished)
        assert scale(SOUND, gain_for(50)) in shelf.speakers[0].heard
        playback.set_percent(100)
        playback.play(SOUND)
        inbox.wait(Finished)
        assert SOUND in shelf.speakers[0].heard
        assert playback.percent == 100


# --- earcons ----------------------------------------------------------------------------


def test_earcon_alone_is_heard_and_is_no_reply() -> None:
    shelf, reference = Shelf(), Reference()
    with playing(shelf, percent=10, reference=reference) as (playback, inbox):
        playback.sound(BEEP, UNITY)
        wait_heard(shelf, 0.15)
        playback.play(SOUND)
        inbox.wait(Finished)
        assert BEEP in shelf.speakers[0].heard, "at its own gain"
        assert inbox.count(Started) == inbox.count(Finished) == 1
        assert playback.serial == 1


def test_earcon_sounds_at_once_over_a_reply_that_ducks() -> None:
    shelf, reference = Shelf(), Reference()
    with playing(shelf, reference=reference) as (playback, inbox):
        reference.at(0.2, lambda: playback.sound(BEEP, UNITY >> 1))
        playback.play(LONG[: bytes_for(24_000)])
        inbox.wait(Finished)
    first = frames_for(0.2, PLAYBACK_RATE_HZ)
    beep = array("h", scale(BEEP, UNITY >> 1))
    mixed, alone = array("h", reference.pcm), array("h", LONG)
    assert mixed[:first] == alone[:first]
    under = [mixed[first + at] - beep[at] for at in range(480, len(beep))]
    assert max(under) == pytest.approx(6000 * 10 ** (-12 / 20), rel=0.01), "it ducks in a period"
    after = first + len(beep) + RECOVER + PIECE
    assert mixed[after:20_000] == alone[after:20_000], "and comes back"


def test_flush_cuts_the_reply_but_not_the_earcon() -> None:
    reference = Reference()
    with playing(Shelf(), reference=reference) as (playback, inbox):

        def cut() -> None:
            playback.sound(BEEP, UNITY)
            playback.flush()

        reference.at(0.2, cut)
        playback.play(LONG)
        inbox.wait(Finished)
        wait_written(reference, 0.37)
    begun = bytes_for(frames_for(0.2, PLAYBACK_RATE_HZ))
    assert reference.pcm[begun:][bytes_for(FADE) :].startswith(BEEP[bytes_for(FADE) :])


def test_end_of_a_reply_is_told_while_an_earcon_still_sounds() -> None:
    shelf = Shelf()
    with playing(shelf) as (playback, inbox):
        playback.play(SOUND)
        wait_heard(shelf, 0.1)
        playback.sound(note(1760, 4.0), UNITY)
        inbox.wait(Finished)
        assert frames_in(shelf.speakers[0].heard) < frames_for(1.5, PLAYBACK_RATE_HZ)


def test_earcon_takes_the_place_of_one_that_sounds() -> None:
    reference = Reference()
    with playing(Shelf(), reference=reference) as (playback, _inbox):
        reference.at(0.1, lambda: playback.sound(BEEP, UNITY))
        playback.sound(LONG, UNITY)
        wait_written(reference, 0.28)
    assert BEEP in reference.pcm
    assert largest_step(reference.pcm[: reference.pcm.index(BEEP)]) < LARGEST_STEP


def test_hush_cuts_an_earcon() -> None:
    reference = Reference()
    with playing(Shelf(), reference=reference) as (playback, _inbox):
        reference.at(0.1, playback.hush)
        playback.sound(LONG, UNITY)
        wait_written(reference, 0.14)
    assert not any(reference.pcm[bytes_for(2400 + FADE) :])
    assert largest_step(reference.pcm) < LARGEST_STEP


# --- running dry ------------------------------------------------------------------------


def test_reply_that_stalls_dies_away_and_the_stall_is_counted() -> None:
    shelf = Shelf()
    with playing(shelf) as (playback, inbox):
        playback.play(TORN)
        inbox.wait(Finished)
        playback.play(LONG[len(TORN) :])
        lost = inbox.wait(FramesLost)
        pcm = shelf.speakers[0].heard
        assert lost.where == "playout"
        assert 0 < lost.frames < frames_for(1.0, PLAYBACK_RATE_HZ)
        assert largest_step(pcm) < LARGEST_STEP


def test_reply_that_comes_a_little_late_goes_on_without_another_start() -> None:
    reference = Reference()
    with playing(Shelf(), reference=reference) as (playback, inbox):
        late_s = 0.03 + frames_in(TORN) / PLAYBACK_RATE_HZ
        reference.at(late_s, lambda: playback.play(LONG[len(TORN) :][: bytes_for(7000)]))
        playback.play(TORN)
        lost = inbox.wait(FramesLost)
        assert inbox.wait(Finished).serial == 2
        assert inbox.count(Started) == 1
    assert lost.frames < 2 * AHEAD_FRAMES


def test_starved_device_is_counted() -> None:
    shelf = Shelf()
    reference = Reference()
    with playing(shelf, reference=reference) as (playback, inbox):
        playback.play(LONG)
        inbox.wait(Started)
        shelf.speakers[0]._underruns += 2
        lost = inbox.wait(FramesLost)
        assert (lost.where, lost.frames) == ("speaker", 2 * 480)


# --- the reference ----------------------------------------------------------------------


def test_reference_is_exactly_what_was_written_and_when_it_is_heard() -> None:
    shelf, reference = Shelf(), Reference()
    with playing(shelf, percent=70, reference=reference) as (playback, inbox):
        playback.play(SOUND)
        inbox.wait(Finished)
        heard = shelf.speakers[0].heard
    assert scale(SOUND, gain_for(70)) in reference.pcm
    assert reference.pcm[: len(SOUND)] in heard
    pieces = len(SOUND) // bytes_for(PIECE)
    steps = [after - before for before, after in pairwise(reference.ends_s[:pieces])]
    assert max(abs(step - PIECE / PLAYBACK_RATE_HZ) for step in steps) < 0.002


# --- devices that come and go -----------------------------------------------------------


def test_lost_speaker_ends_the_reply_and_is_opened_for_the_next() -> None:
    shelf = Shelf()
    with playing(shelf) as (playback, inbox):
        playback.play(LONG)
        inbox.wait(Started)
        shelf.speakers[0].unplug()
        assert "unplugged" in inbox.wait(DeviceTrouble).why
        inbox.wait(Finished)
        playback.play(SOUND)
        inbox.wait(DeviceBack)
        inbox.wait(Finished)
        assert SOUND in shelf.speakers[1].heard


def test_resting_speaker_that_is_lost_is_noticed_and_opened_again() -> None:
    shelf = Shelf()
    with playing(shelf) as (_playback, inbox):
        shelf.failures = 1
        shelf.speakers[0].unplug()
        start_s = time.monotonic()
        assert "unplugged" in inbox.wait(DeviceTrouble).why
        assert time.monotonic() - start_s < CHECK_S + 0.5
        inbox.wait(DeviceBack)
        assert inbox.count(DeviceTrouble) == 1
        assert len(shelf.speakers) == 2


def test_missing_speaker_is_reported_once_and_replies_still_end() -> None:
    with playing(Shelf(failures=3)) as (playback, inbox):
        assert inbox.wait(DeviceTrouble).what == "speaker"
        playback.play(SOUND)
        inbox.wait(Finished)
        playback.play(SOUND)
        inbox.wait(Finished)
        assert inbox.count(DeviceTrouble) == 1


def test_missing_speaker_is_not_tried_with_every_piece_of_a_reply() -> None:
    shelf = Shelf(failures=50)
    with playing(shelf) as (playback, inbox):
        for _ in range(20):
            playback.play(SOUND)
            inbox.wait(Finished)
        assert shelf.failures >= 48


def test_reply_without_end_is_cut_at_the_limit() -> None:
    with playing(Shelf()) as (playback, inbox):
        playback.play(silence(frames_for(LIMIT_S + 10, PLAYBACK_RATE_HZ)))
        assert inbox.wait(FramesLost).frames >= frames_for(9.9, PLAYBACK_RATE_HZ)


def test_bug_on_the_thread_is_told() -> None:
    inbox: Inbox[PlaybackEvent] = Inbox()

    def break_down(_periods: int) -> Speaker:
        raise ZeroDivisionError

    playback = Playback(break_down, inbox.post, 100)
    playback.start()
    assert isinstance(inbox.wait(ThreadDied).error, ZeroDivisionError)
    playback.stop()


class StuckSpeaker(SimulatedSpeaker):
    """Hangs in `write`, as a driver may, until it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.let_go = threading.Event()
        self.is_hanging = threading.Event()

    def write(self, pcm: bytes) -> None:
        self.is_hanging.set()
        self.let_go.wait()
        super().write(pcm)


def test_the_pulse_must_beat_only_while_there_is_sound() -> None:
    speaker = StuckSpeaker()
    playback = Playback(lambda _: speaker, Inbox[PlaybackEvent]().post, 100)
    playback.start()
    try:
        assert playback.wait_settled(5.0)
        assert not playback.pulse.must_beat
        playback.play(SOUND[:20])
        assert speaker.is_hanging.wait(5)
        # All of it is in the device, and the device does not take it.
        before = playback.pulse
        assert before.must_beat
        assert is_stuck(before, playback.pulse)
        speaker.is_hanging.clear()
        speaker.let_go.set()
        assert speaker.is_hanging.wait(5)
        assert not is_stuck(before, playback.pulse)
    finally:
        speaker.let_go.set()
        playback.stop()


def test_a_speaker_that_hangs_while_it_opens_is_in_trouble_until_it_is_open() -> None:
    let_go = threading.Event()

    def open_speaker(_buffer_periods: int) -> Speaker:
        let_go.wait()
        return SimulatedSpeaker()

    inbox: Inbox[PlaybackEvent] = Inbox()
    playback = Playback(open_speaker, inbox.post, 100)
    playback.start()
    try:
        assert not playback.wait_settled(0.0)
        assert inbox.wait(DeviceTrouble) == DeviceTrouble("speaker", LATE)
        assert not playback.pulse.has_begun
        let_go.set()
        assert inbox.wait(DeviceBack) == DeviceBack("speaker")
    finally:
        let_go.set()
        playback.stop()
