"""What is told of the machine that something was measured on."""

from __future__ import annotations

import platform
import subprocess
from pathlib import Path

import msgspec

import myna
from bench.performance.machine import commit, describe, processor


def git(folder: Path, *words: str) -> str:
    who = ("-c", "user.name=a", "-c", "user.email=a@b")
    command = ["git", "-C", str(folder), *who, *words]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()  # noqa: S603


def test_machine_is_described_without_its_name(tmp_path: Path) -> None:
    machine = describe(tmp_path)
    told = msgspec.json.encode(machine).decode()
    assert platform.node() not in told.replace(platform.release(), "")
    assert str(tmp_path) not in told
    assert str(Path.home()) not in told
    assert (machine.myna, machine.python) == (myna.__version__, platform.python_version())
    assert machine.memory_mib > 100
    assert {"websockets", "pymicro-wakeword", "google-genai"} <= machine.versions.keys()


def test_processor_is_the_first_one() -> None:
    assert processor("processor\t: 0\nmodel name\t: A: B\nmodel name\t: C\n") == "A: B"
    assert processor("CPU implementer : 0x41\n") == ""


def test_commit_is_marked_when_files_differ_from_it(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet")
    (tmp_path / "docs").mkdir()
    code, page = tmp_path / "code.py", tmp_path / "docs/performance.md"
    code.write_text("1")
    page.write_text("1")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "--quiet", "--message", "first")
    name = git(tmp_path, "rev-parse", "HEAD")[:10]
    page.write_text("what we write ourselves")
    assert commit(tmp_path) == name
    code.write_text("2")
    assert commit(tmp_path) == f"{name}+"


def test_commit_of_a_folder_without_history_is_unknown(tmp_path: Path) -> None:
    assert commit(tmp_path) == "unknown"
