from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from myna.mcp_servers.naming import LONGEST, declared_name, is_name


@pytest.mark.parametrize(
    ("name", "prefix", "declared"),
    [
        ("HassTurnOn", "", "HassTurnOn"),
        ("HassTurnOn", "home_", "home_HassTurnOn"),
        ("files/read", "", "files_read"),
        ("turn the radio on!", "", "turn_the_radio_on_"),
        ("2nd", "", "_2nd"),
        ("2nd", "home.", "home.2nd"),
        ("", "", "_"),
        ("schalte-Lüfter", "", "schalte-L_fter"),
    ],
)
def test_declared_name_stays_as_close_as_it_can(name: str, prefix: str, declared: str) -> None:
    assert declared_name(name, prefix) == declared


@given(st.text(max_size=300), st.sampled_from(["", "home_"]))
def test_declared_name_is_one_that_the_live_api_takes(name: str, prefix: str) -> None:
    declared = declared_name(name, prefix)
    assert is_name(declared)
    assert declared == declared_name(name, prefix)
    assert declared.startswith(prefix)


def test_long_names_that_begin_alike_stay_apart() -> None:
    names = {declared_name("x" * 200 + end) for end in "ab"}
    assert {len(name) for name in names} == {LONGEST}
    assert len(names) == 2


@pytest.mark.parametrize("text", ["", "2nd", "a b", "x" * 129, "ü", "a\n"])
def test_is_name_refuses_what_the_live_api_refuses(text: str) -> None:
    assert not is_name(text)
