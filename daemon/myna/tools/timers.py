"""The tools for timers, alarms and reminders."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Annotated, Any, Final, Protocol

from msgspec import Meta

from myna.errors import ToolError
from myna.timers.asked import appointment, parse_days
from myna.timers.book import MOST_SET, Book
from myna.timers.names import meant
from myna.timers.plan import Entry, Kind, Moment, When, countdown
from myna.timers.rings import Ring
from myna.timers.words import entry_words, own_name, ring_words
from myna.tools.clock import CLOCK_NOTE
from myna.tools.tool import Result, Tool

DAY_S: Final = 86_400

Duration = Annotated[float, Meta(ge=1, le=DAY_S)]
Name = Annotated[str, Meta(max_length=60)]
Text = Annotated[str, Meta(min_length=1, max_length=300)]
Minutes = Annotated[float, Meta(ge=0.5, le=720)]

NOT_KEPT: Final = "It could not be saved: a restart forgets it. Tell the user so."


class Timers(Protocol):
    """What keeps timers; called in the event loop."""

    @property
    def book(self) -> Book:
        """What is set and what rings; only to be read."""
        ...

    def now(self) -> Moment:
        """Return what all clocks say now."""
        ...

    def listing(self) -> dict[str, Any]:
        """Return all that there is to tell."""
        ...

    def take_untold(self) -> tuple[Ring, ...]:
        """Return what the user does not know yet; from now on it counts as told."""
        ...

    async def add(self, kind: Kind, name: str, when: When, text: str = "") -> tuple[Entry, bool]:
        """Set one; return it, and whether a restart will remember it."""
        ...

    async def cancel(self, entries: Collection[Entry]) -> bool:
        """Cancel them; return whether a restart will remember that."""
        ...

    async def snooze(self, duration_s: float | None = None) -> tuple[Entry, ...]:
        """Let what rings, or rang last, ring again after a while."""
        ...


def timer_tools(timers: Timers) -> list[Tool]:
    """Return `set_timer`, `set_alarm`, `set_reminder`, `list_timers`, `cancel_timer`, `snooze`."""
    return [*_setting_tools(timers), *_other_tools(timers)]


def _setting_tools(timers: Timers) -> list[Tool]:
    async def set_timer(duration_s: Duration, name: Name | None = None) -> Result:
        """Set a timer that rings after some time; several may run at once.

        Args:
            duration_s: In how many seconds it rings; at most a day.
            name: What it is for, in the user's words, such as pasta.
        """
        return await _set(timers, "timer", name, countdown(duration_s, timers.now()))

    async def set_alarm(
        time: str, name: Name | None = None, days: list[str] | str | None = None
    ) -> Result:
        """Set an alarm that rings at a local time, once or again and again.

        Args:
            time: 07:30 for the next time that it is half past seven, or a date and time
                such as 2026-11-27T07:30. Local time, 24 hours.
            name: What it is for, in the user's words.
            days: Only if it is to come again: monday to sunday, weekdays, weekends, daily.
        """
        when = _appointment("set_alarm", time, days, timers.now())
        return await _set(timers, "alarm", name, when)

    async def set_reminder(
        text: Text,
        time: str | None = None,
        in_s: Duration | None = None,
        days: list[str] | str | None = None,
    ) -> Result:
        """Set a reminder: it rings, and says its text when the ring is stopped.

        Give exactly one of time and in_s.

        Args:
            text: What to say then, addressed to the user, in the user's language.
            time: When, as for set_alarm.
            in_s: Or in how many seconds.
            days: As for set_alarm; only with time.
        """
        now = timers.now()
        if (time is None) == (in_s is None) or (in_s is not None and days):
            spoken = "Give exactly one of time and in_s, days only with time, and call it again"
            raise ToolError("set_reminder", spoken)
        when = (
            countdown(in_s, now)
            if in_s is not None
            else _appointment("set_reminder", time or "", days, now)
        )
        return await _set(timers, "reminder", _shortened(text), when, text)

    def stands(told: Mapping[str, Any]) -> bool:
        names = {entry.name for entry in timers.book.entries}
        return told["name"] in names | {ring.name for ring in timers.book.ringing}

    return [
        Tool.from_function(function, stands=stands)
        for function in (set_timer, set_alarm, set_reminder)
    ]


def _other_tools(timers: Timers) -> list[Tool]:
    async def list_timers() -> Result:
        """Tell which timers, alarms and reminders are set, which ring, and which were missed."""
        return {**timers.listing(), **_clock_note(timers.now())}

    async def cancel_timer(name: Name | None = None) -> Result:
        """Cancel a timer, an alarm or a reminder.

        Args:
            name: Which; not needed when only one is set. all cancels all of them.
        """
        entries = _chosen(timers, name)
        told = [entry_words(entry, timers.now()) for entry in entries]
        is_kept = await timers.cancel(entries)
        return {"cancelled": told, **({} if is_kept else {"note": NOT_KEPT})}

    async def snooze(minutes: Minutes | None = None) -> Result:
        """Let what rings, or rang a short time ago, ring again later.

        Args:
            minutes: In how many; without it as long as the speaker is used to.
        """
        entries = await timers.snooze(None if minutes is None else minutes * 60)
        if not entries:
            raise ToolError("snooze", "Nothing rings, and nothing rang in the last ten minutes")
        return {"snoozed": [entry_words(entry, timers.now()) for entry in entries]}

    return [
        Tool.from_function(list_timers, is_reading=True),
        Tool.from_function(cancel_timer),
        Tool.from_function(snooze),
    ]


async def _set(
    timers: Timers, kind: Kind, name: str | None, when: When, text: str = ""
) -> dict[str, Any]:
    if len(timers.book.entries) >= MOST_SET:
        spoken = f"{MOST_SET} are set already, which is the most: one must be cancelled first"
        raise ToolError(f"set_{kind}", spoken)
    wanted = " ".join((name or "").split())
    entry, is_kept = await timers.add(kind, wanted or own_name(kind, when), when, text)
    now = timers.now()
    told = entry_words(entry, now)
    if not is_kept:
        told["note"] = NOT_KEPT
    if kind != "timer":
        told.update(_clock_note(now))
    missed = [ring_words(ring, now) for ring in timers.take_untold()]
    if missed:
        told["missed, tell the user"] = missed
    return told


def _appointment(tool: str, time: str, days: list[str] | str | None, now: Moment) -> When:
    try:
        return appointment(time, parse_days(days or ()), now)
    except ValueError as error:
        raise ToolError(
            tool, f"{tool} was not run: {error}. Correct this and call it again"
        ) from error


def _chosen(timers: Timers, name: str | None) -> list[Entry]:
    """Return what is to be cancelled.

    Raises:
        ToolError: It is none, or it is not clear which one.
    """
    entries = list(timers.book.entries)
    if not entries:
        raise ToolError("cancel_timer", "Nothing is set, so there is nothing to cancel")
    if name is not None and name.strip().casefold() == "all":
        return entries
    found = entries if not (name or "").strip() else meant(name or "", entries)
    if len(found) == 1:
        return found
    choices = "; ".join(_introduced(entry, timers.now()) for entry in found or entries)
    problem = "Several fit" if found else f"None is called {name!r}"
    raise ToolError(
        "cancel_timer", f"{problem}. Ask the user which one, and give its name: {choices}"
    )


def _introduced(entry: Entry, now: Moment) -> str:
    told = entry_words(entry, now)
    return f"{entry.name} ({entry.kind}, in {told['due_in']}, {told['due']})"


def _clock_note(now: Moment) -> dict[str, str]:
    return {} if now.is_sure else {"clock": CLOCK_NOTE}


def _shortened(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= 40 else words[:39].rsplit(" ", 1)[0] + "…"
