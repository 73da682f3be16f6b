"""Logging to stderr: for the journal when systemd reads it, for a person otherwise."""

from __future__ import annotations

import contextlib
import logging
import os
import sys
import threading
from collections.abc import Mapping
from types import TracebackType
from typing import Final, Literal, TextIO, TypeAlias

from myna.redaction import Redaction

Level: TypeAlias = Literal["debug", "info", "warning", "error"]

_SYSLOG_LEVELS: Final = ((logging.ERROR, 3), (logging.WARNING, 4), (logging.INFO, 6))
_DEBUG: Final = 7
"""Severities of sd-daemon(3)."""


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
        severity = next((s for level, s in _SYSLOG_LEVELS if record.levelno >= level), _DEBUG)
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


def start_logging(
    level: Level,
    redaction: Redaction,
    environ: Mapping[str, str],
    *,
    stream: TextIO | None = None,
    root: logging.Logger | None = None,
) -> logging.Handler:
    """Send every log record to `stream`, without secrets.

    Args:
        level: `log.level`.
        redaction: Knows the secrets of this run, also those that it learns later.
        environ: `JOURNAL_STREAM` tells whether the journal reads `stream`.
        stream: Where to write; None for stderr.
        root: The logger to serve; None for the root of all.

    Returns:
        The handler, for whoever has to take it away again.
    """
    stream = stream or sys.stderr
    formatter: RedactingFormatter
    if _is_journal(stream, environ):
        formatter = JournalFormatter("%(name)s: %(message)s", redaction)
    else:
        formatter = RedactingFormatter(
            "%(asctime)s %(levelname)-7s %(name)s: %(message)s", redaction
        )
    handler = _Handler(stream)
    handler.setFormatter(formatter)
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
