"""Logging: to the journal when systemd reads stderr, to stderr for a person otherwise."""

from __future__ import annotations

import contextlib
import logging
import os
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Final, Literal, TextIO, TypeAlias

from myna.journal import SOCKET, Journal, fields_of, severity_of
from myna.log_pace import Pace
from myna.redaction import Redaction

Level: TypeAlias = Literal["debug", "info", "warning", "error"]

LAYOUT: Final = "%(name)s: %(message)s"


class RedactingFormatter(logging.Formatter):
    """Formats a record, traceback included, and masks every secret in the outcome."""

    def __init__(self, layout: str, redaction: Redaction) -> None:
        super().__init__(layout, datefmt="%H:%M:%S")
        self._redaction = redaction

    def format(self, record: logging.LogRecord) -> str:
        """Return the text of `record` without secrets."""
        return self._redaction(super().format(record))


class JournalFormatter(RedactingFormatter):
    """Puts the severity before every line, as journald reads it (sd-daemon(3)); no time."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the lines of `record`, each with its severity."""
        severity = severity_of(record.levelno)
        return "\n".join(f"<{severity}>{line}" for line in super().format(record).splitlines())


class _Handler(logging.StreamHandler[TextIO]):
    """A handler that says of a record that it cannot format where it stands, and no more."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        """Replace Python's own words, which print every argument as it is."""
        with contextlib.suppress(OSError, ValueError):
            self.stream.write(
                f"{record.name}: the log record of {record.filename}, line {record.lineno}, "
                "could not be written\n"
            )


class JournalHandler(_Handler):
    """Writes entries with fields; where there is no journal, lines with severities.

    Args:
        stream: For those lines.
        journal: For the entries.
        redaction: Masks the secrets in all of them.
    """

    def __init__(self, stream: TextIO, journal: Journal, redaction: Redaction) -> None:
        super().__init__(stream)
        self.setFormatter(JournalFormatter(LAYOUT, redaction))
        self._text = RedactingFormatter(LAYOUT, redaction)
        self._journal = journal
        self._redaction = redaction
        self._pace = Pace()

    def emit(self, record: logging.LogRecord) -> None:
        """Write the record, unless there are too many; say how many were not."""
        if not self._pace.admit(time.monotonic()):
            return
        missed = self._pace.missed
        if missed and self._has_written(_lost(missed)):
            self._pace.note_told(missed)
        if not self._has_written(record):
            self._pace.note_missed()

    def close(self) -> None:
        """Hang up; idempotent."""
        self._journal.close()
        super().close()

    def _has_written(self, record: logging.LogRecord) -> bool:
        """Write the record; return whether there was room for it."""
        try:
            fields = fields_of(record, self._text.format(record))
            self._journal.write({name: self._redaction(text) for name, text in fields.items()})
        except BlockingIOError:
            return False
        except OSError:
            super().emit(record)
        except Exception:  # noqa: BLE001 - whatever a record is made of, as in logging itself
            self.handleError(record)
        return True


def _lost(missed: int) -> logging.LogRecord:
    text = f"{missed} more log records were left out: there were too many at once"
    return logging.makeLogRecord({"name": "myna", "levelno": logging.WARNING, "msg": text})


def start_logging(  # noqa: PLR0913 - where it goes, and what may be replaced of that
    level: Level,
    redaction: Redaction,
    environ: Mapping[str, str],
    *,
    stream: TextIO | None = None,
    root: logging.Logger | None = None,
    journal: Path = SOCKET,
) -> logging.Handler:
    """Send every log record to the journal or to `stream`, without secrets.

    Args:
        level: `log.level`.
        redaction: Knows the secrets of this run, also those that it learns later.
        environ: `JOURNAL_STREAM` tells whether the journal reads `stream`.
        stream: Where to write; None for stderr.
        root: The logger to serve; None for the root of all.
        journal: The journal's socket.

    Returns:
        The handler, for whoever has to take it away again.
    """
    stream = stream or sys.stderr
    handler: logging.Handler
    if _is_journal(stream, environ):
        handler = JournalHandler(stream, Journal(journal), redaction)
    else:
        handler = _Handler(stream)
        layout = f"%(asctime)s %(levelname)-7s {LAYOUT}"
        handler.setFormatter(RedactingFormatter(layout, redaction))
    root = root or logging.getLogger()
    root.addHandler(handler)
    set_level(level, root)
    return handler


def set_level(level: Level, root: logging.Logger | None = None) -> None:
    """Write from now on what is of `level` or worse.

    Args:
        level: `log.level`.
        root: The logger to serve; None for the root of all.
    """
    root = root or logging.getLogger()
    root.setLevel(level.upper())
    # At DEBUG this library prints the key, in the URL and in the header (our own bench).
    root.getChild("websockets").setLevel(max(logging.INFO, root.level))


def log_uncaught(log: logging.Logger) -> None:
    """Send what Python itself would print on stderr to `log`, where secrets are masked.

    That is: an exception that ends the process, a thread or a finalizer, and warnings.
    """

    def on_end(
        kind: type[BaseException], error: BaseException, traceback: TracebackType | None
    ) -> None:
        log.critical("ended by a bug", exc_info=(kind, error, traceback))

    def on_thread_end(end: threading.ExceptHookArgs) -> None:
        name = end.thread.name if end.thread else "?"
        log.critical("the thread %s ended by a bug", name, exc_info=end.exc_value)

    def on_unraisable(ignored: sys.UnraisableHookArgs) -> None:
        log.error("%s", ignored.err_msg or "ignored", exc_info=ignored.exc_value)

    sys.excepthook = on_end
    sys.unraisablehook = on_unraisable
    threading.excepthook = on_thread_end
    logging.captureWarnings(capture=True)


def _is_journal(stream: TextIO, environ: Mapping[str, str]) -> bool:
    """Whether `stream` is the one that JOURNAL_STREAM describes (systemd.exec(5))."""
    try:
        status = os.fstat(stream.fileno())
    except (AttributeError, OSError, ValueError):  # Python's stderr is None where 2 is closed
        return False
    return environ.get("JOURNAL_STREAM") == f"{status.st_dev}:{status.st_ino}"
