"""One moment of the speaker, as `myna monitor` draws it. Only that command needs rich."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from rich.console import Console, ConsoleOptions, Group
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from myna.cli.waterfall import FRAME_ROWS, waterfall
from myna.cli.words import duration, latency_words, session_words, wake_words

BAR_CELLS: Final = 24
PANEL_COLUMNS: Final = 4
PANEL_ROWS: Final = 2
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


def draw(moment: Mapping[str, Any]) -> Screen:
    """Return the screen for one moment of the control socket's `monitor`."""
    return Screen(moment)


@dataclass(frozen=True, slots=True)
class Screen:
    """One moment, with as many of the last turns as the terminal is high."""

    moment: Mapping[str, Any]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Panel]:
        """Draw it."""
        above = _above(self.moment)
        inner = options.update(width=max(1, options.max_width - PANEL_COLUMNS), height=None)
        used = len(console.render_lines(above, inner)) + PANEL_ROWS + FRAME_ROWS
        turns = self.moment.get("turns", ())[-max(1, console.height - used) :]
        content = Group(above, waterfall(turns)) if turns else above
        yield Panel(content, title="myna", border_style=_colour(self.moment))


def _above(moment: Mapping[str, Any]) -> Group:
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", no_wrap=True)
    table.add_column()
    for name, value in _rows(moment):
        table.add_row(name, value)
    troubles = (Text(f"! {what}: {why}", "red") for what, why in moment["troubles"].items())
    return Group(table, *troubles)


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
    waits = {kind: wait for kind, wait in moment["latencies"].items() if "_share_" not in kind}
    for name, words in latency_words(waits).items():  # the shares are in the waterfall
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
