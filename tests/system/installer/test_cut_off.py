"""install.sh as a download that broke off leaves it: it runs whole, or not at all."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Final

import pytest

SCRIPT: Final = Path(__file__).parents[3] / "install.sh"
LINES: Final = SCRIPT.read_bytes().splitlines(keepends=True)
LAST: Final = LINES[-1].rstrip(b"\n")


@pytest.fixture
def world(tmp_path: Path) -> Path:
    """A folder to stand in; every command in its `bin` only tells that it was called."""
    (tmp_path / "bin").mkdir()
    teller = tmp_path / "bin/.teller"
    teller.write_text(f'#!/bin/sh\necho "$0" >>"{tmp_path}/called"\n')
    teller.chmod(0o755)
    for place in ("/usr/bin", "/usr/sbin"):
        for path in Path(place).iterdir():
            if not (tmp_path / "bin" / path.name).is_symlink():
                (tmp_path / "bin" / path.name).symlink_to(teller.name)
    return tmp_path


def called(world: Path, text: bytes, *words: str) -> str:
    """Run `text` as install.sh; return the commands that it called, a line each."""
    script = world / "install.sh"
    script.write_bytes(text)
    before = set(world.iterdir())
    subprocess.run(  # noqa: S603 - our own script
        ["/bin/bash", str(script), *words],
        env={"PATH": str(world / "bin")},
        cwd=world,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        timeout=30,
    )
    assert set(world.iterdir()) - before <= {world / "called"}
    told = world / "called"
    return told.read_text() if told.exists() else ""


def test_cut_off_after_any_line_it_runs_nothing(world: Path) -> None:
    for count in range(len(LINES)):
        assert called(world, b"".join(LINES[:count]), "--yes") == "", f"after line {count}"


def test_cut_off_within_the_last_line_it_runs_nothing(world: Path) -> None:
    before = b"".join(LINES[:-1])
    for length in range(len(LAST)):
        assert called(world, before + LAST[:length], "--yes") == "", LAST[:length]


def test_whole_it_runs_without_its_last_line_end_too(world: Path) -> None:
    assert "/bin/getconf\n" in called(world, b"".join(LINES[:-1]) + LAST, "--yes")
