from __future__ import annotations

import pytest

from myna.mcp_servers.reach import is_loopback, is_private, shows_token, url_problem


@pytest.mark.parametrize(
    "url",
    [
        "https://homeassistant.example/api/mcp",
        "https://203.0.114.5:8443/mcp",
        "http://127.0.0.1:8000/mcp",
        "http://localhost:8000/mcp",
        "http://[::1]:8000/mcp",
    ],
)
def test_url_that_keeps_its_token_is_taken(url: str) -> None:
    assert url_problem(url, plain_http=False) is None


@pytest.mark.parametrize(
    "url",
    ["http://homeassistant.local:8123/api/mcp", "http://192.168.1.5/mcp", "http://[fd00::1]/"],
)
def test_plain_http_is_taken_within_the_house_and_when_asked_for(url: str) -> None:
    problem = url_problem(url, plain_http=False)
    assert problem is not None
    assert "plain_http = true" in problem
    assert url_problem(url, plain_http=True) is None


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("http://203.0.114.5/mcp", "203.0.114.5 is not in a private network: use https://203"),
        ("ftp://homeassistant.local/", "is not a URL like https://"),
        ("https:///mcp", "is not a URL like https://"),
        ("homeassistant.local", "is not a URL like https://"),
        ("http://host:99999/", "is not a URL: "),
        ("https://me:word@host/", "a URL holds no name or password"),
        ("https://me@host/", "a URL holds no name or password"),
    ],
)
def test_url_that_is_none_or_gives_things_away_is_refused(url: str, problem: str) -> None:
    assert problem in (url_problem(url, plain_http=True) or "")


@pytest.mark.parametrize(
    ("address", "answer"),
    [
        ("192.168.178.20", True),
        ("10.0.0.1", True),
        ("169.254.1.1", True),
        ("fe80::1%eth0", True),
        ("100.64.0.1", True),
        ("8.8.8.8", False),
        ("2a00:1450::1", False),
        ("host", False),
    ],
)
def test_is_private_knows_what_the_internet_does_not_reach(address: str, answer: bool) -> None:
    assert is_private(address) is answer


@pytest.mark.parametrize(
    ("url", "answer"),
    [
        ("http://home.local/mcp", True),
        ("https://home.local/mcp", False),
        ("http://127.0.0.1/mcp", False),
    ],
)
def test_shows_token_tells_what_the_network_can_read(url: str, answer: bool) -> None:
    assert shows_token(url) is answer


def test_is_loopback_is_this_machine() -> None:
    assert is_loopback("127.0.0.9")
    assert not is_loopback("192.168.1.1")
    assert not is_loopback("localhost.example")
