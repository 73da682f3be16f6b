"""How long people wait: percentiles over the last turns."""

from __future__ import annotations

from myna.latencies import SHOWN, Latencies
from myna.turns.timing import KINDS, Kind, Part, Timing


def turn(ended_s: float = 0.0, **waits_ms: int) -> Timing:
    waits: dict[Kind, int] = {kind: waits_ms[kind] for kind in KINDS if kind in waits_ms}
    return Timing("wake", "heard", (Part("reply", 5),), waits, ended_s)


def latencies_of(*turns: Timing, kept: int = 50) -> Latencies:
    latencies = Latencies(kept)
    for each in turns:
        latencies.add(each)
    return latencies


def test_latencies_know_nothing_before_the_first_turn() -> None:
    assert latencies_of().figures() == dict.fromkeys(KINDS)
    assert latencies_of().last_turns(1.0) == []


def test_percentiles_are_values_that_were_measured() -> None:
    turns = [turn(wake_to_first_chunk=10 * number) for number in range(1, 21)]
    figures = latencies_of(*turns, turn(barge_in_to_silence=7)).figures()
    assert figures["wake_to_first_chunk"] == {"p50_ms": 100, "p95_ms": 190, "turns": 20}
    assert figures["barge_in_to_silence"] == {"p50_ms": 7, "p95_ms": 7, "turns": 1}
    assert figures["end_of_speech_to_first_sound"] is None


def test_only_the_last_turns_count() -> None:
    turns = [turn(wake_to_first_chunk=ms) for ms in (900, 100, 200, 300)]
    figures = latencies_of(*turns, kept=3).figures()
    assert figures["wake_to_first_chunk"] == {"p50_ms": 200, "p95_ms": 300, "turns": 3}


class Meanwhile:
    """A turn, while whose waits are read another thread tells of the next one."""

    def __init__(self, latencies: Latencies) -> None:
        self._latencies = latencies

    @property
    def waits_ms(self) -> dict[Kind, int]:
        self._latencies.add(turn(wake_to_first_chunk=2))
        return {"wake_to_first_chunk": 1}


def test_turn_that_is_over_while_others_are_read_disturbs_nothing() -> None:
    latencies = Latencies()
    latencies.add(Meanwhile(latencies))  # type: ignore[arg-type]  # as much of a turn as is read
    latencies.add(turn())
    assert latencies.figures()["wake_to_first_chunk"] == {"p50_ms": 1, "p95_ms": 1, "turns": 1}


def test_last_turns_are_shown_with_the_newest_last() -> None:
    shown = latencies_of(*(turn(float(number)) for number in range(20))).last_turns(20.04)
    assert [each["ago_s"] for each in shown] == [float(ago) for ago in range(SHOWN, 0, -1)]
    assert shown[0]["parts"] == [{"part": "reply", "ms": 5}]
