from __future__ import annotations

import pytest

from myna.config import LiveSettings
from myna.errors import ConnectError
from myna.live.credentials import Credential
from myna.live.endpoint import address_for, check_endpoint

KEY = Credential("AIza-CANARY/+&", "a test")
TOKEN = Credential("auth_tokens/CANARY+1", "a test")
GOOGLE = "wss://generativelanguage.googleapis.com/ws/google.ai.generativelanguage"


def test_a_key_travels_in_the_header() -> None:
    address = address_for(LiveSettings(), KEY)

    assert address.url == f"{GOOGLE}.v1beta.GenerativeService.BidiGenerateContent"
    assert address.headers == {"x-goog-api-key": "AIza-CANARY/+&"}
    assert not address.is_loopback


def test_a_key_travels_in_the_query_when_configured() -> None:
    address = address_for(LiveSettings(key_in="query", api_version="v1alpha"), KEY)

    assert address.url == (
        f"{GOOGLE}.v1alpha.GenerativeService.BidiGenerateContent?key=AIza-CANARY%2F%2B%26"
    )
    assert address.headers == {}


@pytest.mark.parametrize("key_in", ["header", "query"])
def test_a_token_selects_the_constrained_method(key_in: str) -> None:
    settings = LiveSettings(key_in="query") if key_in == "query" else LiveSettings()

    address = address_for(settings, TOKEN)

    assert address.url == (
        f"{GOOGLE}.v1alpha.GenerativeService.BidiGenerateContentConstrained"
        "?access_token=auth_tokens/CANARY%2B1"
    )
    assert address.headers == {}


@pytest.mark.parametrize("settings", [LiveSettings(), LiveSettings(key_in="query")])
@pytest.mark.parametrize("credential", [KEY, TOKEN])
def test_an_address_shows_no_secret(settings: LiveSettings, credential: Credential) -> None:
    address = address_for(settings, credential)

    assert "CANARY" not in f"{address} {address!r} {address.printable}"


@pytest.mark.parametrize(
    "endpoint",
    [
        "wss://generativelanguage.googleapis.com",
        "wss://live.example:8443/",
        "ws://127.0.0.1:9000",
        "ws://127.8.9.10",
        "ws://localhost:9000",
        "ws://[::1]:9000",
    ],
)
def test_an_endpoint_is_accepted(endpoint: str) -> None:
    assert check_endpoint(endpoint) is None
    address = address_for(LiveSettings(endpoint=endpoint), KEY)
    assert address.url.startswith(endpoint.rstrip("/") + "/ws/google.ai")
    assert address.is_loopback == endpoint.startswith("ws:")


@pytest.mark.parametrize(
    ("endpoint", "problem"),
    [
        ("", "not an address"),
        ("generativelanguage.googleapis.com", "not an address"),
        ("https://generativelanguage.googleapis.com", "not an address"),
        ("wss://", "not an address"),
        ("wss://:443", "not an address"),
        ("wss://host:0", "not an address"),
        ("wss://host:99999", "not an address"),
        ("wss://[::1", "not an address"),
        ("wss://ho st", "not an address"),
        ("wss://host\n", "not an address"),
        ("wss://hóst", "not an address"),
        ("wss://user@host", "scheme, host and port only"),
        ("wss://@host", "scheme, host and port only"),
        ("wss://host/ws/google", "scheme, host and port only"),
        ("wss://host?key=1", "scheme, host and port only"),
        ("wss://host?", "scheme, host and port only"),
        ("wss://host#x", "scheme, host and port only"),
        ("ws://generativelanguage.googleapis.com", "wss://"),
        ("ws://192.168.1.2:9000", "wss://"),
        ("ws://localhost.evil.example", "wss://"),
    ],
)
def test_an_endpoint_is_refused(endpoint: str, problem: str) -> None:
    found = check_endpoint(endpoint)

    assert found is not None
    assert problem in found
    with pytest.raises(ConnectError, match=r"live\.endpoint"):
        address_for(LiveSettings(endpoint=endpoint), KEY)
