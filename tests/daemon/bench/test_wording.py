"""Figures as the tables say them."""

from __future__ import annotations

from math import inf, nan

import pytest

from bench.performance import wording
from bench.performance.judging import Difference, Verdict


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (0.01234, "0.0123"),
        (1.005, "1"),
        (9.996, "10"),
        (99.94, "99.9"),
        (99.96, "100"),
        (999.7, "1,000"),
        (1234567.0, "1,234,567"),
        (-250.4, "-250"),
        (nan, "-"),
        (inf, "inf"),
    ],
)
def test_number_has_three_digits_and_no_exponent(value: float, text: str) -> None:
    assert wording.number(value) == text


def test_quantity_without_unit_is_a_ratio() -> None:
    assert wording.quantity(1.5, "ms") == "1.5 ms"
    assert wording.quantity(1.5, "") == "1.5x"
    assert wording.quantity(nan, "ms") == wording.quantity(nan, "") == "-"


def test_values_are_said_as_median_and_spread() -> None:
    assert wording.median((1.0, 2.0, 9.0)) == "2"
    assert wording.spread_of((9.0, 1.0)) == "1 to 9"
    assert wording.spread_of((9.0, 9.0)) == "9"
    assert wording.median(()) == wording.spread_of(()) == "-"


@pytest.mark.parametrize(
    ("verdict", "words"),
    [
        (Verdict("", "ratio", 1.2, 1.5), ("at most 1.5x", "1.2x", "met", "20 % to spare")),
        (
            Verdict("", "p95", 20.0, 16.0, "ms"),
            ("at most 16 ms", "95th percentile 20 ms", "**missed**", "25 % off"),
        ),
        (
            Verdict("", "min", 3.0, 4.0, "words"),
            ("at least 4 words", "smallest 3 words", "**missed**", "25 % off"),
        ),
        (
            Verdict("", "max", 2.0, 0.0, "errors"),
            ("at most 0 errors", "largest 2 errors", "**missed**", "2 errors off"),
        ),
        (
            Verdict("", "max", 0.0, 0.0, "errors"),
            ("at most 0 errors", "largest 0 errors", "met", "0 % to spare"),
        ),
        (
            Verdict("", "median", nan, 1.0, "ms"),
            ("at most 1 ms", "-", "**missed**", "not measured"),
        ),
    ],
)
def test_goal_is_said_with_what_came_of_it(verdict: Verdict, words: tuple[str, ...]) -> None:
    said = wording.limit(verdict), wording.judged(verdict), wording.outcome(verdict)
    assert (*said, wording.distance(verdict)) == words


def test_difference_stands_out_where_it_is_large() -> None:
    assert wording.difference(Difference("", 1.0, 1.1)) == "10.0 %"
    assert wording.difference(Difference("", 1.0, 1.2)) == "**20.0 %**"
    assert wording.difference(Difference("", 1.0, nan)) == "**not comparable**"


def test_anchor_is_as_github_makes_it() -> None:
    assert wording.anchor("Echo: ERLE, and what's heard") == "echo-erle-and-whats-heard"


def test_slug_is_a_name_for_a_file() -> None:
    assert wording.slug("CPU, by tools (1 to 1,000)") == "cpu-by-tools-1-to-1-000"


def test_cell_breaks_no_table() -> None:
    assert wording.row("a|b", "c\n d") == r"| a\|b | c d |"


def test_table_without_rows_is_left_out() -> None:
    assert wording.table(("a", "b"), []) == []
    assert wording.table(("a", "b"), [("1", "2")]) == [
        "| a | b |",
        "| --- | --- |",
        "| 1 | 2 |",
        "",
    ]
