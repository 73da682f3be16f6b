"""The key against the embedded server, which takes it, or refuses it in Google's words."""

from __future__ import annotations

import pytest

from myna.config import LiveSettings
from myna.doctor.key import judge_key, measure_key
from myna.line.dialler import Dialler, Offer
from myna.live.credential_source import CredentialSource
from myna.simulator.options import Options
from myna.simulator.service import Simulator
from support.live_server import live_server

KEY = "AIzaTestCanaryKey0123456789"
TOKEN = "auth_tokens/0123456789"  # noqa: S105 - nobody's


def dialler(endpoint: str, key: str = KEY) -> Dialler:
    live = LiveSettings(endpoint=endpoint, open_timeout_s=5.0)
    source = CredentialSource(live, {"GEMINI_API_KEY": key}, lambda _secret: None)
    return Dialler(Offer(live, tuple, has_camera=False), source)


async def test_good_key_opens_a_session_which_is_closed_again() -> None:
    async with Simulator(options=Options(accepted_key=KEY)) as server:
        figures = await measure_key(dialler(server.url))
    closed = server.state.last.closed
    assert figures.outcome == "open"
    assert figures.ms > 0
    assert judge_key(figures).verdict == "ok"
    assert closed is not None
    assert closed.code == 1000


@pytest.mark.parametrize(
    ("options", "verdict", "ailment"),
    [
        (Options(accepted_key="AIzaAnother0123456789"), "fail", "key-is-refused"),
        (Options(ends_opening="key_invalid"), "fail", "key-is-refused"),
        (Options(ends_opening="key_expired"), "fail", "key-is-refused"),
        (Options(upgrade_status=401), "fail", "key-is-refused"),
        (Options(ends_opening="quota"), "fail", "quota-is-used-up"),
        (Options(ends_opening="spending_cap"), "fail", "quota-is-used-up"),
        (Options(upgrade_status=429), "fail", "quota-is-used-up"),
        (Options(ends_opening="model_not_found"), "fail", "model-is-refused"),
        (Options(known_models=("models/another",)), "fail", "model-is-refused"),
        (Options(ends_opening="location"), "fail", "service-is-not-offered-here"),
        (Options(upgrade_status=404), "fail", "endpoint-is-no-live-server"),
        (Options(upgrade_status=503), "warn", "service-has-trouble"),
        (Options(ends_opening="going_away"), "warn", "service-has-trouble"),
    ],
)
async def test_refusals_are_told_apart(options: Options, verdict: str, ailment: str) -> None:
    async with Simulator(options=options) as server:
        finding = judge_key(await measure_key(dialler(server.url)))
    assert (finding.verdict, finding.ailment) == (verdict, ailment), finding.measured
    assert KEY not in finding.measured


async def test_token_is_not_spent() -> None:
    async with live_server() as server:
        figures = await measure_key(dialler(server.endpoint, TOKEN))
    assert (figures.outcome, judge_key(figures).verdict) == ("token", "skipped")
    assert server.requests == []


async def test_missing_key_is_told() -> None:
    finding = judge_key(await measure_key(dialler("ws://127.0.0.1:9", "")))
    assert (finding.verdict, finding.ailment) == ("fail", "key-is-missing")


async def test_key_is_not_blamed_for_the_network() -> None:
    finding = judge_key(await measure_key(dialler("ws://127.0.0.1:9")))
    assert finding.verdict == "skipped"
    assert "the network comes first" in finding.measured
