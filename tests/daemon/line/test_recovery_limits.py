"""Quotas, keys and optional features, and that attempts end whatever happens."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from myna.line.recovery import STABLE_S, Dial, Plan, Recovery, Stop
from myna.live import closes
from myna.live.closes import Verdict

EVEN = 0.5
"""The chance that leaves a delay as it stands in the ladder."""

VERDICTS = [
    value
    for value in vars(closes).values()
    if isinstance(value, Verdict) and value.next not in {"end", "give-up", "wait"}
]


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


# --- quota, keys, optional features ---------------------------------------------------


def test_a_quota_cools_ever_longer_from_conversation_to_conversation() -> None:
    recovery, now_s, waits_s = Recovery(), 0.0, []
    for _ in range(5):
        caller = Caller(recovery, now_s)
        stop = caller.lose(closes.BUSY)
        assert isinstance(stop, Stop)
        waits_s.append(stop.wait_s)
        now_s += stop.wait_s
    assert waits_s == [60, 120, 300, 900, 900]


def test_nothing_is_dialled_while_a_quota_cools() -> None:
    recovery = Recovery()
    Caller(recovery, 0.0).lose(closes.BUSY)
    refused = recovery.begin(45.0)
    assert refused == Stop(closes.BUSY, 15.0)
    assert isinstance(refused, Stop)
    assert refused.told == (
        "The limit of the account is reached for now. It is tried again in 15 s at the earliest."
    )
    assert Stop(closes.MODEL).told == closes.MODEL.spoken
    assert recovery.begin(60.0) == Dial()


def test_a_quota_is_short_again_after_a_session_that_worked() -> None:
    recovery = Recovery()
    Caller(recovery, 0.0).lose(closes.BUSY)
    caller = Caller(recovery, 100.0)
    caller.talk(STABLE_S)
    assert caller.lose(closes.BUSY) == Stop(closes.BUSY, 60.0)


def test_a_quota_is_short_again_after_a_conversation_that_we_ended() -> None:
    recovery = Recovery()
    Caller(recovery, 0.0).lose(closes.BUSY)
    Caller(recovery, 100.0).talk(60.0)
    assert Caller(recovery, 200.0).lose(closes.BUSY) == Stop(closes.BUSY, 60.0)


def test_optional_features_are_left_out_once_and_for_good() -> None:
    recovery = Recovery()
    caller = Caller(recovery)
    assert caller.dial(closes.REFUSED) == Dial(is_plain=True)
    assert caller.lose(closes.REFUSED) == Stop(closes.REFUSED)
    assert recovery.begin(caller.now_s) == Dial(is_plain=True)


def test_a_credential_is_renewed_once() -> None:
    caller = Caller()
    assert caller.dial(closes.KEY, can_renew=True) == Dial()
    assert caller.lose(closes.KEY, can_renew=True) == Stop(closes.KEY)


def test_a_credential_that_cannot_be_renewed_ends_it() -> None:
    assert talking().lose(closes.KEY) == Stop(closes.KEY)


def test_a_renewed_token_resumes_the_session() -> None:
    assert talking().dial(closes.TOKEN, can_renew=True) == Dial(handle="h")


def test_another_conversation_knows_no_handle() -> None:
    caller = talking()
    assert caller.recovery.begin(caller.now_s) == Dial()


# --- whatever happens -----------------------------------------------------------------

Loss = tuple[Verdict, bool, float, float, float]
LOSSES = st.lists(
    st.tuples(
        st.sampled_from(VERDICTS),
        st.booleans(),  # whether the dial before it had opened
        st.floats(0, STABLE_S - 0.001),  # how long that session lived
        st.floats(0, 2),  # how long the dial took
        st.floats(0, 1),  # chance
    ),
    min_size=1,
    max_size=12,
)


@settings(max_examples=200)
@given(LOSSES)
def test_sessions_that_are_never_stable_are_few_and_end(losses: list[Loss]) -> None:
    caller = Caller()
    for number in range(1000):
        verdict, has_opened, lived_s, dial_s, chance = losses[number % len(losses)]
        caller.now_s += dial_s
        if has_opened:
            caller.talk(lived_s)
        if isinstance(caller.lose(verdict, can_renew=True, chance=chance), Stop):
            break
    assert isinstance(caller.plan, Stop)
    assert max_within(caller.dials_s, 60.0) <= 90


@settings(max_examples=100)
@given(LOSSES)
def test_time_never_goes_back(losses: list[Loss]) -> None:
    caller = Caller()
    for verdict, has_opened, lived_s, dial_s, chance in losses:
        caller.now_s += dial_s
        if has_opened:
            caller.talk(lived_s)
        caller.lose(verdict, can_renew=True, chance=chance)
    assert all(later >= earlier for earlier, later in pairwise(caller.dials_s))


def max_within(times_s: list[float], window_s: float) -> int:
    return max(sum(start <= at < start + window_s for at in times_s) for start in times_s)
