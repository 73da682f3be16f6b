"""Log records as a journal gets them, over its real kind of socket."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from myna.health import Health
from myna.journal import LONGEST, serialize_entry
from myna.log_pace import RECORDS, Pace
from myna.logs import start_logging
from myna.redaction import Redaction
from myna.trace import Trace
from support.journald import journald, parse_entry

CANARY = "AIzaSyCanary0123456789abcdefghijklmnopq"


class Service:
    """A logger whose stderr is the journal's stream, beside a journal."""

    def __init__(self, folder: Path, stack: ExitStack, name: str = "myna") -> None:
        self.journal = stack.enter_context(journald(folder))
        self.log = logging.getLogger("journal-test").getChild(name)
        self._path = folder / "stderr"
        stream = self._stream = stack.enter_context(self._path.open("w"))
        status = os.fstat(stream.fileno())
        environ = {"JOURNAL_STREAM": f"{status.st_dev}:{status.st_ino}"}
        root = logging.getLogger("journal-test")
        root.propagate = False
        self.redaction = Redaction()
        self.handler = start_logging(
            "debug", self.redaction, environ, stream=stream, root=root, journal=self.journal.path
        )
        stack.callback(root.removeHandler, self.handler)
        stack.callback(self.handler.close)

    @property
    def stderr(self) -> list[str]:
        self._stream.flush()
        return self._path.read_text().splitlines()


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    with ExitStack() as stack:
        yield Service(tmp_path, stack)


@given(
    st.dictionaries(
        st.from_regex(r"[A-Z][A-Z0-9_]{0,20}", fullmatch=True),
        st.text(st.characters(exclude_categories=["Cs"])),
    )
)
def test_entry_is_read_as_it_was_written(fields: dict[str, str]) -> None:
    assert parse_entry(serialize_entry(fields)) == fields


def test_record_has_a_message_a_severity_and_its_place(service: Service) -> None:
    service.log.warning("no %s", "network")
    entry = service.journal.entry()
    assert entry["MESSAGE"] == "journal-test.myna: no network"
    assert (entry["PRIORITY"], entry["SYSLOG_IDENTIFIER"]) == ("4", "myna")
    assert entry["MYNA_LOGGER"] == "journal-test.myna"
    assert Path(entry["CODE_FILE"]).name == Path(__file__).name
    assert entry["CODE_FUNC"] == "test_record_has_a_message_a_severity_and_its_place"
    assert entry["CODE_LINE"].isdecimal()
    assert service.stderr == []


@pytest.mark.parametrize(
    ("level", "severity"),
    [("debug", 7), ("info", 6), ("warning", 4), ("error", 3), ("critical", 2)],
)
def test_levels_become_severities(service: Service, level: str, severity: int) -> None:
    getattr(service.log, level)("x")
    assert service.journal.entry()["PRIORITY"] == str(severity)


def test_record_with_fields_can_be_searched_by_them(service: Service) -> None:
    service.log.info("x", extra={"myna_part": "microphone", "myna_event": "degraded", "other": 1})
    entry = service.journal.entry()
    assert (entry["MYNA_PART"], entry["MYNA_EVENT"]) == ("microphone", "degraded")
    assert "OTHER" not in entry


def test_trouble_is_one_entry_when_it_begins_and_one_when_it_ends(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("myna.health.log", service.log)
    health = Health(Trace())
    for _retry in range(5):
        health.degrade("microphone", "unplugged")
    for _retry in range(5):
        health.recover("microphone")
    entries = service.journal.entries()
    told = [(each["PRIORITY"], each["MYNA_EVENT"], each["MYNA_PART"]) for each in entries]
    assert told == [("4", "degraded", "microphone"), ("6", "recovered", "microphone")]


def test_traceback_is_one_entry_and_nothing_in_it_is_secret(service: Service) -> None:
    service.redaction.hide("an-odd-secret")
    try:
        int(f"an-odd-secret {CANARY}")
    except ValueError:
        service.log.exception("failed with %s", CANARY, extra={"myna_part": "an-odd-secret"})
    entry = service.journal.entry()
    assert "Traceback" in entry["MESSAGE"]
    assert "\n" in entry["MESSAGE"]
    assert "anary" not in str(entry)
    assert "odd-secret" not in str(entry)
    assert service.journal.entries() == []


def test_longest_record_fits_into_a_datagram(service: Service) -> None:
    service.log.info("€" * 10 * LONGEST)
    assert len(service.journal.entry()["MESSAGE"]) == LONGEST


def test_records_go_to_stderr_with_severities_while_there_is_no_journal(service: Service) -> None:
    service.journal.close()
    service.log.error("one\ntwo")
    assert service.stderr == ["<3>journal-test.myna: one", "<3>two"]


def test_journal_that_is_too_slow_is_never_waited_for_and_hears_how_much_it_missed(
    service: Service,
) -> None:
    for number in range(RECORDS - 1):
        service.log.info("%d %s", number, "x" * 2000)
    kept = service.journal.entries()
    assert 0 < len(kept) < RECORDS - 1, "its socket holds some, and then no more"
    service.log.info("the next")
    missed, after = service.journal.entries()
    assert missed["MESSAGE"].startswith(f"myna: {RECORDS - 1 - len(kept)} more log records")
    assert after["MESSAGE"].endswith("the next")
    assert service.stderr == []


def test_flood_is_bounded_and_said_to_be_so(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    now_s = [100.0]
    monkeypatch.setattr("myna.logs.time.monotonic", lambda: now_s[0])
    taken: list[dict[str, str]] = []
    for number in range(RECORDS * 3):
        service.log.info("%d", number)
        taken += service.journal.entries()
    assert len(taken) == RECORDS
    now_s[0] += 11
    service.log.info("calm again")
    told = [entry["MESSAGE"] for entry in service.journal.entries()]
    assert told[0].startswith(f"myna: {2 * RECORDS} more log records were left out")
    assert told[1].endswith("calm again")


def test_record_that_cannot_be_formatted_says_where_it_stands(service: Service) -> None:
    record = service.log.makeRecord("myna", logging.INFO, __file__, 7, "%d keys", (CANARY,), None)
    service.handler.handle(record)
    assert service.journal.entries() == []
    assert "could not be written" in service.stderr[0]
    assert "anary" not in service.stderr[0]


@given(st.lists(st.floats(0, 30), max_size=200))
def test_pace_bounds_what_passes_in_any_stretch_of_time(pauses_s: list[float]) -> None:
    pace, now_s, passed = Pace(3, 10.0), 0.0, []
    for pause_s in pauses_s:
        now_s += pause_s
        if pace.admit(now_s):
            passed.append(now_s)
    windows = [sum(first <= at < first + 10 for at in passed) for first in passed]
    assert max(windows, default=0) <= 6, "two windows may meet"
    assert pace.missed == len(pauses_s) - len(passed)
