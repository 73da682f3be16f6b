"""SIGTERM in every state: gone within two seconds, lights out, files intact."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from support.last_moments import MOMENTS, ended_in

LIMIT_S = 2.0
LEFT = "something hangs and is left behind"


@pytest.mark.parametrize("moment", [name for name in MOMENTS if name != "starting"])
async def test_stopped_daemon_is_gone_in_time_in_the_dark_and_leaves_files_intact(
    moment: str, tmp_path: Path
) -> None:
    ended = await ended_in(moment, tmp_path, random.Random())  # noqa: S311 - no secret
    assert ended.seconds < LIMIT_S, ended.err
    assert ended.code == 0, ended.err
    assert ended.lights == "dark closed"
    assert ended.spoiled == []
    # What does not hang has left in good order; where each thread hangs is in the log.
    assert (LEFT in ended.err) == MOMENTS[moment].hangs
    # As an extension of C++ says of what is still held at the very end.
    assert MOMENTS[moment].hangs or "leaked" not in ended.err


async def test_daemon_that_is_stopped_while_it_starts_is_gone_in_time_in_the_dark(
    tmp_path: Path,
) -> None:
    ended = await ended_in("starting", tmp_path, random.Random())  # noqa: S311 - no secret
    assert ended.seconds < LIMIT_S
    assert ended.lights in {None, "dark closed"}
