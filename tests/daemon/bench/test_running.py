"""A chapter in a process of its own, and how it ends."""

from __future__ import annotations

import os
import select
from pathlib import Path

import pytest

from bench.performance.running import ChapterFailedError, measured

PATIENCE_S = 10.0
LEAVES_A_CHILD = """
import subprocess, sys, time
child = subprocess.Popen(["sleep", "600"])
open(sys.argv[2] + ".child", "w").write(str(child.pid))
"""
WRITES = """
open(sys.argv[2], "w").write('{"title": "t", "script": "s", "how": "h"}')
"""
HANGS = """
time.sleep(600)
"""


@pytest.fixture
def chapter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file of a chapter that the process finds before any other of that name."""
    folder = tmp_path / "bench/performance"
    folder.mkdir(parents=True)
    (folder / "__init__.py").touch()
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    return folder / "idle.py"


def ends(child: Path) -> bool:
    """Wait until the process whose number is in a file has ended; False if it goes on."""
    try:
        process = os.pidfd_open(int(child.read_text()))
    except ProcessLookupError:
        return True
    ended, _, _ = select.select([process], [], [], PATIENCE_S)
    os.close(process)
    return bool(ended)


def test_chapter_is_read_from_its_output(chapter: Path, tmp_path: Path) -> None:
    chapter.write_text(f"{LEAVES_A_CHILD}{WRITES}")
    assert measured("idle", tmp_path).title == "t"
    assert sorted(path.name for path in tmp_path.glob("idle*")) == [
        "idle.log",
        "idle.output.child",
    ]


def test_what_a_chapter_leaves_running_ends_with_it(chapter: Path, tmp_path: Path) -> None:
    chapter.write_text(f"{LEAVES_A_CHILD}{WRITES}")
    measured("idle", tmp_path)
    assert ends(tmp_path / "idle.output.child")


def test_chapter_that_hangs_is_ended_with_what_it_started(chapter: Path, tmp_path: Path) -> None:
    chapter.write_text(f"{LEAVES_A_CHILD}{HANGS}")
    with pytest.raises(ChapterFailedError, match="it was not done after 3 s"):
        measured("idle", tmp_path, limit_s=3)
    assert ends(tmp_path / "idle.output.child")


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("import sys; sys.exit(3)", "it ended with code 3"),
        ("import os; os.abort()", "it ended with code -6"),
        ("pass", "it wrote no chapter: "),
        ("import sys; open(sys.argv[2], 'w').write('{}')", "it wrote no chapter: "),
    ],
)
def test_chapter_that_failed_says_why(chapter: Path, tmp_path: Path, source: str, why: str) -> None:
    chapter.write_text(f"print('so it goes', flush=True)\n{source}")
    with pytest.raises(ChapterFailedError) as failed:
        measured("idle", tmp_path)
    assert failed.value.why.startswith(why)
    assert str(failed.value).endswith("\n    so it goes")


def test_output_of_a_former_run_is_not_read_again(chapter: Path, tmp_path: Path) -> None:
    (tmp_path / "idle.output").write_text('{"title": "t", "script": "s", "how": "h"}')
    chapter.write_text("")
    with pytest.raises(ChapterFailedError, match="it wrote no chapter"):
        measured("idle", tmp_path)
