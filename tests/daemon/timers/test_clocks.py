"""The clocks of this machine."""

from __future__ import annotations

import ctypes
import os
import time
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import TZPATH, ZoneInfo

import pytest

from myna.timers import clocks
from myna.timers.clocks import SystemClocks, is_synchronised_now, local_time, local_zone

ZONES = next(Path(folder) for folder in TZPATH if Path(folder, "Europe/Berlin").exists())


@pytest.fixture(autouse=True)
def no_zone_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TZ", raising=False)


def test_moment_is_now() -> None:
    now = SystemClocks(is_trusted=False).now()
    assert now.wall_s == pytest.approx(time.time(), abs=1)
    assert now.boot_s == pytest.approx(float(Path("/proc/uptime").read_text().split()[0]), abs=1)
    assert len(now.boot_id) == 36
    assert now.boot_id == SystemClocks(is_trusted=True).now().boot_id


def test_clock_that_was_right_once_stays_trusted() -> None:
    answers = iter((False, True, False))
    system = SystemClocks(is_trusted=False, is_synchronised=lambda: next(answers))
    assert [system.now().is_sure for _ in range(4)] == [False, True, True, True]


def test_clock_that_the_owner_trusts_is_not_asked_about() -> None:
    def never() -> bool:
        raise AssertionError

    assert SystemClocks(is_trusted=True, is_synchronised=never).now().is_sure


def test_kernel_says_whether_a_time_server_was_heard() -> None:
    """What `timedatectl` would say: adjtimex(2), asked here by its own struct."""
    room = (ctypes.c_long * 64)()
    assert ctypes.CDLL(None).adjtimex(ctypes.byref(room)) >= 0
    is_heard = room[3] < 16_000_000 or Path("/run/systemd/timesync/synchronized").exists()
    assert is_synchronised_now() == is_heard


def test_file_of_timesyncd_counts_where_the_kernel_says_no(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    marker = tmp_path / "synchronized"
    monkeypatch.setattr(clocks, "_SYNCHRONISED", marker)
    monkeypatch.setattr(clocks, "_MOST_ERROR_US", 0)
    assert not is_synchronised_now()
    marker.touch()
    assert is_synchronised_now()


def test_zone_is_read_anew_each_time(tmp_path: Path) -> None:
    link = tmp_path / "localtime"
    for name in ("Europe/Berlin", "Pacific/Apia"):
        link.unlink(missing_ok=True)
        link.symlink_to(ZONES / name)
        assert local_zone(link) == ZoneInfo(name)


def test_zone_that_is_a_copy_is_read(tmp_path: Path) -> None:
    copy = tmp_path / "localtime"
    copy.write_bytes((ZONES / "Asia/Kathmandu").read_bytes())
    assert datetime(2026, 1, 1, tzinfo=local_zone(copy)).strftime("%z") == "+0545"


def test_zone_of_the_environment_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", ":America/New_York")
    assert local_zone() == ZoneInfo("America/New_York")
    assert local_time().tzinfo == ZoneInfo("America/New_York")


@pytest.mark.parametrize("content", [None, b"no zone"])
def test_zone_that_nobody_knows_is_that_of_the_c_library(
    tmp_path: Path, content: bytes | None
) -> None:
    place = tmp_path / "localtime"
    if content is not None:
        place.write_bytes(content)
    zone = local_zone(place)
    assert datetime.now(zone).utcoffset() == datetime.now(UTC).astimezone().utcoffset()


def test_rule_in_the_environment_is_left_to_the_c_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "XYZ-3")
    time.tzset()
    try:
        assert datetime.now(local_zone()).strftime("%z") == "+0300"
    finally:
        monkeypatch.delenv("TZ")
        time.tzset()
    assert "TZ" not in os.environ
