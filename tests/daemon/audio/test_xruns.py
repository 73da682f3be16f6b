import pytest

from myna.audio.xruns import MANY, MOST_BUFFER_PERIODS, NOTHING, Xruns, XrunVerdict


def test_xruns_say_nothing_while_there_are_none() -> None:
    xruns = Xruns()
    assert [xruns.add(0, now_s) for now_s in (0.0, 61.0, 500.0)] == [NOTHING] * 3
    assert xruns.buffer_periods == 1


def test_xruns_are_told_at_once_and_then_once_a_minute_with_the_count_since() -> None:
    xruns = Xruns()
    assert xruns.add(1, 1000.0).told == 1
    assert xruns.add(2, 1001.0).told == 0
    assert xruns.add(1, 1059.9).told == 0
    assert xruns.add(0, 1060.0).told == 3
    assert xruns.add(0, 1061.0) == NOTHING
    assert xruns.add(1, 1120.0).told == 1


def test_xruns_ask_for_twice_the_buffer_after_ten_within_a_minute() -> None:
    xruns = Xruns()
    verdicts = [xruns.add(1, 1000.0 + 6 * count) for count in range(MANY)]
    assert [verdict.must_grow for verdict in verdicts] == [False] * (MANY - 1) + [True]
    assert xruns.buffer_periods == 2


def test_xruns_ask_for_nothing_when_ten_take_longer_than_a_minute() -> None:
    xruns = Xruns()
    assert not any(xruns.add(1, 1000.0 + 7 * count).must_grow for count in range(5 * MANY))
    assert xruns.buffer_periods == 1


def test_xruns_are_counted_anew_for_the_larger_buffer() -> None:
    xruns = Xruns()
    assert xruns.add(MANY, 1000.0) == XrunVerdict(told=MANY, must_grow=True)
    assert not xruns.add(MANY - 1, 1001.0).must_grow
    assert xruns.add(1, 1002.0).must_grow
    assert xruns.buffer_periods == 4


def test_xruns_ask_for_no_more_than_is_bearable() -> None:
    xruns = Xruns()
    grown = [xruns.add(100, 1000.0 + count).must_grow for count in range(5)]
    assert grown == [True, True, False, False, False]
    assert xruns.buffer_periods == MOST_BUFFER_PERIODS


@pytest.mark.parametrize("now_s", [0.0, 1e6])
def test_xruns_work_on_any_clock(now_s: float) -> None:
    assert Xruns().add(1, now_s).told == 1
