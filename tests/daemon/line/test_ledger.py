from __future__ import annotations

from datetime import date

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from myna.line.ledger import LIMIT_S, WORDS_LIMIT, Ledger, ToolAnswer
from myna.live.events import ToolCall


def call(call_id: str, name: str = "clock") -> ToolCall:
    return ToolCall(call_id, name, {})


def answer(call_id: str, name: str = "clock", **response: object) -> ToolAnswer:
    return ToolAnswer(call_id, name, response or {"is": call_id})


def opened(*ids: str) -> Ledger:
    ledger = Ledger()
    for call_id in ids:
        ledger.open(call(call_id), 0.0)
    return ledger


def drained(ledger: Ledger) -> list[str]:
    """Take everything that is due; words stand for themselves."""
    taken = []
    while (message := ledger.take()) is not None:
        taken.append(message if isinstance(message, str) else message.id)
    return taken


def test_answers_are_sent_in_order_of_completion() -> None:
    ledger = opened("a", "b", "c")
    for call_id in ("c", "a", "b"):
        ledger.answer(answer(call_id))
    assert ledger.has_due
    assert drained(ledger) == ["c", "a", "b"]
    assert not ledger.has_due


def test_the_model_waits_until_every_answer_was_sent() -> None:
    ledger = Ledger()
    waiting = [ledger.is_waiting]
    ledger.open(call("a"), 0.0)
    waiting.append(ledger.is_waiting)
    ledger.answer(answer("a"))
    waiting.append(ledger.is_waiting)
    ledger.take()
    waiting.append(ledger.is_waiting)
    assert waiting == [False, True, True, False]


def test_an_answer_that_nobody_waits_for_is_dropped() -> None:
    ledger = opened("a")
    ledger.answer(answer("a"))
    ledger.answer(answer("a"))
    ledger.answer(answer("never called"))
    assert drained(ledger) == ["a"]


def test_answers_on_trial_are_sent_again_before_newer_ones_when_a_session_is_resumed() -> None:
    ledger = opened("a", "b", "c")
    ledger.answer(answer("a"))
    drained(ledger)
    ledger.answer(answer("b"))
    ledger.move_on(is_resumed=True)
    assert ledger.known_calls == {"a": "clock", "b": "clock", "c": "clock"}
    assert drained(ledger) == ["a", "b"]


def test_answers_that_arrived_are_not_sent_again() -> None:
    ledger = opened("a", "b")
    ledger.answer(answer("a"))
    drained(ledger)
    ledger.settle()
    ledger.move_on(is_resumed=True)
    assert drained(ledger) == []
    assert ledger.known_calls == {"b": "clock"}


def test_a_fresh_session_is_told_in_words() -> None:
    ledger = opened("a", "b")
    ledger.answer(answer("a", was="späte Antwort"))
    ledger.move_on(is_resumed=False)
    assert ledger.known_calls == {}
    ledger.answer(answer("b"))
    start = "The tool clock, which you called before the connection broke, has answered: "
    end = " Do not call it again; tell the user."
    told = ['{"was": "späte Antwort"}', '{"is": "b"}']
    assert drained(ledger) == [f"{start}{answer}{end}" for answer in told]


def test_a_fresh_session_does_not_wait_for_what_it_never_called() -> None:
    ledger = opened("a")
    ledger.move_on(is_resumed=False)
    assert not ledger.is_waiting
    ledger.answer(answer("a"))
    assert ledger.is_waiting


def test_an_answer_told_in_words_stays_so_when_the_fresh_session_is_resumed() -> None:
    ledger = opened("a")
    ledger.move_on(is_resumed=False)
    ledger.move_on(is_resumed=True)
    assert ledger.known_calls == {}
    ledger.answer(answer("a"))
    assert drained(ledger)[0].startswith("The tool clock")


def test_words_are_bounded_whatever_a_tool_answers() -> None:
    ledger = opened("a")
    ledger.move_on(is_resumed=False)
    ledger.answer(answer("a", long="x" * 9_000, odd=date(2026, 10, 1)))
    (words,) = drained(ledger)
    assert len(words) < WORDS_LIMIT + 200


