"""Edges and levels of a contact to what can be relied on; pure: time comes in.

Edges may be lost: kernels since 6.6 have none for RPi.GPIO (raspberrypi/linux#6037,
gpiozero#1136), others swallow single ones (joan2937/lg#18), and a kernel keeps only 16
for a slow reader (warthog618/go-gpiocdev#24). So besides the edges it takes looks at the
level: one after every edge, when the level has held; slow ones for as long as the
contact is closed, so that a release is never lost; and, where edges cannot be had or one
was found missing, quick ones for ever. An open contact whose edges work costs nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, TypeAlias

from myna_hardware.contact.flutter import FlutterJudge
from myna_hardware.contact.settling import Settler

SETTLE_S: Final = 0.02
"""A push button's contacts settle within this time."""

SUSPICION: Final = 10
"""So many times longer a level must hold when there are many changes already."""

PUNCTUAL_S: Final = 0.01
"""A look that comes this soon after a level has held saw that level."""

POLL_S: Final = 0.02
CLOSED_LOOK_S: Final = 0.1
CLOSED_SHARE: Final = 0.01
SLOWEST_LOOK_S: Final = 5.0
"""A closed contact is looked at ten times a second, and less often once it has been closed
for longer than any gesture takes: after `CLOSED_SHARE` of that time."""

HEARING_S: Final = 0.25
"""An edge that was not reported within this time of the change is lost."""

QUIET_S: Final = 3.0
FLUTTER_LOOK_S: Final = 0.037
"""A fluttering contact is quiet when no look has seen a change for `QUIET_S`. The pause
between looks is no whole number of periods of the mains, 50 Hz or 60 Hz."""


@dataclass(frozen=True, slots=True)
class Settled:
    """The contact is closed, or open, and was not before."""

    is_closed: bool
    at_s: float


@dataclass(frozen=True, slots=True)
class FlutterBegan:
    """The contact cannot be relied on; it changes `per_second` times a second."""

    per_second: int
    at_s: float


@dataclass(frozen=True, slots=True)
class FlutterEnded:
    """The contact can be relied on again."""

    at_s: float


ContactEvent: TypeAlias = Settled | FlutterBegan | FlutterEnded


class ContactReader:
    """Reads one contact.

    Attributes:
        is_polled: Whether edges cannot be had, or one was lost.
        is_fluttering: Whether nothing counts until it is quiet.

    Args:
        now_s: The time at which it has this level.
        is_closed: The level to begin with.
        hears_edges: Whether edges will come.
        settle_s: How long a level must hold.
        is_watched: Whether a closed contact is looked at, as one that is soon to be
            released; not for a switch that may stay closed for months.
    """

    def __init__(
        self,
        now_s: float,
        *,
        is_closed: bool,
        hears_edges: bool = True,
        settle_s: float = SETTLE_S,
        is_watched: bool = True,
    ) -> None:
        self.is_polled = not hears_edges
        self.is_fluttering = False
        self._settle_s = settle_s
        self._is_watched = is_watched
        self._settler = Settler(is_closed=is_closed)
        self._judge = FlutterJudge()
        self._now_s = self._changed_s = now_s
        self._heard_s = now_s
        self._unheard_s: float | None = None

    @property
    def is_closed(self) -> bool:
        """The level that has held last."""
        return self._settler.is_closed

    @property
    def wants_edges(self) -> bool:
        """Whether edges tell anything; those of a fluttering contact only cost time."""
        return not self.is_fluttering

    @property
    def deadline_s(self) -> float | None:
        """When `on_look` is due, if no edge comes before."""
        return min(self._deadlines(), default=None)

    def on_edge(self, now_s: float, *, is_closed: bool) -> list[ContactEvent]:
        """Take an edge that left the contact so."""
        now_s = self._advance(now_s)
        events = list(self._settle(now_s))
        self._heard_s, self._unheard_s = now_s, None
        return [*events, *self._see(now_s, is_closed=is_closed)]

    def on_look(self, now_s: float, *, is_closed: bool) -> list[ContactEvent]:
        """Take a look at the contact; needed at `deadline_s`, welcome at any other time."""
        now_s = self._advance(now_s)
        is_new = is_closed != self._settler.level
        held_s = self._settler.deadline_s
        has_not_held = is_new and held_s is not None and now_s <= held_s + PUNCTUAL_S
        events = [] if has_not_held else list(self._settle(now_s))
        if is_new:
            events += self._see(now_s, is_closed=is_closed)
        self._doubt_edges(now_s, is_new=is_new)
        return events

    def _deadlines(self) -> Iterator[float]:
        if self.is_fluttering:
            yield self._now_s + FLUTTER_LOOK_S
            return
        if self._settler.deadline_s is not None:
            yield self._settler.deadline_s
        if self.is_polled:
            yield self._now_s + POLL_S
        elif self._unheard_s is not None:
            yield self._unheard_s + HEARING_S
        if self._is_watched and self.is_closed:
            closed_s = self._now_s - self._changed_s
            yield self._now_s + min(max(CLOSED_LOOK_S, closed_s * CLOSED_SHARE), SLOWEST_LOOK_S)

    def _advance(self, now_s: float) -> float:
        """Let no event come before another that was taken already."""
        self._now_s = max(self._now_s, now_s)
        return self._now_s

    def _settle(self, now_s: float) -> Iterator[ContactEvent]:
        if self.is_fluttering and now_s < self._changed_s + QUIET_S:
            return
        settled_s = self._settler.settle(now_s)
        if settled_s is not None:
            self._changed_s = settled_s
            yield Settled(self.is_closed, settled_s)
        if self.is_fluttering:
            self.is_fluttering = False
            yield FlutterEnded(now_s)

    def _doubt_edges(self, now_s: float, *, is_new: bool) -> None:
        """Poll from now on if a change has had no edge, neither before it nor after."""
        if self.is_fluttering:
            self._unheard_s = None
        elif is_new and self._unheard_s is None and now_s > self._heard_s + HEARING_S:
            self._unheard_s = now_s
        elif self._unheard_s is not None and now_s >= self._unheard_s + HEARING_S:
            self.is_polled = True

    def _see(self, now_s: float, *, is_closed: bool) -> Iterator[ContactEvent]:
        self._judge.on_edge(now_s)
        hold_s = self._settle_s * (SUSPICION if self._judge.is_suspicious else 1)
        self._settler.see(is_closed=is_closed, due_s=now_s + hold_s)
        if self.is_fluttering:
            self._changed_s = now_s
        elif (per_second := self._judge.per_second) is not None:
            self.is_fluttering = True
            self._changed_s = now_s
            yield FlutterBegan(per_second, now_s)
