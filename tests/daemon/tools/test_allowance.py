from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from myna.tools.allowance import WINDOW_S, Allowance


def test_allowance_lets_a_burst_through_and_then_tells_how_long_to_wait() -> None:
    allowance = Allowance(3)
    assert [allowance.take(now_s) for now_s in (0.0, 1.0, 2.0, 2.5, 59.2)] == [0, 0, 0, 58, 1]


def test_allowance_frees_each_run_a_minute_after_it() -> None:
    allowance = Allowance(2)
    runs = [allowance.take(now_s) for now_s in (0.0, 30.0, 60.0, 60.1, 90.0)]
    assert runs == [0, 0, 0, 30, 0]


def test_allowance_counts_no_run_that_it_refused() -> None:
    allowance = Allowance(1)
    assert [allowance.take(now_s) for now_s in (0.0, 10.0, 20.0, 60.0)] == [0, 50, 40, 0]


@given(st.integers(1, 5), st.lists(st.floats(0, 40), max_size=60))
def test_allowance_never_lets_more_through_in_any_minute_and_never_keeps_one_longer(
    per_minute: int, pauses_s: list[float]
) -> None:
    allowance = Allowance(per_minute)
    now_s, runs_s = 0.0, list[float]()
    for pause_s in pauses_s:
        now_s += pause_s
        recent = [run_s for run_s in runs_s if now_s < run_s + WINDOW_S]
        wait_s = allowance.take(now_s)
        assert (wait_s == 0) == (len(recent) < per_minute)
        if wait_s:
            assert 0 < recent[-per_minute] + WINDOW_S - now_s <= wait_s
            assert wait_s - 1 < recent[-per_minute] + WINDOW_S - now_s
        else:
            runs_s.append(now_s)
