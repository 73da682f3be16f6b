"""A yes at the speaker, on a virtual clock."""

from __future__ import annotations

import asyncio

import pytest

from myna.errors import ToolError
from myna.tools.consent import WAIT_S, Consent
from myna.trace import Trace
from support.virtual_loop import run_virtually


class House:
    """A question, and what was told of it."""

    def __init__(self) -> None:
        trace = Trace()
        trace.subscribe(lambda _t, _event, fields: self.traced.append(str(fields["outcome"])))
        self.traced: list[str] = []
        self.told: list[bool] = []
        self.consent = Consent(trace)
        self.consent.watch(self.told.append)

    def ask(self, wish: str = "open_gate()") -> asyncio.Task[None]:
        return asyncio.create_task(self.consent.ask("open_gate", wish))

    async def asked(self, wish: str = "open_gate()") -> asyncio.Task[None]:
        """Ask, and return once the question is before the user."""
        asking = self.ask(wish)
        await asyncio.sleep(1)
        return asking


async def refusal_of(asking: asyncio.Task[None]) -> str:
    with pytest.raises(ToolError) as refusal:
        await asking
    assert refusal.value.name == "open_gate"
    return refusal.value.spoken


def now_s() -> float:
    return asyncio.get_running_loop().time()


def test_yes_is_given_to_what_is_asked() -> None:
    async def story() -> None:
        house = House()
        asking = await house.asked("open_gate(minutes=2)")
        assert (house.consent.wish, house.told) == ("open_gate(minutes=2)", [True])
        assert house.consent.grant() == "open_gate(minutes=2)"
        assert house.consent.grant() is None, "it was answered already"
        await asking
        assert (house.consent.wish, house.told) == (None, [True, False])
        assert house.traced == ["wanted", "given"]

    run_virtually(story())


def test_yes_to_nothing_is_none() -> None:
    house = House()
    assert house.consent.grant() is None
    house.consent.close()
    assert (house.consent.wish, house.told, house.traced) == (None, [], [])


def test_question_that_nobody_answers_is_refused_in_time_and_its_yes_comes_too_late() -> None:
    async def story() -> None:
        house = House()
        asking = house.ask()
        spoken = await refusal_of(asking)
        assert spoken == "open_gate was not done: nobody said yes within 25 s. Tell the user so"
        assert now_s() == WAIT_S
        assert (house.consent.grant(), house.told) == (None, [True, False])
        assert house.traced == ["wanted", "unanswered"]

    run_virtually(story())


def test_end_of_the_conversation_is_a_no_and_a_later_yes_counts_for_nothing() -> None:
    async def story() -> None:
        house = House()
        asking = await house.asked()
        house.consent.close()
        assert house.consent.grant() is None
        assert await refusal_of(asking) == "open_gate was not done: the conversation is over"
        assert house.traced == ["wanted", "refused"]

    run_virtually(story())


def test_yes_that_came_before_the_end_counts() -> None:
    async def story() -> None:
        house = House()
        asking = await house.asked()
        house.consent.grant()
        house.consent.close()
        await asking
        assert house.traced == ["wanted", "given"]

    run_virtually(story())


def test_nothing_is_asked_between_conversations() -> None:
    async def story() -> None:
        house = House()
        asking = house.ask()
        house.consent.close()  # before it came so far
        assert await refusal_of(asking) == "open_gate was not done: the conversation is over"
        assert (house.told, house.traced) == ([], [])
        house.consent.open()
        asking = await house.asked()
        assert house.consent.grant() == "open_gate()"
        await asking

    run_virtually(story())


def test_second_wish_is_refused_and_leaves_the_first_before_the_user() -> None:
    async def story() -> None:
        house = House()
        first = await house.asked("open_gate(minutes=1)")
        spoken = await refusal_of(house.ask("open_gate(minutes=2)"))
        assert spoken == (
            "open_gate was not done: the user is being asked about open_gate(minutes=1). "
            "Wait for that, then call it again"
        )
        assert house.told == [True]
        assert house.consent.grant() == "open_gate(minutes=1)"
        await first
        third = await house.asked("open_gate(minutes=2)")
        assert house.consent.grant() == "open_gate(minutes=2)"
        await third

    run_virtually(story())


def test_wish_that_is_cancelled_frees_its_place() -> None:
    async def story() -> None:
        house = House()
        first = await house.asked()
        first.cancel()
        await asyncio.wait([first])
        assert first.cancelled()
        assert (house.consent.wish, house.told) == (None, [True, False])
        assert house.consent.grant() is None
        assert house.traced == ["wanted", "cancelled"]
        second = await house.asked()
        house.consent.grant()
        await second

    run_virtually(story())


def test_wish_that_is_cancelled_after_the_yes_is_not_done() -> None:
    async def story() -> None:
        house = House()
        asking = await house.asked()
        house.consent.grant()
        asking.cancel()
        await asyncio.wait([asking])
        assert asking.cancelled()

    run_virtually(story())


def test_listener_that_fails_leaves_no_question_behind() -> None:
    async def story() -> None:
        house = House()
        failures = [RuntimeError("the lights are gone")]

        def fail(_is_asking: bool) -> None:
            if failures:
                raise failures.pop()

        house.consent.watch(fail)
        with pytest.raises(RuntimeError, match="the lights are gone"):
            await house.ask()
        assert house.consent.wish is None
        asking = await house.asked()
        house.consent.grant()
        await asking

    run_virtually(story())


def test_wait_is_what_it_was_told() -> None:
    async def story() -> None:
        consent = Consent(Trace(), wait_s=3)
        with pytest.raises(ToolError, match="within 3 s"):
            await consent.ask("open_gate", "open_gate()")
        assert now_s() == 3

    run_virtually(story())
