from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from myna.mcp_servers.lines import Lines

LIMIT = 8


@given(st.binary(max_size=200).map(lambda data: data.replace(b"\xff", b"\n")), st.data())
def test_lines_do_not_depend_on_the_chunks_and_hold_no_more_than_allowed(
    whole: bytes, data: st.DataObject
) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(whole)), max_size=9)))
    lines = Lines(LIMIT)
    got: list[bytes | None] = []
    for start, end in zip([0, *cuts], [*cuts, len(whole)], strict=True):
        got += lines.feed(whole[start:end])
        assert lines.held_bytes <= LIMIT
    *ended, _rest = whole.split(b"\n")
    assert got == [line if len(line) <= LIMIT else None for line in ended]
