from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from myna.tools.memory import BREATH_S, MOST_REMEMBERED, REMEMBERED_S, Memory, Run

ON, OFF, FAN = ("set", "on"), ("set", "off"), ("set", "fan")


def ended(memory: Memory[str], call: tuple[str, str], now_s: float, what: str = "") -> Run[str]:
    run = memory.begin(call, what or call[1], now_s)
    run.end(now_s, {"told": call[1]})
    return run


def recalled(memory: Memory[str], call: tuple[str, str], now_s: float) -> str | None:
    run = memory.recall(call, now_s)
    return None if run is None else run.what


def test_memory_knows_nothing_at_first() -> None:
    assert Memory[str]().recall(ON, 0.0) is None


def test_memory_keeps_a_run_for_30_seconds_from_its_end() -> None:
    memory: Memory[str] = Memory()
    memory.begin(ON, "first", 0.0).end(20.0, {})
    assert recalled(memory, ON, 20.0 + REMEMBERED_S) == "first"
    assert recalled(memory, ON, 20.1 + REMEMBERED_S) is None


def test_memory_joins_a_run_for_as_long_as_it_runs() -> None:
    memory: Memory[str] = Memory()
    memory.begin(ON, "running", 0.0)
    assert recalled(memory, ON, 1000.0) == "running"


def test_memory_lets_a_call_run_again_when_it_failed() -> None:
    memory: Memory[str] = Memory()
    ended(memory, ON, 0.0).forget()
    assert recalled(memory, ON, 1.0) is None


def test_memory_takes_on_off_on_for_three_wishes() -> None:
    memory: Memory[str] = Memory()
    ended(memory, ON, 0.0)
    ended(memory, OFF, 5.0)
    assert recalled(memory, ON, 8.0) is None


def test_memory_takes_on_off_on_for_three_wishes_within_a_breath_too() -> None:
    memory: Memory[str] = Memory()
    ended(memory, ON, 0.0)
    ended(memory, OFF, 0.0)
    assert recalled(memory, ON, 0.0) is None


def test_memory_answers_a_whole_breath_again() -> None:
    memory: Memory[str] = Memory()
    ended(memory, ON, 0.0)
    ended(memory, FAN, BREATH_S)
    assert [recalled(memory, call, 4.0) for call in (ON, FAN, ON)] == ["on", "fan", "on"]


def test_memory_forgets_a_breath_when_the_next_begins() -> None:
    memory: Memory[str] = Memory()
    ended(memory, ON, 0.0)
    ended(memory, FAN, 0.5)
    ended(memory, OFF, 1.5)
    assert [recalled(memory, call, 4.0) for call in (ON, FAN, OFF)] == [None, None, "off"]


def test_memory_counts_a_failed_call_as_something_else() -> None:
    memory: Memory[str] = Memory()
    ended(memory, ON, 0.0)
    ended(memory, OFF, 5.0).forget()
    assert recalled(memory, ON, 8.0) is None


def test_memory_goes_by_the_effect_where_it_can_be_read_back() -> None:
    world = {"on", "off"}
    memory: Memory[str] = Memory(lambda told: isinstance(told, dict) and told["told"] in world)
    ended(memory, ON, 0.0)
    ended(memory, OFF, 5.0)
    assert recalled(memory, ON, 8.0) == "on"
    world.remove("on")
    assert recalled(memory, ON, 8.0) is None
    world.add("on")
    assert recalled(memory, ON, 31.0) is None


def test_memory_goes_by_the_calls_while_there_is_no_effect_to_read_back() -> None:
    memory: Memory[str] = Memory(lambda _told: pytest.fail("there is nothing to ask about"))
    memory.begin(ON, "running", 0.0)
    assert recalled(memory, ON, 3.0) == "running"
    memory.begin(OFF, "unknown", 5.0).end(15.0, None)
    assert recalled(memory, OFF, 16.0) == "unknown"
    assert recalled(memory, ON, 16.0) is None


def test_memory_forgets_the_oldest_of_a_flood() -> None:
    memory: Memory[str] = Memory()
    calls = [("book", str(number)) for number in range(MOST_REMEMBERED + 1)]
    for call in calls:
        ended(memory, call, 0.0)
    assert recalled(memory, calls[0], 2.0) is None
    assert all(recalled(memory, call, 2.0) == call[1] for call in calls[1:])


def test_memory_takes_a_call_that_ran_again_for_the_youngest_of_a_flood() -> None:
    memory: Memory[str] = Memory()
    calls = [("book", str(number)) for number in range(MOST_REMEMBERED - 1)]
    for call in (*calls, calls[0], ("book", "more"), ("book", "yet more")):
        ended(memory, call, 0.0)
    assert recalled(memory, calls[0], 2.0) == "0"
    assert recalled(memory, calls[1], 2.0) is None


@dataclass
class Acted:
    """One run, as the test wrote it down."""

    call: tuple[str, str]
    began_s: float
    ended_s: float
    is_ok: bool


@dataclass
class History:
    """Calls as they come in, and what had to run."""

    memory: Memory[Acted] = field(default_factory=Memory)
    runs: list[Acted] = field(default_factory=list)

    def call(self, call: tuple[str, str], now_s: float, took_s: float, *, is_ok: bool) -> None:
        recalled = self.memory.recall(call, now_s)
        if recalled is None:
            self.check_must_run(call, now_s)
            acted = Acted(call, now_s, now_s + took_s, is_ok)
            run = self.memory.begin(call, acted, now_s)
            run.end(acted.ended_s, {} if is_ok else None)
            if not is_ok:
                run.forget()
            self.runs.append(acted)
        else:
            self.check_may_be_recalled(recalled.what, call, now_s)

    def check_must_run(self, call: tuple[str, str], now_s: float) -> None:
        """A call that was the last to run is not run again within 30 s, if it worked."""
        last = self.runs[-1] if self.runs else None
        assert (
            last is None
            or last.call != call
            or not last.is_ok
            or now_s - last.ended_s > REMEMBERED_S
        )

    def check_may_be_recalled(self, acted: Acted, call: tuple[str, str], now_s: float) -> None:
        """An answer is that of the latest such run, and only its breath came after it."""
        mine = [index for index, run in enumerate(self.runs) if run.call == call]
        assert self.runs[mine[-1]] is acted
        assert acted.is_ok
        assert now_s - acted.ended_s <= REMEMBERED_S
        later = self.runs[mine[-1] + 1 :]
        assert all(run.began_s - acted.began_s <= BREATH_S for run in later)
        assert not later or now_s - acted.began_s > 0


STEPS = st.tuples(
    st.sampled_from([ON, OFF, FAN]),
    st.sampled_from([0.0, 0.25, 0.75, 1.5, 8.0, 29.5, 31.0]),
    st.sampled_from([0.0, 0.5]),
    st.sampled_from([True, True, True, False]),
)


@given(st.lists(STEPS, max_size=30))
def test_memory_never_acts_twice_without_another_call_between(
    steps: list[tuple[tuple[str, str], float, float, bool]],
) -> None:
    history = History()
    now_s = 100.0
    for call, pause_s, took_s, is_ok in steps:
        now_s += pause_s
        history.call(call, now_s, took_s, is_ok=is_ok)
        now_s += took_s
