from __future__ import annotations

import pytest
from msgspec.structs import replace

from bench.performance.turns import PARTS, Moments, arrival_of, arrivals, within

TOLD = Moments(1.0, 1.6, 1.625, 1.625, 1.925, 1.95, 1.956, 1.99)


def test_the_parts_of_a_turn_are_the_whole() -> None:
    assert len(TOLD.parts_ms) == len(PARTS)
    assert TOLD.parts_ms == pytest.approx((600, 25, 0, 300, 25, 6, 34))
    assert sum(TOLD.parts_ms) == pytest.approx(TOLD.total_ms)


def test_a_speaker_that_leaves_the_end_to_the_server_takes_no_time_to_find_it() -> None:
    left = replace(TOLD, known_s=None, told_s=1.05)
    assert left.parts_ms[:3] == pytest.approx((0, 50, 575))
    assert sum(left.parts_ms) == pytest.approx(left.total_ms)


def test_only_what_lies_within_counts() -> None:
    assert within([1.0, 2.0, 3.0], 1.0, 3.0) == 2.0
    assert within([1.0, 3.0], 1.0, 3.0) is None


def test_a_frame_has_arrived_with_the_chunk_that_reaches_beyond_it() -> None:
    came = list(arrivals([1.0, 1.04], [(100, 640), (740, 640)]))
    assert arrival_of(740, came) == 1.0
    assert arrival_of(741, came) == 1.04
    assert arrival_of(2_000, came) is None
