from __future__ import annotations

import pytest

from myna.config import WakeSettings
from myna.errors import WakeEngineError
from myna.wake.open import open_open
from myna_hardware.units import seconds_for
from support.speech import in_silence, listen, periods, pieces, recorded

WORD_END_S, TURN_STARTS_S = 0.755, 1.02
"""Read off the waveform of wake_lamp.wav: "nabu" fades, then the t of "turn" bursts."""


@pytest.mark.parametrize(
    ("phrase", "word"),
    [
        ("okay_nabu", "okay_nabu"),
        ("okay_nabu_fast", "okay_nabu"),
        ("hey_jarvis", "hey_jarvis"),
        ("hey_rhasspy", "hey_rhasspy"),
        ("alexa", "alexa"),
    ],
)
def test_open_hears_a_phrase_exactly_once(phrase: str, word: str) -> None:
    detector = open_open(WakeSettings(words=("okay_nabu", "hey_jarvis", "hey_rhasspy", "alexa")))

    heard = listen(detector, periods(in_silence(recorded(phrase), tail_s=2.0)))

    assert [each.word for each in heard] == [word]


@pytest.mark.parametrize("phrase", ["turn_on_the_lamp", "weather", "near_misses", "small_talk"])
def test_open_ignores_other_phrases(phrase: str) -> None:
    detector = open_open(WakeSettings(words=("okay_nabu", "hey_jarvis", "alexa")))

    assert listen(detector, periods(in_silence(recorded(phrase)))) == []


@pytest.mark.parametrize("size_bytes", [333, 2560, 40_000])
def test_open_hears_the_same_however_the_stream_is_cut(size_bytes: int) -> None:
    detector = open_open(WakeSettings())
    stream = in_silence(recorded("okay_nabu"))
    expected = listen(detector, periods(stream))
    detector.reset()

    assert listen(detector, pieces(stream, size_bytes)) == expected
    assert len(expected) == 1


@pytest.mark.parametrize("lead_s", [0.5, 0.52, 0.54, 0.56])
def test_open_puts_the_words_end_before_the_speech_that_follows(lead_s: float) -> None:
    detector = open_open(WakeSettings())

    [heard] = listen(detector, periods(in_silence(recorded("wake_lamp"), lead_s)))

    end_s = seconds_for(heard.end_frame) - lead_s
    assert WORD_END_S - 0.25 < end_s < TURN_STARTS_S


def test_open_is_deaf_when_its_threshold_cannot_be_passed() -> None:
    detector = open_open(WakeSettings(threshold=1.0))

    assert listen(detector, periods(in_silence(recorded("okay_nabu")))) == []


def test_open_can_be_closed_twice() -> None:
    detector = open_open(WakeSettings())

    detector.close()
    detector.close()


def test_open_lists_its_words_when_one_is_unknown() -> None:
    with pytest.raises(WakeEngineError, match=r"it knows alexa, hey_jarvis, .*hey_rhasspy"):
        open_open(WakeSettings(words=("computer",)))
