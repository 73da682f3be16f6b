"""The audio thread on simulated microphones, in real time."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from myna.audio.capture import Capture
from myna.audio.cursor import UplinkCursor
from myna.audio.events import (
    Captured,
    CaptureEvent,
    DeviceBack,
    DeviceTrouble,
    Loudness,
    SourceEnded,
    ThreadDied,
)
from myna.audio.pulse import LATE, is_stuck
from myna.audio.words import Words
from myna.conversation.events import SpeechEnded, SpeechStarted, WakeHeard
from myna.echo.branches import Echo
from myna.echo.duplex import Duplex
from myna.errors import WakeEngineError
from myna.telltale import Telltale
from myna.wake.detector import Detection, WakeDetector
from myna_hardware.errors import DeviceNotFoundError
from myna_hardware.interfaces import Microphone
from myna_hardware.microphone.simulated import SimulatedMicrophone
from myna_hardware.units import CAPTURE_PERIOD_FRAMES, Frames, frames_for, frames_in, silence
from support.events import Inbox
from support.speech import recorded

LATENCY = frames_for(0.25)


class LoudWord:
    """A wake engine for which anything that is not silence is the word, once."""

    engine = "loud"
    words = ("anything",)

    def __init__(self, error: Exception | None = None) -> None:
        self._error = error
        self.is_closed = False

    def detect(self, pcm: bytes) -> Detection | None:
        if self._error is not None:
            raise self._error
        return Detection("anything", 1.0, LATENCY) if any(pcm) else None

    def reset(self) -> None:
        pass

    def close(self) -> None:
        self.is_closed = True


class StuckMicrophone(SimulatedMicrophone):
    """Hangs in `read`, as a driver may, until it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.let_go = threading.Event()
        self.is_hanging = threading.Event()

    def read(self) -> bytes:
        if not self.let_go.is_set():
            self.is_hanging.set()
            self.let_go.wait()
        return super().read()


class Room:
    """Opens simulated microphones, and remembers them."""

    def __init__(self, failures: int = 0) -> None:
        self.microphones: list[SimulatedMicrophone] = []
        self.failures = failures

    def open(self, _buffer_periods: int = 1) -> Microphone:
        if self.failures:
            self.failures -= 1
            raise DeviceNotFoundError("microphone", "not plugged in")
        self.microphones.append(SimulatedMicrophone())
        return self.microphones[-1]


@contextmanager
def capturing(
    room: Room, detector: WakeDetector | None = None, light: Telltale | None = None
) -> Iterator[tuple[Capture, Inbox[CaptureEvent]]]:
    inbox: Inbox[CaptureEvent] = Inbox()
    echo = Echo(Duplex("none"), None, None)
    capture = Capture(room.open, Words(detector), inbox.post, echo, light=light)
    capture.start()
    assert capture.wait_settled(5.0)
    try:
        yield capture, inbox
    finally:
        capture.stop()


def test_frames_taken_are_those_captured_under_their_numbers() -> None:
    room = Room()
    with capturing(room) as (capture, inbox):
        capture.watch(is_watched=True)
        first = room.microphones[0].say(recorded("alexa"))
        cursor = UplinkCursor(Frames(first))
        taken = b""
        while frames_in(taken) < 8000:
            inbox.wait(Captured)
            while (piece := capture.take(cursor)) is not None:
                taken += piece[1]
    assert taken == recorded("alexa")[: len(taken)]


def test_captured_is_told_when_there_is_a_chunk_and_not_before() -> None:
    inbox: Inbox[CaptureEvent] = Inbox()
    capture = Capture(Room().open, Words(None), inbox.post, Echo(Duplex("none"), None, None))
    capture.watch(is_watched=True)
    cursor = UplinkCursor(Frames(0))
    told = []
    for _ in range(8):  # periods of 20 ms, chunks of 40
        before = inbox.count(Captured)
        capture._take(silence(CAPTURE_PERIOD_FRAMES), 0.0)
        told.append(inbox.count(Captured) - before)
        while capture.take(cursor) is not None:
            pass
    assert told == [1, 1, 0, 1, 0, 1, 0, 1], "the first is told to whoever has not asked yet"


