"""The voice detector's adapter."""

from __future__ import annotations

import sys

import pytest

from myna.audio.voice import WINDOW, voice_opener
from myna.errors import VoiceError
from myna_hardware.units import bytes_for, silence
from support.speech import pieces, recorded


@pytest.mark.parametrize("size_bytes", [320, 640, 1000])
def test_voice_is_told_from_silence_in_pieces_of_any_size(size_bytes: int) -> None:
    voice = voice_opener()()
    spoken = [voice.probability(each) for each in pieces(recorded("weather"), size_bytes)]
    rest = [voice.probability(each) for each in pieces(silence(16_000), size_bytes)]
    likely = [each for each in spoken if each is not None and each > 0.6]
    assert len(likely) > 0.7 * len([each for each in spoken if each is not None])
    assert max(each for each in rest[len(rest) // 2 :] if each is not None) < 0.5


def test_period_too_short_for_a_window_tells_nothing_yet() -> None:
    voice = voice_opener()()
    assert voice.probability(silence(WINDOW - 1)) is None
    assert voice.probability(silence(1)) is not None


def test_streams_do_not_hear_one_another() -> None:
    open_voice = voice_opener()
    first, second = open_voice(), open_voice()
    for piece in pieces(recorded("weather"), bytes_for(WINDOW)):
        first.probability(piece)
    assert second.probability(silence(WINDOW)) == open_voice().probability(silence(WINDOW))


def test_missing_library_is_one_error_that_names_the_cure(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "earshot", None)
    with pytest.raises(VoiceError, match="pip install earshot"):
        voice_opener()
