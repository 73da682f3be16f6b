"""Edges of a button to gestures; pure: time comes in with every edge.

A press is reported at its release, at once: waiting to see whether a second press
follows would make every press feel slow. When a second press does follow in time, it is
reported as DOUBLE the moment it goes down, in addition to the PRESS before it; it
brings no PRESS or HOLD of its own. A HOLD is reported while still held.

    up ----press----> down ----release----> up, PRESS
                      down --hold_s------>  spent, HOLD ----release----> up
    up, pressed less than double_s ago ----press----> spent, DOUBLE ----release----> up

The result depends only on the times of the edges, never on when a deadline is noticed:
a release after `hold_s` is a HOLD even if nobody called `on_time` before.
"""

from __future__ import annotations

from dataclasses import dataclass

from myna_hardware.interfaces import Gesture


@dataclass(frozen=True, slots=True)
class Up:
    """Not touched; `press_ended_s` is when a PRESS ended that may become a DOUBLE."""

    press_ended_s: float | None = None


@dataclass(frozen=True, slots=True)
class Down:
    """Held down since `pressed_s`, meaning not yet known."""

    pressed_s: float


@dataclass(frozen=True, slots=True)
class Spent:
    """Held down, already reported."""


class GestureReader:
    """Reads one button.

    Args:
        hold_s: From this length on a press is a HOLD.
        double_s: Longest pause between the two presses of a DOUBLE.
    """

    def __init__(self, hold_s: float, double_s: float) -> None:
        self._hold_s = hold_s
        self._double_s = double_s
        self._state: Up | Down | Spent = Up()

    @property
    def deadline_s(self) -> float | None:
        """When `on_time` has something to say, if nothing happens before."""
        return self._state.pressed_s + self._hold_s if isinstance(self._state, Down) else None

    def on_press(self, now_s: float) -> Gesture | None:
        """Take a falling contact; one that is already down says nothing new."""
        if not isinstance(self._state, Up):
            return None
        ended_s = self._state.press_ended_s
        if ended_s is not None and now_s - ended_s <= self._double_s:
            self._state = Spent()
            return Gesture.DOUBLE
        self._state = Down(now_s)
        return None

    def on_release(self, now_s: float) -> Gesture | None:
        """Take a rising contact; one that is already up says nothing new."""
        match self._state:
            case Down():
                held = self.on_time(now_s)
                self._state = Up() if held else Up(press_ended_s=now_s)
                return held or Gesture.PRESS
            case Spent():
                self._state = Up()
        return None

    def on_time(self, now_s: float) -> Gesture | None:
        """Take the passing of time; needed at `deadline_s`, harmless at any other time."""
        deadline_s = self.deadline_s
        if deadline_s is None or now_s < deadline_s:
            return None
        self._state = Spent()
        return Gesture.HOLD
