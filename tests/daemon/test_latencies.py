"""How long people wait, worked out from traces whose times are known."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from myna.conversation.endpointing import START_S
from myna.latencies import BARGE_IN_S, KINDS, Kind, Latencies
from myna.trace import EventName

END_SILENCE_S = 0.6
Line = tuple[float, EventName, dict[str, Any]]


def state(t: float, to: str) -> Line:
    return t, "state", {"to": to}


def button(t: float, gesture: str) -> Line:
    return t, "button", {"gesture": gesture}


def happened(t: float, event: EventName) -> Line:
    return t, event, {}


def measured(*lines: Line, kept: int = 50) -> dict[str, dict[str, int] | None]:
    latencies = Latencies(END_SILENCE_S, kept)
    for line in lines:
        latencies.note(*line)
    return latencies.figures()


def only(kind: Kind, *lines: Line) -> int | None:
    """Return the median of `kind`; nothing else may have been measured."""
    figures = measured(*lines)
    assert {other for other, found in figures.items() if found} <= {kind}
    found = figures[kind]
    return found["p50_ms"] if found else None


def test_latencies_know_nothing_before_the_first_turn() -> None:
    assert measured() == dict.fromkeys(KINDS)


def test_wake_to_first_chunk_lasts_from_the_wake_word_to_the_first_chunk() -> None:
    lines = happened(1.0, "wake"), state(1.2, "connecting"), happened(1.45, "chunk_sent")
    assert only("wake_to_first_chunk", *lines, happened(9.0, "chunk_sent")) == 450


def test_wake_to_first_chunk_leaves_out_how_long_the_user_waited() -> None:
    lines = happened(1.0, "wake"), state(4.1, "connecting"), happened(4.3, "chunk_sent")
    assert only("wake_to_first_chunk", *lines) == 200 + 1000 * START_S


@pytest.mark.parametrize("rest", ["idle", "muted", "offline"])
def test_wake_to_first_chunk_is_forgotten_when_nothing_was_said(rest: str) -> None:
    lines = happened(1.0, "wake"), state(6.0, rest), happened(7.0, "chunk_sent")
    assert only("wake_to_first_chunk", *lines) is None


def test_first_sound_is_measured_from_the_last_word_not_from_its_detection() -> None:
    lines = happened(5.0, "speech_ended"), happened(5.3, "playback_started")
    assert only("end_of_speech_to_first_sound", *lines) == 300 + 1000 * END_SILENCE_S


def test_first_sound_is_measured_from_the_release_of_the_button() -> None:
    lines = button(4.0, "talk"), button(5.0, "over"), happened(5.3, "playback_started")
    assert only("end_of_speech_to_first_sound", *lines) == 300


def test_first_sound_is_measured_from_the_last_utterance() -> None:
    ended, went_on = happened(5.0, "speech_ended"), happened(5.5, "speech_started")
    sound = happened(7.2, "playback_started")
    assert only("end_of_speech_to_first_sound", ended, went_on, sound) is None
    again = happened(7.0, "speech_ended")
    assert only("end_of_speech_to_first_sound", ended, went_on, again, sound) == 800


@pytest.mark.parametrize(
    ("cut_in", "began_s"),
    [
        ([happened(2.0, "wake")], 2.0),
        ([button(2.0, "press")], 2.0),
        ([happened(2.0, "interrupted")], 2.0),
        ([happened(2.0, "speech_started")], 2.0 - START_S),
        ([happened(2.0, "speech_started"), happened(2.4, "interrupted")], 2.0 - START_S),
    ],
)
def test_barge_in_lasts_until_the_reply_is_cut(cut_in: list[Line], began_s: float) -> None:
    cut = state(2.5, "listening"), happened(2.5, "playback_flushed")
    lines = state(1.0, "speaking"), *cut_in, *cut
    assert only("barge_in_to_silence", *lines) == round(1000 * (2.5 - began_s))


def test_barge_in_leaves_out_a_cough_long_before() -> None:
    lines = state(1.0, "speaking"), happened(2.0, "speech_started")
    wake_s = 2.0 - START_S + BARGE_IN_S
    cut = happened(wake_s, "wake"), happened(wake_s + 0.1, "playback_flushed")
    assert only("barge_in_to_silence", *lines, *cut) == 100


def test_reply_that_ends_unheard_is_no_barge_in() -> None:
    assert only("barge_in_to_silence", happened(2.0, "playback_flushed")) is None
    cough = state(1.0, "speaking"), happened(2.0, "speech_started")
    later = happened(2.5, "playback_started"), happened(2.6, "playback_flushed")
    assert only("barge_in_to_silence", *cough, *later) is None


def turns(*waits_s: float) -> list[Line]:
    wakes = [happened(100.0 * number, "wake") for number in range(len(waits_s))]
    chunks = [
        happened(wake[0] + wait_s, "chunk_sent")
        for wake, wait_s in zip(wakes, waits_s, strict=True)
    ]
    return sorted([*wakes, *chunks], key=lambda line: line[0])


def test_percentiles_are_values_that_were_measured() -> None:
    figures = measured(*turns(*(number / 100 for number in range(1, 21))))
    assert figures["wake_to_first_chunk"] == {"p50_ms": 100, "p95_ms": 190, "turns": 20}


def test_only_the_last_turns_count() -> None:
    figures = measured(*turns(0.9, 0.1, 0.2, 0.3), kept=3)
    assert figures["wake_to_first_chunk"] == {"p50_ms": 200, "p95_ms": 300, "turns": 3}


EVENTS: list[EventName] = [
    *("wake", "chunk_sent", "speech_started", "speech_ended", "playback_started"),
    *("interrupted", "playback_flushed", "lights"),
]
LINES: st.SearchStrategy[tuple[str, dict[str, str]]] = st.one_of(
    st.builds(lambda event: (event, {}), st.sampled_from(EVENTS)),
    st.builds(
        lambda to: ("state", {"to": to}),
        st.sampled_from(["idle", "waking", "connecting", "listening", "speaking", "muted"]),
    ),
    st.builds(lambda gesture: ("button", {"gesture": gesture}), st.sampled_from(["press", "over"])),
)


@given(st.lists(st.tuples(st.floats(0.0, 3.0), LINES), max_size=60))
def test_no_order_of_events_makes_a_wait_negative(story: list[tuple[float, Any]]) -> None:
    latencies, t = Latencies(END_SILENCE_S), 0.0
    for pause_s, (event, fields) in story:
        t += pause_s
        latencies.note(t, event, fields)
    for found in latencies.figures().values():
        assert found is None or 0 <= found["p50_ms"] <= found["p95_ms"]
        assert found is None or 0 < found["turns"] <= 50
