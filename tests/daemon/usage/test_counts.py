from __future__ import annotations

from datetime import date, timedelta

import pytest

from myna.usage.counts import KEPT_DAYS, OTHER, Counts, Ledger, rounded, tokens_counted

MONDAY = date(2026, 11, 23)
TUESDAY = MONDAY + timedelta(days=1)


def test_counts_add_up_kind_by_kind() -> None:
    one = Counts(1, {"AUDIO": 5, "TEXT": 1}, {"AUDIO": 2}, 30.0, 15.0, 1)
    other = Counts(2, {"TEXT": 4, "IMAGE": 7}, {}, 30.0, 45.0, 2)
    assert one + other == Counts(
        3, {"AUDIO": 5, "TEXT": 5, "IMAGE": 7}, {"AUDIO": 2}, 60.0, 60.0, 3
    )
    assert (one + other).minutes == 2.0
    assert (one + other).tokens == 19


def test_counts_start_at_nothing() -> None:
    assert (Counts().minutes, Counts().tokens, Counts().tokens_in) == (0, 0, {})


def test_counts_are_written_down_to_the_millisecond() -> None:
    noted = rounded(Counts(seconds_in=0.1 + 0.2, seconds_out=1 / 3, stills=4))
    assert noted == Counts(seconds_in=0.3, seconds_out=0.333, stills=4)


def test_tokens_keep_the_modalities_that_the_server_names() -> None:
    counts = tokens_counted({"AUDIO": 90, "TEXT": 10}, {"AUDIO": 30, "THOUGHTS": 5}, 135)
    assert counts.tokens_in == {"AUDIO": 90, "TEXT": 10}
    assert counts.tokens_out == {"AUDIO": 30, "THOUGHTS": 5}


@pytest.mark.parametrize(
    ("parts", "total", "expected"),
    [
        ({}, 120, {OTHER: 120}),
        ({"AUDIO": 100}, 120, {"AUDIO": 100, OTHER: 20}),
        ({"MODALITY_UNSPECIFIED": 50, "SMELL": 3}, 53, {OTHER: 53}),
        ({"AUDIO": 100}, 0, {"AUDIO": 100}),
        ({"AUDIO": -7}, -7, {}),
        ({"AUDIO": 10**30}, 0, {"AUDIO": 2**31 - 1}),
        ({}, 10**30, {OTHER: 2**31 - 1}),
    ],
)
def test_tokens_without_a_known_modality_are_counted_as_other(
    parts: dict[str, int], total: int, expected: dict[str, int]
) -> None:
    assert tokens_counted(parts, {}, total).tokens_in == expected


def test_ledger_counts_for_the_conversation_and_the_day() -> None:
    ledger = Ledger()
    ledger.start_conversation(MONDAY)
    ledger.add_audio_in(MONDAY, 2.0)
    ledger.add_audio_out(MONDAY, 1.0)
    ledger.add_still(MONDAY)
    ledger.add_tokens(MONDAY, {"AUDIO": 50}, {"AUDIO": 25}, 75)
    expected = Counts(1, {"AUDIO": 50}, {"AUDIO": 25}, 2.0, 1.0, 1)
    assert ledger.conversation == ledger.day(MONDAY) == expected
    assert ledger.day(TUESDAY) == Counts()


def test_ledger_starts_each_conversation_at_zero_and_goes_on_with_the_day() -> None:
    ledger = Ledger({MONDAY: Counts(3, seconds_in=100.0)})
    ledger.start_conversation(MONDAY)
    ledger.add_audio_in(MONDAY, 5.0)
    ledger.start_conversation(MONDAY)
    assert ledger.conversation == Counts(1)
    assert ledger.day(MONDAY) == Counts(5, seconds_in=105.0)


def test_ledger_counts_each_day_what_happens_on_it_when_a_conversation_passes_midnight() -> None:
    ledger = Ledger()
    ledger.start_conversation(MONDAY)
    ledger.add_audio_in(MONDAY, 5.0)
    ledger.add_audio_in(TUESDAY, 7.0)
    assert ledger.days == {
        MONDAY: Counts(1, seconds_in=5.0),
        TUESDAY: Counts(seconds_in=7.0),
    }
    assert ledger.conversation == Counts(1, seconds_in=12.0)


def test_ledger_adds_up_the_turns() -> None:
    # The totals of a session of three turns (pydantic-ai#7269, gemini-3.1-flash-live-preview).
    ledger = Ledger()
    ledger.start_conversation(MONDAY)
    for prompt, response in ((143, 19), (181, 24), (224, 24)):
        ledger.add_tokens(MONDAY, {"TEXT": prompt}, {"AUDIO": response}, prompt + response)
        ledger.end_turn()
    assert ledger.day(MONDAY).tokens == 162 + 205 + 248


def test_ledger_counts_a_turn_once_when_its_usage_is_repeated() -> None:
    ledger = Ledger()
    ledger.start_conversation(MONDAY)
    ledger.add_tokens(MONDAY, {}, {}, 100)
    ledger.add_tokens(MONDAY, {"TEXT": 90}, {"AUDIO": 10}, 100)
    ledger.add_tokens(MONDAY, {"TEXT": 90}, {"AUDIO": 60}, 150)
    ledger.add_tokens(MONDAY, {}, {}, 0)
    ledger.end_turn()
    ledger.end_turn()
    assert ledger.conversation == Counts(1, {"TEXT": 90}, {"AUDIO": 60})


def test_ledger_closes_an_open_turn_when_the_next_conversation_starts() -> None:
    ledger = Ledger()
    ledger.start_conversation(MONDAY)
    ledger.add_tokens(MONDAY, {"TEXT": 10}, {}, 10)
    ledger.start_conversation(MONDAY)
    ledger.add_tokens(MONDAY, {"TEXT": 4}, {}, 4)
    assert ledger.conversation.tokens == 4
    assert ledger.day(MONDAY).tokens == 14


def test_ledger_keeps_the_last_days_only() -> None:
    ledger = Ledger()
    for n in range(40):
        ledger.add_still(MONDAY + timedelta(days=n))
    assert list(ledger.days) == [MONDAY + timedelta(days=n) for n in range(40 - KEPT_DAYS, 40)]


def test_ledger_keeps_today_when_the_clock_was_ahead_before() -> None:
    ledger = Ledger({MONDAY + timedelta(days=n): Counts(1) for n in range(1, 40)})
    ledger.add_still(MONDAY)
    ledger.add_still(MONDAY)
    assert ledger.day(MONDAY) == Counts(stills=2)
    assert len(ledger.days) == KEPT_DAYS
