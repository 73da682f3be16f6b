from __future__ import annotations

import pytest

from myna.errors import (
    ConnectError,
    LiveError,
    LocalProtocolError,
    RemoteProtocolError,
    SessionClosedError,
)
from myna.live import closes
from myna.live.closes import Verdict, judge, judge_close, judge_status
from myna.live.errors import UpgradeRefusedError

UNKNOWN_FIELD = (
    'Invalid JSON payload received. Unknown name "transparent" at '
    "'setup.session_resumption': Cannot find field."
)
MISSING_MODEL = (
    "models/gemini-2.0-flash-exp is not found for API version v1beta, or is not supported for "
    "bidiGenerateContent."
)


@pytest.mark.parametrize(
    ("code", "reason", "verdict"),
    [
        (1000, "", closes.SERVER),
        (1001, "", closes.SERVER),
        (1005, "", closes.SERVER),
        (1006, "", closes.NETWORK),
        (1007, "API key not valid. Please pass a valid API key.", closes.KEY),
        (1007, "API key expired. Please renew the API key.", closes.KEY),
        (1007, "User location is not supported for the API use.", closes.LOCATION),
        (1007, UNKNOWN_FIELD, closes.BUG),
        (1007, 'Invalid JSON payload received. Unknown name "config": Cannot fi', closes.BUG),
        (1007, "setup must be the first message and only the first", closes.BUG),
        (1007, "realtime_input.media_chunks is deprecated. Use audio, video", closes.BUG),
        (1007, "Thinking level must be specified for this model", closes.BUG),
        (1007, "Function response scheduling is not supported", closes.BUG),
        (1007, "Request contains an invalid argument.", closes.SESSION),
        (1008, MISSING_MODEL[:123], closes.MODEL),
        (1008, "Connection aborted because the client failed to close GoAway", closes.SERVER),
        (1008, "The operation was aborted.", closes.SERVER),
        (1008, "Operation is not implemented, or supported, or enabled.", closes.SESSION),
        (1008, "Requested entity was not found", closes.SESSION),
        (1008, "BidiGenerateContent session not found", closes.SESSION),
        (1008, "Method doesn't allow unregistered callers", closes.KEY),
        (1009, "", closes.SESSION),
        (1011, "You exceeded your current quota, please check your plan", closes.BUSY),
        (1011, "Your project has exceeded its monthly spending cap.", closes.BILLING),
        (1011, "Your prepayment credits are depleted.", closes.BILLING),
        (1011, "Token has been used too many times", closes.TOKEN),
        (1011, "Internal error encountered.", closes.SERVER),
        (1011, "The service is currently unavailable.", closes.SERVER),
        (1011, "Deadline expired before operation could complete.", closes.SERVER),
        (1011, "keepalive ping timeout", closes.NETWORK),
        (4999, "something new", closes.SERVER),
    ],
)
def test_a_close_of_an_open_session_is_judged(code: int, reason: str, verdict: Verdict) -> None:
    assert judge_close(code, reason, was_ready=True) == verdict


@pytest.mark.parametrize(
    ("reason", "verdict"),
    [
        ("Request contains an invalid argument.", closes.MODEL),
        ("Cannot extract voices from a non-audio request", closes.MODEL),
        ("The requested combination of response modalities is not supported", closes.MODEL),
        ("User location is not supported for the API use.", closes.LOCATION),
        ("API key not valid.", closes.KEY),
        (UNKNOWN_FIELD, closes.BUG),
    ],
)
def test_a_refused_setup_is_never_tried_again(reason: str, verdict: Verdict) -> None:
    assert judge_close(1007, reason, was_ready=False) == verdict
    assert verdict.next == "give-up"


@pytest.mark.parametrize(
    ("status", "verdict"),
    [
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


@pytest.mark.parametrize(
    ("error", "verdict"),
    [
        (SessionClosedError(1000, "", by_peer=False), closes.DONE),
        (SessionClosedError(1000, "", by_peer=True), closes.SERVER),
        (SessionClosedError(1011, "keepalive ping timeout", by_peer=False), closes.NETWORK),
        (UpgradeRefusedError(404, "HTTP 404"), closes.ENDPOINT),
        (ConnectError("no route", is_network=True), closes.NETWORK),
        (ConnectError("no WebSocket", is_network=False), closes.SERVER),
        (RemoteProtocolError("garbage"), closes.SESSION),
        (LocalProtocolError("bug"), closes.BUG),
    ],
)
def test_every_live_error_is_judged(error: LiveError, verdict: Verdict) -> None:
    assert judge(error, was_ready=True) == verdict


def test_the_stage_of_the_session_reaches_the_judgement() -> None:
    refused = SessionClosedError(1007, "Request contains an invalid argument.", by_peer=True)

    assert judge(refused, was_ready=False) == closes.MODEL
    assert judge(refused, was_ready=True) == closes.SESSION


@pytest.mark.parametrize(
    "verdict", [value for value in vars(closes).values() if isinstance(value, Verdict)]
)
def test_a_verdict_is_one_sentence(verdict: Verdict) -> None:
    assert verdict.spoken.endswith(".")
    assert "\n" not in verdict.spoken
