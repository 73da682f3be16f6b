"""Attempts on a virtual clock: when each session is dialled, and when it is enough."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from myna.line.recovery import (
    HEAL_S,
    KNOWN_S,
    OPENING_S,
    STABLE_S,
    Dial,
    Plan,
    Recovery,
    Stop,
)
from myna.live import closes
from myna.live.closes import Phase, Verdict

EVEN = 0.5
"""The chance that leaves a delay as it stands in the ladder."""


class Caller:
    """A conversation's attempts; the clock moves only by what is waited for."""

    def __init__(self, recovery: Recovery | None = None, now_s: float = 1000.0) -> None:
        self.recovery = recovery or Recovery()
        self.now_s = now_s
        self.dials_s: list[float] = []
        self.plan = self._follow(self.recovery.begin(now_s))

    def _follow(self, plan: Plan) -> Plan:
        if isinstance(plan, Dial):
            self.now_s += plan.after_s
            self.dials_s.append(self.now_s)
        return plan

    def talk(self, seconds: float, handle: str = "h") -> None:
        """The session that was dialled opens, and lives for a while."""
        self.recovery.note_ready(self.now_s)
        self.recovery.note_handle(handle)
        self.now_s += seconds

    def lose(self, verdict: Verdict, *, can_renew: bool = False, chance: float = EVEN) -> Plan:
        """The session ends, or does not open; wait for the next one, and dial it."""
        plan = self.recovery.after(verdict, self.now_s, chance, can_renew=can_renew)
        self.plan = self._follow(plan)
        return self.plan

    def dial(self, verdict: Verdict, *, can_renew: bool = False) -> Dial:
        plan = self.lose(verdict, can_renew=can_renew)
        assert isinstance(plan, Dial)
        return plan


def talking(seconds: float = 10.0) -> Caller:
    caller = Caller()
    caller.talk(seconds)
    return caller


# --- the ladder -----------------------------------------------------------------------


def test_a_first_session_is_dialled_at_once_and_fresh() -> None:
    assert Caller().plan == Dial()
    assert Dial().phase is Phase.OPENING
    assert Dial(handle="h").phase is Phase.RESUMING


def test_a_resume_is_tried_after_0_1_2_and_4_s_then_replaced_by_a_fresh_session() -> None:
    caller = talking()

    dials = [caller.dial(closes.SERVER) for _ in range(5)]

    assert [(dial.after_s, dial.handle) for dial in dials] == [
        (0.0, "h"),
        (1.0, "h"),
        (2.0, "h"),
        (4.0, "h"),
        (0.0, ""),
    ]
    assert not any(dial.forgets or dial.is_plain for dial in dials)


def test_a_fresh_session_has_its_own_tries_after_a_refused_resume() -> None:
    caller = talking()
    dials = [caller.dial(closes.SERVER) for _ in range(8)]
    assert [dial.after_s for dial in dials[4:]] == [0.0, 1.0, 2.0, 4.0]
    assert {dial.handle for dial in dials[4:]} == {""}


@pytest.mark.parametrize("verdict", [closes.NETWORK, closes.RELAY, closes.STALLED])
def test_a_refused_resume_is_not_repeated_at_once_whatever_ended_the_session(
    verdict: Verdict,
) -> None:
    caller = talking()
    first = caller.dial(verdict)
    assert [first.after_s, *(caller.dial(closes.SERVER).after_s for _ in range(3))] == [0, 1, 2, 4]


def test_a_network_is_tried_quickly_and_keeps_the_handle() -> None:
    caller = talking()
    dials = [caller.dial(closes.NETWORK) for _ in range(6)]
    assert [dial.after_s for dial in dials] == [0.0, 0.25, 0.5, 1.0, 1.0, 1.0]
    assert {dial.handle for dial in dials} == {"h"}


@given(st.floats(0, 1))
def test_delays_are_spread_by_a_quarter_either_way(chance: float) -> None:
    caller = talking()
    caller.lose(closes.SERVER)
    plan = caller.lose(closes.SERVER, chance=chance)
    assert isinstance(plan, Dial)
    assert 0.75 <= plan.after_s <= 1.25


def test_the_newest_handle_is_used() -> None:
    caller = talking()
    caller.recovery.note_handle("newer")
    assert caller.dial(closes.NETWORK).handle == "newer"


def test_a_relay_is_dialled_at_once_with_the_handle() -> None:
    assert talking().dial(closes.RELAY) == Dial(handle="h")


def test_a_session_without_a_handle_is_followed_by_a_fresh_one() -> None:
    caller = Caller()
    caller.recovery.note_ready(caller.now_s)
    assert caller.dial(closes.NETWORK) == Dial()


@pytest.mark.parametrize("verdict", [closes.STALE, closes.MUTE, closes.BUG])
def test_a_handle_that_is_refused_is_dropped_but_what_was_said_is_kept(verdict: Verdict) -> None:
    assert talking().dial(verdict) == Dial()


def test_a_history_that_breaks_sessions_is_forgotten() -> None:
    assert talking().dial(closes.TANGLED) == Dial(forgets=True)


# --- when it is enough ----------------------------------------------------------------


