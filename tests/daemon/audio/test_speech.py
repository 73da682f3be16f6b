"""Speech found in recordings, in silence and in noise."""

from __future__ import annotations

from functools import cache
from typing import Final

import pytest

from myna.audio.speech import ROOM, SpeechFinding
from myna.audio.voice import voice_opener
from myna.conversation.endpointing import Endpoint
from myna_hardware.units import CAPTURE_PERIOD_FRAMES, bytes_for, frames_for, seconds_for, silence
from support.noise import NOISES, active_dbfs, in_noise
from support.speech import periods, recorded, speech_end_frame

SENTENCES: Final = ("alexa", "small_talk", "barge_in", "turn_on_the_lamp", "small_talk_espeak")
LEAD: Final = frames_for(0.5)
TAIL: Final = frames_for(1.5)
PERIOD_S: Final = seconds_for(CAPTURE_PERIOD_FRAMES)

HEARING: Final = SpeechFinding(voice_opener())
DEAF: Final = SpeechFinding()


def edges(finding: SpeechFinding, before: bytes, pcm: bytes) -> list[tuple[Endpoint, float]]:
    """Return what is found in `pcm`, and after how many seconds."""
    finder = finding.begin(before)
    found = ((finder.feed(period), PERIOD_S * (n + 1)) for n, period in enumerate(periods(pcm)))
    return [(endpoint, at_s) for endpoint, at_s in found if endpoint is not None]


@cache
def noisy(sentence: str, kind: str, snr_db: int) -> tuple[bytes, bytes]:
    """Return a room full of noise, and a sentence said in it after `LEAD`."""
    speech = recorded(sentence)
    whole = silence(ROOM + LEAD) + speech + silence(TAIL)
    whole = in_noise(whole, kind, active_dbfs(speech) - snr_db)
    return whole[: bytes_for(ROOM)], whole[bytes_for(ROOM) :]


@pytest.mark.parametrize("snr_db", [20, 10, 5])
@pytest.mark.parametrize("kind", NOISES)
@pytest.mark.parametrize("sentence", SENTENCES)
def test_sentence_in_noise_is_one_utterance_with_its_start_and_end(
    sentence: str, kind: str, snr_db: int
) -> None:
    found = edges(HEARING, *noisy(sentence, kind, snr_db))
    assert [endpoint for endpoint, _ in found] == [Endpoint.STARTED, Endpoint.ENDED]
    start_s, end_s = (at_s for _, at_s in found)
    assert 0 < start_s - seconds_for(LEAD) < 0.35
    spoken_s = seconds_for(LEAD + speech_end_frame(recorded(sentence)))
    assert 0.3 < end_s - spoken_s < (0.8 if snr_db == 20 else 1.1)


@pytest.mark.parametrize("finding", [HEARING, DEAF])
@pytest.mark.parametrize("sentence", SENTENCES)
def test_sentence_in_a_quiet_room_is_one_utterance(sentence: str, finding: SpeechFinding) -> None:
    pcm = silence(LEAD) + recorded(sentence) + silence(TAIL)
    found = edges(finding, b"", pcm)
    assert [endpoint for endpoint, _ in found] == [Endpoint.STARTED, Endpoint.ENDED]


@pytest.mark.parametrize("kind", NOISES)
def test_noise_that_was_there_before_is_no_speech(kind: str) -> None:
    noise = in_noise(silence(frames_for(8.0)), kind, -25)
    assert edges(HEARING, noise[: bytes_for(ROOM)], noise[bytes_for(ROOM) :]) == []


@pytest.mark.parametrize("kind", NOISES)
def test_fan_switched_on_over_the_speech_does_not_keep_it_open(kind: str) -> None:
    speech = recorded("turn_on_the_lamp")
    fan = in_noise(silence(frames_for(4.0)), kind, active_dbfs(speech) - 5)
    found = edges(HEARING, b"", silence(LEAD) + speech + fan)
    assert found[1][0] is Endpoint.ENDED
    # A hum sounds like a voice to earshot: there it takes two seconds to learn better.
    assert found[1][1] - seconds_for(LEAD) - seconds_for(len(speech) // 2) < 2.7


def test_talker_hardly_over_the_noise_is_found_by_the_voice_alone() -> None:
    room, pcm = noisy("turn_on_the_lamp", "white", 5)
    assert edges(DEAF, room, pcm) == []
    assert [endpoint for endpoint, _ in edges(HEARING, room, pcm)] == [*Endpoint]


def test_level_is_that_of_the_last_period() -> None:
    finder = DEAF.begin(b"")
    assert finder.level_dbfs == -96
    finder.feed(b"\xcd\x0c" * CAPTURE_PERIOD_FRAMES)
    assert finder.level_dbfs == pytest.approx(-20, abs=0.1)
