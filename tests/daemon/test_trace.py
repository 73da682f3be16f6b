from __future__ import annotations

import json
import logging
import stat
import threading
from collections.abc import Mapping
from itertools import count
from pathlib import Path

import pytest

from myna.errors import CommandError
from myna.trace import EventName, Trace


def lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_trace_writes_each_event_at_once(tmp_path: Path) -> None:
    path = tmp_path / "trace.jsonl"
    times = iter([1.0, 2.123456789])
    trace = Trace(path, clock=lambda: next(times))
    trace.emit("ready")
    assert lines(path) == [{"t": 1.0, "event": "ready"}]
    trace.emit("state", **{"from": "idle", "to": "connecting"})
    assert lines(path)[1] == {"t": 2.123457, "event": "state", "from": "idle", "to": "connecting"}
    trace.close()


def test_trace_writes_what_json_does_not_know_as_text(tmp_path: Path) -> None:
    path = tmp_path / "trace.jsonl"
    trace = Trace(path, clock=lambda: 0.0)
    trace.emit("degraded", what=Path("/dev/x"), score=float("nan"))
    trace.close()
    assert lines(path) == [{"t": 0.0, "event": "degraded", "what": "/dev/x", "score": None}]


def test_trace_tells_observers_without_a_file() -> None:
    seen: list[tuple[float, EventName, Mapping[str, object]]] = []
    trace = Trace(clock=lambda: 3.0)
    trace.subscribe(lambda *event: seen.append(event))
    trace.emit("wake", word="okay_nabu")
    assert seen == [(3.0, "wake", {"word": "okay_nabu"})]


def test_trace_lets_an_observer_emit() -> None:
    trace = Trace(clock=lambda: 0.0)
    seen: list[EventName] = []

    def echo(_t: float, event: EventName, _fields: Mapping[str, object]) -> None:
        seen.append(event)
        if event == "wake":
            trace.emit("lights", pattern="listening")

    trace.subscribe(echo)
    trace.emit("wake")
    assert seen == ["wake", "lights"]


def test_trace_keeps_lines_whole_and_in_order_from_many_threads(tmp_path: Path) -> None:
    path = tmp_path / "trace.jsonl"
    ticks = count()
    trace = Trace(path, clock=lambda: float(next(ticks)))

    def emit_many() -> None:
        for number in range(200):
            trace.emit("chunk_sent", first_frame=number, padding="x" * 500)

    threads = [threading.Thread(target=emit_many) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    trace.close()
    assert [line["t"] for line in lines(path)] == list(range(800))


def test_trace_goes_on_and_says_so_once_when_the_disk_is_full(
    caplog: pytest.LogCaptureFixture,
) -> None:
    seen: list[EventName] = []
    trace = Trace(Path("/dev/full"))
    trace.subscribe(lambda _t, event, _fields: seen.append(event))
    with caplog.at_level(logging.WARNING):
        trace.emit("ready")
        trace.emit("wake")
    trace.close()
    assert [record.getMessage() for record in caplog.records] == [
        "the trace ends here: No space left on device"
    ]
    assert seen == ["ready", "wake"]


def test_trace_takes_events_after_it_was_closed(tmp_path: Path) -> None:
    path = tmp_path / "trace.jsonl"
    trace = Trace(path)
    trace.close()
    trace.close()
    trace.emit("stopped")
    assert path.read_text() == ""


def test_trace_file_is_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "trace.jsonl"
    Trace(path).close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_trace_refuses_a_path_that_cannot_be_written(tmp_path: Path) -> None:
    path = tmp_path / "missing" / "trace.jsonl"
    with pytest.raises(CommandError) as raised:
        Trace(path)
    assert str(raised.value) == f"cannot write the trace to {path}: No such file or directory"


def test_observer_that_leaves_is_told_no_more() -> None:
    stayed: list[EventName] = []
    left: list[EventName] = []
    trace = Trace()
    trace.subscribe(lambda _t, event, _fields: stayed.append(event))
    with trace.observed_by(lambda _t, event, _fields: left.append(event)):
        trace.emit("ready")
    trace.emit("stopped")
    assert (stayed, left) == (["ready", "stopped"], ["ready"])
