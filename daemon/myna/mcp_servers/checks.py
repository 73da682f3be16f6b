"""What must be true of `[mcp.NAME]`. PURE."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from myna.errors import Problem
from myna.mcp_servers.naming import is_name
from myna.mcp_servers.reach import url_problem
from myna.mcp_servers.settings import McpServerSettings

LONGEST_PREFIX: Final = 40
_SERVER_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}")
"""It becomes part of a credential's name, thus of a file's."""

_SECRET_VARIABLE: Final = re.compile(r"(?:.*_)?(?:TOKEN|KEY|SECRET|PASSWORD)", re.IGNORECASE)


def mcp_problems(servers: Mapping[str, McpServerSettings]) -> Iterator[Problem]:
    """Yield what is wrong with the servers."""
    for name, settings in servers.items():
        for key, text in (*_general(name, settings), *_transport(settings), *_secrets(settings)):
            yield Problem(".".join(filter(None, ("mcp", name, key))), text)


def _general(name: str, settings: McpServerSettings) -> Iterator[tuple[str, str]]:
    if not _SERVER_NAME.fullmatch(name):
        yield "", "a server's name is at most 40 letters, digits, - and _"
    prefix = settings.prefix
    if prefix and not (is_name(prefix) and len(prefix) <= LONGEST_PREFIX):
        text = f"{prefix!r} cannot begin a tool's name: at most 40 letters, digits and _, "
        yield "prefix", text + "such as home_"


def _transport(settings: McpServerSettings) -> Iterator[tuple[str, str]]:
    if (settings.command is None) == (settings.url is None):
        yield "", "give exactly one of command (a program) and url (an address)"
    if settings.url is not None:
        problem = url_problem(settings.url, plain_http=settings.plain_http)
        if problem is not None:
            yield "url", problem
        for key in ("env", "token_env"):
            if getattr(settings, key):
                yield key, "is for a command; a server at a URL gets none of it"


def _secrets(settings: McpServerSettings) -> Iterator[tuple[str, str]]:
    if settings.command is not None and settings.token_file and not settings.token_env:
        yield "token_env", "is missing: the variable in which the command expects its token"
    for variable in settings.env:
        if _SECRET_VARIABLE.fullmatch(variable):
            text = "looks like a secret, which never stands in the configuration: give it as "
            yield f"env.{variable}", f'{text}the token, with token_env = "{variable}"'
