"""How often a voice may open a connection."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from myna.line.ration import HOUR_S, HOURLY, INTERVAL_S, PAUSE_S, Ration


def ask(ration: Ration, now_s: float, *, is_called: bool = False) -> bool:
    """Open one, if that is allowed; say whether."""
    is_allowed = ration.allows(now_s, is_called=is_called)
    if is_allowed:
        ration.note_opening(now_s)
    return is_allowed


def test_voice_opens_one_at_a_time() -> None:
    ration = Ration()
    assert [ask(ration, at) for at in (0.0, 1.0, INTERVAL_S - 0.1, INTERVAL_S)] == [
        True,
        False,
        False,
        True,
    ]


def test_voice_that_never_stops_opens_no_more_than_the_ration_of_an_hour() -> None:
    ration = Ration()
    assert sum(ask(ration, float(at)) for at in range(int(HOUR_S))) == HOURLY
    assert ask(ration, HOUR_S), "the oldest is an hour old"


def test_wake_word_is_worth_one_in_any_case_and_counts() -> None:
    ration = Ration()
    assert all(ask(ration, float(at), is_called=True) for at in range(HOURLY + 1))
    assert not ask(ration, HOURLY + INTERVAL_S)


def test_failure_is_followed_by_a_pause_for_everybody() -> None:
    ration = Ration()
    assert ask(ration, 0.0)
    ration.note_failure(1.0)
    assert not ask(ration, PAUSE_S + 0.9, is_called=True)
    assert not ask(ration, PAUSE_S + 0.9)
    assert ask(ration, PAUSE_S + 1.0)


@given(st.lists(st.floats(0.0, 4 * HOUR_S), max_size=300))
def test_no_hour_ever_sees_more_than_the_ration(times: list[float]) -> None:
    ration = Ration()
    opened = [at for at in sorted(times) if ask(ration, at)]
    for at in opened:
        assert sum(at <= other < at + HOUR_S for other in opened) <= HOURLY
    assert all(b - a >= INTERVAL_S for a, b in pairwise(opened))
