"""Records as rows of a database, and back."""

from __future__ import annotations

import sqlite3
from typing import Final, TypeAlias

import msgspec

from myna.timers.plan import Entry
from myna.timers.rings import Record, Ring

TABLES: Final = ("entries", "rings")

Rows: TypeAlias = dict[tuple[str, int], str]
"""The body of each row by its table and id."""


def rows_of(record: Record) -> Rows:
    """Return `record` as rows."""
    return {
        (table, item.id): msgspec.json.encode(item).decode()
        for table, items in (("entries", record.entries), ("rings", record.rings))
        for item in items
    }


def parsed(rows: Rows) -> tuple[Record, list[str]]:
    """Return the record that `rows` hold, without those that cannot be read, and what they are."""
    entries: list[Entry] = []
    rings: list[Ring] = []
    problems: list[str] = []
    for (table, row_id), body in rows.items():
        try:
            if table == "entries":
                entries.append(msgspec.json.decode(body, type=Entry))
            else:
                rings.append(msgspec.json.decode(body, type=Ring))
        except (msgspec.DecodeError, UnicodeError, TypeError) as error:
            problems.append(f"{table} {row_id}: {error}")
    return Record(tuple(entries), tuple(rings)), problems


def read_into(rows: Rows, connection: sqlite3.Connection) -> None:
    """Add row after row to `rows`; a database that breaks off in the midst has added some.

    Raises:
        sqlite3.DatabaseError: It cannot be read, or not all of it.
    """
    for table in TABLES:
        for row_id, body in connection.execute(f"SELECT id, body FROM {table}"):  # noqa: S608 - ours
            rows[table, row_id] = body
    (finding,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if finding != "ok":
        raise sqlite3.DatabaseError(finding)


def is_damage(error: sqlite3.DatabaseError) -> bool:
    """Tell damage from a disk that is full, read-only or busy.

    SQLITE_ERROR is said where a table is missing that was created with the file.
    """
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT)
    return not isinstance(error, sqlite3.OperationalError) or code == sqlite3.SQLITE_ERROR
