from __future__ import annotations

import pytest

from myna.config.lines import key_lines, line_of

TEXT = '''\
# a comment
title = "x"

[live]
model = "a = 1"   # not a key
instruction = """
[speaker]
volume = 3
"""
words = [
  "one",
  "two",
]
[wake.thresholds]
okay_nabu = 0.5
inline = { a = 1, b = { c = 2 } }
[outputs."desk lamp"]
pin = 4
[[tables]]
x = 1
'''


@pytest.mark.parametrize(
    ("key", "line"),
    [
        ("title", 2),
        ("live", 4),
        ("live.model", 5),
        ("live.instruction", 6),
        ("live.words", 10),
        ("wake", 14),
        ("wake.thresholds", 14),
        ("wake.thresholds.okay_nabu", 15),
        ("wake.thresholds.inline.b.c", 16),
        ("outputs.desk lamp.pin", 18),
        ("tables.x", 20),
    ],
)
def test_key_lines_finds_where_a_key_stands(key: str, line: int) -> None:
    assert key_lines(TEXT)[key] == line


def test_key_lines_is_not_fooled_by_keys_in_texts() -> None:
    assert "speaker" not in key_lines(TEXT)


def test_key_lines_counts_windows_line_ends() -> None:
    assert key_lines("[live]\r\n\r\nmodel = 1\r\n")["live.model"] == 3


def test_key_lines_stops_at_what_is_not_toml() -> None:
    assert key_lines("a = 1\nb = \nc = 3") == {"a": 1}


def test_line_of_falls_back_to_the_table() -> None:
    lines = key_lines(TEXT)
    assert line_of(lines, "outputs.desk lamp.label") == 17
    assert line_of(lines, "nowhere.at.all") is None
