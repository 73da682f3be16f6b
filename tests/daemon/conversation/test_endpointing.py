"""Endpointing: what counts as speech, and when it is over."""

from __future__ import annotations

import pytest

from myna.conversation.endpointing import (
    END_S,
    ROOM_PERIODS,
    Endpoint,
    Endpointer,
)

PERIOD_S = 0.02


STARTED, ENDED = Endpoint.STARTED, Endpoint.ENDED
LOUD, QUIET = -20.0, -60.0
VOICE, NOISE = 0.9, 0.2


def feed(
    endpointer: Endpointer, level_dbfs: float, seconds: float, voice: float | None = None
) -> list[Endpoint]:
    periods = range(round(seconds / PERIOD_S))
    found = (endpointer.feed(level_dbfs, PERIOD_S, voice) for _ in periods)
    return [endpoint for endpoint in found if endpoint is not None]


def test_utterance_starts_and_ends_once() -> None:
    endpointer = Endpointer()
    assert feed(endpointer, -60, 1.0) == []
    assert feed(endpointer, -20, 1.0) == [Endpoint.STARTED]
    assert feed(endpointer, -60, 1.0) == [Endpoint.ENDED]
    assert feed(endpointer, -60, 5.0) == []


def test_pause_between_words_does_not_end_an_utterance() -> None:
    endpointer = Endpointer()
    feed(endpointer, -20, 1.0)
    assert feed(endpointer, -60, 0.5) + feed(endpointer, -20, 0.5) == []


def test_click_is_not_speech() -> None:
    assert feed(Endpointer(), -10, 0.08) == []


@pytest.mark.parametrize("noise_dbfs", [-96, -60, -45, -35])
def test_steady_noise_becomes_the_floor(noise_dbfs: float) -> None:
    endpointer = Endpointer()
    feed(endpointer, noise_dbfs, 20.0)
    assert feed(endpointer, noise_dbfs, 5.0) == []
    assert feed(endpointer, max(noise_dbfs + 25, -40), 0.5) == [Endpoint.STARTED]


def test_voice_starts_an_utterance_however_quiet_it_is() -> None:
    assert feed(Endpointer(), -58, 0.3, VOICE) == [STARTED]


def test_loudness_starts_an_utterance_though_no_voice_is_found() -> None:
    assert feed(Endpointer(), LOUD, 0.3, NOISE) == [STARTED]


def test_neither_loud_nor_a_voice_starts_nothing() -> None:
    assert feed(Endpointer(), QUIET, 3.0, NOISE) == []


def test_utterance_ends_when_the_voice_does_whatever_the_noise() -> None:
    endpointer = Endpointer()
    feed(endpointer, LOUD, 1.0, VOICE)
    assert feed(endpointer, LOUD, END_S - 0.1, NOISE) == []
    assert feed(endpointer, LOUD, 0.2, NOISE) == [ENDED]


def test_voice_far_quieter_than_the_talkers_is_somebody_elses() -> None:
    endpointer = Endpointer()
    feed(endpointer, LOUD, 1.0, VOICE)
    assert feed(endpointer, LOUD - 25, END_S + 0.1, VOICE) == [ENDED]


def test_talker_who_grows_quieter_is_followed() -> None:
    endpointer = Endpointer()
    feed(endpointer, LOUD, 1.0, VOICE)
    for step in range(18):
        assert feed(endpointer, LOUD - step, 0.5, VOICE) + feed(endpointer, QUIET, 0.1, NOISE) == []


def test_talker_without_a_voice_is_followed_by_loudness() -> None:
    endpointer = Endpointer()
    assert feed(endpointer, LOUD, 1.0, NOISE) == [STARTED]
    assert feed(endpointer, QUIET, END_S + 0.1, NOISE) == [ENDED]


def test_whisper_after_a_voice_is_followed_by_loudness_too() -> None:
    endpointer = Endpointer()
    feed(endpointer, LOUD, 1.0, VOICE)
    feed(endpointer, QUIET, 0.9, NOISE)
    feed(endpointer, QUIET, 0.02, VOICE)
    assert feed(endpointer, LOUD, 1.5, NOISE) == [STARTED]


def test_loud_noise_that_begins_is_no_speech_for_long_and_not_again() -> None:
    endpointer = Endpointer()
    feed(endpointer, QUIET, 1.0, NOISE)
    assert feed(endpointer, -30, 3.0, NOISE) == [STARTED, ENDED]
    assert feed(endpointer, -30, 10.0, NOISE) == []


def test_steady_sound_is_no_voice_whatever_is_said_of_it() -> None:
    endpointer = Endpointer()
    feed(endpointer, LOUD, 1.0, VOICE)
    assert feed(endpointer, LOUD - 5, 4.0, VOICE) == [ENDED]


def test_quiet_that_ends_an_utterance_can_be_chosen() -> None:
    endpointer = Endpointer(end_s=0.3)
    feed(endpointer, LOUD, 1.0, VOICE)
    assert feed(endpointer, QUIET, 0.28, VOICE) == []
    assert feed(endpointer, QUIET, 0.02, VOICE) == [ENDED]


def test_microphone_that_nobody_listens_to_tells_nothing_of_the_room() -> None:
    endpointer = Endpointer()
    feed(endpointer, -40, 5.0)
    feed(endpointer, -96, 5.0)
    assert feed(endpointer, -40, 1.0) == []


def test_room_that_was_heard_before_is_no_speech() -> None:
    endpointer = Endpointer()
    for _ in range(ROOM_PERIODS):
        endpointer.learn(-35)
    assert feed(endpointer, -35, 1.0) == []
    assert feed(endpointer, -15, 0.2) == [STARTED]


def test_room_that_is_left_in_digital_silence_counts_as_quiet() -> None:
    endpointer = Endpointer()
    feed(endpointer, LOUD, 0.5)
    assert feed(endpointer, -96, 1.0) == [ENDED]
    assert feed(endpointer, -45, 0.2) == [STARTED]
