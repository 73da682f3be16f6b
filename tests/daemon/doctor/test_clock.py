from __future__ import annotations

import pytest

from myna.doctor.clock import is_clock_synchronised, judge_clock


@pytest.mark.parametrize(
    ("skew_s", "is_synchronised", "verdict", "ailment"),
    [
        (0.4, True, "ok", None),
        (0.4, None, "ok", None),
        (None, True, "ok", None),
        (-29.0, True, "ok", None),
        (0.4, False, "warn", "clock-is-not-synchronised"),
        (None, False, "warn", "clock-is-not-synchronised"),
        (31.0, True, "fail", "clock-is-wrong"),
        (-31.0, False, "fail", "clock-is-wrong"),
        (None, None, "skipped", None),
    ],
)
def test_clock_is_judged(
    skew_s: float | None, is_synchronised: bool | None, verdict: str, ailment: str | None
) -> None:
    finding = judge_clock(skew_s, is_synchronised=is_synchronised)
    assert (finding.verdict, finding.ailment) == (verdict, ailment)


def test_kernel_tells_whether_its_clock_is_set() -> None:
    assert is_clock_synchronised() in {True, False}
