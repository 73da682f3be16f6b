"""A part that fails, on a virtual clock."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from myna.health import Health
from myna.supervision import PAUSES_S, WELL_S, supervised
from myna.trace import Trace
from support.virtual_loop import run_virtually


class Part:
    """Notes when it is started, and does each time what it is told.

    Args:
        deeds: The last one counts for good.
    """

    def __init__(self, *deeds: Callable[[], Awaitable[None]]) -> None:
        self._deeds = deeds
        self.starts_s: list[float] = []
        self.was_cancelled = False

    async def run(self) -> None:
        """Do it."""
        self.starts_s.append(asyncio.get_running_loop().time())
        deed = self._deeds[min(len(self.starts_s), len(self._deeds)) - 1]
        try:
            await deed()
        except asyncio.CancelledError:
            self.was_cancelled = True
            raise


async def last() -> None:
    await asyncio.Event().wait()


async def fail() -> None:
    raise OSError("no such thing")


async def fail_otherwise() -> None:
    raise KeyError("other")


async def fail_after_an_hour() -> None:
    await asyncio.sleep(3600)
    raise OSError("no such thing")


async def end() -> None:
    pass


async def cancel_from_inside() -> None:
    raise asyncio.CancelledError


async def pauses_of(part: Part, health: Health, lasting_s: float) -> list[float]:
    async with supervised(part.run, "radio", health):
        await asyncio.sleep(lasting_s)
    return [after - before for before, after in zip(part.starts_s, part.starts_s[1:], strict=False)]


def observe(
    part: Part, lasting_s: float, caplog: pytest.LogCaptureFixture
) -> tuple[list[float], str | None, list[str]]:
    """Return the pauses between starts, the trouble, and what was logged by supervision."""
    health = Health(Trace())
    pauses_s = run_virtually(pauses_of(part, health, lasting_s))
    logged = [record.getMessage() for record in caplog.records if record.name.endswith("vision")]
    return pauses_s, health.troubles.get("radio"), logged


def test_part_that_lasts_is_started_once_and_cancelled_at_the_end(
    caplog: pytest.LogCaptureFixture,
) -> None:
    part = Part(last)
    assert observe(part, 10_000, caplog) == ([], None, [])
    assert part.was_cancelled


def test_part_that_fails_is_started_again_later_and_later_and_told_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    pauses_s, trouble, logged = observe(Part(fail), 1000, caplog)
    assert pauses_s == [*PAUSES_S, 300.0, 300.0]
    assert trouble == "failed inside (OSError): see the log"
    assert logged == [f"radio {trouble}"]
    assert isinstance(caplog.records[0].exc_info, tuple)


def test_other_failure_is_told_too(caplog: pytest.LogCaptureFixture) -> None:
    _, trouble, logged = observe(Part(fail, fail, fail_otherwise), 1000, caplog)
    assert trouble == "failed inside (KeyError): see the log"
    assert logged == ["radio failed inside (OSError): see the log", f"radio {trouble}"]


def test_part_that_ran_long_is_started_again_soon(caplog: pytest.LogCaptureFixture) -> None:
    part = Part(fail, fail, fail, fail_after_an_hour, fail, last)
    pauses_s, _, logged = observe(part, 10_000, caplog)
    assert pauses_s == [1.0, 5.0, 30.0, 3601.0, 5.0]
    assert len(logged) == 1


def test_part_that_runs_well_again_is_in_trouble_no_more(caplog: pytest.LogCaptureFixture) -> None:
    assert observe(Part(fail, last), 1 + WELL_S - 1, caplog)[1] is not None
    assert observe(Part(fail, last), 1 + WELL_S + 1, caplog)[1] is None


def test_trouble_that_a_part_tells_itself_is_not_taken_back() -> None:
    health = Health(Trace())

    async def tell() -> None:
        health.degrade("radio", "no antenna")
        await last()

    run_virtually(pauses_of(Part(fail, tell), health, 10_000))
    assert health.troubles == {"radio": "no antenna"}


@pytest.mark.parametrize(
    ("deed", "trouble"),
    [
        (end, "ended, which it should not"),
        (cancel_from_inside, "was cancelled from inside, which is a bug"),
    ],
)
def test_part_that_goes_away_quietly_is_told_and_started_again(
    deed: Callable[[], Awaitable[None]], trouble: str, caplog: pytest.LogCaptureFixture
) -> None:
    part = Part(deed, last)
    assert observe(part, 100, caplog) == ([1.0], trouble, [f"radio {trouble}"])


def test_part_is_waited_for_at_the_end_also_while_it_pauses() -> None:
    async def clean_up() -> None:
        try:
            await last()
        finally:
            await asyncio.sleep(2)

    async def story() -> None:
        part = Part(clean_up)
        async with supervised(part.run, "radio", Health(Trace())):
            await asyncio.sleep(1)
        assert asyncio.get_running_loop().time() == 3
        async with supervised(Part(fail).run, "radio", Health(Trace())):
            await asyncio.sleep(1.5)
        assert asyncio.all_tasks() == {asyncio.current_task()}

    run_virtually(story())


def test_part_is_stopped_when_the_rest_of_the_daemon_fails() -> None:
    part = Part(last)

    async def story() -> None:
        async with supervised(part.run, "radio", Health(Trace())):
            await asyncio.sleep(1)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        run_virtually(story())
    assert part.was_cancelled
