from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from stat import S_IMODE

import pytest

from myna.config import Config, LiveSettings
from myna.config.file import Loaded
from myna.errors import ConfigError, Problem
from myna.mcp_servers.settings import McpServerSettings
from myna.service.last_good import FILE, LastGood, last_good_of
from myna_hardware.settings import MicrophoneSettings, OutputSettings, SensorSettings

FULL = Config(
    live=LiveSettings(key_file=Path("/etc/key"), model="another"),
    microphone=MicrophoneSettings(driver="file", path=Path("/srv/a b.wav")),
    outputs={"lamp": OutputSettings(pin=22, safe=False)},
    sensors={"cpu": SensorSettings(driver="none")},
    mcp={"home": McpServerSettings(url="https://home.lan/mcp")},
)
MISTAKEN = ConfigError("/etc/myna/myna.toml", (Problem("live.voise", "unknown", 2),))


def reading(config: Config, folder: Path | None) -> Callable[[], Loaded]:
    return LastGood(folder).reading(lambda: Loaded(config, "a file"))


@pytest.mark.parametrize("config", [Config(), FULL], ids=["default", "full"])
def test_what_was_read_last_is_good(config: Config, tmp_path: Path) -> None:
    reading(Config(live=LiveSettings(model="older")), tmp_path)()
    assert reading(config, tmp_path)().config == config
    stand_in = LastGood(tmp_path).in_place_of(MISTAKEN)
    assert stand_in.config == config
    assert str(tmp_path / FILE) in stand_in.source


def test_only_the_speaker_reads_it_and_nothing_else_is_left(tmp_path: Path) -> None:
    reading(FULL, tmp_path)()
    assert [path.name for path in tmp_path.iterdir()] == [FILE]
    assert S_IMODE((tmp_path / FILE).stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "content", [None, b"", b"{", b'{"of_another_version": 1}', b'{"live": 3}', b"\xff"]
)
def test_mistake_is_told_when_nothing_is_remembered(content: bytes | None, tmp_path: Path) -> None:
    if content is not None:
        (tmp_path / FILE).write_bytes(content)
    with pytest.raises(ConfigError) as raised:
        LastGood(tmp_path).in_place_of(MISTAKEN)
    assert raised.value is MISTAKEN


def test_nothing_is_remembered_without_systemd(tmp_path: Path) -> None:
    assert reading(FULL, None)().config == FULL
    for environ in ({}, {"STATE_DIRECTORY": str(tmp_path / "none")}):
        with pytest.raises(ConfigError):
            last_good_of(environ).in_place_of(MISTAKEN)
    reading(FULL, tmp_path)()
    remembered = last_good_of({"STATE_DIRECTORY": f"{tmp_path}:/elsewhere"})
    assert remembered.in_place_of(MISTAKEN).config == FULL


def test_the_disk_is_written_to_only_for_what_is_new(tmp_path: Path) -> None:
    reading(FULL, tmp_path)()
    written = (tmp_path / FILE).stat().st_ino
    reading(FULL, tmp_path)()
    assert (tmp_path / FILE).stat().st_ino == written
    reading(Config(), tmp_path)()
    assert (tmp_path / FILE).stat().st_ino != written


def test_disk_that_takes_nothing_costs_the_memory_alone(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / f"{FILE}.tmp").mkdir()
    with caplog.at_level(logging.WARNING):
        assert reading(FULL, tmp_path)().config == FULL
    assert f"{FILE}.tmp: Is a directory" in caplog.text
