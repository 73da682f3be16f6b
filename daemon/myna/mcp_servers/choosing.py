"""Which of a server's tools are offered, and as what. PURE.

What a server says of its own tools (`annotations`) is a hint of somebody else's (MCP,
Tool Annotations: "clients MUST consider tool annotations to be untrusted"): it can make us
more careful, never less. The owner of the house says what is allowed, and has the last
word with `[tools.rules.NAME]`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, Final, TypeAlias

import msgspec

from myna.errors import McpServerError
from myna.mcp_servers.arguments import SchemaArguments
from myna.mcp_servers.naming import declared_name
from myna.mcp_servers.results import told
from myna.mcp_servers.settings import McpServerSettings
from myna.mcp_servers.words import plain_words
from myna.tools.declaration import Declaration
from myna.tools.schema import reduced
from myna.tools.tool import Result, Risk, Tool

LONGEST_DESCRIPTION: Final = 1024
LONGEST_WORDS: Final = 256
"""Of one argument. All of it is paid for in every session."""

MOST_DECLARED_BYTES: Final = 16_384
"""Of one tool's arguments; Home Assistant's largest take 2 KB."""

Call: TypeAlias = Callable[[str, dict[str, object]], Awaitable[Mapping[str, Any]]]
"""Calls a tool by the server's own name; returns its `CallToolResult`, plain."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A tool as its server lists it.

    Attributes:
        name: The server's name for it.
        description: What it says that it does.
        schema: What its arguments must be, as JSON Schema.
        is_destructive: Whether the server itself calls it destructive.
    """

    name: str
    description: str
    schema: Mapping[str, Any]
    is_destructive: bool = False


@dataclass(frozen=True, slots=True)
class Chosen:
    """What came of a listing.

    Attributes:
        tools: Those to offer.
        unfit: Why an allowed one is not among them.
    """

    tools: tuple[Tool, ...]
    unfit: tuple[str, ...]


def chosen(listing: Iterable[Listed], settings: McpServerSettings, call: Call) -> Chosen:
    """Make tools of what a server lists and its owner allows."""
    tools: list[Tool] = []
    unfit: list[str] = []
    for listed in listing:
        if not _fits(listed.name, settings.allow):
            continue
        try:
            tools.append(_tool(listed, settings, call))
        except McpServerError as error:
            unfit.append(f"{plain_words(listed.name, LONGEST_WORDS)}: {error}")
    return Chosen(tuple(tools), tuple(unfit))


def _tool(listed: Listed, settings: McpServerSettings, call: Call) -> Tool:
    name = declared_name(listed.name, settings.prefix)

    async def run(**values: object) -> Result:
        return told(name, await call(listed.name, values))

    return Tool(
        Declaration(
            name,
            plain_words(listed.description, LONGEST_DESCRIPTION) or name,
            _parameters(listed.schema),
        ),
        SchemaArguments(listed.schema),
        run,
        settings.timeout_s,
        is_reading=_fits(listed.name, settings.reading),
        risk=_risk(listed, settings),
        per_minute=settings.per_minute,
    )


def _parameters(schema: Mapping[str, Any]) -> dict[str, Any]:
    parameters = reduced(schema, lambda words: plain_words(words, LONGEST_WORDS))
    size = len(msgspec.json.encode(parameters))
    if size > MOST_DECLARED_BYTES:
        raise McpServerError(f"its arguments take {size} bytes to describe: too many")
    return parameters


def _risk(listed: Listed, settings: McpServerSettings) -> Risk:
    if _fits(listed.name, settings.never_by_voice):
        return "never-by-voice"
    is_careful = listed.is_destructive or _fits(listed.name, settings.confirm)
    return "confirm" if is_careful and settings.risk == "safe" else settings.risk


def _fits(name: str, patterns: Iterable[str]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)
