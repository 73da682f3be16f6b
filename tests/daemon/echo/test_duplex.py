"""Full or half duplex, judged by what is left of the echo."""

from __future__ import annotations

import random

import pytest

from myna.echo.duplex import PROOF_S, RUN_PERIODS, Duplex, Mode, Setting
from myna.echo.likeness import ECHO_LIKE


def speech(seed: int, seconds: float = 100.0) -> list[float]:
    """Levels that go up and down as syllables do, 2 to 10 periods each."""
    chance = random.Random(seed)  # noqa: S311  # repeatable
    levels: list[float] = []
    while len(levels) < 50 * seconds:
        levels += [-25 + chance.uniform(-25, 5)] * chance.randint(2, 10)
    return levels


SPEECH = speech(5)


def hear(duplex: Duplex, seconds: float, erle_db: float, noise_dbfs: float = -65.0) -> list[Mode]:
    """Play speech for so long, lowered by `erle_db` three periods later; return the turns."""
    turns = []
    for number in range(3, 3 + int(50 * seconds)):
        echo = SPEECH[number - 3] - 3
        left = max(echo - erle_db, noise_dbfs)
        if duplex.measure(echo, left, SPEECH[number], lambda: ECHO_LIKE):
            turns.append(duplex.finding.mode)
    return turns


def never_asked() -> float:
    raise AssertionError


def pause(duplex: Duplex, seconds: float, left_dbfs: float) -> None:
    for _ in range(int(50 * seconds)):
        duplex.measure(left_dbfs, left_dbfs, -96.0, never_asked)


@pytest.mark.parametrize(
    ("setting", "mode"),
    [("cancel", Mode.FULL), ("half-duplex", Mode.HALF), ("none", Mode.FULL), ("file", Mode.FULL)],
)
def test_setting_other_than_auto_is_a_decision(setting: Setting, mode: Mode) -> None:
    duplex = Duplex(setting)
    assert hear(duplex, 5, erle_db=0) == hear(duplex, 5, erle_db=40) == []
    assert duplex.finding.mode is mode
    assert duplex.measured().erle_db == pytest.approx(33, abs=8)


def test_auto_begins_half_and_says_that_nothing_was_measured() -> None:
    duplex = Duplex("auto")
    assert duplex.is_half
    assert duplex.measured() == duplex.finding
    assert "not been measured" in duplex.finding.why


def test_auto_goes_full_after_a_clean_second() -> None:
    duplex = Duplex("auto")
    assert hear(duplex, PROOF_S - 0.1, erle_db=40) == []
    assert hear(duplex, 2, erle_db=40) == [Mode.FULL]
    finding = duplex.finding
    assert finding.erle_db is not None
    assert 30 < finding.erle_db < 45
    assert finding.leftover_dbfs is not None
    assert finding.leftover_dbfs < -55
    assert "stays below -48 dBFS" in finding.why


def test_auto_stays_half_where_the_echo_stays() -> None:
    assert hear(Duplex("auto"), 20, erle_db=10) == []


def test_echo_that_comes_back_shuts_the_uplink_within_half_a_second() -> None:
    duplex = Duplex("auto")
    hear(duplex, 3, erle_db=40)
    assert hear(duplex, 1.0, erle_db=40) == []
    assert hear(duplex, 0.5, erle_db=0) == [Mode.HALF]
    assert "rose above" in duplex.finding.why


def test_voice_over_the_reply_is_no_echo() -> None:
    duplex = Duplex("auto")
    hear(duplex, 3, erle_db=40)
    for level in speech(6, 2):
        duplex.measure(level + 2, level, -20.0, lambda: ECHO_LIKE - 1)
    assert not duplex.is_half


def test_likeness_is_asked_only_when_something_loud_is_left() -> None:
    duplex = Duplex("auto")
    hear(duplex, 3, erle_db=40)
    for _ in range(100):
        duplex.measure(-20.0, -60.0, -20.0, never_asked)


def test_trust_that_was_broken_takes_longer_each_time() -> None:
    duplex = Duplex("auto")
    waits = []
    for _ in range(8):
        waited_s = 0.0
        while duplex.is_half:
            hear(duplex, 0.1, erle_db=40)
            waited_s += 0.1
        waits.append(waited_s)
        hear(duplex, 1.0, erle_db=0)
        assert duplex.is_half
    assert waits[0] == pytest.approx(PROOF_S, abs=0.2)
    assert waits[1] >= 1.8 * waits[0]
    assert waits[-1] == pytest.approx(60, abs=2)


def test_fan_is_no_echo_once_the_room_is_known() -> None:
    duplex = Duplex("auto")
    assert hear(duplex, 3, erle_db=40, noise_dbfs=-42.0) == []
    pause(duplex, 2.0, left_dbfs=-42.0)
    assert hear(duplex, 3, erle_db=40, noise_dbfs=-42.0) == [Mode.FULL]


def test_few_loud_periods_begin_no_turn() -> None:
    duplex = Duplex("auto")
    hear(duplex, 3, erle_db=40)
    for _ in range(10):
        assert hear(duplex, (RUN_PERIODS - 1) / 50, erle_db=0) == []
        hear(duplex, 0.1, erle_db=45)
    assert not duplex.is_half


def test_digital_silence_on_both_sides_is_measured_without_a_fault() -> None:
    duplex = Duplex("auto")
    for _ in range(60):
        duplex.measure(-200.0, -200.0, -20.0, never_asked)
    assert duplex.finding.erle_db == 0
