"""What the running daemon answers to `myna status` and its siblings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import msgspec

from myna.assistant import Assistant
from myna.config import Config
from myna.control.messages import (
    Call,
    Confirm,
    Listen,
    Mute,
    Request,
    Say,
    Snooze,
    Status,
    Stop,
    Timers,
    Tools,
    Unmute,
    Volume,
)
from myna.conversation.events import (
    Event,
    ListenAsked,
    MuteAsked,
    SayAsked,
    StopAsked,
    UnmuteAsked,
)
from myna.conversation.states import Muted, name_of
from myna.echo.branches import Echo
from myna.errors import CommandError
from myna.standing import Standing
from myna.timers.keeper import Keeper
from myna.timers.plan import due_in_s
from myna.timers.words import entry_words
from myna.tools.consent import Consent
from myna.tools.introduction import introduced
from myna.tools.registry import Registry
from myna.volume import Volume as Loudness
from myna_hardware.errors import HardwareError
from myna_hardware.interfaces import Outputs
from myna_hardware.units import Frames

_EVENTS: Final[dict[type[Request], Event]] = {
    Stop: StopAsked(),
    Mute: MuteAsked(),
    Unmute: UnmuteAsked(),
}


@dataclass(frozen=True, slots=True)
class Desk:
    """Those whom a command may concern."""

    config: Config
    assistant: Assistant
    volume: Loudness
    standing: Standing
    outputs: Outputs
    tools: Registry
    consent: Consent
    timers: Keeper
    echo: Echo
    next_frame: Callable[[], Frames]


class Commands:
    """Answers requests; lives in the event loop."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def follow(self, config: Config) -> None:
        """Tell of another configuration."""
        self._desk = replace(self._desk, config=config)

    async def answer(self, request: Request) -> Mapping[str, object]:
        """Do what `request` asks.

        Raises:
            CommandError: It cannot be done now; the text says why.
        """
        match request:
            case Status() | Timers() | Tools():
                return self._told(request)
            case Volume(percent):
                return self._volume(percent)
            case Confirm():
                return self._confirm()
            case Snooze(minutes):
                return await self._snooze(minutes)
            case Call(name, arguments):
                return await self._call(name, arguments)
            case _:
                self._post(request)
                return {}

    def _told(self, request: Status | Timers | Tools) -> Mapping[str, object]:
        match request:
            case Status():
                return self._status()
            case Timers():
                return self._desk.timers.listing()
            case Tools():
                tools = self._desk.tools
                listed = [introduced(*offered) for offered in tools.offered]
                return {"tools": listed, "idle_rules": tools.idle_rules}

    def _post(self, request: Listen | Stop | Say | Mute | Unmute) -> None:
        self._check_muted(request)
        self._desk.assistant.post(self._event(request))

    def _check_muted(self, request: Listen | Stop | Say | Mute | Unmute) -> None:
        match self._desk.assistant.muted, request:
            case Muted(is_locked=True), Listen() | Say() | Unmute():
                raise CommandError("the speaker is muted by its switch: set that back first")
            case Muted(), Listen() | Say():
                raise CommandError("the speaker is muted: `myna unmute` first")

    def _event(self, request: Listen | Stop | Say | Mute | Unmute) -> Event:
        match request:
            case Say(text):
                return SayAsked(text)
            case Listen():
                return ListenAsked(self._desk.next_frame())
        return _EVENTS[type(request)]

    async def _snooze(self, minutes: float | None) -> Mapping[str, object]:
        timers = self._desk.timers
        entries = await timers.snooze(None if minutes is None else minutes * 60)
        if not entries:
            raise CommandError("nothing rings, and nothing rang in the last ten minutes")
        return {"snoozed": [entry_words(entry, timers.now()) for entry in entries]}

    def _volume(self, percent: int | None) -> Mapping[str, object]:
        if percent is not None:
            self._desk.volume.set_percent(percent)
        return {"percent": self._desk.volume.percent}

    def _confirm(self) -> Mapping[str, object]:
        wish = self._desk.consent.grant()
        if wish is None:
            raise CommandError("nothing waits for a yes: ask the speaker for it first")
        return {"confirmed": wish}

    async def _call(self, name: str, arguments: Mapping[str, object]) -> Mapping[str, object]:
        answer = await self._desk.tools.call(name, arguments, "command")
        if not answer.is_ok:
            raise CommandError(str(answer.response["error"]))
        if answer.ends_conversation:
            self._desk.assistant.post(StopAsked())
        return {"output": answer.response["output"], "ms": answer.ms}

    def _status(self) -> dict[str, Any]:
        desk = self._desk
        figures = desk.standing.figures()
        return {
            "version": figures.pop("version"),
            "uptime_s": figures.pop("uptime_s"),
            "state": name_of(desk.assistant.state),
            "is_muted": desk.assistant.is_muted,
            "live": {"model": desk.config.live.model, "endpoint": desk.config.live.endpoint},
            "echo": msgspec.to_builtins(desk.echo.finding),
            "outputs": _levels(desk.outputs),
            "waits_for_yes": desk.consent.wish,
            "timers": _timers(desk.timers),
            **figures,
        }


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
