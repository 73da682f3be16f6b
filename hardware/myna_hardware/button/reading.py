"""A contact to the gestures of a button and its troubles; pure: time comes in.

What cannot have been a hand brings no gestures: a contact that flutters, one that was
closed from the beginning, and one that nobody lets go of.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from myna_hardware.button.gestures import GestureReader
from myna_hardware.contact.reader import (
    ContactEvent,
    ContactReader,
    FlutterBegan,
    FlutterEnded,
    Settled,
)
from myna_hardware.interfaces import Gesture

STUCK_S: Final = 60.0
"""Nobody holds a button for longer than this."""


@dataclass(frozen=True, slots=True)
class Fluttering:
    """The contact changes by itself."""

    per_second: int


@dataclass(frozen=True, slots=True)
class Stuck:
    """The contact stays closed."""

    is_from_start: bool


Trouble: TypeAlias = Fluttering | Stuck


class ButtonReader:
    """Reads one button.

    Attributes:
        trouble: Why there are no gestures, if so.

    Args:
        contact: Reads the contact.
        gestures: Reads the presses.
    """

    def __init__(self, contact: ContactReader, gestures: GestureReader) -> None:
        self.trouble: Trouble | None = Stuck(is_from_start=True) if contact.is_closed else None
        self._contact = contact
        self._gestures = gestures
        self._pressed_s: float | None = None

    @property
    def is_polled(self) -> bool:
        """Whether edges cannot be had, or one was lost."""
        return self._contact.is_polled

    @property
    def wants_edges(self) -> bool:
        """Whether edges tell anything."""
        return self._contact.wants_edges

    @property
    def deadline_s(self) -> float | None:
        """When `on_look` is due, if no edge comes before."""
        deadlines = (self._contact.deadline_s, self._gestures.deadline_s, self._stuck_s)
        return min((due_s for due_s in deadlines if due_s is not None), default=None)

    def on_edge(self, now_s: float, *, is_closed: bool) -> Sequence[Gesture]:
        """Take an edge that left the contact so."""
        events = self._contact.on_edge(now_s, is_closed=is_closed)
        return tuple(self._read(events, now_s))

    def on_look(self, now_s: float, *, is_closed: bool) -> Sequence[Gesture]:
        """Take a look at the contact; needed at `deadline_s`, welcome at any other time."""
        events = self._contact.on_look(now_s, is_closed=is_closed)
        return tuple(self._read(events, now_s))

    @property
    def _stuck_s(self) -> float | None:
        if self._pressed_s is None or self.trouble is not None:
            return None
        return self._pressed_s + STUCK_S

    def _read(self, events: Sequence[ContactEvent], now_s: float) -> Iterator[Gesture]:
        for event in events:
            yield from self._take(event)
        yield from self._pass_time(now_s)

    def _pass_time(self, now_s: float) -> Iterator[Gesture]:
        stuck_s = self._stuck_s
        if stuck_s is not None and stuck_s <= now_s:
            self.trouble = Stuck(is_from_start=False)
            yield from self._gestures.give_up(stuck_s)
        yield from self._gestures.on_time(now_s)

    def _take(self, event: ContactEvent) -> Iterator[Gesture]:
        match event:
            case Settled(is_closed=True, at_s=at_s) if self.trouble is None:
                self._pressed_s = at_s
                yield from self._gestures.on_press(at_s)
            case Settled(is_closed=False, at_s=at_s):
                self._pressed_s = None
                yield from self._gestures.on_release(at_s)
                if isinstance(self.trouble, Stuck):
                    self.trouble = None
            case FlutterBegan(per_second, at_s):
                self.trouble = Fluttering(per_second)
                yield from self._gestures.give_up(at_s)
            case FlutterEnded():
                self.trouble = Stuck(is_from_start=False) if self._contact.is_closed else None
