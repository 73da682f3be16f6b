"""Looking for a server that is away, on a virtual clock."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from myna.line.lookout import LOOK_S, Lookout
from support.virtual_loop import run_virtually


class Sea:
    """What there is to be seen, and when somebody looked."""

    def __init__(self) -> None:
        self.is_there = False
        self.is_busy = False
        self.looks_s: list[float] = []
        self.found_s: list[float] = []
        self.look_s = 0.0
        self.lookout = Lookout(self._look, self._find, lambda: self.is_busy)

    async def _look(self) -> bool:
        self.looks_s.append(asyncio.get_running_loop().time())
        await asyncio.sleep(self.look_s)
        return self.is_there

    def _find(self) -> None:
        self.found_s.append(asyncio.get_running_loop().time())


def watch(story: Callable[[Sea], None], *, until_s: float) -> Sea:
    """Let `story` begin, and look until `until_s`."""

    async def play() -> Sea:
        sea = Sea()
        task = asyncio.create_task(sea.lookout.run())
        story(sea)
        await asyncio.sleep(until_s)
        task.cancel()
        await asyncio.wait([task])
        return sea

    return run_virtually(play())


def later(after_s: float, deed: Callable[[], None]) -> None:
    asyncio.get_running_loop().call_later(after_s, deed)


def test_nobody_looks_while_nothing_is_missed() -> None:
    assert watch(lambda _sea: None, until_s=1000).looks_s == []


def test_looks_become_seldom_and_never_cease() -> None:
    looks_s = watch(lambda sea: sea.lookout.begin(), until_s=300).looks_s
    pauses = [b - a for a, b in zip([0.0, *looks_s], looks_s, strict=False)]
    expected = (*LOOK_S, *[LOOK_S[-1]] * len(pauses))
    assert len(pauses) > 10
    assert all(
        0.75 * wanted <= pause <= 1.25 * wanted
        for pause, wanted in zip(pauses, expected, strict=False)
    )


def test_found_once_and_looked_for_no_more() -> None:
    def story(sea: Sea) -> None:
        sea.lookout.begin()
        later(10, lambda: setattr(sea, "is_there", True))

    sea = watch(story, until_s=1000)
    assert len(sea.found_s) == 1
    assert sea.looks_s[-1] == sea.found_s[0] < 25


def test_missed_again_is_looked_for_soon() -> None:
    def story(sea: Sea) -> None:
        sea.lookout.begin()
        later(200, sea.lookout.begin)

    looks_s = watch(story, until_s=300).looks_s
    assert min(look_s for look_s in looks_s if look_s > 200) < 200 + 1.25 * LOOK_S[0]


def test_end_stops_the_looking_and_a_conversation_that_tries_pauses_it() -> None:
    def ended(sea: Sea) -> None:
        sea.lookout.begin()
        sea.lookout.end()

    def busy(sea: Sea) -> None:
        sea.lookout.begin()
        sea.is_busy = True
        later(100, lambda: setattr(sea, "is_busy", False))

    assert watch(ended, until_s=1000).looks_s == []
    assert min(watch(busy, until_s=1000).looks_s) >= 100


def test_server_that_was_reached_during_the_look_is_not_found_twice() -> None:
    def story(sea: Sea) -> None:
        sea.is_there, sea.look_s = True, 5.0
        sea.lookout.begin()
        later(1.25 * LOOK_S[0] + 1, sea.lookout.end)

    sea = watch(story, until_s=100)
    assert len(sea.looks_s) == 1
    assert sea.found_s == []
