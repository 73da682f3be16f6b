from __future__ import annotations

import pytest

from myna.usage.budget import Budget, Verdict
from myna.usage.counts import Counts


@pytest.mark.parametrize(
    ("minutes", "verdict"),
    [(0, "free"), (53.9, "free"), (54, "nearly"), (59.9, "nearly"), (60, "spent"), (90, "spent")],
)
def test_budget_of_minutes_is_nearly_spent_from_nine_tenths_on(
    minutes: float, verdict: Verdict
) -> None:
    counts = Counts(seconds_in=minutes * 40, seconds_out=minutes * 20)
    assert Budget(daily_minutes=60).verdict(counts) == verdict


@pytest.mark.parametrize(
    ("tokens", "verdict"), [(899, "free"), (900, "nearly"), (999, "nearly"), (1000, "spent")]
)
def test_budget_of_tokens_counts_both_ways(tokens: int, verdict: Verdict) -> None:
    counts = Counts(tokens_in={"AUDIO": tokens - 100}, tokens_out={"AUDIO": 100})
    assert Budget(daily_tokens=1000).verdict(counts) == verdict


def test_no_budget_is_never_spent_and_nothing_is_said_of_it() -> None:
    plenty = Counts(tokens_in={"TEXT": 10**12}, seconds_in=1e8)
    assert (Budget().verdict(plenty), Budget().spoken(plenty), Budget().line(plenty)) == (
        "free",
        None,
        None,
    )


def test_budget_is_announced_from_nine_tenths_on() -> None:
    budget = Budget(daily_minutes=10)
    assert budget.spoken(Counts(seconds_in=500)) is None
    assert budget.spoken(Counts(seconds_in=550)) == (
        "Today's budget for conversations is nearly used up."
    )
    assert budget.spoken(Counts(seconds_in=600)) == (
        "Today's budget for conversations is used up. "
        "After this conversation I will listen again from midnight on."
    )


def test_budget_line_tells_the_cure_when_it_is_spent() -> None:
    assert Budget(daily_minutes=60).line(Counts(seconds_in=3600)) == (
        "today's budget of 60 minutes is used up; "
        "new conversations from midnight on, or raise budget.daily_minutes"
    )


def test_budget_line_names_the_limit_that_is_nearest() -> None:
    budget = Budget(daily_minutes=60, daily_tokens=50_000)
    assert budget.line(Counts(tokens_in={"TEXT": 25_000})) == "50 % of today's 50,000 tokens used"
    assert budget.line(Counts(seconds_in=900)) == "25 % of today's 60 minutes used"
    spent = budget.line(Counts(tokens_in={"TEXT": 50_000}, seconds_in=3599))
    assert spent is not None
    assert spent.endswith("raise budget.daily_tokens")


def test_budget_line_says_all_of_it_only_when_it_is_spent() -> None:
    assert Budget(daily_tokens=1000).line(Counts(tokens_in={"TEXT": 999})) == (
        "99 % of today's 1,000 tokens used"
    )
