from __future__ import annotations

import logging
import signal
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from myna.usage.counts import Counts
from myna.usage.store import LIMIT_BYTES, Record, Store

MONDAY = date(2026, 11, 23)
RECORD = Record(
    {
        MONDAY: Counts(8, {"AUDIO": 40_000, "TEXT": 210}, {"AUDIO": 5_000}, 426.0, 318.0, 3),
        MONDAY - timedelta(days=1): Counts(1, seconds_in=2.5),
    },
    {"nearly": MONDAY},
)
KILLED = """\
import os, sys
from datetime import date
from pathlib import Path
from myna.usage.counts import Counts
from myna.usage.store import Record, Store
store = Store(Path(sys.argv[1]))
for n in range(1, 10**9):
    store.save(Record({date(2026, 11, 23): Counts(n, {"AUDIO": n})}))
    if n == 3:
        print("writing", flush=True)
"""


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path)


def test_store_knows_nothing_when_there_is_no_file(store: Store) -> None:
    assert store.load() == Record()
    assert not store.path.exists(), "looking writes nothing"


def test_store_returns_what_was_saved(store: Store) -> None:
    store.save(Record())
    store.save(RECORD)
    assert store.load() == RECORD
    assert sorted(each.name for each in store.path.parent.iterdir()) == ["usage.json"]


def test_store_writes_for_its_owner_only(tmp_path: Path) -> None:
    store = Store(tmp_path / "new" / "folder")
    store.save(RECORD)
    assert store.path.stat().st_mode & 0o777 == 0o600


def test_store_does_not_follow_a_link_left_in_its_way(store: Store, tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("precious")
    store.path.with_name("usage.json.tmp").symlink_to(victim)
    store.save(RECORD)
    assert (victim.read_text(), store.load()) == ("precious", RECORD)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        bytes(500),
        b"\xff\xfe{}",
        b"[]",
        b"null",
        b'{"days": {"yesterday": {}}}',
        b'{"days": {"2026-11-23": {"stills": -1}}}',
        b'{"days": {"2026-11-23": {"seconds_in": 1e300}}}',
        b'{"days": {"2026-11-23": {"tokens_in": {"AUDIO": 1e99}}}}',
        b'{"surprise": 1}',
        b"[" * 100_000,
        b'{"told_on": ' + b'{"a":' * 100_000,
        b" " * (LIMIT_BYTES + 1),
    ],
)
def test_store_sets_a_broken_file_aside_and_starts_anew(
    store: Store, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    store.path.write_bytes(content)
    with caplog.at_level(logging.WARNING):
        assert store.load() == Record()
    assert store.path.with_name("usage.json.broken").read_bytes() == content
    assert len(caplog.messages) == 1
    assert "usage.json.broken: counting starts anew" in caplog.messages[0]
    assert "\n" not in caplog.messages[0]
    store.save(RECORD)
    assert store.load() == RECORD


def test_store_sets_a_file_aside_wherever_it_was_cut(store: Store) -> None:
    store.save(RECORD)
    whole = store.path.read_bytes()
    for size in range(len(whole.rstrip())):
        store.path.write_bytes(whole[:size])
        assert store.load() == Record()
        assert store.path.with_name("usage.json.broken").read_bytes() == whole[:size]


@given(st.binary(max_size=200))
def test_store_reads_anything_or_sets_it_aside(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    store = Store(tmp_path_factory.mktemp("state"))
    store.path.write_bytes(content)
    store.load()
    assert store.path.exists() or store.path.with_name("usage.json.broken").exists()


def test_store_sets_aside_what_is_no_file_at_all(store: Store) -> None:
    store.path.mkdir()
    assert store.load() == Record()
    assert store.path.with_name("usage.json.broken").is_dir()


def test_store_says_that_its_folder_is_none(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file")
    store = Store(tmp_path / "state")
    with pytest.raises(NotADirectoryError):
        store.load()
    with pytest.raises(FileExistsError):
        store.save(RECORD)


def test_store_leaves_the_old_file_when_the_new_one_cannot_take_its_place(store: Store) -> None:
    store.path.mkdir()
    (store.path / "old").touch()
    with pytest.raises(OSError, match="usage"):
        store.save(RECORD)
    assert [each.name for each in store.path.parent.iterdir()] == ["usage.json"]
    assert (store.path / "old").exists()


def test_store_is_whole_when_its_writer_is_killed(tmp_path: Path) -> None:
    for _ in range(3):
        with subprocess.Popen(  # noqa: S603 - our own interpreter
            [sys.executable, "-c", KILLED, str(tmp_path)], stdout=subprocess.PIPE, text=True
        ) as writer:
            assert writer.stdout is not None
            assert writer.stdout.readline() == "writing\n"
            writer.kill()
            assert writer.wait() == -signal.SIGKILL
        raw = msgspec.json.decode(Store(tmp_path).path.read_bytes(), type=Record)
        counts = raw.days[MONDAY]
        assert counts.conversations >= 3
        assert counts.tokens_in == {"AUDIO": counts.conversations}
