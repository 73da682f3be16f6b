from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import NamedTuple

import pytest

from myna.doctor.machine import check_power, check_state


@pytest.mark.parametrize(
    ("told", "verdict", "ailment", "words"),
    [
        ("0", "ok", None, "no undervoltage, not throttled"),
        ("1", "warn", "power-is-too-weak", "undervoltage now (0x1)"),
        ("50005", "warn", "power-is-too-weak", "undervoltage now (0x50005)"),
        ("0x50000\n", "warn", "power-is-too-weak", "undervoltage since the start (0x50000)"),
        ("8", "warn", "processor-is-throttled", "throttled now (0x8)"),
        ("e0000", "warn", "processor-is-throttled", "throttled since the start (0xe0000)"),
        ("none", "skipped", None, "this machine does not tell"),
    ],
)
def test_power_is_what_the_firmware_tells(
    told: str, verdict: str, ailment: str | None, words: str, tmp_path: Path
) -> None:
    path = tmp_path / "get_throttled"
    path.write_text(told)
    finding = check_power(path)
    assert (finding.verdict, finding.ailment, finding.measured) == (verdict, ailment, words)


def test_power_is_asked_of_vcgencmd_where_the_kernel_does_not_tell(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert check_power(tmp_path / "none").verdict == "skipped"
    program = tmp_path / "vcgencmd"
    program.write_text('#!/bin/sh\n[ "$1" = get_throttled ] && echo throttled=0x50005\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    assert check_power(tmp_path / "none").ailment == "power-is-too-weak"


class Usage(NamedTuple):
    """As shutil's."""

    free: int


@pytest.mark.parametrize(
    ("free_bytes", "verdict", "ailment"),
    [
        (5_000_000_000, "ok", None),
        (199_000_000, "warn", "disk-is-full"),
        (19_000_000, "fail", "disk-is-full"),
    ],
)
def test_room_for_the_state_is_judged(
    free_bytes: int,
    verdict: str,
    ailment: str | None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: Usage(free_bytes))
    finding = check_state(tmp_path)
    assert (finding.verdict, finding.ailment) == (verdict, ailment)
    assert finding.measured == f"{tmp_path}: {free_bytes // 1_000_000:,} MB free"


def test_state_that_is_not_there_yet_has_the_room_around_it(tmp_path: Path) -> None:
    assert check_state(tmp_path / "state" / "myna").verdict == "ok"
    assert list(tmp_path.iterdir()) == []


def test_state_is_written_to_and_nothing_stays(tmp_path: Path) -> None:
    assert check_state(tmp_path).verdict == "ok"
    assert list(tmp_path.iterdir()) == []


def test_state_that_cannot_be_written_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(**_options: object) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(tempfile, "NamedTemporaryFile", refuse)
    finding = check_state(tmp_path)
    assert (finding.verdict, finding.ailment) == ("fail", "state-cannot-be-written")
    assert finding.measured == f"{tmp_path}: Read-only file system"
