"""What timers are called."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from myna.spoken import spoken_words
from myna.timers.names import meant, unique_name
from myna.timers.plan import Entry, Kind, countdown
from support.timers import NOON


def entry(number: int, kind: Kind, name: str) -> Entry:
    return Entry(number, kind, name, countdown(60, NOON))


SET = [
    entry(1, "timer", "Pasta"),
    entry(2, "timer", "timer of 10 minutes"),
    entry(3, "alarm", "alarm at 07:30"),
    entry(4, "reminder", "take the bins out"),
    entry(5, "timer", "pasta sauce"),
]


@pytest.mark.parametrize(
    ("said", "ids"),
    [
        ("pasta", [1]),
        ("PASTA", [1]),
        ("the pasta timer", [1]),
        ("sauce", [5]),
        ("10 minute timer", [2]),
        ("ten", []),
        ("alarm", [3]),
        ("timer", [1, 2, 5]),
        ("bins", [4]),
        ("reminder", [4]),
        ("", []),
        ("s", []),
    ],
)
def test_name_is_understood_as_it_is_said(said: str, ids: list[int]) -> None:
    assert [each.id for each in meant(said, SET)] == ids


@given(st.text(max_size=10), st.lists(st.text(max_size=10), max_size=5))
def test_no_two_names_sound_the_same(name: str, taken: list[str]) -> None:
    unique = unique_name(name, taken)
    assert spoken_words(unique) not in {spoken_words(other) for other in taken}
    if spoken_words(name) not in {spoken_words(other) for other in taken}:
        assert unique == name


def test_second_of_a_name_gets_a_number() -> None:
    assert unique_name("pasta", ["Pasta", "pasta 2"]) == "pasta 3"
