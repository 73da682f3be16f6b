from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from myna.conversation.states import State
from myna.music.ducking import (
    PATIENCE_S,
    Debt,
    Outcome,
    Rules,
    as_after,
    check,
    concerned,
    duck,
    is_rest,
    notice,
    successions,
    undo,
    wish,
)
from myna.music.player import (
    EVERYTHING,
    Deed,
    Look,
    Next,
    Pause,
    Play,
    SetPercent,
    Start,
    Stop,
    pieces_of,
    possible,
)
from myna.music.settings import MusicSettings
from support.conversation import STATES

PLAYS = Look("box", ":1", "playing", 80.0)
PAUSED = replace(PLAYS, status="paused")
STOPPED = replace(PLAYS, status="stopped")
BARE = replace(PLAYS, percent=None)
LOW = replace(PLAYS, percent=16.0)
NOTHING: Outcome = (None, ())

LOWERED = Debt("box", ":1", before=80.0, lowered=16.0, is_sure=True)
UNSURE = replace(LOWERED, is_sure=False)
HELD = Debt("box", ":1", is_paused=True)


def cannot(*deeds: type) -> Look:
    return replace(PLAYS, able=EVERYTHING - set(deeds))


@given(st.one_of(*STATES.values()))
def test_music_rests_exactly_where_nobody_talks_and_nothing_rings(state: State) -> None:
    assert is_rest(state) == (type(state).__name__ in {"Idle", "Offline", "Muted"})


@pytest.mark.parametrize(
    ("look", "debt", "rules", "outcome"),
    [
        (PLAYS, None, Rules(), (UNSURE, (SetPercent(16.0),))),
        (PLAYS, None, Rules("pause"), (HELD, (Pause(),))),
        (PLAYS, None, Rules("nothing"), NOTHING),
        (PAUSED, None, Rules(), NOTHING),
        (STOPPED, None, Rules("pause"), NOTHING),
        (BARE, None, Rules(), (HELD, (Pause(),))),
        (cannot(SetPercent), None, Rules(), (HELD, (Pause(),))),
        (cannot(Pause), None, Rules("pause"), NOTHING),
        (cannot(Play), None, Rules("pause"), NOTHING),
        (LOW, LOWERED, Rules(), (LOWERED, ())),
        (replace(PLAYS, percent=0.0), None, Rules(), NOTHING),
        (PLAYS, None, Rules("duck", 100), NOTHING),
        (
            replace(PLAYS, percent=50.0),  # turned up by hand, then "next" by voice
            LOWERED,
            Rules(),
            (replace(UNSURE, before=50.0, lowered=10.0), (SetPercent(10.0),)),
        ),
    ],
)
def test_duck(look: Look, debt: Debt | None, rules: Rules, outcome: Outcome) -> None:
    assert duck(look, debt, rules) == outcome


@pytest.mark.parametrize(
    ("look", "debt", "outcome"),
    [
        (LOW, UNSURE, (LOWERED, ())),
        (replace(PLAYS, percent=18.0), UNSURE, (replace(LOWERED, lowered=18.0), ())),
        (PLAYS, UNSURE, (replace(UNSURE, is_paused=True), (Pause(),))),
        (BARE, UNSURE, (replace(UNSURE, is_paused=True), (Pause(),))),
        (STOPPED, UNSURE, (UNSURE, ())),
        (cannot(Pause), UNSURE, (UNSURE, ())),
        (PLAYS, LOWERED, (LOWERED, ())),
        (PAUSED, HELD, (HELD, ())),
    ],
)
def test_check(look: Look, debt: Debt, outcome: Outcome) -> None:
    assert check(look, debt) == outcome


@pytest.mark.parametrize(
    ("look", "debt", "age_s", "outcome"),
    [
        (LOW, LOWERED, 0.0, (None, (SetPercent(80.0),))),
        (LOW, LOWERED, 1e9, (None, (SetPercent(80.0),))),
        (replace(PAUSED, percent=16.0), LOWERED, 0.0, (None, (SetPercent(80.0),))),
        (replace(PLAYS, percent=17.0), LOWERED, 0.0, NOTHING),
        (replace(PLAYS, percent=17.0), UNSURE, 0.0, (None, (SetPercent(80.0),))),
        (PAUSED, HELD, 0.0, (None, (Play(),))),
        (PAUSED, HELD, PATIENCE_S, NOTHING),
        (STOPPED, HELD, 0.0, NOTHING),
        (PLAYS, HELD, 0.0, NOTHING),
        (
            replace(PAUSED, percent=16.0),
            replace(LOWERED, is_paused=True),
            0.0,
            (None, (SetPercent(80.0), Play())),
        ),
        (replace(STOPPED, percent=None), LOWERED, 0.0, (LOWERED, ())),
        (
            replace(PAUSED, percent=None),
            replace(LOWERED, is_paused=True),
            0.0,
            (LOWERED, (Play(),)),
        ),
    ],
)
def test_undo(look: Look, debt: Debt, age_s: float, outcome: Outcome) -> None:
    assert undo(look, debt, age_s) == outcome


