"""The database in which timers survive a restart and a power cut.

SQLite with a write-ahead log, synced at each commit (PRAGMA synchronous = EXTRA, which
also covers a file system that has no shared memory and so gets a rollback journal): what
was committed is there after a kill and after a power cut (sqlite.org/pragma.html). A
database that is damaged is set aside, and what can still be read of it is kept.

Everything here blocks, and is called by one thread at a time.
"""

from __future__ import annotations

import contextlib
import logging
import os
import shutil
import sqlite3
import tempfile
from pathlib import Path
from typing import Final

from myna.disk import sync_folder
from myna.errors import TimerStoreError
from myna.timers.rings import Record
from myna.timers.rows import TABLES, Rows, is_damage, parsed, read_into, rows_of

log = logging.getLogger(__name__)

FILE: Final = "timers.db"

SCHEMA: Final = 1
"""The version in `user_version`; 0 is a new file."""

_BUSY_S: Final = 2.0
"""How long somebody else's `sqlite3 timers.db` may keep us waiting."""

_COMPANIONS: Final = ("", "-wal", "-shm", "-journal")

_CREATE: Final = """
CREATE TABLE entries (id INTEGER PRIMARY KEY, body TEXT NOT NULL);
CREATE TABLE rings (id INTEGER PRIMARY KEY, body TEXT NOT NULL);
"""


class Store:
    """`timers.db` in a folder.

    Args:
        folder: Created when it is missing.

    Attributes:
        path: The file.
        loss: What could not be read, in one line for a person; None when all could.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE
        self.loss: str | None = None
        self._connection: sqlite3.Connection | None = None
        self._written: Rows = {}
        self._unread: str | None = None

    def load(self) -> Record:
        """Return what was saved last.

        Raises:
            TimerStoreError: The disk does not let it be read.
        """
        try:
            if not self.path.exists():
                return Record()
            rows = self._read()
        except (sqlite3.Error, OSError) as error:
            self.close()
            self._unread = str(error)
            raise TimerStoreError(self.path, str(error)) from error
        if self._connection is not None:
            self._written = rows
        record, problems = parsed(rows)
        for problem in problems:
            self.loss = f"{self.path}: what cannot be read was left out ({problem})"
            log.warning("%s", self.loss)
        return record

    def save(self, record: Record) -> None:
        """Bring `record` to the disk, as a whole or not at all.

        Raises:
            TimerStoreError: It cannot be written; what was saved last is still there.
        """
        rows = rows_of(record)
        try:
            if self._unread is not None:  # it may come back to those who can read it
                self._set_aside(self._unread)
            try:
                self._write(rows)
            except sqlite3.DatabaseError as error:
                if not is_damage(error):
                    raise
                self._set_aside(str(error))
                self._write(rows)
        except (sqlite3.Error, OSError) as error:
            self.close()
            raise TimerStoreError(self.path, str(error)) from error

    def close(self) -> None:
        """Let go of the file; idempotent."""
        connection, self._connection, self._written = self._connection, None, {}
        if connection is not None:
            with contextlib.suppress(sqlite3.Error):
                connection.close()

    # --- reading ------------------------------------------------------------------

    def _read(self) -> Rows:
        """Read row after row; a database that breaks off in the midst is set aside."""
        rows: Rows = {}
        try:
            read_into(rows, self._opened())
        except sqlite3.DatabaseError as error:
            if is_damage(error):
                self._set_aside(str(error))
            else:
                self.close()
                rows = self._read_copy()
        return rows

    def _read_copy(self) -> Rows:
        """Read where nothing can be written: SQLite itself must write to read a log."""
        with tempfile.TemporaryDirectory() as folder:
            copy = Store(Path(folder))
            for end in ("", "-wal"):
                source = self.path.with_name(FILE + end)
                if source.exists():
                    shutil.copyfile(source, copy.path.with_name(FILE + end))
            with contextlib.closing(copy):
                return copy._read()

    # --- writing ------------------------------------------------------------------

    def _write(self, rows: Rows) -> None:
        connection = self._opened()
        gone = self._written.keys() - rows.keys()
        changed = [(key, body) for key, body in rows.items() if self._written.get(key) != body]
        with connection:
            connection.execute("BEGIN IMMEDIATE")
            for table in TABLES if not self._written else ():
                connection.execute(f"DELETE FROM {table}")  # noqa: S608 - ours
            for table, row_id in gone:
                connection.execute(f"DELETE FROM {table} WHERE id = ?", (row_id,))  # noqa: S608 - ours
            for (table, row_id), body in changed:
                connection.execute(
                    f"INSERT OR REPLACE INTO {table} VALUES (?, ?)",  # noqa: S608 - ours
                    (row_id, body),
                )
        self._written = rows

    def _opened(self) -> sqlite3.Connection:
        if self._connection is None:
            self._create_file()
            connection = sqlite3.connect(
                self.path, timeout=_BUSY_S, isolation_level=None, check_same_thread=False
            )
            self._connection = connection
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = EXTRA")
            self._check_schema(connection)
        return self._connection

    def _create_file(self) -> None:
        """Create what only its owner may read; SQLite gives its other files the same mode."""
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not self.path.exists():
            flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
            os.close(os.open(self.path, flags, 0o600))
            sync_folder(self.path.parent)

    def _check_schema(self, connection: sqlite3.Connection) -> None:
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if version == SCHEMA:
            return
        if version != 0:
            raise sqlite3.DatabaseError(f"it is of version {version}, and not {SCHEMA}")
        connection.executescript(f"BEGIN;{_CREATE}PRAGMA user_version = {SCHEMA};COMMIT;")

    def _set_aside(self, why: str) -> None:
        """Make room for a new database; the damaged one is left to those who can repair it."""
        self.close()
        aside = self.path.with_name(f"{FILE}.broken")
        for end in _COMPANIONS:
            source = self.path.with_name(FILE + end)
            target = aside.with_name(aside.name + end)
            with contextlib.suppress(FileNotFoundError):
                source.replace(target) if source.exists() else target.unlink()
        self._unread = None
        self.loss = (
            f"{self.path} was damaged ({why}) and is now {aside}: timers may be lost; "
            "see `myna timers` and set again what is missing"
        )
        log.warning("%s", self.loss)
