from __future__ import annotations

from pathlib import Path

import pytest

from myna.service.deaths import (
    DEATHS_TO_SAFE_MODE,
    FILE,
    LAST_END,
    PAUSES_S,
    Deaths,
    deaths_of,
    pause_s,
)


def die(folder: Path, times: int) -> Deaths:
    for _ in range(times):
        Deaths(folder).note_birth()
    return Deaths(folder)


def test_who_dies_young_is_counted(tmp_path: Path) -> None:
    assert [die(tmp_path, 1).count for _ in range(3)] == [1, 2, 3]


def test_who_grows_old_or_ends_well_is_forgotten(tmp_path: Path) -> None:
    deaths = die(tmp_path, 3)
    deaths.note_birth()
    deaths.forget()
    assert Deaths(tmp_path).count == 0


def test_a_loop_takes_five(tmp_path: Path) -> None:
    assert not die(tmp_path, DEATHS_TO_SAFE_MODE - 1).is_loop
    assert die(tmp_path, 1).is_loop


def test_pauses_grow_until_the_safe_mode_and_anew_after_it() -> None:
    before, after = PAUSES_S[:DEATHS_TO_SAFE_MODE], PAUSES_S[DEATHS_TO_SAFE_MODE:]
    assert list(before) == sorted(before)
    assert list(after) == sorted(after)
    assert pause_s(0) == pause_s(DEATHS_TO_SAFE_MODE) == 0
    assert pause_s(1000) == max(PAUSES_S)


@pytest.mark.parametrize("content", [b"", b"many\n", b"-3\n", b"\xff\xfe"])
def test_a_spoiled_count_is_none(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE).write_bytes(content)
    assert Deaths(tmp_path).count == 0


def test_how_the_last_one_ended_is_told(tmp_path: Path) -> None:
    assert Deaths(tmp_path).last_end == ""
    (tmp_path / LAST_END).write_text("watchdog, killed, ABRT\n")
    assert Deaths(tmp_path).last_end == "watchdog, killed, ABRT"


def test_a_folder_that_cannot_be_written_is_no_trouble(tmp_path: Path) -> None:
    deaths = Deaths(tmp_path / "none")
    deaths.note_birth()
    assert (deaths.count, deaths.last_end) == (0, "")


def test_the_runtime_directory_of_systemd_keeps_the_count(tmp_path: Path) -> None:
    die(tmp_path, 2)
    assert deaths_of({"RUNTIME_DIRECTORY": f"{tmp_path}:/run/other"}).count == 2


def test_without_systemd_nothing_is_counted() -> None:
    deaths = deaths_of({})
    deaths.note_birth()
    assert (deaths.count, deaths.is_loop, deaths.last_end) == (0, False, "")
