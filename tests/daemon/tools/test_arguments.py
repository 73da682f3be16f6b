from __future__ import annotations

from enum import Enum

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from myna.tools.arguments import ArgumentsError, StructArguments, checked_arguments
from myna.tools.declaration import declare
from myna_hardware.settings import Percent


def dim(name: str, level: Percent | None = None, *, on: bool | None = None) -> None:
    """Dim a thing.

    Args:
        name: The thing.
        level: 0 to 100.
        on: Or so.
    """


ARGUMENTS = declare(dim)[1]


@pytest.mark.parametrize(
    ("sent", "taken"),
    [
        ({"name": "a"}, {"name": "a"}),
        ({"name": "a", "level": 50}, {"name": "a", "level": 50}),
        ({"name": "a", "level": 50.0}, {"name": "a", "level": 50}),
        ({"name": "a", "level": "50"}, {"name": "a", "level": 50}),
        ({"name": "a", "level": None}, {"name": "a", "level": None}),
        ({"name": "a", "on": "true"}, {"name": "a", "on": True}),
    ],
)
def test_checked_arguments_takes_what_is_clear(
    sent: dict[str, object], taken: dict[str, object]
) -> None:
    assert checked_arguments(ARGUMENTS, sent) == taken


@pytest.mark.parametrize(
    ("sent", "problem"),
    [
        ({}, "name: is missing"),
        ({"name": 5}, "name: 5 is not a text"),
        ({"name": "a", "level": 170}, "level: 170 is above 100"),
        ({"name": "a", "level": 50.5}, "level: 50.5 is not a whole number from 0 to 100"),
        ({"name": "a", "level": float("nan")}, "level: nan is not a whole number from 0 to 100"),
        ({"name": "a", "on": 2}, "on: 2 is not true or false"),
        (
            {"name": "a", "colour": "red", "level": -1},
            "there is no argument 'colour'; it takes name, level, on; level: -1 is below 0",
        ),
    ],
)
def test_checked_arguments_refuses_everything_else_by_name(
    sent: dict[str, object], problem: str
) -> None:
    with pytest.raises(ArgumentsError) as raised:
        checked_arguments(ARGUMENTS, sent)
    assert str(raised.value) == problem


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)


@given(st.dictionaries(st.sampled_from(["name", "level", "on", "x"]), JSON))
def test_checked_arguments_never_lets_a_level_out_of_range_pass(sent: dict[str, object]) -> None:
    try:
        taken = checked_arguments(ARGUMENTS, sent)
    except ArgumentsError:
        return
    level = taken.get("level")
    assert set(taken) <= {"name", "level", "on"}
    assert isinstance(taken["name"], str)
    assert level is None or (isinstance(level, int) and 0 <= level <= 100)


class Mood(Enum):
    GAY = "gay"


class Ring(msgspec.Struct, kw_only=True):
    name: str = "lamp"
    seconds: float = 60.0
    more: object = None


@pytest.mark.parametrize(
    ("values", "same"),
    [
        ({"seconds": 5.0, "name": "tea"}, {"name": "tea", "seconds": 5}),
        ({}, {"name": "lamp", "seconds": 60, "more": None}),
        ({"seconds": -0.0}, {"seconds": 0}),
        ({"more": {"b": [1.0], "a": (2,)}}, {"more": {"a": [2.0], "b": (1,)}}),
        ({"more": Mood.GAY}, {"more": "gay"}),
    ],
)
def test_canonical_writes_equal_arguments_equally(
    values: dict[str, object], same: dict[str, object]
) -> None:
    assert StructArguments(Ring).canonical(values) == StructArguments(Ring).canonical(same)


@pytest.mark.parametrize(
    ("values", "other"),
    [
        ({"name": "tea"}, {"name": "Tea"}),
        ({"seconds": 5.0}, {"seconds": 5.5}),
        ({"more": True}, {"more": 1}),
        ({"more": 1e300}, {"more": 2e300}),
        ({"more": "\ud800"}, {"more": "\ud801"}),
    ],
)
def test_canonical_writes_other_arguments_differently(
    values: dict[str, object], other: dict[str, object]
) -> None:
    assert StructArguments(Ring).canonical(values) != StructArguments(Ring).canonical(other)
