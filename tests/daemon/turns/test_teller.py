"""Turns that are told in the trace in which they were found."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from threading import Thread

from myna.building.watch import turn_teller
from myna.latencies import Latencies
from myna.trace import Trace
from myna.turns.follower import TurnFollower
from support.turn_stories import END_SILENCE_S, HEARD, parts_of, turns_of


def times() -> Iterator[float]:
    """Yield the times of `HEARD`, and of what is told after it."""
    return chain((t for t, _, _ in HEARD), iter(lambda: 17.0, None))


def test_turn_is_told_once_in_the_trace_by_whichever_thread_ended_it(tmp_path: Path) -> None:
    path, latencies, clock = tmp_path / "trace.jsonl", Latencies(), times()
    trace = Trace(path, lambda: next(clock))
    trace.subscribe(turn_teller(trace, TurnFollower(END_SILENCE_S), latencies))
    for _, event, fields in HEARD:
        thread = Thread(target=trace.emit, args=(event,), kwargs=fields)
        thread.start()
        thread.join()
    trace.close()
    *story, told = [json.loads(line) for line in path.read_text().splitlines()]
    assert [line["event"] for line in story] == [event for _, event, _ in HEARD]
    (turn,) = turns_of(*HEARD)
    assert told == {"t": 17.0, "event": "turn_timing", **turn.fields()}
    assert [(part["part"], part["ms"]) for part in told["parts"]] == parts_of(turn)
    (kept,) = latencies.last_turns(17.0)
    assert kept == {**turn.fields(), "ago_s": 1.0}