def test_nothing_is_given_out_unwatched_muted_or_in_the_dark() -> None:
    room, cursor, shown = Room(), UplinkCursor(Frames(0)), [False]
    with capturing(room, LoudWord(), Telltale(shown.append)) as (capture, inbox):
        room.microphones[0].say(silence(frames_for(0.3)) + b"\1\1")
        inbox.wait(WakeHeard)
        assert capture.take(cursor) is None
        capture.watch(is_watched=True)
        assert shown == [False, True]
        assert capture.take(cursor) is not None
        capture.watch(is_watched=False)
        assert shown == [False, True], "what was taken may still be on its way"
        assert capture.take(cursor) is None
        capture.note_left()
        assert shown == [False, True, False]
        capture.watch(is_watched=True)
        capture.close_microphone()
        assert capture.take(cursor) is None


def test_muted_start_is_settled_and_opens_no_device() -> None:
    room = Room()
    capture = Capture(
        room.open, Words(None), Inbox[CaptureEvent]().post, Echo(Duplex("none"), None, None)
    )
    capture.close_microphone()
    capture.start()
    assert capture.wait_settled(5.0)
    capture.stop()
    assert room.microphones == []


def test_wake_word_is_reported_with_the_end_of_the_word() -> None:
    room = Room()
    with capturing(room, LoudWord()) as (_, inbox):
        room.microphones[0].say(silence(frames_for(0.3)) + b"\1\1")
        wake = inbox.wait(WakeHeard)
    assert wake.detected_frame - wake.frame == LATENCY
    assert wake.detected_frame % 320 == 0


def test_word_in_the_first_moment_starts_at_the_first_frame() -> None:
    room = Room()
    with capturing(room, LoudWord()) as (_, inbox):
        room.microphones[0].say(b"\1\1")
        assert inbox.wait(WakeHeard).frame == 0


def test_wake_engine_that_fails_costs_only_the_word() -> None:
    room, detector = Room(), LoudWord(WakeEngineError("loud", "its key has expired"))
    with capturing(room, detector) as (capture, inbox):
        assert inbox.wait(DeviceTrouble) == DeviceTrouble("wake engine", "its key has expired")
        capture.watch(is_watched=True)
        inbox.wait(Captured)
    assert detector.is_closed


def test_bug_in_the_thread_is_reported_and_not_swallowed() -> None:
    bug = ZeroDivisionError("a bug")
    with capturing(Room(), LoudWord(bug)) as (_, inbox):
        assert inbox.wait(ThreadDied).error is bug


def test_speech_is_found_in_the_pre_roll_and_after_it() -> None:
    room = Room()
    with capturing(room) as (capture, inbox):
        capture.watch(is_watched=True)
        first = room.microphones[0].say(recorded("alexa"))
        while capture.next_frame < first + frames_for(0.3):
            inbox.wait(Captured)
        capture.attend(Frames(first))
        inbox.wait(SpeechStarted)
        inbox.wait(SpeechEnded)


def test_speech_is_nobodys_business_once_the_conversation_is_over() -> None:
    room = Room()
    with capturing(room) as (capture, inbox):
        capture.watch(is_watched=True)
        capture.attend(capture.next_frame)
        capture.stop_attending()
        end = room.microphones[0].say(recorded("alexa")) + frames_for(1.5)
        while capture.next_frame < end:
            inbox.wait(Captured)
        assert inbox.count(SpeechStarted) == 0


def test_loudness_is_told_while_somebody_attends_and_not_at_rest() -> None:
    room = Room()
    with capturing(room) as (capture, inbox):
        capture.watch(is_watched=True)
        room.microphones[0].say(recorded("alexa"))
        for _ in range(20):
            inbox.wait(Captured)
        assert inbox.count(Loudness) == 0
        capture.attend(capture.next_frame)
        room.microphones[0].say(recorded("alexa"))
        assert inbox.wait(Loudness).where == "microphone"
        while inbox.wait(Loudness).level < 0.5:
            pass


