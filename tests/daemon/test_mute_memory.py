"""The file that remembers that the speaker was muted, on a real disk."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from myna.mute_memory import FILE, MuteMemory


def test_speaker_that_never_ran_was_not_muted(tmp_path: Path) -> None:
    assert not MuteMemory(tmp_path / "not" / "there").recall()
    assert list(tmp_path.iterdir()) == [], "asking leaves nothing behind"


@given(st.lists(st.booleans(), min_size=1))
def test_memory_recalls_what_was_remembered_last_after_a_restart(
    tmp_path_factory: pytest.TempPathFactory, moments: list[bool]
) -> None:
    folder = tmp_path_factory.mktemp("state") / "myna"
    for is_muted in moments:
        MuteMemory(folder).remember(is_muted=is_muted)
        assert MuteMemory(folder).recall() is is_muted


def test_folder_and_file_are_for_nobody_else(tmp_path: Path) -> None:
    MuteMemory(tmp_path / "state").remember(is_muted=True)
    modes = [
        path.stat().st_mode & 0o777 for path in (tmp_path / "state", tmp_path / "state" / FILE)
    ]
    assert modes == [0o700, 0o600]


def in_a_file(folder: Path) -> None:
    folder.write_text("a file")


def in_a_circle(folder: Path) -> None:
    folder.symlink_to(folder)


def under_a_name_too_long(folder: Path) -> None:
    folder.symlink_to("x" * 300)


NO_FOLDERS = (in_a_file, in_a_circle, under_a_name_too_long)


@pytest.mark.parametrize("spoil", NO_FOLDERS)
@pytest.mark.parametrize("is_muted", [True, False])
def test_memory_that_cannot_be_written_says_so(
    tmp_path: Path, spoil: Callable[[Path], None], is_muted: bool
) -> None:
    spoil(tmp_path / "state")
    with pytest.raises(OSError, match="state"):
        MuteMemory(tmp_path / "state").remember(is_muted=is_muted)


@pytest.mark.parametrize("spoil", NO_FOLDERS)
def test_memory_that_cannot_be_read_says_so(tmp_path: Path, spoil: Callable[[Path], None]) -> None:
    spoil(tmp_path / "state")
    with pytest.raises(OSError, match="state"):
        MuteMemory(tmp_path / "state").recall()