def test_a_fresh_session_may_use_an_old_id_again() -> None:
    ledger = opened("a")
    ledger.move_on(is_resumed=False)
    ledger.open(call("a"), 1.0)
    ledger.answer(answer("a"))
    assert ledger.take() == answer("a")


@pytest.mark.parametrize("state", ["open", "due", "on trial"])
def test_a_cancelled_call_is_never_answered(state: str) -> None:
    ledger = opened("a", "b")
    if state != "open":
        ledger.answer(answer("a"))
    if state == "on trial":
        drained(ledger)
    ledger.cancel(("a", "unknown"))
    ledger.answer(answer("a"))
    ledger.answer(answer("b"))
    ledger.move_on(is_resumed=True)
    assert drained(ledger) == ["b"]


def test_an_overdue_call_is_told_once_and_may_still_be_answered() -> None:
    ledger = opened("a")
    ledger.open(call("b"), 30.0)
    assert ledger.overdue(LIMIT_S - 0.1) == ()
    assert ledger.overdue(LIMIT_S) == (call("a"),)
    assert ledger.overdue(LIMIT_S + 29.0) == ()
    assert ledger.overdue(LIMIT_S + 30.0) == (call("b"),)
    ledger.answer(answer("a"))
    assert drained(ledger) == ["a"]


class Calls(RuleBasedStateMachine):
    """Any order of calls, answers, sendings, cancellations, and connections."""

    def __init__(self) -> None:
        super().__init__()
        self.ledger = Ledger()
        self.number = 0
        self.open: set[str] = set()
        self.cancelled: set[str] = set()
        self.ours: set[str] = set()  # known to this connection's server by id
        self.expected: list[str] = []  # to be sent, in this order
        self.unproven: list[str] = []

    @rule()
    def opens(self) -> None:
        self.number += 1
        call_id = f"call-{self.number}"
        self.ledger.open(call(call_id, call_id), 0.0)
        self.open.add(call_id)
        self.ours.add(call_id)

    @precondition(lambda self: self.open)
    @rule(data=st.data())
    def answers(self, data: st.DataObject) -> None:
        call_id = data.draw(st.sampled_from(sorted(self.open)))
        self.open.discard(call_id)
        self.ledger.answer(answer(call_id, call_id))
        self.expected.append(call_id)

    @precondition(lambda self: self.number)
    @rule(data=st.data())
    def cancels(self, data: st.DataObject) -> None:
        call_id = f"call-{data.draw(st.integers(1, self.number))}"
        self.ledger.cancel((call_id,))
        self.cancelled.add(call_id)
        self.open.discard(call_id)
        for ids in (self.expected, self.unproven):
            if call_id in ids:
                ids.remove(call_id)

    @precondition(lambda self: self.expected)
    @rule()
    def sends(self) -> None:
        call_id = self.expected.pop(0)
        message = self.ledger.take()
        if call_id in self.ours:
            assert isinstance(message, ToolAnswer)
            assert message.id == call_id
            self.unproven.append(call_id)
        else:
            assert isinstance(message, str)
            assert f"The tool {call_id}," in message
        assert call_id not in self.cancelled

    @rule()
    def settles(self) -> None:
        self.ledger.settle()
        self.unproven.clear()

    @rule(is_resumed=st.booleans())
    def moves_on(self, *, is_resumed: bool) -> None:
        self.ledger.move_on(is_resumed=is_resumed)
        self.expected = [*self.unproven, *self.expected]
        self.unproven = []
        if not is_resumed:
            self.ours.clear()

    @invariant()
    def nothing_else_is_due(self) -> None:
        assert self.ledger.has_due == bool(self.expected)
        waiting = (self.open & self.ours) or self.expected
        assert self.ledger.is_waiting == bool(waiting)
        known = (self.open | {*self.expected, *self.unproven}) & self.ours
        assert self.ledger.known_calls == {call_id: call_id for call_id in known}


TestCalls = Calls.TestCase
