from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from myna.audio.gauge import SoundFigures
from myna.doctor.chirp import LoopFigures
from myna.doctor.sound import WakeFigures, judge_loopback, judge_microphone, judge_wake

QUIET_ROOM = SoundFigures(
    seconds=2.0,
    level_dbfs=-48.0,
    noise_dbfs=-58.0,
    peak_dbfs=-30.0,
    offset_percent=0.1,
    clipped_percent=0.0,
    rate_hz=16_003,
)
LOOP = LoopFigures(delay_ms=43.0, return_loss_db=18.0, likeness=0.7)
WAKE = WakeFigures("micro", 12.5, has_heard=True)


def test_good_microphone_is_told_with_its_figures() -> None:
    finding = judge_microphone(QUIET_ROOM)
    assert finding.verdict == "ok"
    assert finding.measured == (
        "noise -58 dBFS, level -48 dBFS, peak -30 dBFS, offset 0.1 %, 0.0 % clipped, 16.00 kHz"
    )


@pytest.mark.parametrize(
    ("changes", "verdict", "ailment"),
    [
        ({"peak_dbfs": -96.0, "level_dbfs": -96.0}, "fail", "microphone-gives-silence"),
        ({"peak_dbfs": -90.3, "level_dbfs": -95.0}, "fail", "microphone-gives-silence"),
        ({"rate_hz": 17_400}, "fail", "microphone-has-a-wrong-rate"),
        ({"rate_hz": 14_700}, "fail", "microphone-has-a-wrong-rate"),
        ({"clipped_percent": 0.2}, "warn", "microphone-clips"),
        ({"offset_percent": -2.5}, "warn", "microphone-is-off-centre"),
        ({"noise_dbfs": -39.0}, "warn", "microphone-hears-much-noise"),
        ({"clipped_percent": 1.0, "rate_hz": 8000}, "fail", "microphone-has-a-wrong-rate"),
        ({"rate_hz": 16_400}, "ok", None),
        ({"rate_hz": 0}, "ok", None),
    ],
)
def test_microphone_is_judged_by_what_is_worst(
    changes: dict[str, Any], verdict: str, ailment: str | None
) -> None:
    finding = judge_microphone(replace(QUIET_ROOM, **changes))
    assert (finding.verdict, finding.ailment) == (verdict, ailment)


def test_microphone_that_gave_nothing_is_silent() -> None:
    assert judge_microphone(None).ailment == "microphone-gives-silence"


@pytest.mark.parametrize(
    ("figures", "verdict", "ailment"),
    [
        (LOOP, "ok", None),
        (None, "warn", "speaker-is-not-heard"),
        (replace(LOOP, likeness=0.05), "warn", "speaker-is-not-heard"),
        (replace(LOOP, return_loss_db=-1.0), "warn", "echo-is-too-loud"),
        (replace(LOOP, delay_ms=350.0), "warn", "echo-comes-too-late"),
    ],
)
def test_loop_back_is_judged(
    figures: LoopFigures | None, verdict: str, ailment: str | None
) -> None:
    finding = judge_loopback(figures)
    assert (finding.verdict, finding.ailment) == (verdict, ailment)


def test_good_loop_back_is_told_with_its_figures() -> None:
    assert judge_loopback(LOOP).measured == "delay 43 ms, echo return loss 18 dB, likeness 0.70"


@pytest.mark.parametrize(
    ("figures", "verdict", "ailment"),
    [
        (WAKE, "ok", None),
        (replace(WAKE, has_heard=None), "ok", None),
        (replace(WAKE, has_heard=False), "fail", "wake-engine-is-deaf"),
        (replace(WAKE, speed=1.5), "warn", "wake-engine-is-slow"),
        (replace(WAKE, speed=0.9), "fail", "wake-engine-is-slow"),
    ],
)
def test_wake_engine_is_judged(figures: WakeFigures, verdict: str, ailment: str | None) -> None:
    finding = judge_wake(figures)
    assert (finding.verdict, finding.ailment) == (verdict, ailment)


def test_speed_of_the_wake_engine_is_told() -> None:
    assert judge_wake(WAKE).measured == "micro: 12 times faster than real time (8.0 % of a core)"
