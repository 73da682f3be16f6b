"""Edges of a button to gestures; pure: time comes in with every edge.

A press is reported at its release, at once: waiting to see whether a second press
follows would make every press feel slow. When a second press does follow in time, it is
reported as DOUBLE the moment it goes down, in addition to the PRESS before it; it
brings no PRESS or HOLD of its own. A HOLD is reported while still held, and so is what
comes of holding on:

    up ----press----> down ------release------> up, PRESS
                      down ------hold_s-------> held, HOLD
                      held ------release------> up
                      held ----countdown_s----> counting, COUNTDOWN
                      counting --release------> up, CANCEL
                      counting --7 s later----> spent, SHUTDOWN
    up, pressed less than double_s ago --press--> spent, DOUBLE
                      spent -----release------> up

A button for push-to-talk knows two states only:

    up ----press----> talking, TALK
                      talking ---release------> up, OVER

From every state but up `give_up` leads to spent, with the CANCEL or OVER that is owed.

The result depends only on the times of the edges, never on when a deadline is noticed:
a release after `hold_s` is a HOLD even if nobody called `on_time` before.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, TypeAlias

from myna_hardware.interfaces import Gesture

COUNTDOWN_S: Final = 3.0
"""From this length on a press counts down to the shutdown: what users expect of ten
seconds of holding is feedback long before they are over."""

COUNTDOWN_AFTER_HOLD_S: Final = 2.0
"""A HOLD is left alone for this long, however late it comes."""

COUNTING_S: Final = 7.0
"""How long it counts down; with `COUNTDOWN_S` these are the ten seconds."""


@dataclass(frozen=True, slots=True)
class Up:
    """Not touched; `press_ended_s` is when a PRESS ended that may become a DOUBLE."""

    press_ended_s: float | None = None


@dataclass(frozen=True, slots=True)
class Down:
    """Held down since `pressed_s`, meaning not yet known."""

    pressed_s: float


@dataclass(frozen=True, slots=True)
class Held:
    """Held down since `pressed_s`, and reported as HOLD."""

    pressed_s: float


@dataclass(frozen=True, slots=True)
class Counting:
    """Held down since `pressed_s`, about to shut down."""

    pressed_s: float


@dataclass(frozen=True, slots=True)
class Talking:
    """Held down to talk."""


@dataclass(frozen=True, slots=True)
class Spent:
    """Held down, already reported."""


State: TypeAlias = Up | Down | Held | Counting | Talking | Spent


class GestureReader:
    """Reads one button.

    Args:
        hold_s: From this length on a press is a HOLD.
        double_s: Longest pause between the two presses of a DOUBLE.
        shuts_down: Whether holding on becomes COUNTDOWN and SHUTDOWN.
        is_for_talk: Whether the button is for push-to-talk; then nothing else counts.
    """

    def __init__(
        self,
        hold_s: float,
        double_s: float,
        *,
        shuts_down: bool = False,
        is_for_talk: bool = False,
    ) -> None:
        self._hold_s = hold_s
        self._double_s = double_s
        self._shuts_down = shuts_down
        self._is_for_talk = is_for_talk
        self._countdown_s = max(COUNTDOWN_S, hold_s + COUNTDOWN_AFTER_HOLD_S)
        self._state: State = Up()

    @property
    def deadline_s(self) -> float | None:
        """When `on_time` has something to say, if nothing happens before."""
        match self._state:
            case Down(pressed_s):
                return pressed_s + self._hold_s
            case Held(pressed_s) if self._shuts_down:
                return pressed_s + self._countdown_s
            case Counting(pressed_s):
                return pressed_s + self._countdown_s + COUNTING_S
        return None

    def on_press(self, now_s: float) -> tuple[Gesture, ...]:
        """Take a closing contact; one that is already down says nothing new."""
        match self._state:
            case Up() if self._is_for_talk:
                return self._become(Talking(), Gesture.TALK)
            case Up(ended_s) if ended_s is not None and now_s - ended_s <= self._double_s:
                return self._become(Spent(), Gesture.DOUBLE)
            case Up():
                return self._become(Down(now_s))
        return self.on_time(now_s)

    def on_release(self, now_s: float) -> tuple[Gesture, ...]:
        """Take an opening contact; one that is already up says nothing new."""
        return (*self.on_time(now_s), *self._let_go(now_s))

    def on_time(self, now_s: float) -> tuple[Gesture, ...]:
        """Take the passing of time; needed at `deadline_s`, harmless at any other time."""
        return tuple(self._pass_deadlines(now_s))

    def give_up(self, now_s: float) -> tuple[Gesture, ...]:
        """Make nothing more of this press, as the contact cannot be trusted."""
        passed = self.on_time(now_s)
        match self._state:
            case Up():
                return self._become(Up())
            case Counting():
                return (*passed, *self._become(Spent(), Gesture.CANCEL))
            case Talking():
                return (*passed, *self._become(Spent(), Gesture.OVER))
        return (*passed, *self._become(Spent()))

    def _let_go(self, now_s: float) -> tuple[Gesture, ...]:
        match self._state:
            case Down():
                return self._become(Up(press_ended_s=now_s), Gesture.PRESS)
            case Counting():
                return self._become(Up(), Gesture.CANCEL)
            case Talking():
                return self._become(Up(), Gesture.OVER)
            case Held() | Spent():
                return self._become(Up())
        return ()

    def _pass_deadlines(self, now_s: float) -> Iterator[Gesture]:
        while (deadline_s := self.deadline_s) is not None and deadline_s <= now_s:
            match self._state:
                case Down(pressed_s):
                    yield from self._become(Held(pressed_s), Gesture.HOLD)
                case Held(pressed_s):
                    yield from self._become(Counting(pressed_s), Gesture.COUNTDOWN)
                case Counting():
                    yield from self._become(Spent(), Gesture.SHUTDOWN)

    def _become(self, state: State, *gestures: Gesture) -> tuple[Gesture, ...]:
        self._state = state
        return gestures
