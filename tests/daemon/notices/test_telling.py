"""What is said for which trouble, and how often, on a clock of numbers."""

from __future__ import annotations

from itertools import pairwise
from math import inf
from typing import get_args

from hypothesis import given
from hypothesis import strategies as st

from myna.live.closes import Reached, Unreached
from myna.notices.cases import KINDS, PARTS
from myna.notices.catalogue import TEXTS, Notice
from myna.notices.telling import REPEAT_S, SETTLE_S, Telling

GONE, DEAF = Notice.MICROPHONE, Notice.WAKE_ENGINE


def all_of(telling: Telling, now_s: float) -> list[Notice]:
    """Take whatever is to be said."""
    return list(iter(lambda: telling.take(now_s), None))


def test_every_kind_of_failure_has_words_and_every_word_a_use() -> None:
    kinds = {*get_args(Reached), *get_args(Unreached)} - {"done"}
    assert set(KINDS) == kinds
    used = {*KINDS.values(), *PARTS.values(), Notice.BACK, Notice.MISSED, Notice.QUESTION}
    assert used == set(Notice) == set(TEXTS)


def test_ill_part_is_told_once_after_a_while() -> None:
    telling = Telling()
    telling.note_ill("microphone", GONE, 10.0)
    assert telling.due_s() == 10.0 + SETTLE_S
    assert all_of(telling, 10.0 + SETTLE_S - 0.1) == []
    assert all_of(telling, 10.0 + SETTLE_S) == [GONE]
    telling.note_ill("microphone", GONE, 20.0)
    assert all_of(telling, 1e9) == []
    assert telling.due_s() == inf


def test_trouble_that_passes_at_once_is_no_news_and_neither_is_its_end() -> None:
    telling = Telling()
    telling.note_ill("microphone", GONE, 0.0)
    telling.note_well("microphone")
    assert all_of(telling, 100.0) == []


def test_end_of_what_was_told_is_told_once() -> None:
    telling = Telling()
    telling.note_ill("microphone", GONE, 0.0)
    assert all_of(telling, 5.0) == [GONE]
    telling.note_well("microphone")
    telling.note_well("microphone")
    assert telling.due_s() == -inf
    assert all_of(telling, 6.0) == [Notice.BACK]
    assert all_of(telling, 7.0) == []


def test_end_is_told_only_when_all_that_was_told_is_well() -> None:
    telling = Telling()
    telling.note_ill("microphone", GONE, 0.0)
    telling.note_ill("wake engine", DEAF, 0.0)
    assert all_of(telling, 5.0) == [GONE, DEAF]
    telling.note_well("microphone")
    assert all_of(telling, 6.0) == []
    telling.note_well("wake engine")
    assert all_of(telling, 7.0) == [Notice.BACK]


def test_new_trouble_takes_back_that_all_is_well() -> None:
    telling = Telling()
    telling.note_ill("microphone", GONE, 0.0)
    assert all_of(telling, 5.0) == [GONE]
    telling.note_well("microphone")
    telling.note_ill("wake engine", DEAF, 6.0)
    assert all_of(telling, 6.5) == []
    assert all_of(telling, 10.0) == [DEAF]


def test_end_waits_for_what_is_told_in_the_same_moment() -> None:
    telling = Telling()
    telling.note_ill("microphone", GONE, 0.0)
    telling.note_ill("wake engine", DEAF, SETTLE_S)
    assert all_of(telling, SETTLE_S) == [GONE]
    telling.note_well("microphone")
    assert all_of(telling, 2 * SETTLE_S) == [DEAF]
    telling.note_well("wake engine")
    assert all_of(telling, 3 * SETTLE_S) == [Notice.BACK]


def test_loose_contact_is_told_once_and_again_after_a_long_while() -> None:
    telling = Telling()
    said = []
    for minute in range(12):
        telling.note_ill("microphone", GONE, 60.0 * minute)
        said.append(all_of(telling, 60.0 * minute + SETTLE_S))
        telling.note_well("microphone")
        said.append(all_of(telling, 60.0 * minute + 30))
    assert [notice for each in said for notice in each] == [GONE, Notice.BACK] * 2
    assert said[20] == [GONE], "ten minutes after the first time"


def test_failed_wish_is_answered_at_once_and_not_each_time() -> None:
    telling = Telling()
    assert telling.answer("session", Notice.OFFLINE, 0.0) is Notice.OFFLINE
    assert telling.answer("session", Notice.OFFLINE, REPEAT_S - 1) is None
    assert telling.answer("session", Notice.OFFLINE, REPEAT_S) is Notice.OFFLINE
    assert telling.due_s() == inf


def test_other_reason_is_other_words() -> None:
    telling = Telling()
    assert telling.answer("session", Notice.OFFLINE, 0.0) is Notice.OFFLINE
    assert telling.answer("session", Notice.KEY, 1.0) is Notice.KEY


def test_end_is_told_though_the_last_answer_was_without_words() -> None:
    telling = Telling()
    telling.answer("session", Notice.OFFLINE, 0.0)
    telling.answer("session", Notice.OFFLINE, 1.0)
    telling.note_well("session")
    assert all_of(telling, 2.0) == [Notice.BACK]


def test_end_that_somebody_has_seen_is_not_told() -> None:
    telling = Telling()
    telling.answer("session", Notice.OFFLINE, 0.0)
    telling.note_well("session")
    telling.forget_back()
    assert all_of(telling, 2.0) == []


def test_missed_timers_are_one_message() -> None:
    telling = Telling()
    telling.note_missed()
    telling.note_missed()
    assert all_of(telling, 0.0) == [Notice.MISSED]


PART = st.sampled_from(sorted(PARTS))
STEPS = st.lists(
    st.tuples(st.sampled_from(["ill", "well", "ask", "pass"]), PART, st.floats(0, 400)),
    max_size=60,
)


@given(STEPS)
def test_nothing_is_repeated_soon_and_no_end_is_told_of_what_was_not(
    steps: list[tuple[str, str, float]],
) -> None:
    telling, now_s = Telling(), 0.0
    said: list[tuple[float, Notice]] = []
    for what, part, pause_s in steps:
        now_s += pause_s
        match what:
            case "ill":
                telling.note_ill(part, PARTS[part], now_s)
            case "well":
                telling.note_well(part)
            case "ask":
                answer = telling.answer("session", PARTS[part], now_s)
                said += [(now_s, answer)] if answer else []
        said += [(now_s, notice) for notice in all_of(telling, now_s)]
    for notice in set(PARTS.values()):
        times = [at_s for at_s, each in said if each is notice]
        assert all(later - sooner >= REPEAT_S for sooner, later in pairwise(times))
    words = [True, *(notice is Notice.BACK for _, notice in said)]
    assert not any(one and other for one, other in pairwise(words))
