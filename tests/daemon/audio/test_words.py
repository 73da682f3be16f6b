"""The words that the speaker obeys by itself, over replies and at rest."""

from __future__ import annotations

from myna.audio.events import DeviceTrouble
from myna.audio.words import OWN_WORD, Words
from myna.conversation.events import StopHeard, WakeHeard
from myna.echo.branches import Branches
from myna.errors import WakeEngineError
from myna.wake.detector import Detection
from myna.wake.over_reply import OverReply
from myna.wake.refractory import REFRACTORY_FRAMES
from myna_hardware.units import Frames, frames_for

PERIOD = 320
LATENCY = frames_for(0.1)
QUIET = bytes(640)
NEAR, PLAYED = b"n" * 640, b"p" * 640


class Ear:
    """A detector that hears its word in one kind of period."""

    engine = "scripted"
    words = ("word",)

    def __init__(self, word: bytes, score: float = 0.9) -> None:
        self.word = word
        self.score = score
        self.fed = 0
        self.resets = 0
        self.is_closed = False
        self.is_broken = False

    def detect(self, pcm: bytes) -> Detection | None:
        self.fed += 1
        if self.is_broken:
            raise WakeEngineError("scripted", "it broke")
        return Detection("word", self.score, LATENCY) if pcm == self.word else None

    def reset(self) -> None:
        self.resets += 1

    def close(self) -> None:
        self.is_closed = True


class Stage:
    """Words with all four detectors."""

    def __init__(self) -> None:
        self.wake, self.near = Ear(b"w" * 640), Ear(NEAR, 0.6)
        self.own, self.stop = Ear(PLAYED), Ear(b"s" * 640)
        self.words = Words(self.wake, OverReply(self.near, self.own), self.stop)
        self.now = 0
        self.is_steady = True

    def hear(self, near: bytes = QUIET, played: bytes = b"") -> list[object]:
        """Take a period in which something plays, if `played` is given."""
        self.now += PERIOD
        is_steady = bool(played) and self.is_steady
        branches = Branches(near, near, played, is_echoing=bool(played), is_steady=is_steady)
        return list(self.words.hear(branches, Frames(self.now)))


def test_wake_word_is_told_with_its_end() -> None:
    stage = Stage()
    assert stage.hear(b"w" * 640) == [WakeHeard("word", 0.9, Frames(PERIOD), Frames(0))]


def test_other_detectors_rest_while_nothing_plays() -> None:
    stage = Stage()
    for _ in range(10):
        stage.hear(NEAR)
    assert stage.wake.fed == 10
    assert stage.near.fed == stage.own.fed == stage.stop.fed == 0


def test_second_detector_is_sooner_sure_over_a_reply() -> None:
    stage = Stage()
    (heard,) = stage.hear(NEAR, QUIET)
    assert isinstance(heard, WakeHeard)
    assert heard.score == 0.6


def test_second_detector_is_not_trusted_while_the_echo_is_being_learned() -> None:
    stage = Stage()
    stage.is_steady = False
    assert stage.hear(NEAR, QUIET) == []
    assert len(stage.hear(b"w" * 640, QUIET)) == 1


def test_word_that_both_hear_is_told_once() -> None:
    stage = Stage()
    assert len(stage.hear(NEAR, QUIET)) == 1
    for _ in range(REFRACTORY_FRAMES // PERIOD - 1):
        assert stage.hear(b"w" * 640, QUIET) == []
    assert len(stage.hear(b"w" * 640, QUIET)) == 1


def test_word_of_our_own_reply_wakes_nobody() -> None:
    stage = Stage()
    assert stage.hear(QUIET, PLAYED) == []
    for _ in range(OWN_WORD // PERIOD - 1):
        assert stage.hear(NEAR, QUIET) == []
    assert len(stage.hear(NEAR, QUIET)) == 1


def test_stop_word_is_told_while_something_plays() -> None:
    stage = Stage()
    assert stage.hear(b"s" * 640) == []
    assert stage.hear(b"s" * 640, QUIET) == [StopHeard(Frames(0))]


def test_detectors_begin_anew_with_every_sound() -> None:
    stage = Stage()
    for played in (QUIET, QUIET, b"", QUIET):
        stage.hear(QUIET, played)
    assert stage.near.resets == stage.own.resets == stage.stop.resets == 2
    assert stage.wake.resets == 0
    stage.words.reset()
    assert stage.wake.resets == 1


def test_detector_that_fails_costs_only_itself_and_is_told_once() -> None:
    stage = Stage()
    stage.near.is_broken = True
    assert stage.hear(NEAR, QUIET) == [DeviceTrouble("wake engine", "it broke")]
    assert stage.near.is_closed
    assert stage.hear(NEAR, QUIET) == []
    assert len(stage.hear(b"w" * 640, QUIET)) == 1


def test_words_without_any_detector_hear_nothing() -> None:
    words = Words(None)
    assert words.hear(Branches(NEAR, NEAR, PLAYED, is_echoing=True), Frames(PERIOD)) == []
    words.reset()
    words.close()


def test_close_frees_every_detector_once() -> None:
    stage = Stage()
    stage.words.close()
    stage.words.close()
    ears = (stage.wake, stage.near, stage.own, stage.stop)
    assert all(ear.is_closed for ear in ears)
