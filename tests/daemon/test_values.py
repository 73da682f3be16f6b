from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Meta, Struct, inspect

from myna.values import UnfitError, described, fit, shown
from myna_hardware.settings import Percent

Above = Annotated[float, Meta(gt=0, lt=2)]


class _Table(Struct):
    pass


@pytest.mark.parametrize(
    ("value", "wanted", "text"),
    [
        (170, Percent, "170 is above 100"),
        (-1, Percent, "-1 is below 0"),
        (0, Above, "0 is not above 0"),
        (2, Above, "2 is not below 2"),
        (50.5, Percent, "50.5 is not a whole number from 0 to 100"),
        (True, Percent, "true is not a whole number from 0 to 100"),
        ("70", Percent, '"70" is a text: write the number without quotes'),
        ("loud", Percent, '"loud" is not a whole number from 0 to 100'),
        ("loud", Above, '"loud" is not a number above 0 and below 2'),
        ("on", float, '"on" is not a number'),
        (5, str, "5 is not a text"),
        (1, bool, "1 is not true or false"),
        (None, bool, "null is not true or false"),
        ("a", Literal["x", "y"], '"a" is not one of "x", "y"'),
        ("a", tuple[str, ...], '"a" is not a list: write ["a"]'),
        (5, tuple[str, ...], "5 is not a list, of which each is a text"),
        (5, list[int], "5 is not a list, of which each is a whole number"),
        (["b", 1], tuple[int, str], '["b", 1] is not a list of exactly 2: a whole number, a text'),
        ([1, 2, 3, 4, 5], str, "[1, 2, 3, 4, …] is not a text"),
        ({}, str, "a table is not a text"),
        ([], dict[str, int], "[] is not a table"),
        ([], _Table, "[] is not a table"),
        ("x", Percent | bool, '"x" is not a whole number from 0 to 100 or true or false'),
        (170, Percent | None, "170 is above 100"),
        (170, Annotated[Percent | None, Meta(description="loud")], "170 is above 100"),
        (5, Annotated[str, Meta(description="name")], "5 is not a text"),
        (dt.date(2026, 1, 2), str, "2026-01-02 is not a text"),
        (5, dt.date, "5 is not a value of that kind"),
    ],
)  # fmt: skip
def test_fit_says_what_was_given_and_what_would_fit(
    value: object, wanted: object, text: str
) -> None:
    with pytest.raises(UnfitError) as raised:
        fit(value, wanted)
    assert str(raised.value) == text


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        (float("nan"), float),
        (float("inf"), Annotated[float, Meta(gt=0)]),
        ({"a": float("nan")}, dict[str, float]),
        ([float("-inf")], list[float]),
    ],
)
def test_fit_refuses_numbers_that_are_not_finite(value: object, wanted: object) -> None:
    with pytest.raises(UnfitError, match="must be finite"):
        fit(value, wanted)


@pytest.mark.parametrize(
    ("value", "wanted", "outcome"),
    [(50.0, int, 50), ("50", int, 50), ("true", bool, True), (1, float, 1.0)],
)
def test_fit_takes_what_models_mean_when_lax(
    value: object, wanted: object, outcome: object
) -> None:
    assert fit(value, wanted, is_lax=True) == outcome


def test_fit_makes_foreign_types_with_the_hook() -> None:
    assert fit("a/b", Path, dec_hook=lambda kind, text: kind(text)) == Path("a/b")


def test_described_calls_a_foreign_type_a_path() -> None:
    assert described(inspect.type_info(Path)) == "a path"


def test_shown_cuts_long_texts() -> None:
    assert shown("x" * 50) == '"' + "x" * 40 + '…"'


@given(st.text())
def test_shown_stays_on_one_line(text: str) -> None:
    assert "\n" not in shown(text)


def test_shown_masks_keys() -> None:
    assert shown("AIzaSyCanary0123456789") == '"[secret]"'
