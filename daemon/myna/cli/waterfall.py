"""The last turns as a waterfall: where the time of each went. Only `myna monitor` needs it.

A row for each turn, the newest last, on one time axis that begins with the turn. What people
wait for is drawn solid, what they say and hear is hatched. A reply, and a wait in vain, is
drawn no longer than a second, so that what comes before it can be seen.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from rich.console import Console, ConsoleOptions, Group
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

SOLID: Final = "█"
HATCHED: Final = "░"
SHORTENED: Final = "»"

COLOURS: Final = {
    "noticing": "yellow",
    "connecting": "magenta",
    "sending": "bright_magenta",
    "speech": "cyan",
    "endpointing": "bright_yellow",
    "server": "blue",
    "tool": "bright_cyan",
    "playout": "bright_green",
    "reply": "green",
    "cutting": "bright_red",
    "in vain": "red",
}
"""In the order in which they come."""

NOT_AWAITED: Final = frozenset({"speech", "reply"})
OPEN_ENDED: Final = frozenset({"reply", "in vain"})

LONGEST_DRAWN_MS: Final = 1000
"""Of what is open-ended."""

FRAME_ROWS: Final = 5
"""What a waterfall takes beside its turns: an empty row, the axis, a legend in three."""

TICK_CELLS: Final = 8
GAP: Final = "  "
_STEPS_MS: Final = (100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 60_000)

Turns = Sequence[Mapping[str, Any]]


def waterfall(turns: Turns) -> Group:
    """Return the drawing.

    Args:
        turns: As the control socket tells them, the newest last; at least one.
    """
    axis_ms = max(sum(ms for _, ms, _ in _drawn(turn)) for turn in turns) or 1
    table = Table.grid(padding=(0, 1), expand=True)
    table.add_column(style="dim", no_wrap=True)
    table.add_column(ratio=1)
    table.add_column(justify="right", no_wrap=True)
    table.add_column(justify="right", no_wrap=True)
    table.add_row("turn", _Axis(axis_ms), Text("wait", "dim"), Text("total", "dim"))
    for turn in turns:
        wait_ms = turn["waits_ms"].get("end_of_speech_to_first_sound")
        wait = "-" if wait_ms is None else _seconds(wait_ms)
        table.add_row(turn["began_by"], _Bar(turn, axis_ms), wait, _seconds(turn["total_ms"]))
    return Group(Text(), table, _Flow(tuple(_legend(turns))))


@dataclass(frozen=True, slots=True)
class _Bar:
    """One turn, as wide as there is room."""

    turn: Mapping[str, Any]
    axis_ms: int

    def __rich_console__(self, _console: Console, options: ConsoleOptions) -> Iterator[Text]:
        cells, to_ms, bar = _cells_per_ms(options, self.axis_ms), 0, Text(no_wrap=True)
        for name, ms, is_shortened in _drawn(self.turn):
            to_ms += ms
            # What is too short to be seen still takes a cell; what follows gives it up.
            width = max(1, round(to_ms * cells) - len(bar))
            fill = _fill(name) * width
            bar.append(fill[:-1] + SHORTENED if is_shortened else fill, COLOURS[name])
        bar.truncate(options.max_width)
        yield bar

    def __rich_measure__(self, _console: Console, options: ConsoleOptions) -> Measurement:
        return Measurement(1, options.max_width)


@dataclass(frozen=True, slots=True)
class _Axis:
    """The seconds since a turn began, above the bars."""

    axis_ms: int

    def __rich_console__(self, _console: Console, options: ConsoleOptions) -> Iterator[Text]:
        cells = _cells_per_ms(options, self.axis_ms)
        step_ms = next((ms for ms in _STEPS_MS if ms * cells >= TICK_CELLS), _STEPS_MS[-1])
        axis = ""
        for ms in range(0, self.axis_ms, step_ms):
            longer = f"{axis:<{round(ms * cells)}}╷{ms / 1000:g} s"
            axis = longer if len(longer) <= options.max_width else axis
        yield Text(axis, "dim", no_wrap=True)

    def __rich_measure__(self, _console: Console, options: ConsoleOptions) -> Measurement:
        return Measurement(1, options.max_width)


@dataclass(frozen=True, slots=True)
class _Flow:
    """Words beside one another, as many as the width takes; none is broken."""

    words: tuple[Text, ...]

    def __rich_console__(self, _console: Console, options: ConsoleOptions) -> Iterator[Text]:
        line = Text()
        for each in self.words:
            if line and len(line) + len(GAP) + len(each) > options.max_width:
                yield line
                line = Text()
            line = line.append(GAP).append_text(each) if line else each.copy()
        yield line


def _cells_per_ms(options: ConsoleOptions, axis_ms: int) -> float:
    return (options.max_width - 1) / axis_ms  # a cut after the longest reply needs its cell


def _drawn(turn: Mapping[str, Any]) -> Iterator[tuple[str, int, bool]]:
    """Yield what is drawn of a turn: the part, for how long, and whether that is shortened."""
    for part in turn["parts"]:
        name, ms = part["part"], part["ms"]
        is_shortened = name in OPEN_ENDED and ms > LONGEST_DRAWN_MS
        yield name, LONGEST_DRAWN_MS if is_shortened else ms, is_shortened


def _legend(turns: Turns) -> Iterator[Text]:
    """Yield what each colour means, and how long it took in the newest turn."""
    shown = {part["part"] for turn in turns for part in turn["parts"]}
    for name, colour in COLOURS.items():
        if name in shown:
            newest = [part["ms"] for part in turns[-1]["parts"] if part["part"] == name]
            lasted = f" {sum(newest)} ms" if newest else ""
            yield Text(f"{_fill(name)} {name}{lasted}", colour)


def _fill(name: str) -> str:
    return HATCHED if name in NOT_AWAITED else SOLID


def _seconds(ms: int) -> str:
    return f"{ms / 1000:.2f} s" if ms < 10_000 else f"{ms / 1000:.0f} s"