def test_speech_of_the_speaker_itself_is_not_the_users() -> None:
    room = Room()
    with capturing(room) as (capture, inbox):
        capture.attend(capture.next_frame)
        capture.ignore_speech(until=frames_for(1.0))
        room.microphones[0].say(recorded("alexa"))
        room.microphones[0].say(silence(frames_for(1.0)) + recorded("alexa"))
        inbox.wait(SpeechStarted)
        assert capture.next_frame > frames_for(1.5)
        inbox.wait(SpeechEnded)
        assert inbox.count(SpeechStarted) == 1


def test_mute_releases_the_device_and_unmute_counts_on() -> None:
    room = Room()
    with capturing(room) as (capture, inbox):
        capture.watch(is_watched=True)
        inbox.wait(Captured)
        capture.close_microphone()
        capture.open_microphone()
        before = capture.next_frame
        while capture.next_frame == before:
            inbox.wait(Captured)
    assert room.microphones[0].read() == b"", "the first one was closed"
    assert inbox.count(DeviceTrouble) == 0
    assert inbox.count(SourceEnded) == 0


def test_lost_device_is_reported_with_each_reason_and_found_again() -> None:
    room = Room()
    with capturing(room) as (capture, inbox):
        room.failures = 1
        room.microphones[0].unplug()
        assert "unplugged" in inbox.wait(DeviceTrouble).why
        inbox.wait(DeviceBack)
        capture.watch(is_watched=True)
        inbox.wait(Captured)
        assert inbox.count(DeviceTrouble) == 2, "unplugged, then not plugged in"
    assert len(room.microphones) == 2


def test_missing_device_settles_as_missing() -> None:
    with capturing(Room(failures=1)) as (_, inbox):
        assert inbox.wait(DeviceTrouble).what == "microphone"
        inbox.wait(DeviceBack)


def test_source_that_ends_is_reported() -> None:
    room = Room()
    with capturing(room) as (_, inbox):
        room.microphones[0].close()
        inbox.wait(SourceEnded)


@pytest.mark.parametrize("is_muted", [True, False])
def test_stop_ends_the_thread_and_releases_the_device(is_muted: bool) -> None:
    room = Room()
    with capturing(room) as (capture, _):
        if is_muted:
            capture.close_microphone()
    assert room.microphones[0].read() == b""


@contextmanager
def hanging() -> Iterator[tuple[Capture, Inbox[CaptureEvent], StuckMicrophone]]:
    stuck = StuckMicrophone()
    inbox: Inbox[CaptureEvent] = Inbox()
    echo = Echo(Duplex("none"), None, None)
    capture = Capture(lambda _: stuck, Words(None), inbox.post, echo)
    capture.start()
    try:
        yield capture, inbox, stuck
    finally:
        stuck.let_go.set()
        capture.stop()


def test_a_microphone_that_hangs_from_the_start_is_in_trouble_until_it_is_heard() -> None:
    with hanging() as (capture, inbox, stuck):
        assert stuck.is_hanging.wait(5)
        assert not capture.wait_settled(0.0)
        assert inbox.wait(DeviceTrouble) == DeviceTrouble("microphone", LATE)
        assert (capture.pulse.must_beat, capture.pulse.has_begun) == (True, False)
        stuck.let_go.set()
        assert inbox.wait(DeviceBack) == DeviceBack("microphone")
        assert capture.pulse.has_begun


def test_the_pulse_stands_still_while_the_microphone_hangs() -> None:
    with hanging() as (capture, _, stuck):
        stuck.let_go.set()
        assert capture.wait_settled(5.0)
        stuck.let_go.clear()
        assert stuck.is_hanging.wait(5)
        stuck.is_hanging.clear()
        before = capture.pulse
        assert is_stuck(before, capture.pulse)
        stuck.let_go.set()
        stuck.let_go.clear()
        assert stuck.is_hanging.wait(5)
        assert not is_stuck(before, capture.pulse)


def test_a_microphone_that_does_not_open_is_alive() -> None:
    with capturing(Room(failures=2)) as (capture, inbox):
        inbox.wait(DeviceBack)
        assert capture.pulse.beats > 2


def test_nothing_must_beat_while_the_microphone_is_closed() -> None:
    with capturing(Room()) as (capture, _):
        assert capture.pulse.must_beat
        capture.close_microphone()
        assert not capture.pulse.must_beat
