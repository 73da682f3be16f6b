"""What tools did lately, so that a call that comes twice is acted on once.

PURE. Models repeat themselves: the Live API sends the same call again under a new id
(pipecat#4118: "fewer repeated calls, still filter duplicates"), and after a barge-in that
silently dropped a blocking call gemini-3.8-live asked for it again, in two of three trials
booking twice (measured in the field; the arguments had drifted in some, and a call that
says something else cannot be told from a new wish, so those run).

The rules, for a call with the same tool and the same canonical arguments as one before:

1. Only acting is remembered. A tool that reads always runs.
2. What runs still is joined; what ended is remembered for 30 s from its end.
3. A failure is not remembered: trying again is right. Except when nobody knows whether
   the tool did its work (its time was up): then the same error is the answer.
4. A call counts no longer once the model has turned to something else: "on, off, on" are
   three commands, also when on and off are two tools. Calls of one breath, begun within a
   second of its first, are one wish in several parts (fan and lamp) and do not cancel each
   other out afterwards, so the whole breath may come again. Within the breath the order
   is all there is to tell: there "on, off, on" runs three times as well. A call that
   failed also counts as something else; one answered from memory does not.
5. A tool whose effect can be read back needs no guess: what it did counts for as long as
   it `stands` (see `Tool.stands`), whatever was called in between. So lamp on is run again
   when the button has switched the lamp off meanwhile. Such a tool has a `Memory` of its
   own and stays out of everybody else's rule 4; all others share one.

Rule 4 rather runs twice than swallows a wish, so a tool that must never run twice
(a timer, a booking) should have `stands`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Generic, TypeAlias, TypeVar

REMEMBERED_S: Final = 30.0

BREATH_S: Final = 1.0
"""Calls of one message arrive together; nobody says a second wish within a second."""

MOST_REMEMBERED: Final = 64
"""A flood of different calls forgets the oldest; each may hold an answer of 8 KiB."""

T = TypeVar("T")

Call: TypeAlias = tuple[str, str]
"""A tool's name and its canonical arguments."""


@dataclass(slots=True, eq=False)
class Run(Generic[T]):
    """One call that was acted on.

    Attributes:
        what: Whatever answers a repeat.
        breath_s: When its breath began.
        ended_s: When it ended; None while it runs.
        result: What it led to; None while that is not known.
        is_kept: Whether it may answer a repeat.
        followed_s: The breath of the latest call after it; None while there is none.
    """

    what: T
    breath_s: float
    ended_s: float | None = None
    result: object | None = None
    is_kept: bool = True
    followed_s: float | None = None

    def end(self, now_s: float, result: object | None) -> None:
        """Note that it ended, and its `result`; None when nobody knows what came of it.

        One that was cancelled too late to be stopped has done its work, and counts again.
        """
        self.ended_s = now_s
        self.result = result
        self.is_kept = True

    def forget(self) -> None:
        """Let the next call run, because this one failed or was cancelled."""
        self.is_kept = False

    def is_fresh(self, now_s: float) -> bool:
        """Tell whether it runs still or ended a short time ago."""
        return self.ended_s is None or now_s - self.ended_s <= REMEMBERED_S

    def is_latest_wish(self, now_s: float) -> bool:
        """Tell whether the model has not turned to something else since (rule 4)."""
        if self.followed_s is None:
            return True
        return self.followed_s == self.breath_s and now_s - self.breath_s > BREATH_S


class Memory(Generic[T]):
    """The latest runs of tools that may undo one another.

    Args:
        stands: Tells whether a run's result is still so; None where only the model's own
            calls can tell.
    """

    def __init__(self, stands: Callable[[object], bool] | None = None) -> None:
        self._stands = stands
        self._runs: dict[Call, Run[T]] = {}
        self._breath_s: float | None = None

    def recall(self, call: Call, now_s: float) -> Run[T] | None:
        """Return the run that answers `call`; None when it must run."""
        run = self._runs.get(call)
        if run is None or not run.is_kept or not run.is_fresh(now_s):
            return None
        if self._stands is not None and run.result is not None:
            return run if self._stands(run.result) else None
        return run if run.is_latest_wish(now_s) else None

    def begin(self, call: Call, what: T, now_s: float) -> Run[T]:
        """Note that `call` runs from now on; `what` will answer its repeats."""
        if self._breath_s is None or now_s - self._breath_s > BREATH_S:
            self._breath_s = now_s
        self._runs = {key: run for key, run in self._runs.items() if run.is_fresh(now_s)}
        self._runs.pop(call, None)  # so that it is the youngest again
        for run in self._runs.values():
            run.followed_s = self._breath_s
        while len(self._runs) >= MOST_REMEMBERED:
            del self._runs[next(iter(self._runs))]
        run = Run(what, self._breath_s)
        self._runs[call] = run
        return run
