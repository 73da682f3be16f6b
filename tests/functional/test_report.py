"""A bug report in which nobody finds the key, wherever it was."""

from __future__ import annotations

import json
import os
import stat
import tarfile
from pathlib import Path

import pytest

from myna.doctor.report import PIECES
from support.canary import found_in
from support.cli import Home, simulated
from support.scene import scene

CANARY = "canary-0123456789-is-no-google-key"
TATTLE = f"""#!/bin/sh
echo "$0 $*"
echo 'myna: the server said: key {CANARY} is not good'
echo 'Environment=MQTT_PASSWORD=drop-in-canary-77341'
"""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """Somebody whose key is in every place at once, and whose journal tells it."""
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in ("journalctl", "systemctl", "systemd-analyze"):
        (programs / name).write_text(TATTLE)
        (programs / name).chmod(0o755)
    home = Home(tmp_path, {"GEMINI_API_KEY": CANARY, "PATH": f"{programs}:{os.environ['PATH']}"})
    key_file = tmp_path / "key"
    key_file.write_text(CANARY)
    home.config.write_text(
        simulated(tmp_path).replace("[live]", f'[live]\nkey_file = "{key_file}"')
        + '[mcp.home]\ncommand = ["serve"]\nenv = { DOOR = "4711" }\n'
    )
    return home


def contents(path: Path) -> dict[str, str]:
    """Return every file of a bundle by its name, and the names of all together."""
    with tarfile.open(path) as bundle:
        members = bundle.getmembers()
        texts = {}
        for member in members:
            file = bundle.extractfile(member)
            assert file is not None
            texts[Path(member.name).name] = file.read().decode()
    return {**texts, "names": "\n".join(member.name for member in members)}


async def test_report_tells_everything_but_the_key(home: Home) -> None:
    path = home.folder / "report.tar.gz"
    async with scene(home.folder) as on:
        on.app.health.degrade("broker", f"it refused {CANARY}")
        endpoint = ("--set", f"live.endpoint={on.config.live.endpoint}")
        done = await home.myna("report", "--output", str(path), "--lines", "77", *endpoint)
    assert done.code == 0, done.err
    assert str(path) in done.out
    found = contents(path)
    assert set(found) == {*PIECES, "names"}
    assert found_in({**found, "printed": done.out + done.err}, CANARY) == {}
    assert found_in(found, "drop-in-canary-77341") == {}
    assert "4711" not in found["configuration.toml"]
    assert json.loads(found["status.json"])["state"] == "idle"
    assert {each["part"] for each in json.loads(found["doctor.json"])} >= {"key", "wake engine"}
    assert json.loads(found["versions.json"])["packages"]["websockets"]
    assert "journalctl -u myna.service -n 77" in found["journal.txt"]
    assert "myna: the server said: key [secret] is not good" in found["journal.txt"]
    assert 'driver = "simulated"' in found["configuration.toml"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


async def test_report_is_made_without_a_daemon_and_with_a_wrong_configuration(home: Home) -> None:
    home.config.write_text('[speaker]\nvolume = "loud"\n')
    path = home.folder / "report.tar.gz"
    done = await home.myna("report", "--output", str(path))
    assert done.code == 0, done.err
    found = contents(path)
    assert found["status.json"] == "null"
    assert "speaker.volume" in found["doctor.json"]
    assert found_in(found, CANARY) == {}


async def test_report_writes_over_nothing(home: Home) -> None:
    path = home.folder / "report.tar.gz"
    path.write_text("mine")
    done = await home.myna("report", "--output", str(path))
    assert done.code == 1
    assert done.err == f"myna: cannot write {path}: File exists\n"
    assert path.read_text() == "mine"
