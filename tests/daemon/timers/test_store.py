"""The database of timers: what survives kills, and disks that fail."""

from __future__ import annotations

import os
import resource
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path

import pytest

from myna.errors import TimerStoreError
from myna.timers.plan import Appointment, Entry, countdown
from myna.timers.rings import Record, ring_of
from myna.timers.store import FILE, Store
from support.timers import NOON

PASTA = Entry(1, "timer", "pasta", countdown(600, NOON))
ALARM = Entry(2, "alarm", "up", Appointment(datetime(2026, 11, 27, 7, 30), (0, 4)))
BINS = Entry(3, "reminder", "bins", countdown(60, NOON), "Take the bins out, bitte schön.")
RECORD = Record((PASTA, ALARM, BINS), (ring_of(BINS, 4, NOON), ring_of(PASTA, 5, NOON, "missed")))
NOBODY = 65534


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "state"


def load(folder: Path) -> Record:
    with closing(Store(folder)) as store:
        return store.load()


def save(folder: Path, record: Record = RECORD) -> None:
    with closing(Store(folder)) as store:
        store.save(record)


def test_record_comes_back_as_it_was_saved(folder: Path) -> None:
    assert load(folder) == Record()
    save(folder)
    assert load(folder) == RECORD


def test_save_replaces_what_was_there(folder: Path) -> None:
    with closing(Store(folder)) as store:
        for record in (RECORD, Record((ALARM,)), Record((ALARM, PASTA)), Record()):
            store.save(record)
            assert {each.id for each in load(folder).entries} == {
                each.id for each in record.entries
            }
            assert load(folder).rings == record.rings


def test_database_is_for_its_owner_only(folder: Path) -> None:
    with closing(Store(folder)) as store:
        store.save(RECORD)
        modes = {path.name: path.stat().st_mode & 0o777 for path in folder.iterdir()}
    assert modes == {FILE: 0o600, f"{FILE}-wal": 0o600, f"{FILE}-shm": 0o600}
    assert folder.stat().st_mode & 0o777 == 0o700


def test_every_commit_is_synced(folder: Path) -> None:
    with closing(Store(folder)) as store:
        store.save(RECORD)
        assert store._connection is not None
        (mode,) = store._connection.execute("PRAGMA journal_mode").fetchone()
        (level,) = store._connection.execute("PRAGMA synchronous").fetchone()
    assert (mode, level) == ("wal", 3)


# --- damage -----------------------------------------------------------------------------


def many(count: int) -> Record:
    return Record(tuple(Entry(n, "timer", f"timer {n}", PASTA.when) for n in range(1, count)))


@pytest.mark.parametrize("page", [0, 1, 2, 3, 4, 5])
def test_zeroed_page_costs_what_was_on_it_and_no_more(folder: Path, page: int) -> None:
    save(folder, many(65))
    content = (folder / FILE).read_bytes()
    assert len(content) >= 6 * 4096
    damaged = content[: page * 4096] + bytes(4096) + content[(page + 1) * 4096 :]
    (folder / FILE).write_bytes(damaged)
    with closing(Store(folder)) as store:
        found = store.load()
        assert store.loss is not None
        assert "was damaged" in store.loss
        assert set(found.entries) <= set(many(65).entries)
        store.save(found)
    assert (folder / f"{FILE}.broken").read_bytes()[: len(damaged)] == damaged
    with closing(Store(folder)) as store:
        assert store.load() == found
        assert store.loss is None


@pytest.mark.parametrize("content", [b"", b"x", b"SQLite format 3\0", bytes(8192), b"no" * 9000])
def test_file_that_is_no_database_is_replaced(folder: Path, content: bytes) -> None:
    folder.mkdir()
    (folder / FILE).write_bytes(content)
    assert load(folder) == Record()
    save(folder)
    assert load(folder) == RECORD


def test_database_without_its_tables_is_replaced(folder: Path) -> None:
    save(folder)
    with closing(sqlite3.connect(folder / FILE)) as connection:
        connection.execute("DROP TABLE rings")
    with closing(Store(folder)) as store:
        assert store.load() == Record(RECORD.entries)
        assert store.loss is not None


def test_database_of_a_later_version_is_set_aside(folder: Path) -> None:
    save(folder)
    with closing(sqlite3.connect(folder / FILE)) as connection:
        connection.execute("PRAGMA user_version = 7")
    with closing(Store(folder)) as store:
        assert store.load() == Record()
        assert "it is of version 7" in str(store.loss)
    with closing(sqlite3.connect(folder / f"{FILE}.broken")) as connection:
        assert connection.execute("SELECT count(*) FROM entries").fetchone() == (3,)