@pytest.mark.parametrize(
    ("look", "debt", "left"),
    [
        (LOW, LOWERED, LOWERED),
        (PLAYS, LOWERED, None),
        (BARE, LOWERED, LOWERED),
        (PAUSED, HELD, HELD),
        (PLAYS, HELD, None),
        (LOW, replace(LOWERED, is_paused=True), LOWERED),
    ],
)
def test_notice(look: Look, debt: Debt, left: Debt | None) -> None:
    assert notice(look, debt) == left


@pytest.mark.parametrize(
    ("look", "debt", "deed", "outcome"),
    [
        (LOW, LOWERED, SetPercent(50), (replace(LOWERED, before=50), ())),
        (PLAYS, LOWERED, SetPercent(50), (LOWERED, (SetPercent(50),))),
        (PLAYS, None, SetPercent(50), (None, (SetPercent(50),))),
        (PAUSED, HELD, Pause(), (None, (Pause(),))),
        (LOW, LOWERED, Pause(), (LOWERED, (Pause(),))),
        (LOW, replace(LOWERED, is_paused=True), Pause(), (LOWERED, (Pause(),))),
        (PAUSED, HELD, Play(), (HELD, ())),
        (STOPPED, HELD, Play(), (HELD, (Play(),))),
        (PAUSED, None, Play(), (None, (Play(),))),
        (PAUSED, HELD, Next(), (HELD, (Next(),))),
    ],
)
def test_wish(look: Look, debt: Debt | None, deed: Deed, outcome: Outcome) -> None:
    assert wish(look, debt, deed) == outcome


def test_as_after_is_how_it_stands_when_nobody_talks() -> None:
    assert as_after(LOW, LOWERED) == PLAYS
    assert as_after(PAUSED, HELD) == PLAYS
    assert as_after(PAUSED, None) == PAUSED
    assert as_after(STOPPED, HELD) == STOPPED


@given(
    st.sampled_from([PLAYS, PAUSED, STOPPED, BARE]),
    st.builds(Rules, st.sampled_from(["duck", "pause", "nothing"]), st.integers(0, 100)),
    st.integers(0, 100),
)
def test_undo_takes_back_what_duck_did(look: Look, rules: Rules, percent: int) -> None:
    if look.percent is not None:
        look = replace(look, percent=float(percent))
    debt, deeds = duck(look, None, rules)
    meanwhile = look
    for deed in deeds:
        match deed:
            case SetPercent(lowered):
                assert lowered < percent
                meanwhile = replace(meanwhile, percent=lowered)
            case Pause():
                meanwhile = replace(meanwhile, status="paused")
    assert (debt is None) == (not deeds)
    assert as_after(meanwhile, debt) == look


def test_concerned_is_the_one_that_plays_or_would() -> None:
    other = Look("other", ":2", "paused")
    assert concerned([], []) is None
    assert concerned([other, PLAYS], []) == PLAYS
    assert concerned([other, PAUSED], [HELD]) == PAUSED
    assert concerned([STOPPED, other], []) == other


def test_successions_pass_volumes_on_to_whoever_came_in_ones_place() -> None:
    heir, third = replace(LOW, player=":7"), Look("third", ":8", "playing", 16.0)
    held = replace(LOWERED, is_paused=True)
    assert successions([third, heir], [held]) == [(":1", replace(LOWERED, player=":7"))]
    assert successions([LOW, heir], [held]) == []
    assert successions([third], [held]) == []
    assert successions([heir], [HELD]) == []


@pytest.mark.parametrize(
    ("look", "deed", "instead"),
    [
        (PLAYS, SetPercent(5), SetPercent(5)),
        (BARE, SetPercent(5), None),
        (cannot(Pause), Pause(), Stop()),
        (cannot(Pause, Stop), Pause(), None),
        (cannot(Next), Next(), None),
    ],
)
def test_possible(look: Look, deed: Deed, instead: Deed | None) -> None:
    assert possible(look, deed) == instead


def test_pieces_of_the_configuration() -> None:
    settings = MusicSettings(stations={"one": "https://x/1"}, playlists={"jazz": "Jazz (old)"})
    assert pieces_of(settings) == [
        Start("station", "one", "https://x/1"),
        Start("playlist", "jazz", "Jazz (old)"),
    ]
