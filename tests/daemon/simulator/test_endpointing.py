from __future__ import annotations

import random
import wave
from array import array
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import myna.demo
from myna.simulator.endpointing import Edge, Endpointer
from support.raw_client import quiet, speech_like


def noise(seconds: float, amplitude: int) -> bytes:
    dice = random.Random(1)  # noqa: S311 - noise, not a secret
    return array(
        "h", (dice.randint(-amplitude, amplitude) for _ in range(round(seconds * 16_000)))
    ).tobytes()


def kinds(edges: list[Edge]) -> list[str]:
    return [edge.kind for edge in edges]


def test_endpointer_finds_start_and_end_of_an_utterance() -> None:
    start, end = Endpointer().feed(quiet(1.0) + speech_like(1.0) + quiet(1.0))

    assert (start.kind, end.kind) == ("start", "end")
    assert 1.1 <= start.offset_s <= 1.15
    assert end.offset_s == pytest.approx(2.7, abs=0.02)


@pytest.mark.parametrize("sound", [quiet(3.0), noise(3.0, 200)], ids=["digital silence", "hiss"])
def test_endpointer_hears_nothing_in_quiet(sound: bytes) -> None:
    assert Endpointer().feed(sound) == []


def test_endpointer_hears_speech_over_hiss() -> None:
    hiss = noise(1.0, 200)

    assert kinds(Endpointer().feed(hiss + speech_like(0.5) + hiss)) == ["start", "end"]


def test_endpointer_ignores_a_click() -> None:
    assert Endpointer().feed(quiet(0.2) + speech_like(0.1) + quiet(0.2)) == []


def test_endpointer_does_not_add_clicks_up() -> None:
    click = speech_like(0.05) + quiet(0.2)

    assert Endpointer().feed(click * 10) == []


def test_endpointer_bridges_a_pause_shorter_than_the_silence() -> None:
    pcm = speech_like(0.5) + quiet(0.6) + speech_like(0.5) + quiet(1.0)

    assert kinds(Endpointer().feed(pcm)) == ["start", "end"]


def test_endpointer_takes_the_silence_that_the_setup_asks_for() -> None:
    pcm = speech_like(0.5) + quiet(0.4) + speech_like(0.5) + quiet(0.4)

    assert kinds(Endpointer(silence_ms=300).feed(pcm)) == ["start", "end"] * 2


def test_endpointer_ends_speech_at_once_when_the_stream_ends() -> None:
    endpointer = Endpointer()
    endpointer.feed(speech_like(0.5))

    assert endpointer.end() == [Edge("end", 0.5)]
    assert endpointer.end() == []


def test_endpointer_hears_again_after_the_stream_ended() -> None:
    endpointer = Endpointer()
    endpointer.feed(speech_like(0.5))
    endpointer.end()

    assert kinds(endpointer.feed(speech_like(0.5))) == ["start"]


@given(st.lists(st.integers(min_value=1, max_value=4_000), min_size=1, max_size=40))
def test_endpointer_finds_the_same_edges_however_audio_is_cut(sizes: list[int]) -> None:
    pcm = quiet(0.3) + speech_like(0.4) + quiet(0.8) + speech_like(0.2)
    whole = Endpointer().feed(pcm)
    endpointer = Endpointer()
    found: list[Edge] = []
    at = 0
    for size in sizes:
        found += endpointer.feed(pcm[at : at + size])
        at += size
    found += endpointer.feed(pcm[at:])

    assert found == whole


@pytest.mark.parametrize("name", ["wake_lamp", "tell_story", "barge_in", "look"])
def test_endpointer_takes_a_recorded_utterance_as_one(name: str) -> None:
    path = Path(myna.demo.__path__[0]) / "speech" / f"{name}.wav"
    with wave.open(str(path), "rb") as sound:
        pcm = sound.readframes(sound.getnframes())

    assert kinds(Endpointer().feed(pcm + quiet(1.0))) == ["start", "end"]
