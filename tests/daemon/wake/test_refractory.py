from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from myna.wake.refractory import REFRACTORY_FRAMES, Refractory
from myna_hardware.units import Frames

frames = st.lists(st.integers(0, 200_000), min_size=1).map(sorted)


def test_refractory_admits_the_first_detection() -> None:
    assert Refractory().admit(0)


def test_refractory_is_deaf_until_its_period_is_over() -> None:
    refractory = Refractory(Frames(100))

    assert [refractory.admit(frame) for frame in (10, 11, 109, 110)] == [True, False, False, True]


@given(frames)
def test_refractory_keeps_what_it_admits_a_period_apart(at: list[int]) -> None:
    refractory = Refractory()

    admitted = [frame for frame in at if refractory.admit(frame)]

    assert admitted[0] == at[0]
    assert all(after - before >= REFRACTORY_FRAMES for before, after in pairwise(admitted))


@given(frames)
def test_refractory_refuses_only_what_follows_an_admitted_one_closely(at: list[int]) -> None:
    refractory = Refractory()
    last = -REFRACTORY_FRAMES

    for frame in at:
        admitted = refractory.admit(frame)
        assert admitted == (frame - last >= REFRACTORY_FRAMES)
        last = frame if admitted else last
