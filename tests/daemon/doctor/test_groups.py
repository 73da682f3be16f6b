from __future__ import annotations

import grp
import os
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from myna.config import Config
from myna.doctor.groups import check_service_groups, check_your_groups, needed_groups, uses_pins
from myna_hardware.settings import (
    ButtonSettings,
    CameraSettings,
    LightsSettings,
    MicrophoneSettings,
    OutputSettings,
    SensorSettings,
    SpeakerSettings,
)
from support.other_user import as_nobody, needs_root

BARE = Config(
    microphone=MicrophoneSettings(driver="simulated"), speaker=SpeakerSettings(driver="simulated")
)
FULL = Config(
    lights=LightsSettings(driver="apa102", count=3),
    button=ButtonSettings(driver="gpiozero", pin=27),
    camera=CameraSettings(driver="picamera2"),
    outputs={"lamp": OutputSettings(pin=22)},
    sensors={
        "door": SensorSettings(driver="digital", pin=5),
        "air": SensorSettings(driver="bme280"),
    },
)


def test_groups_follow_from_the_drivers() -> None:
    assert needed_groups(BARE) == set()
    assert needed_groups(Config()) == {"audio"}
    assert needed_groups(FULL) == {"audio", "video", "spi", "i2c", "gpio"}


def test_pins_are_used_by_parts() -> None:
    assert uses_pins(BARE) == set()
    assert uses_pins(FULL) == {"button", "output lamp", "sensor door"}


def test_service_that_lacks_a_group_is_told() -> None:
    mine = {grp.getgrgid(group).gr_name for group in os.getgroups()}
    if "audio" in mine:
        pytest.skip("whoever runs the tests is in the group audio")
    finding = check_service_groups(Config(), os.getpid())
    assert (finding.verdict, finding.ailment) == ("fail", "service-lacks-a-group")
    assert finding.measured == "missing: audio"


def test_service_that_needs_no_group_is_well() -> None:
    finding = check_service_groups(BARE, os.getpid())
    assert (finding.verdict, finding.measured) == ("ok", "no device needs one")


@needs_root
def test_service_with_its_groups_is_well() -> None:
    audio = grp.getgrnam("audio").gr_gid
    with subprocess.Popen(["/bin/cat"], extra_groups=[audio], stdin=subprocess.PIPE) as process:
        finding = check_service_groups(Config(), process.pid)
        process.communicate()
    assert (finding.verdict, finding.measured) == ("ok", "audio")


def test_machine_without_the_user_is_skipped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("myna.doctor.groups.SERVICE_USER", "no-such-user")
    assert check_service_groups(Config(), None).verdict == "skipped"


def test_groups_of_the_user_count_while_nothing_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("myna.doctor.groups.SERVICE_USER", "nobody")
    assert check_service_groups(Config(), None).measured == "missing: audio"


@needs_root
def test_somebody_else_is_told_that_the_socket_is_closed() -> None:
    with TemporaryDirectory(dir="/tmp") as folder:  # pytest's own folder is closed already
        socket = Path(folder) / "control.sock"
        finding = as_nobody(lambda: repr(check_your_groups(socket)))
    assert "verdict='warn'" in finding
    assert "ailment='you-are-not-in-the-group'" in finding


def test_root_may_talk_to_anybody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert check_your_groups(tmp_path / "control.sock").measured == "you are root"


def test_own_socket_is_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert check_your_groups(tmp_path / "none" / "control.sock").verdict == "skipped"
    assert check_your_groups(tmp_path / "control.sock").verdict == "ok"
