from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from myna.mcp_servers.checks import mcp_problems
from myna.mcp_servers.settings import McpServerSettings

COMMAND: Any = {"command": ("server",)}


def told(name: str = "home", **settings: Any) -> list[str]:  # noqa: ANN401 - of any key
    return [str(problem) for problem in mcp_problems({name: McpServerSettings(**settings)})]


@pytest.mark.parametrize(
    "settings",
    [
        COMMAND,
        {"url": "https://home.example/api/mcp", "prefix": "home_"},
        {"url": "http://home.local/mcp", "plain_http": True, "token_file": Path("token")},
        {**COMMAND, "env": {"KEYBOARD": "de"}, "token_env": "TOKEN", "token_file": Path("token")},
    ],
)
def test_good_server_has_no_problem(settings: dict[str, Any]) -> None:
    assert told(**settings) == []


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ({}, "mcp.home: give exactly one of command (a program) and url (an address)"),
        ({**COMMAND, "url": "https://home.example"}, "mcp.home: give exactly one of command"),
        ({"url": "http://home.example"}, "mcp.home.url: http shows the token"),
        ({"url": "https://home.example", "env": {"A": "b"}}, "mcp.home.env: is for a command"),
        ({"url": "https://home.example", "token_env": "T"}, "mcp.home.token_env: is for a"),
        ({**COMMAND, "prefix": "my home"}, "mcp.home.prefix: 'my home' cannot begin a tool's"),
        ({**COMMAND, "prefix": "x" * 41}, "mcp.home.prefix: "),
        ({**COMMAND, "token_file": Path("token")}, "mcp.home.token_env: is missing"),
        (
            {**COMMAND, "env": {"HASS_TOKEN": "abc"}},
            "mcp.home.env.HASS_TOKEN: looks like a secret, which never stands in the configuration",
        ),
        ({**COMMAND, "env": {"apiKey": "x", "api_key": "abc"}}, "mcp.home.env.api_key: looks"),
    ],
)
def test_problem_is_told_with_its_key(settings: dict[str, Any], problem: str) -> None:
    (only,) = told(**settings)
    assert only.startswith(problem)


@pytest.mark.parametrize("name", ["", "my house", "../api-key", "x" * 41, "-home"])
def test_name_that_cannot_name_a_credential_is_refused(name: str) -> None:
    assert any("a server's name is at most 40" in text for text in told(name, **COMMAND))
