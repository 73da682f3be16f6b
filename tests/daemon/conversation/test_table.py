"""The table as a whole: every pair, and what holds on every path."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DataObject

from myna.conversation import effects as do
from myna.conversation.diagram import draw
from myna.conversation.events import Event, Trouble
from myna.conversation.states import (
    Idle,
    Muted,
    Offline,
    Ringing,
    State,
    Timing,
    Waking,
    deadline_for,
    name_of,
    pattern_for,
)
from myna.conversation.table import LATE, TABLE, RefusedEventError, step
from myna.live.closes import Kind, Reached, Unreached
from myna_hardware.interfaces import Pattern
from support.conversation import EVENTS, STATES

PAIRS = list(product(STATES, EVENTS))
README = Path(__file__).parents[3] / "README.md"


def test_samples_cover_every_state_and_event() -> None:
    assert set(STATES) == set(get_args(State)) == set(TABLE) == set(LATE)
    assert set(EVENTS) == set(get_args(Event))


@pytest.mark.parametrize(("state", "event"), PAIRS, ids=lambda kind: kind.__name__)
@given(data=st.data())
def test_pair_is_listed_late_or_refused(
    state: type[State], event: type[Event], data: DataObject
) -> None:
    before, happening = data.draw(STATES[state]), data.draw(EVENTS[event])
    if event in TABLE[state]:
        assert event not in LATE[state]
        after, _ = step(before, happening)
        assert type(after) in TABLE[state][event].targets
    elif event in LATE[state]:
        assert step(before, happening) == (before, ())
    else:
        with pytest.raises(RefusedEventError, match=f"{event.__name__} cannot happen while"):
            step(before, happening)


def reachable(state: type[State], event: type[Event]) -> set[type[State]]:
    """Try many samples of a pair, and return the kinds of state that it led to."""
    found: set[type[State]] = set()

    @settings(max_examples=500, derandomize=True, database=None)
    @given(STATES[state], EVENTS[event])
    def explore(before: State, happening: Event) -> None:
        found.add(type(step(before, happening)[0]))

    explore()
    return found


@pytest.mark.parametrize(
    ("state", "event"),
    [(state, event) for state, rows in TABLE.items() for event in rows],
    ids=lambda kind: kind.__name__,
)
def test_row_reaches_every_target_it_names(state: type[State], event: type[Event]) -> None:
    assert reachable(state, event) == set(TABLE[state][event].targets)


NOT_CONVERSING = (Idle, Muted, Offline, Ringing)
NO_SESSION = (*NOT_CONVERSING, Waking)


class World:
    """What effects have left open."""

    def __init__(self) -> None:
        self.is_session_open = False
        self.is_uplink_open = False
        self.is_microphone_open = True

    def feel(self, effect: do.Effect) -> None:
        match effect:
            case do.OpenSession():
                assert not self.is_session_open, "one session at a time"
                self.is_session_open = True
            case do.CloseSession():
                self.is_session_open = False
            case do.StartUplink() | do.StopUplink():
                self.is_uplink_open = isinstance(effect, do.StartUplink)
            case do.OpenMicrophone() | do.CloseMicrophone():
                self.is_microphone_open = isinstance(effect, do.OpenMicrophone)
            case do.SendText() | do.AnswerTool():
                assert self.is_session_open


@given(st.data())
def test_walk_never_leaves_a_session_or_an_open_uplink_behind(data: DataObject) -> None:
    state: State = Idle()
    world = World()
    for _ in range(30):
        possible = sorted(TABLE[type(state)], key=lambda kind: kind.__name__)
        state, effects = step(state, data.draw(EVENTS[data.draw(st.sampled_from(possible))]))
        for effect in effects:
            world.feel(effect)
        if isinstance(state, NO_SESSION):
            assert not world.is_session_open
            assert not world.is_uplink_open
        is_muted = isinstance(state.muted if isinstance(state, Ringing) else state, Muted)
        assert world.is_microphone_open != is_muted


@given(st.one_of(*STATES.values()))
def test_pattern_shows_listening_only_while_it_listens(state: State) -> None:
    is_listening = pattern_for(state) is Pattern.LISTENING
    assert not (is_listening and isinstance(state, NOT_CONVERSING))
    assert (pattern_for(state) is Pattern.MUTED) == isinstance(state, Muted)


@given(st.one_of(*STATES.values()))
def test_trouble_of_a_device_shows_at_rest_only(state: State) -> None:
    shown = pattern_for(state, is_ailing=True)
    assert shown is (Pattern.ERROR if isinstance(state, Idle) else pattern_for(state))


@pytest.mark.parametrize("kind", get_args(Unreached) + get_args(Reached))
def test_lights_tell_no_network_from_a_refusal_and_from_any_other_failure(kind: Kind) -> None:
    shown = pattern_for(Offline(Trouble("it failed", kind)))
    if kind in get_args(Unreached):
        assert shown is Pattern.OFFLINE
    else:
        is_refusal = kind in {"key", "quota", "model", "location"}
        assert shown is (Pattern.REFUSED if is_refusal else Pattern.ERROR)


@given(st.one_of(*STATES.values()))
def test_missing_key_shows_at_rest_only(state: State) -> None:
    shown = pattern_for(state, has_key=False)
    assert shown is (Pattern.REFUSED if isinstance(state, Idle) else pattern_for(state))


@given(st.one_of(*STATES.values()))
def test_deadline_leads_on_from_where_it_is_set(state: State) -> None:
    due = deadline_for(state, Timing())
    if due is not None:
        after, _ = step(state, due[1])
        assert after != state


def test_names_are_those_of_the_trace() -> None:
    assert {name_of(kind) for kind in TABLE} == {
        *("idle", "waking", "connecting", "listening", "thinking"),
        *("speaking", "muted", "offline", "ringing"),
    }


def test_readme_shows_the_table_as_it_is() -> None:
    assert f"```mermaid\n{draw()}```" in README.read_text()
