"""The last turns as `myna monitor` draws them, in terminals of several sizes."""

from __future__ import annotations

from io import StringIO
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console, RenderableType
from rich.segment import Segment

from myna.cli.screen import draw
from myna.cli.waterfall import COLOURS, LONGEST_DRAWN_MS, waterfall
from myna.turns.timing import CUTTING, PART_BEFORE
from support.monitor_picture import moment, picture

DOCS = Path(__file__).parents[3] / "docs"
LARGEST_BYTES = 60_000
NARROW, USUAL = 60, 100


def turn(*parts: tuple[str, int], **waits_ms: int) -> dict[str, Any]:
    return {
        "began_by": "wake",
        "outcome": "heard",
        "parts": [{"part": name, "ms": ms} for name, ms in parts],
        "waits_ms": waits_ms,
        "total_ms": sum(ms for _, ms in parts),
        "ago_s": 1.0,
    }


def console_of(width: int, height: int = 40) -> Console:
    return Console(width=width, height=height, file=StringIO(), color_system="standard")


def lines_of(drawing: RenderableType, width: int, height: int = 40) -> list[list[Segment]]:
    console = console_of(width, height)
    return console.render_lines(drawing, console.options, pad=False)


def text_of(line: list[Segment]) -> str:
    return "".join(segment.text for segment in line)


def bar_of(line: list[Segment]) -> list[tuple[str, int]]:
    """Return the parts of a drawn turn, and their cells."""
    names = {colour: name for name, colour in COLOURS.items()}
    coloured = [
        (names.get(str(segment.style.color.name)), len(segment.text))
        for segment in line
        if segment.style and segment.style.color
    ]
    return [
        (str(name), sum(n for _, n in same)) for name, same in groupby(coloured, key=lambda e: e[0])
    ]


def test_every_part_has_a_colour_of_its_own() -> None:
    assert set(COLOURS) == {*PART_BEFORE.values(), CUTTING}
    assert len(set(COLOURS.values())) == len(COLOURS)


@pytest.mark.parametrize("width", [NARROW, USUAL])
def test_turns_are_drawn_on_one_axis(width: int) -> None:
    turns = [turn(("speech", 1000), ("server", 1000)), turn(("speech", 2000), ("server", 2000))]
    _, _, first, second, *_ = lines_of(waterfall(turns), width)
    (_, half), (_, whole) = bar_of(first)
    assert bar_of(second) == [("speech", half + whole), ("server", half + whole)]
    assert half == pytest.approx(whole, abs=1)
    assert half + whole > width / 4


def test_what_is_short_is_drawn_and_moves_nothing_that_is_long() -> None:
    with_it = turn(("speech", 1000), ("tool", 1), ("playout", 2), ("server", 3000))
    without = turn(("speech", 1000), ("server", 3003))
    first, second = (bar_of(line) for line in lines_of(waterfall([with_it, without]), USUAL)[2:4])
    assert first[1:3] == [("tool", 1), ("playout", 1)]
    assert sum(cells for _, cells in first) == sum(cells for _, cells in second)


def test_long_reply_is_drawn_short_and_what_cut_it_after_it() -> None:
    cut = turn(("server", 1000), ("reply", 60_000), ("cutting", 20))
    line = lines_of(waterfall([cut]), USUAL)[2]
    parts = dict(bar_of(line))
    assert LONGEST_DRAWN_MS == 1000
    assert parts["reply"] == pytest.approx(parts["server"], abs=1)
    assert parts["cutting"] == 1
    assert "»█" in text_of(line)
    assert text_of(line).rstrip().endswith("61 s")


def test_wait_is_told_beside_the_total() -> None:
    heard = turn(("server", 1234), ("reply", 766), end_of_speech_to_first_sound=1234)
    told = text_of(lines_of(waterfall([heard]), USUAL)[2]).split()
    assert told[0] == "wake"
    assert told[-4:] == ["1.23", "s", "2.00", "s"]
    vain = turn(("in vain", 15_000))
    assert text_of(lines_of(waterfall([vain]), USUAL)[2]).split()[-3:] == ["-", "15", "s"]


def test_legend_tells_the_newest_turn_and_explains_the_others() -> None:
    turns = [
        turn(("connecting", 5), ("reply", 1)),
        turn(("server", 30), ("tool", 2), ("server", 3)),
    ]
    text = text_of(lines_of(waterfall(turns), USUAL)[-1])
    assert text.split("  ") == ["█ connecting", "█ server 33 ms", "█ tool 2 ms", "░ reply"]


def test_axis_names_seconds_where_they_are() -> None:
    (_, axis, line, *_) = lines_of(waterfall([turn(("speech", 2000), ("server", 2000))]), USUAL)
    assert text_of(axis).index("╷2 s") == pytest.approx(text_of(line).index("█"), abs=1)


@given(
    st.lists(
        st.lists(
            st.tuples(st.sampled_from(list(COLOURS)), st.integers(0, 200_000)),
            min_size=1,
            max_size=12,
        ),
        min_size=1,
        max_size=6,
    ),
    st.integers(30, 200),
)
def test_no_turn_is_wider_than_the_terminal(
    stories: list[list[tuple[str, int]]], width: int
) -> None:
    lines = lines_of(waterfall([turn(*parts) for parts in stories]), width)
    assert max(len(text_of(line)) for line in lines) <= width
    assert len([line for line in lines if text_of(line).startswith("wake")]) == len(stories)


@pytest.mark.parametrize(
    ("width", "height", "shown"),
    [(NARROW, 24, 1), (NARROW, 26, 3), (NARROW, 60, 5), (80, 24, 5), (80, 20, 3)],
)
def test_monitor_shows_as_many_turns_as_fit(width: int, height: int, shown: int) -> None:
    lines = lines_of(draw(moment()), width, height)
    rows = [text_of(line) for line in lines if text_of(line).endswith(" s │")]
    assert len(lines) <= height
    assert len(rows) == shown
    assert "1.00 s 4.67 s" in rows[-1]


def test_monitor_of_a_speaker_without_turns_draws_none() -> None:
    lines = lines_of(draw({**moment(), "turns": []}), NARROW)
    assert not any("total" in text_of(line) for line in lines)


def test_picture_in_the_docs_is_what_the_code_draws() -> None:
    text = (DOCS / "monitor.svg").read_text(encoding="utf-8")
    assert text == picture(), "run: python tests/support/monitor_picture.py docs/monitor.svg"
    assert len(text.encode()) < LARGEST_BYTES