def test_what_could_not_be_read_at_all_is_set_aside_and_not_replaced(folder: Path) -> None:
    (folder / FILE / "rescued").mkdir(parents=True)
    with closing(Store(folder)) as store:
        with pytest.raises(TimerStoreError):
            store.load()
        store.save(RECORD)
        assert "is now" in str(store.loss)
    assert (folder / f"{FILE}.broken" / "rescued").exists()
    assert load(folder) == RECORD


def test_row_that_cannot_be_read_costs_that_row(folder: Path) -> None:
    save(folder)
    with closing(sqlite3.connect(folder / FILE)) as connection:
        connection.execute("UPDATE entries SET body = '{\"id\": true}' WHERE id = 1")
        connection.execute("UPDATE rings SET body = x'ff00' WHERE id = 4")
        connection.commit()
    with closing(Store(folder)) as store:
        assert store.load() == Record((ALARM, BINS), RECORD.rings[1:])
        assert "left out" in str(store.loss)
        store.save(Record((ALARM,)))
    assert load(folder) == Record((ALARM,))


def test_damage_that_shows_while_writing_is_survived(folder: Path) -> None:
    save(folder, many(65))
    content = (folder / FILE).read_bytes()
    (folder / FILE).write_bytes(content[:4096] + b"\xff" * (len(content) - 4096))
    with closing(Store(folder)) as store:
        store.save(RECORD)
        assert "was damaged" in str(store.loss)
    assert load(folder) == RECORD


def test_log_cut_anywhere_leaves_an_earlier_record_whole(folder: Path, tmp_path: Path) -> None:
    """What a power cut leaves of a log that the disk had not quite written."""
    records = [Record(), Record((PASTA,)), Record((PASTA, ALARM)), RECORD]
    with closing(Store(folder)) as store:
        for record in records[1:]:
            store.save(record)
        main, wal = folder / FILE, folder / f"{FILE}-wal"
        size = wal.stat().st_size
        seen = set()
        for cut in (*range(0, size, 1031), size):
            copy = tmp_path / f"cut at {cut}"
            copy.mkdir()
            shutil.copyfile(main, copy / FILE)
            (copy / f"{FILE}-wal").write_bytes(wal.read_bytes()[:cut])
            with closing(Store(copy)) as restored:
                found = restored.load()
                assert found in records
                assert restored.loss is None
                restored.save(RECORD)
            assert load(copy) == RECORD
            seen.add(records.index(found))
    assert seen == {0, 1, 2, 3}


def test_save_after_a_failed_one_leaves_nothing_old(folder: Path) -> None:
    with closing(Store(folder)) as store:
        store.save(RECORD)
        with full_disk(), pytest.raises(TimerStoreError):
            store.save(many(65))
        store.save(Record((PASTA,)))
    assert load(folder) == Record((PASTA,))


# --- disks that do not write ------------------------------------------------------------


@contextmanager
def full_disk() -> Iterator[None]:
    """Let no file of this process grow beyond a few bytes."""
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (512, limit[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)


def test_full_disk_keeps_what_was_saved_and_is_told(folder: Path) -> None:
    with closing(Store(folder)) as store:
        store.save(Record((PASTA,)))
        with full_disk(), pytest.raises(TimerStoreError, match="a disk with room"):
            store.save(RECORD)
        assert load(folder) == Record((PASTA,))
        store.save(RECORD)
    assert load(folder) == RECORD


def test_folder_that_cannot_be_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    store = Store(tmp_path / "file" / "state")
    with pytest.raises(TimerStoreError, match=r"state\.dir"):
        store.save(RECORD)


READ = """
import os, sys
from pathlib import Path
from myna.errors import TimerStoreError
from myna.timers.rings import Record
from myna.timers.store import Store
import tempfile
if os.geteuid() == 0:
    os.setgroups([]); os.setgid(65534); os.setuid(65534)
store = Store(Path(sys.argv[1]))
print(len(store.load().entries), store.loss)
try:
    store.save(Record())
except TimerStoreError as error:
    print(error)
"""


@pytest.mark.parametrize("has_log", [False, True])
def test_read_only_database_is_read_with_its_log(tmp_path: Path, has_log: bool) -> None:
    source, folder = tmp_path / "source", tmp_path / "state"
    with closing(Store(source)) as store:
        store.save(RECORD)
        if has_log:
            shutil.copytree(source, folder)
    if not has_log:
        shutil.copytree(source, folder)
    assert (folder / f"{FILE}-wal").exists() == has_log
    (folder / f"{FILE}-shm").unlink(missing_ok=True)
    for path in (tmp_path, *tmp_path.parents[:2]):
        path.chmod(0o755)
    for path in folder.iterdir():
        path.chmod(0o444)
    folder.chmod(0o555)
    done = subprocess.run(  # noqa: S603 - our own words
        [sys.executable, "-c", READ, str(folder)],
        env={**os.environ},
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    assert done.stdout.splitlines()[0] == "3 None", done.stderr
    assert "cannot be kept" in done.stdout
