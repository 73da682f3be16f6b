"""The light that is on for as long as anybody holds it."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from myna.telltale import Holder, Telltale

HOLDERS: tuple[Holder, ...] = ("uplink", "wire")


@given(st.lists(st.tuples(st.booleans(), st.sampled_from(HOLDERS))))
def test_light_is_on_exactly_while_somebody_holds_it(
    steps: list[tuple[bool, Holder]],
) -> None:
    shown = [False]
    light = Telltale(shown.append)
    holders: set[Holder] = set()
    for must_hold, holder in steps:
        if must_hold:
            light.hold(holder)
            holders.add(holder)
        else:
            light.let_go(holder)
            holders.discard(holder)
        assert shown[-1] == light.is_on == bool(holders)
    assert all(before != after for before, after in pairwise(shown))
