"""What the daemon tells of itself: once, for `myna status`, or for as long as one watches."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import msgspec

from myna.assistant import Wake
from myna.audio.gauge import LatestLevel
from myna.conversation.states import name_of
from myna.timers.keeper import Keeper
from myna.timers.plan import due_in_s
from myna.timers.words import entry_words
from myna.view import View
from myna_hardware.errors import HardwareError
from myna_hardware.interfaces import Outputs

if TYPE_CHECKING:
    from myna.commands import Desk


class Telling:
    """Tells how those on the desk are; lives in the event loop."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def follow(self, desk: Desk) -> None:
        """Tell of another desk from now on."""
        self._desk = desk

    def status(self) -> dict[str, Any]:
        """Return how everything is."""
        desk = self._desk
        figures = desk.standing.figures()
        return {
            "version": figures.pop("version"),
            "uptime_s": figures.pop("uptime_s"),
            **self._moment(),
            "live": {"model": desk.config.live.model, "endpoint": desk.config.live.endpoint},
            "echo": msgspec.to_builtins(desk.echo.finding),
            "outputs": _levels(desk.outputs),
            "timers": _timers(desk.timers),
            **figures,
        }

    @contextmanager
    def watching(self) -> Iterator[Callable[[], Mapping[str, object]]]:
        """Let somebody watch: yields what returns the present moment, again and again."""
        desk, level = self._desk, LatestLevel()
        view = View(desk.assistant.shown)
        with desk.trace.observed_by(view.note), desk.tap.open("captured", level.feed):
            yield lambda: {
                **self._moment(),
                "volume": desk.volume.percent,
                "troubles": desk.standing.health.troubles,
                "microphone_dbfs": level.take(),
                **view.content(),
                "turns": desk.observed.latencies.last_turns(desk.clock()),
            }

    def _moment(self) -> dict[str, Any]:
        """Return what changes from moment to moment; no device is asked for it."""
        desk, now_s = self._desk, self._desk.clock()
        return {
            "state": name_of(desk.assistant.state),
            "state_for_s": desk.observed.recent.state_for_s(now_s),
            "is_muted": desk.assistant.is_muted,
            "session": desk.observed.recent.session(now_s),
            "last_wake": _wake(desk.assistant.last_wake),
            "latencies": desk.observed.latencies.figures(),
            "waits_for_yes": desk.consent.wish,
        }


def _wake(wake: Wake | None) -> dict[str, Any] | None:
    if wake is None:
        return None
    return {"word": wake.word, "score": wake.score, "at": wake.at.isoformat(timespec="seconds")}


def _timers(timers: Keeper) -> dict[str, Any]:
    """Return how many are set, and the next one."""
    now = timers.now()
    entries = sorted(timers.book.entries, key=lambda entry: due_in_s(entry.when, now))
    return {"set": len(entries), "next": entry_words(entries[0], now) if entries else None}


def _levels(outputs: Outputs) -> dict[str, int]:
    """Return how the outputs stand; none while they could not be opened."""
    try:
        return {name: state.level for name, state in outputs.states().items()}
    except HardwareError:
        return {}
