"""The uplink's pauses: nothing is sent in them, and nothing is lost by them."""

from __future__ import annotations

import pytest

from myna.audio.capture import Capture
from myna.audio.cursor import LIVE_CHUNK, UplinkCursor
from myna.audio.preroll import PreRoll
from myna.line.uplink import LEAD, Uplink
from myna.trace import Trace
from myna_hardware.units import Frames, frames_for, frames_in, silence

SECOND = frames_for(1.0)
START = Frames(800)


class Recorded(Capture):
    """A pre-roll that is filled by hand."""

    def __init__(self) -> None:
        self.ring = PreRoll(frames_for(30.0))

    def watch(self, *, is_watched: bool) -> None:
        pass

    def hear(self, frames: int) -> None:
        self.ring.append(silence(frames))

    @property
    def next_frame(self) -> Frames:
        return self.ring.next_frame

    def take(self, cursor: UplinkCursor) -> tuple[object, bytes] | None:  # type: ignore[override]
        span = cursor.take(self.ring.oldest_frame, self.ring.next_frame)
        return None if span is None else (span, self.ring.read(span.first, span.frames))


class Story:
    """An uplink, and what it sends."""

    def __init__(self) -> None:
        self.capture = Recorded()
        self.uplink = Uplink(self.capture, Trace(), lambda: None)

    def begin(self) -> None:
        self.capture.hear(START)
        self.uplink.start(START)

    def sent(self) -> int:
        """Send all there is; return how many frames that was."""
        frames = 0
        while (pcm := self.uplink.next_chunk()) is not None:
            frames += frames_in(pcm)
        return frames

    def speak(self) -> None:
        """One second of speech, and its end."""
        self.uplink.note_speech_started(self.capture.next_frame)
        self.capture.hear(SECOND)
        self.uplink.note_speech_ended(may_pause=True)


@pytest.fixture
def story() -> Story:
    return Story()


def test_end_of_speech_is_told_once_after_its_last_frame(story: Story) -> None:
    story.begin()
    story.speak()
    assert not story.uplink.take_pause(), "there is something to send before"
    assert story.sent() == SECOND
    assert [story.uplink.take_pause(), story.uplink.take_pause()] == [True, False]


def test_pause_sends_nothing(story: Story) -> None:
    story.begin()
    story.speak()
    story.capture.hear(5 * SECOND)
    assert story.sent() == SECOND


def test_user_who_presses_the_button_to_speak_on_is_sent_from_then_on(story: Story) -> None:
    story.begin()
    story.speak()
    story.capture.hear(5 * SECOND)
    story.uplink.note_speech_started(story.capture.next_frame, is_by_button=True)
    assert story.sent() == SECOND, "nothing of the time in which the button was up"
    story.capture.hear(SECOND)
    assert story.sent() == SECOND


def test_user_who_speaks_on_is_sent_from_before_that(story: Story) -> None:
    story.begin()
    story.speak()
    story.capture.hear(5 * SECOND)
    story.uplink.note_speech_started(story.capture.next_frame)
    assert story.sent() == SECOND + LEAD
    story.uplink.note_speech_ended(may_pause=True)
    story.sent()
    assert story.uplink.take_pause(), "another utterance, another end"


def test_user_who_speaks_on_at_once_loses_no_frame(story: Story) -> None:
    story.begin()
    story.speak()
    story.capture.hear(5 * LIVE_CHUNK)
    story.uplink.note_speech_started(story.capture.next_frame)
    assert story.sent() == SECOND + 5 * LIVE_CHUNK


def test_reply_that_is_over_ends_the_pause(story: Story) -> None:
    story.begin()
    story.speak()
    story.capture.hear(SECOND)
    story.uplink.resume(story.capture.next_frame)
    story.capture.hear(SECOND)
    assert story.sent() == 2 * SECOND


def test_speech_that_was_over_before_the_session_opened_pauses_it(story: Story) -> None:
    story.capture.hear(START)
    story.speak()
    story.capture.hear(SECOND)
    story.uplink.start(START)
    assert story.sent() == SECOND
    assert story.uplink.take_pause()


def test_echo_of_the_last_conversation_does_not_silence_the_next(story: Story) -> None:
    story.begin()
    story.uplink.stop()
    story.uplink.note_speech_ended(may_pause=True)
    story.uplink.start(story.capture.next_frame)
    story.capture.hear(SECOND)
    assert story.sent() == SECOND


def test_end_of_speech_is_kept_back_where_it_may_not_be_told(story: Story) -> None:
    story.begin()
    story.uplink.note_speech_ended(may_pause=False)
    story.capture.hear(SECOND)
    assert story.sent() == SECOND
    assert not story.uplink.take_pause()


def test_speech_does_not_open_a_gate_that_a_reply_has_shut(story: Story) -> None:
    story.begin()
    story.uplink.shut(story.capture.next_frame)
    story.speak()
    story.uplink.note_speech_started(story.capture.next_frame)
    assert story.sent() == 0


def test_gate_that_shuts_in_a_pause_stays_shut_until_it_is_opened(story: Story) -> None:
    story.begin()
    story.speak()
    story.uplink.shut(story.capture.next_frame)
    story.uplink.note_speech_started(story.capture.next_frame)
    story.capture.hear(SECOND)
    assert story.sent() == SECOND
    story.uplink.resume(story.capture.next_frame)
    story.capture.hear(SECOND)
    assert story.sent() == SECOND