@pytest.mark.parametrize("verdict", [closes.DONE, closes.MODEL, closes.BILLING, closes.NO_KEY])
def test_what_only_a_person_can_change_is_not_tried_again(verdict: Verdict) -> None:
    assert talking().lose(verdict) == Stop(verdict)


@pytest.mark.parametrize("verdict", [closes.UNASKED, closes.STALE, closes.TANGLED, closes.BUG])
def test_a_verdict_is_tried_as_often_as_it_is_worth(verdict: Verdict) -> None:
    caller = talking()
    for _ in range(verdict.limit):
        caller.dial(verdict)
        caller.talk(0.1)
    assert caller.lose(verdict) == Stop(verdict)


def test_counts_are_forgotten_after_a_stable_stretch_and_not_before() -> None:
    caller = talking()
    for _ in range(3):
        caller.dial(closes.SERVER)
        caller.talk(STABLE_S - 0.01)
    assert caller.dial(closes.SERVER).after_s == 4.0
    caller.talk(STABLE_S)
    assert caller.dial(closes.SERVER).after_s == 0.0


def test_somebody_who_has_just_called_waits_for_4_s_at_most() -> None:
    caller = Caller()
    start_s = caller.now_s
    while isinstance(caller.lose(closes.NETWORK), Dial):
        pass
    assert OPENING_S <= caller.now_s - start_s < OPENING_S + 1.25


def test_a_conversation_is_healed_for_30_s_at_most() -> None:
    caller = talking()
    start_s = caller.now_s
    while isinstance(caller.lose(closes.NETWORK), Dial):
        pass
    assert caller.plan == Stop(closes.NETWORK)
    assert HEAL_S <= caller.now_s - start_s < HEAL_S + 1.25


def test_gaps_add_up_until_a_session_is_stable() -> None:
    caller = talking()
    for _ in range(3):
        caller.dial(closes.NETWORK)
        caller.now_s += 9.0
        caller.talk(1.0)
    caller.dial(closes.NETWORK)
    caller.now_s += 4.0
    assert caller.lose(closes.NETWORK) == Stop(closes.NETWORK)


def test_gaps_are_forgotten_after_a_stable_stretch() -> None:
    caller = talking()
    for _ in range(5):
        caller.dial(closes.NETWORK)
        caller.now_s += 29.0
        caller.talk(STABLE_S)
    caller.dial(closes.NETWORK)
    caller.now_s += 29.0
    assert isinstance(caller.lose(closes.NETWORK), Dial)


def test_ready_tells_how_long_there_was_no_session() -> None:
    caller = talking()
    lost_s = caller.now_s
    caller.dial(closes.NETWORK)
    caller.dial(closes.NETWORK)
    caller.now_s += 1.0
    assert caller.recovery.note_ready(caller.now_s) == caller.now_s - lost_s == 1.25


@pytest.mark.parametrize("verdict", [closes.STALLED, closes.MUTE])
def test_sessions_that_never_answer_are_not_opened_for_ever(verdict: Verdict) -> None:
    caller = talking()
    for _ in range(20):
        if isinstance(caller.lose(verdict), Stop):
            return
        caller.talk(8.0)
    pytest.fail("20 sessions in a row that never answered")


# --- a server that is known to be away --------------------------------------------------


def away() -> Caller:
    """Return a caller who has waited in vain."""
    caller = Caller()
    while isinstance(caller.plan, Dial):
        caller.lose(closes.NETWORK)
    return caller


def test_next_caller_does_not_wait_for_a_server_that_was_away() -> None:
    first = away()
    second = Caller(first.recovery, first.now_s + 60)
    assert isinstance(second.plan, Dial)
    assert second.plan.limit_s == KNOWN_S
    began_s = second.now_s
    plans = [second.lose(closes.NETWORK)]
    while isinstance(plans[-1], Dial):
        assert plans[-1].limit_s == KNOWN_S
        plans.append(second.lose(closes.NETWORK))
    assert second.now_s - began_s < 2 * KNOWN_S


@pytest.mark.parametrize("verdict", [closes.SIGN_IN, closes.CLOCK])
def test_every_reason_for_not_reaching_it_counts(verdict: Verdict) -> None:
    caller = Caller()
    while isinstance(caller.plan, Dial):
        caller.now_s += OPENING_S
        caller.lose(verdict)
    assert Caller(caller.recovery, caller.now_s).plan == Dial(limit_s=KNOWN_S)


def test_server_that_was_found_is_waited_for_again() -> None:
    found, opened, refused = away(), away(), away()
    found.recovery.note_found()
    opened.recovery.begin(2000.0)
    opened.recovery.note_ready(2000.0)
    Caller(refused.recovery, 2000.0).lose(closes.KEY)
    for caller in (found, opened, refused):
        assert Caller(caller.recovery, 3000.0).plan == Dial()


def test_session_that_opened_after_all_is_healed_as_patiently_as_any() -> None:
    first = away()
    second = Caller(first.recovery, first.now_s + 60)
    second.talk(10.0)
    assert second.dial(closes.NETWORK).limit_s is None


def test_machine_without_a_way_out_is_not_waited_for_either() -> None:
    recovery = Recovery()
    recovery.note_away()
    assert recovery.begin(0.0) == Dial(limit_s=KNOWN_S)
