"""Endpointing: what counts as speech, and when it is over."""

from __future__ import annotations

import pytest

from myna.conversation.endpointing import Endpoint, Endpointer

PERIOD_S = 0.02


def feed(endpointer: Endpointer, level_dbfs: float, seconds: float) -> list[Endpoint]:
    found = (endpointer.feed(level_dbfs, PERIOD_S) for _ in range(round(seconds / PERIOD_S)))
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
