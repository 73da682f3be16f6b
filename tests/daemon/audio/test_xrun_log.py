"""The log of a device's xruns."""

from __future__ import annotations

import logging

import pytest

from myna.audio.xrun_log import XrunLog
from myna.audio.xruns import MANY


def test_xruns_are_logged_once_a_minute(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    xruns = XrunLog("speaker")
    for total in range(1, 6):
        xruns.note(total)
    assert caplog.messages == ["speaker: xruns since the last report: 1"]


def test_many_xruns_ask_for_a_larger_buffer_and_count_over_openings(
    caplog: pytest.LogCaptureFixture,
) -> None:
    xruns = XrunLog("microphone")
    assert [xruns.note(total) for total in range(1, MANY - 1)] == [False] * (MANY - 2)
    xruns.opened()
    assert not xruns.note(1)
    assert xruns.note(2)
    assert xruns.buffer_periods == 2
    assert "microphone: takes a buffer of 40 ms" in caplog.messages
