"""What a conversation does to music, and how that is undone.

PURE. Theory of operation: whatever is done to a player becomes a debt, which is written
down before the deed, and paid when the conversation is over (or at the next start, when
the daemon did not live to see that). A debt is paid only where the player still stands as
we left it. Where it does not, somebody else has touched it, and what they did counts:

- lowered to 16, and 16 is still its volume: set to what it was. Another volume stays.
- paused by us, and still paused: it goes on. Playing or stopped, it is left alone.

So paying twice, or paying what was never done, changes nothing, and music that did not
play is never started. The volume goes down and up in one step each: what lies between
could not be told from somebody's hand, least of all after a crash.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import floor
from typing import Final, Literal, TypeAlias

from myna.conversation.states import Idle, Muted, Offline, State
from myna.music.player import Deed, Look, Pause, Play, SetPercent

SAME: Final = 0.5
"""Volumes closer than this, in percent, are the same: players keep fractions or round."""

ROUNDED: Final = 4.0
"""How far from it a volume may come to stand: a card with 32 steps has 3 % between them."""

PATIENCE_S: Final = 900.0
"""After which music that we paused is not started any more: nobody waits for it, and it
may be night. Longer than any conversation (`conversation.limit_s`) by default."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What is wanted.

    Attributes:
        while_talking: What becomes of music.
        duck_percent: How much of its volume is left while it is ducked.
    """

    while_talking: Literal["duck", "pause", "nothing"] = "duck"
    duck_percent: int = 20


@dataclass(frozen=True, slots=True)
class Debt:
    """What was done to a player and is to be undone.

    Attributes:
        name: `Look.name`.
        player: `Look.player`.
        before: Its volume before we lowered it; None when we did not.
        lowered: What we lowered it to.
        is_sure: Whether it has been seen there; until then it may have been rounded.
        is_paused: Whether we paused it.
    """

    name: str
    player: str
    before: float | None = None
    lowered: float | None = None
    is_sure: bool = False
    is_paused: bool = False


Outcome: TypeAlias = tuple[Debt | None, tuple[Deed, ...]]
"""What is owed from now on, and what is to be done once that is written down."""


def is_rest(state: State) -> bool:
    """Tell whether music may be as loud as it likes."""
    return isinstance(state, Idle | Offline | Muted)


def duck(look: Look, debt: Debt | None, rules: Rules) -> Outcome:
    """Make room for a conversation."""
    if not look.is_playing or rules.while_talking == "nothing":
        return debt, ()
    owed = debt or Debt(look.name, look.player)
    if rules.while_talking == "pause" or look.percent is None or SetPercent not in look.able:
        return _pause(look, owed, debt)
    if _is_as_lowered(look, owed):
        return debt, ()
    lowered = float(floor(look.percent * rules.duck_percent / 100))
    if look.percent - lowered < 1:
        return debt, ()
    owed = replace(owed, before=look.percent, lowered=lowered, is_sure=False)
    return owed, (SetPercent(lowered),)


def check(look: Look, debt: Debt) -> Outcome:
    """See what became of lowering: some round the volume, some do not heed it at all."""
    if debt.lowered is None or debt.is_sure:
        return debt, ()
    if look.percent is None or _is_same(look.percent, debt.before):
        return _pause(look, debt, debt) if look.is_playing else (debt, ())
    return replace(debt, lowered=look.percent, is_sure=True), ()


def notice(look: Look, debt: Debt) -> Debt | None:
    """Return what is still owed, as somebody may have touched the player meanwhile."""
    if debt.is_paused and look.status != "paused":
        debt = replace(debt, is_paused=False)
    if look.percent is not None and debt.lowered is not None and not _is_as_lowered(look, debt):
        debt = replace(debt, before=None, lowered=None)
    return _unless_empty(debt)


def undo(look: Look, debt: Debt, age_s: float) -> Outcome:
    """Put right what was done, as far as that can be done now.

    Args:
        look: How the player stands.
        debt: What was done to it.
        age_s: For how long the conversation has been over.
    """
    deeds: list[Deed] = []
    if debt.is_paused and look.status == "paused":
        deeds += [Play()] if age_s < PATIENCE_S else []
    if debt.lowered is not None and look.percent is None:
        # Some have no volume while they are stopped, and come back as low as they went.
        return replace(debt, is_paused=False), tuple(deeds)
    if debt.before is not None and _is_as_lowered(look, debt):
        deeds.insert(0, SetPercent(debt.before))
    return None, tuple(deeds)


def wish(look: Look, debt: Debt | None, deed: Deed) -> Outcome:
    """Do what the user asks for in the midst of a conversation.

    What they say is about the time after it: a volume is the one that it will have then,
    paused is paused for good, and what goes on will go on.
    """
    match deed:
        case SetPercent(percent) if debt is not None and _is_as_lowered(look, debt):
            return replace(debt, before=percent), ()
        case Pause() if debt is not None and debt.is_paused:
            return _unless_empty(replace(debt, is_paused=False)), (Pause(),)
        case Play() if debt is not None and debt.is_paused and look.status == "paused":
            return debt, ()
    return debt, (deed,)


def as_after(look: Look, debt: Debt | None) -> Look:
    """Return how the player will stand when the conversation is over."""
    for deed in () if debt is None else undo(look, debt, 0.0)[1]:
        match deed:
            case Play():
                look = replace(look, status="playing")
            case SetPercent(percent):
                look = replace(look, percent=percent)
    return look


def concerned(looks: Sequence[Look], debts: Sequence[Debt]) -> Look | None:
    """Return the player that is meant: one that plays, else one that would but for us."""
    held = {debt.player for debt in debts if debt.is_paused}

    def rank(look: Look) -> tuple[bool, ...]:
        return not look.is_playing, look.player not in held, look.status == "stopped"

    return min(looks, key=rank, default=None)


def successions(looks: Sequence[Look], debts: Sequence[Debt]) -> list[tuple[str, Debt]]:
    """Return whose debts pass on to players that came in their place, and those debts.

    A player that ended may have kept its volume and come back with it. It has not kept
    that it was paused by us.
    """
    there = {look.player for look in looks}
    heirs = {look.name: look.player for look in reversed(looks)}
    return [
        (debt.player, replace(debt, player=heirs[debt.name], is_paused=False))
        for debt in debts
        if debt.player not in there and debt.name in heirs and debt.lowered is not None
    ]


def _pause(look: Look, owed: Debt, debt: Debt | None) -> Outcome:
    if Pause not in look.able or Play not in look.able:
        return debt, ()
    return replace(owed, is_paused=True), (Pause(),)


def _unless_empty(debt: Debt) -> Debt | None:
    return None if debt.lowered is None and not debt.is_paused else debt


def _is_as_lowered(look: Look, debt: Debt) -> bool:
    return _is_same(look.percent, debt.lowered, SAME if debt.is_sure else ROUNDED)


def _is_same(percent: float | None, other: float | None, most: float = SAME) -> bool:
    return percent is not None and other is not None and abs(percent - other) < most
