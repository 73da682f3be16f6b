from __future__ import annotations

import io
import logging
import os
import re
import sys
import threading
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest

from myna.logs import log_uncaught, start_logging
from myna.redaction import Redaction

CANARY = "AIzaSyCanary0123456789abcdefghijklmnopq"


@pytest.fixture
def root() -> Iterator[logging.Logger]:
    """A tree of loggers of its own, so that pytest's stays as it is."""
    logger = logging.getLogger("log-test")
    logger.propagate = False
    yield logger
    for handler in tuple(logger.handlers):
        logger.removeHandler(handler)
        handler.close()
    logger.getChild("websockets").setLevel(logging.NOTSET)


def test_logs_carry_time_level_and_name_for_a_person(root: logging.Logger) -> None:
    stream = io.StringIO()
    start_logging("info", Redaction(), {}, stream=stream, root=root)
    root.getChild("live").warning("no %s", "network")
    root.getChild("live").debug("not shown")
    assert re.fullmatch(r"\d\d:\d\d:\d\d WARNING log-test\.live: no network\n", stream.getvalue())


def test_logs_carry_severities_on_every_line_for_the_journal(
    root: logging.Logger, tmp_path: Path
) -> None:
    path = tmp_path / "journal"
    with path.open("w") as stream:
        status = os.fstat(stream.fileno())
        environ = {"JOURNAL_STREAM": f"{status.st_dev}:{status.st_ino}"}
        nowhere = tmp_path / "no-journal"
        start_logging("debug", Redaction(), environ, stream=stream, root=root, journal=nowhere)
        root.debug("a")
        root.info("b")
        root.warning("c\nd")
        root.error("e")
        root.critical("f")
    assert path.read_text().splitlines() == [
        "<7>log-test: a",
        "<6>log-test: b",
        "<4>log-test: c",
        "<4>d",
        "<3>log-test: e",
        "<2>log-test: f",
    ]


def test_logs_are_for_a_person_when_the_journal_reads_another_stream(
    root: logging.Logger, tmp_path: Path
) -> None:
    path = tmp_path / "terminal"
    with path.open("w") as stream:
        start_logging("info", Redaction(), {"JOURNAL_STREAM": "1:1"}, stream=stream, root=root)
        root.info("a")
    assert not path.read_text().startswith("<")


def test_logs_mask_secrets_in_texts_arguments_and_tracebacks(root: logging.Logger) -> None:
    stream = io.StringIO()
    redaction = Redaction()
    start_logging("debug", redaction, {}, stream=stream, root=root)
    redaction.hide("an-odd-secret")
    root.info("key %s and an-odd-secret", CANARY)
    try:
        int(f"wss://host?key=hidden-canary {CANARY}")
    except ValueError:
        root.exception("failed")
    assert "Traceback" in stream.getvalue()
    assert "anary" not in stream.getvalue()
    assert "an-odd-secret" not in stream.getvalue()


@pytest.mark.parametrize(("level", "expected"), [("debug", logging.INFO), ("error", logging.ERROR)])
def test_logs_never_let_websockets_debug(
    root: logging.Logger, level: Literal["debug", "error"], expected: int
) -> None:
    start_logging(level, Redaction(), {}, stream=io.StringIO(), root=root)
    assert root.getChild("websockets").level == expected


def test_logs_go_to_stderr_by_default(
    root: logging.Logger, capsys: pytest.CaptureFixture[str]
) -> None:
    start_logging("info", Redaction(), {}, root=root)
    root.info("hello")
    assert capsys.readouterr().err.endswith("log-test: hello\n")


def test_logs_show_no_argument_of_a_record_that_cannot_be_formatted(
    root: logging.Logger, capsys: pytest.CaptureFixture[str]
) -> None:
    stream = io.StringIO()
    handler = start_logging("info", Redaction(), {}, stream=stream, root=root)
    record = root.makeRecord(root.name, logging.INFO, __file__, 7, "%d keys", (CANARY,), None)
    handler.handle(record)
    assert re.fullmatch(
        r"log-test: the log record of test_logs\.py, line 7, could not be written\n",
        stream.getvalue(),
    )
    assert capsys.readouterr().err == ""


class Stubborn:
    """Something whose end is a bug."""

    def __del__(self) -> None:
        raise ValueError(CANARY)


@pytest.fixture
def _python_as_it_was(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for owner, name in ((sys, "excepthook"), (sys, "unraisablehook"), (threading, "excepthook")):
        monkeypatch.setattr(owner, name, getattr(owner, name))
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        yield
        logging.captureWarnings(capture=False)


@pytest.mark.usefixtures("_python_as_it_was")
def test_logs_have_what_python_itself_would_print(
    root: logging.Logger, capsys: pytest.CaptureFixture[str]
) -> None:
    stream = io.StringIO()
    handler = start_logging("info", Redaction(), {}, stream=stream, root=root)
    logging.getLogger("py.warnings").addHandler(handler)
    log_uncaught(root)

    def fail() -> None:
        raise RuntimeError(f"bug {CANARY}")

    thread = threading.Thread(target=fail, name="capture")
    thread.start()
    thread.join()
    try:
        fail()
    except RuntimeError as error:
        sys.excepthook(type(error), error, error.__traceback__)
    Stubborn()
    warnings.warn(f"careful with {CANARY}", stacklevel=1)
    logging.getLogger("py.warnings").removeHandler(handler)

    told = stream.getvalue()
    assert "the thread capture ended by a bug" in told
    assert told.count("RuntimeError: bug [secret]") == 2
    assert "ValueError: [secret]" in told
    assert "careful with [secret]" in told
    assert "anary0" not in told + capsys.readouterr().err
