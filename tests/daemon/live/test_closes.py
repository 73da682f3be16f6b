"""The physician: every close that was ever seen, in every phase where it matters."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from myna.errors import (
    ConnectError,
    CredentialError,
    LiveError,
    LocalProtocolError,
    RemoteProtocolError,
    SessionClosedError,
)
from myna.live import closes
from myna.live.closes import ROWS, Kind, Next, Phase, Verdict, judge, judge_close, judge_status
from myna.live.errors import CertificateError, UpgradeRefusedError

ALL = tuple(Phase)
OPENING, RESUMING, OPEN = Phase.OPENING, Phase.RESUMING, Phase.OPEN
UNREADY = (OPENING, RESUMING)

UNKNOWN_FIELD = (
    'Invalid JSON payload received. Unknown name "transparent" at '
    "'setup.session_resumption': Cannot find field."
)
MISSING_MODEL = (
    "models/gemini-2.0-flash-exp is not found for API version v1beta, or is not supported for "
    "bidiGenerateContent."
)[:123]
INVALID = "Request contains an invalid argument."
UNSUPPORTED_CALLS = "BLOCKING function calls are not supported for this model"
QUOTA = (
    "You exceeded your current quota, please check your plan and billing details. For more "
    "information on this error, head to"
)[:123]


class Case(NamedTuple):
    """A close as it was observed, and what is to follow."""

    code: int
    reason: str
    phases: tuple[Phase, ...]
    next: Next
    kind: Kind


TABLE = (
    Case(1000, "", ALL, "resume", "server"),
    Case(1001, "", ALL, "resume", "server"),
    Case(1005, "", ALL, "resume", "server"),
    Case(1006, "", ALL, "resume", "network"),
    Case(1007, "API key not valid. Please pass a valid API key.", ALL, "renew", "key"),
    Case(1007, "API key expired. Please renew the API key.", ALL, "renew", "key"),
    Case(1007, "User location is not supported for the API use.", ALL, "give-up", "location"),
    Case(1007, UNKNOWN_FIELD, UNREADY, "plain", "model"),
    Case(1007, UNKNOWN_FIELD, (OPEN,), "seeded", "bug"),
    Case(
        1007,
        'Invalid JSON payload received. Unknown name "config": Cannot f',
        UNREADY,
        "plain",
        "model",
    ),
    Case(1007, "Thinking level must be specified for this model", UNREADY, "plain", "model"),
    Case(1007, "Cannot extract voices from a non-audio request.", UNREADY, "plain", "model"),
    Case(1007, "setup must be the first message and only the first", (OPEN,), "seeded", "bug"),
    Case(
        1007,
        "realtime_input.media_chunks is deprecated. Use audio, video",
        (OPEN,),
        "seeded",
        "bug",
    ),
    Case(
        1007,
        "Function response scheduling is not supported for this model",
        (OPEN,),
        "seeded",
        "bug",
    ),
    Case(1007, INVALID, (OPENING,), "plain", "model"),
    Case(1007, INVALID, (RESUMING,), "seeded", "session"),
    Case(1007, INVALID, (OPEN,), "fresh", "session"),
    Case(1008, MISSING_MODEL, ALL, "give-up", "model"),
    Case(
        1008,
        "Connection aborted because the client failed to close after GoAway",
        ALL,
        "resume",
        "session",
    ),
    Case(1008, "The operation was aborted.", ALL, "resume", "server"),
    Case(1008, "Operation is not implemented, or supported, or enabled.", ALL, "resume", "server"),
    Case(1008, "Requested entity was not found.", ALL, "seeded", "session"),
    Case(1008, "BidiGenerateContent session not found", ALL, "seeded", "session"),
    Case(1008, "Method doesn't allow unregistered callers (callers without", ALL, "renew", "key"),
    Case(1009, "", ALL, "seeded", "session"),
    Case(1011, "You exceeded your current quota, please check your plan", ALL, "wait", "quota"),
    Case(1011, "RESOURCE_EXHAUSTED", ALL, "wait", "quota"),
    Case(1011, "Your project has exceeded its monthly spending cap.", ALL, "give-up", "quota"),
    Case(1011, "Your prepayment credits are depleted.", ALL, "give-up", "quota"),
    Case(1011, "Token has been used too many times", ALL, "renew", "key"),
    Case(1011, "Internal error encountered.", ALL, "resume", "server"),
    Case(1011, "The service is currently unavailable.", ALL, "resume", "server"),
    Case(1011, "Deadline expired before operation could complete.", ALL, "resume", "server"),
    Case(1011, "keepalive ping timeout", ALL, "resume", "network"),
    Case(4999, "something new", ALL, "resume", "server"),
)
CASES = [
    pytest.param(case.code, case.reason, phase, case.next, case.kind,
                 id=f"{case.code}-{case.reason[:40]}-{phase.value}")
    for case in TABLE
    for phase in case.phases
]  # fmt: skip


@pytest.mark.parametrize(("code", "reason", "phase", "following", "kind"), CASES)
def test_every_close_is_judged(
    code: int, reason: str, phase: Phase, following: Next, kind: Kind
) -> None:
    verdict = judge_close(code, reason, phase)

    assert (verdict.next, verdict.kind) == (following, kind)


def test_every_row_is_reached_by_a_close_that_was_seen() -> None:
    reached = {
        next((row for row in ROWS if row.matches(case.code, case.reason, phase)), None)
        for case in TABLE
        for phase in case.phases
    }

    assert [row for row in ROWS if row not in reached] == []


@pytest.mark.parametrize("phase", ALL)
def test_a_reason_is_found_whatever_its_case_and_place(phase: Phase) -> None:
    assert judge_close(1011, "rpc: KEEPALIVE PING TIMEOUT; no close", phase) == closes.NETWORK


def test_a_quota_is_no_bill_when_its_reason_mentions_billing_details() -> None:
    assert judge_close(1011, QUOTA, OPENING) == closes.BUSY


@pytest.mark.parametrize("phase", UNREADY)
def test_a_setup_is_never_sent_again_as_it_was_when_it_was_refused(phase: Phase) -> None:
    assert judge_close(1007, UNSUPPORTED_CALLS, phase) == closes.REFUSED


@pytest.mark.parametrize(
    ("status", "verdict"),
    [
        (101, closes.SERVER),
        (200, closes.SIGN_IN),
        (302, closes.SIGN_IN),
        (400, closes.ENDPOINT),
        (401, closes.KEY),
        (403, closes.KEY),
        (404, closes.ENDPOINT),
        (407, closes.SIGN_IN),
        (408, closes.SERVER),
        (418, closes.ENDPOINT),
        (429, closes.BUSY),
        (500, closes.SERVER),
        (503, closes.SERVER),
    ],
)
def test_an_http_answer_is_judged(status: int, verdict: Verdict) -> None:
    assert judge_status(status) == verdict


@pytest.mark.parametrize("phase", ALL)
@pytest.mark.parametrize(
    ("error", "verdict"),
    [
        (SessionClosedError(1000, "", by_peer=False), closes.DONE),
        (SessionClosedError(1000, "", by_peer=True), closes.UNASKED),
        (SessionClosedError(1009, "", by_peer=False), closes.STALE),
        (SessionClosedError(1011, "keepalive ping timeout", by_peer=False), closes.NETWORK),
        (UpgradeRefusedError(404, "HTTP 404"), closes.ENDPOINT),
        (UpgradeRefusedError(302, "HTTP 302"), closes.SIGN_IN),
        *((CertificateError(code, "not now"), closes.CLOCK) for code in (9, 10)),
        *((CertificateError(code, "not Google"), closes.SIGN_IN) for code in (18, 19, 20, 62)),
        (UpgradeRefusedError(429, "HTTP 429"), closes.BUSY),
        (ConnectError("no route", is_network=True), closes.NETWORK),
        (ConnectError("no WebSocket", is_network=False), closes.SERVER),
        (RemoteProtocolError("garbage"), closes.STALE),
        (LocalProtocolError("bug"), closes.BUG),
        (CredentialError("no key in any place"), closes.NO_KEY),
    ],
)
def test_every_live_error_is_judged(
    error: LiveError | CredentialError, verdict: Verdict, phase: Phase
) -> None:
    assert judge(error, phase) == verdict


def test_the_phase_reaches_the_judgement() -> None:
    refused = SessionClosedError(1007, INVALID, by_peer=True)

    judged = [judge(refused, phase) for phase in (OPENING, RESUMING, OPEN)]

    assert judged == [closes.REFUSED, closes.STALE, closes.TANGLED]


@pytest.mark.parametrize(
    "verdict", [value for value in vars(closes).values() if isinstance(value, Verdict)]
)
def test_a_verdict_is_one_sentence(verdict: Verdict) -> None:
    assert verdict.spoken.endswith(".")
    assert "\n" not in verdict.spoken
