"""The arithmetic of the benches that watch a process."""

from __future__ import annotations

import os

import pytest

from bench.vitals import look, rise, slope


def test_slope_is_that_of_a_line() -> None:
    assert slope([(hour, 3.0 * hour + 70.0) for hour in range(20)]) == pytest.approx(3.0)


def test_slope_is_not_moved_by_one_step_or_a_few_wild_points() -> None:
    flat = [(float(hour), 70.0 if hour < 3 else 71.0) for hour in range(30)]
    flat[20] = (20.0, 500.0)
    assert slope(flat) == 0.0


def test_slope_of_a_single_moment_is_none() -> None:
    assert slope([(1.0, 5.0), (1.0, 9.0)]) == 0.0


def test_rise_sees_what_is_left_behind_and_not_what_comes_and_goes() -> None:
    busy = [10, 14, 10, 14, 12] * 6
    assert rise(busy) == 0
    assert rise([value + at // 10 for at, value in enumerate(busy)]) == 1


def test_look_finds_this_process() -> None:
    with open(os.devnull) as _file:  # noqa: PTH123 - one more file descriptor
        more = look(os.getpid())
    less = look(os.getpid(), 2.0, 3)
    assert (less.t_s, less.turns) == (2.0, 3)
    assert more.fds == less.fds + 1
    assert less.threads >= 1
    assert less.resident_bytes > 2**20
    assert less.cpu_s > 0
