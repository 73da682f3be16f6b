from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from myna.audio.pulse import Pulse, is_stuck
from myna.service.vitality import LAG_LIMIT_S, ailment

STILL = Pulse(7, must_beat=True)
AT_REST = Pulse(7, must_beat=False)
NEVER_BEGUN = Pulse(0, must_beat=True)

pulses = st.builds(Pulse, st.integers(0, 9), must_beat=st.booleans())


def seen(
    before: Pulse, now: Pulse, lag_s: float = 0.0, declared: tuple[str, ...] = ()
) -> str | None:
    return ailment({"microphone": before}, {"microphone": now}, lag_s, declared)


def test_a_thread_that_moves_is_well() -> None:
    assert seen(STILL, Pulse(8, must_beat=True)) is None


def test_a_thread_that_stands_still_is_named() -> None:
    assert seen(STILL, STILL) == "the thread of the microphone hangs"


@pytest.mark.parametrize(("before", "now"), [(AT_REST, STILL), (STILL, AT_REST)])
def test_a_thread_need_not_move_while_it_had_nothing_to_do(before: Pulse, now: Pulse) -> None:
    assert seen(before, now) is None


def test_a_device_that_has_hung_since_the_start_is_excused_once_it_is_declared() -> None:
    assert seen(NEVER_BEGUN, NEVER_BEGUN) is not None
    assert seen(NEVER_BEGUN, NEVER_BEGUN, declared=("microphone",)) is None


def test_a_device_that_worked_and_hangs_is_not_excused() -> None:
    assert seen(STILL, STILL, declared=("microphone",)) is not None


def test_an_event_loop_that_comes_late_is_no_life() -> None:
    assert seen(AT_REST, AT_REST, LAG_LIMIT_S) is None
    assert seen(AT_REST, AT_REST, LAG_LIMIT_S + 0.1) == "the event loop came 1.1 s late"


@given(before=pulses, now=pulses)
def test_whoever_moves_is_never_stuck(before: Pulse, now: Pulse) -> None:
    assert is_stuck(before, now) == (
        before.must_beat and now.must_beat and before.beats == now.beats
    )
