"""Figures as Prometheus spells them, and the counts behind them."""

from __future__ import annotations

import threading

from hypothesis import given
from hypothesis import strategies as st

from myna.metrics.exposition import Family, Sample, serialize
from myna.metrics.figures import gauges
from myna.metrics.tally import COUNTED, STATES, Tally
from support.prometheus import parse

LATENCIES = {
    "wake_to_first_chunk": {"p50_ms": 21, "p95_ms": 1500, "turns": 3},
    "barge_in_to_silence": None,
}
STANDING = {
    "version": "1.2.3",
    "uptime_s": 60,
    "volume": 40,
    "troubles": {"microphone": "unplugged"},
    "usage": {"today": {"minutes": 1.5, "tokens": 1_234_567, "stills": 2}},
}


def test_family_has_its_meaning_its_kind_and_a_line_for_each_sample() -> None:
    samples = (Sample(1, {"a": "x", "b": "y"}), Sample(0.25))
    family = Family("myna_things", "gauge", "What\nthey \\ are.", samples)
    assert serialize([family]) == (
        "# HELP myna_things What\\nthey \\\\ are.\n# TYPE myna_things gauge\n"
        'myna_things{a="x",b="y"} 1\nmyna_things 0.25\n'
    )


def test_large_counts_are_exact() -> None:
    assert serialize([Family("n", "counter", "", (Sample(123_456_789_012),))]).endswith(
        "n 123456789012\n"
    )


@given(st.text(st.characters(exclude_categories=["Cs"])), st.integers(0, 10**9))
def test_any_label_is_read_as_it_was(label: str, value: int) -> None:
    text = serialize([Family("myna_trouble", "gauge", "", (Sample(value, {"part": label}),))])
    assert parse(text) == {("myna_trouble", (("part", label),)): value}


def test_gauges_tell_the_one_state_and_each_part_that_is_ill() -> None:
    figures = parse(serialize(gauges(STANDING, "speaking", LATENCIES)))
    states = {key[1]: value for key, value in figures.items() if key[0] == "myna_state"}
    assert [labels for labels, value in states.items() if value] == [(("state", "speaking"),)]
    assert len(states) == 9
    assert figures["myna_trouble", (("part", "microphone"),)] == 1
    assert figures["myna_info", (("version", "1.2.3"),)] == 1
    assert figures["myna_today_tokens", ()] == 1_234_567


def test_latencies_are_told_in_seconds_once_there_are_some() -> None:
    figures = parse(serialize(gauges(STANDING, "idle", LATENCIES)))
    waits = {key[1]: value for key, value in figures.items() if key[0] == "myna_latency_seconds"}
    assert waits == {
        (("of", "wake_to_first_chunk"), ("quantile", "0.5")): 0.021,
        (("of", "wake_to_first_chunk"), ("quantile", "0.95")): 1.5,
    }


def test_every_counter_is_there_from_the_start() -> None:
    figures = parse(serialize(Tally().families()))
    assert {name for name, _ in figures} == {
        *(name for name, _, _ in COUNTED.values()),
        *(name for name, _ in STATES.values()),
    }
    assert set(figures.values()) == {0}


def test_events_are_counted_by_their_labels_from_any_thread() -> None:
    tally = Tally()

    def run() -> None:
        for _ in range(500):
            tally.on_event(0.0, "wake", {})
            tally.on_event(0.0, "tool_result", {"name": "x", "ok": True})
            tally.on_event(0.0, "xrun", {"where": "speaker", "frames": 480})

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    tally.on_event(0.0, "tool_result", {"name": "invented", "ok": False})
    tally.on_event(0.0, "state", {"from": "idle", "to": "connecting"})
    tally.on_event(0.0, "state", {"from": "connecting", "to": "listening"})
    tally.on_event(0.0, "chunk_sent", {})
    figures = parse(serialize(tally.families()))
    assert figures["myna_wakes_total", ()] == 2000
    assert figures["myna_tool_calls_total", (("outcome", "done"),)] == 2000
    assert figures["myna_tool_calls_total", (("outcome", "failed"),)] == 1
    assert figures["myna_xruns_total", (("where", "speaker"),)] == 2000
    assert figures["myna_conversations_total", ()] == 1
    assert "invented" not in str(figures)
