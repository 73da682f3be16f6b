"""One moment of the speaker, as `myna monitor` draws it. Only that command needs rich."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from rich.console import Group
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from myna.cli.words import duration, latency_words, session_words, wake_words

BAR_CELLS: Final = 40
QUIETEST_DBFS: Final = -80.0
COLOURS: Final = {
    "idle": "green",
    "listening": "cyan",
    "thinking": "yellow",
    "speaking": "blue",
    "muted": "red",
    "offline": "red",
    "error": "red",
    "ringing": "magenta",
    "question": "yellow",
}
"""By what the lights show, roughly in the colours of an RGB LED."""


def draw(moment: Mapping[str, Any]) -> Panel:
    """Return the screen for one moment of the control socket's `monitor`."""
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", no_wrap=True)
    table.add_column()
    for name, value in _rows(moment):
        table.add_row(name, value)
    troubles = (Text(f"! {what}: {why}", "red") for what, why in moment["troubles"].items())
    return Panel(Group(table, *troubles), title="myna", border_style=_colour(moment))


def _rows(moment: Mapping[str, Any]) -> Iterator[tuple[str, Text]]:
    """Yield what stands in each line; what others have said is text, never markup."""
    state = f"{moment['state']}, for {duration(moment['state_for_s'])}"
    yield "state", Text(state, f"bold {_colour(moment)}")
    yield "lights", Text(moment["lights"], _colour(moment))
    yield "microphone", _bar(moment["microphone_dbfs"])
    yield "session", Text(session_words(moment["session"]))
    if moment["last_wake"]:
        yield "last wake", Text(wake_words(moment["last_wake"]))
    yield "you", Text(moment["user_text"])
    yield "myna", Text(moment["reply_text"])
    for call in moment["tools"]:
        yield "tool", _call(call)
    if moment["waits_for_yes"]:
        yield "asks for a yes", Text(moment["waits_for_yes"], "bold yellow")
    for name, words in latency_words(moment["latencies"]).items():
        yield name, Text(words)


def _colour(moment: Mapping[str, Any]) -> str:
    return COLOURS.get(moment["lights"], "white")


def _bar(dbfs: float | None) -> Text:
    if dbfs is None:
        return Text("closed", "dim")
    filled = round(BAR_CELLS * (1 - max(dbfs, QUIETEST_DBFS) / QUIETEST_DBFS))
    colour = "red" if dbfs > -3 else "green"
    return Text("█" * filled, colour) + Text(
        "·" * (BAR_CELLS - filled) + f" {dbfs:.0f} dBFS", "dim"
    )


def _call(call: Mapping[str, Any]) -> Text:
    if call["ok"] is None:
        return Text(f"{call['name']} ...", "yellow")
    outcome = "done" if call["ok"] else "failed"
    return Text(f"{call['name']} {outcome} in {call['ms']:.0f} ms", "" if call["ok"] else "red")
