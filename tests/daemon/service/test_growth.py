from __future__ import annotations

import asyncio
import resource
from collections.abc import Iterator

import pytest

from myna.service.growth import (
    FIRST_LOOK_S,
    LEAST_BYTES,
    LOOK_S,
    limit_bytes,
    resident_bytes,
    until_outgrown,
)
from support.virtual_loop import run_virtually

TALK_S = 90.0


def outgrown_after_s(sizes: list[int]) -> float | None:
    """Return when it ended, if it did, while each size is one look and everybody talks long."""

    async def story() -> float | None:
        seen: Iterator[int] = iter(sizes + sizes[-1:] * 1000)
        try:
            async with asyncio.timeout(10_000):
                await until_outgrown(lambda: next(seen), 100, lambda: asyncio.sleep(TALK_S))
        except TimeoutError:
            return None
        return asyncio.get_running_loop().time()

    return run_virtually(story())


def test_who_stays_within_the_limit_goes_on() -> None:
    assert outgrown_after_s([90, 100]) is None


def test_who_outgrows_it_ends_after_the_conversation() -> None:
    assert outgrown_after_s([90, 100, 101]) == FIRST_LOOK_S + 2 * LOOK_S + TALK_S


def test_a_machine_that_is_too_small_has_ten_minutes_of_speaker() -> None:
    assert outgrown_after_s([1000]) == FIRST_LOOK_S + TALK_S


def test_memory_that_is_used_is_seen() -> None:
    before = resident_bytes()
    more = b"\x01" * 32 * 2**20
    assert resident_bytes() - before == pytest.approx(len(more), rel=0.1)
    assert before < resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 * 1.1


def test_no_machine_is_so_small_that_a_conversation_is_too_much() -> None:
    assert limit_bytes() >= LEAST_BYTES
