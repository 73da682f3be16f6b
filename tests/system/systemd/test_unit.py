"""The files of systemd/, judged by systemd's own tools."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Final

import pytest

SYSTEMD: Final = Path(__file__).parents[3] / "systemd"
DROPINS: Final = sorted(SYSTEMD.glob("dropins/*.conf"))

EXPOSURE: Final = 1.3
"""The most that the unit may be exposed, 0 to 10: a tenth above redis-server's, which is
the lowest of the general-purpose services of Debian 12."""

needs_analyze = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None,
    reason="there is no systemd-analyze: apt install systemd",
)


def analyze(*words: str) -> str:
    """Return all that `systemd-analyze` prints; it exits with 0 whatever it has found."""
    run = subprocess.run(  # noqa: S603 - every word stands here
        ["systemd-analyze", *words],  # noqa: S607
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    return run.stdout + run.stderr


def laid_out(folder: Path, *dropins: Path) -> Path:
    """Put the unit with `dropins` into `folder`, for a machine on which nothing is installed."""
    unit = folder / "myna.service"
    text = (SYSTEMD / "myna.service").read_text()
    unit.write_text(text.replace("/opt/myna/venv/bin/python", "/bin/true"))
    for dropin in dropins:
        (folder / "myna.service.d").mkdir(exist_ok=True)
        shutil.copy(dropin, folder / "myna.service.d")
    return unit


def version() -> int:
    found = re.match(r"systemd (\d+)", analyze("--version"))
    assert found is not None
    return int(found[1])


def exposure(unit: Path) -> float:
    words = analyze("security", "--offline=true", "--no-pager", str(unit))
    found = re.search(r"exposure level for myna.service: ([\d.]+)", words)
    assert found is not None, words
    return float(found[1])


@needs_analyze
def test_the_unit_is_hardly_exposed(tmp_path: Path) -> None:
    assert exposure(laid_out(tmp_path)) <= EXPOSURE


@needs_analyze
def test_verify_finds_nothing_to_say(tmp_path: Path) -> None:
    assert analyze("verify", "--man=no", str(laid_out(tmp_path))) == ""


@needs_analyze
def test_verify_would_say_something(tmp_path: Path) -> None:
    unit = laid_out(tmp_path)
    unit.write_text(unit.read_text().replace("WatchdogSec=", "WatchDogSec="))
    assert "WatchDogSec" in analyze("verify", "--man=no", str(unit))


@needs_analyze
@pytest.mark.parametrize("dropin", DROPINS, ids=lambda path: path.stem)
def test_verify_finds_nothing_to_say_of_a_dropin(tmp_path: Path, dropin: Path) -> None:
    if "notify-reload" in dropin.name and version() < 253:
        pytest.skip("systemd 253 is the first to know it, and install.sh leaves it out before")
    assert analyze("verify", "--man=no", str(laid_out(tmp_path, dropin))) == ""


def test_every_group_of_the_service_is_made_with_its_user() -> None:
    lines = [line.split() for line in (SYSTEMD / "myna.sysusers.conf").read_text().splitlines()]
    joined = {words[2] for words in lines if words[:2] == ["m", "myna"]}
    made = {words[1] for words in lines if words and words[0] == "g"}
    # Debian's base-passwd has the other two.
    assert joined - made == {"audio", "video"}


def test_no_group_keeps_the_service_from_starting() -> None:
    unit = (SYSTEMD / "myna.service").read_text()
    assert not re.search(r"^SupplementaryGroups=", unit, re.MULTILINE)


def test_a_dropin_changes_nothing_but_the_service() -> None:
    assert DROPINS
    for dropin in DROPINS:
        assert re.findall(r"^\[.*\]$", dropin.read_text(), re.MULTILINE) == ["[Service]"]
