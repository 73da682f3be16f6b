from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from myna.line import backoff
from myna.line.backoff import delay

LADDERS = (backoff.RESUME_S, backoff.NETWORK_S, backoff.SERVER_S, backoff.QUOTA_S)


@pytest.mark.parametrize(
    ("ladder", "expected"),
    [
        (backoff.RESUME_S, [0, 1, 2, 4, 4]),
        (backoff.NETWORK_S, [0, 0.25, 0.5, 1, 1]),
        (backoff.SERVER_S, [0, 1, 2, 4, 8]),
        (backoff.QUOTA_S, [60, 120, 300, 900, 900]),
    ],
)
def test_delay_follows_the_ladder_and_stays_on_its_last_rung(
    ladder: tuple[float, ...], expected: list[float]
) -> None:
    assert [delay(ladder, attempt, 0.5) for attempt in range(5)] == expected


@given(st.sampled_from(LADDERS), st.integers(0, 10_000), st.floats(0, 1))
def test_delay_is_spread_by_a_quarter_either_way(
    ladder: tuple[float, ...], attempt: int, chance: float
) -> None:
    rung = delay(ladder, attempt, 0.5)
    assert 0.75 * rung <= delay(ladder, attempt, chance) <= 1.25 * rung


def test_delays_differ_when_chance_does() -> None:
    assert delay(backoff.RESUME_S, 1, 0) == 0.75
    assert delay(backoff.RESUME_S, 1, 1) == 1.25
