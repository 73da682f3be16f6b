from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from pathlib import Path

from myna.service.renewal import LOOK_S, look_around, until_renewed
from support.virtual_loop import run_virtually


async def at_rest() -> None:
    """Nobody talks."""


def renewed_after_s(looks: str, lasting_s: float = 1000) -> float | None:
    """Return when there was a renewal, if there was one, while each letter is one look."""

    async def story() -> float | None:
        seen: Iterator[str] = iter(looks + looks[-1] * 1000)

        async def look() -> tuple[object, ...]:
            return (next(seen),)

        try:
            async with asyncio.timeout(lasting_s):
                await until_renewed(look, at_rest)
        except TimeoutError:
            return None
        return asyncio.get_running_loop().time()

    return run_virtually(story())


def test_nothing_new_needs_no_fresh_start() -> None:
    assert renewed_after_s("a") is None


def test_what_has_changed_and_stays_so_needs_one() -> None:
    assert renewed_after_s("aab") == 3 * LOOK_S


def test_what_is_just_being_written_is_waited_for() -> None:
    assert renewed_after_s("abcdd") == 4 * LOOK_S


def test_what_was_taken_back_needs_none() -> None:
    assert renewed_after_s("aba") is None


def test_a_conversation_is_not_cut_off() -> None:
    async def story() -> float:
        async def look() -> tuple[object, ...]:
            return (asyncio.get_running_loop().time() > 1,)

        await until_renewed(look, lambda: asyncio.sleep(100))
        return asyncio.get_running_loop().time()

    assert run_virtually(story()) > 100


def test_a_key_that_is_put_in_place_is_seen(tmp_path: Path) -> None:
    key, folder = tmp_path / "api-key", tmp_path / "credentials"
    folder.mkdir()
    looks = [look_around((key, folder))]
    key.write_text("key")
    looks.append(look_around((key, folder)))
    os.utime(folder, ns=(1, 1))
    looks.append(look_around((key, folder)))
    assert len(set(looks)) == 3
    assert look_around((key, folder)) == looks[-1]
