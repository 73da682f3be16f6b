"""`[mcp.NAME]`: a server, and what it may do here. PURE."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from msgspec import Meta, field

from myna.tools.tool import PER_MINUTE, TIME_LIMIT_S, Risk
from myna_hardware.settings import Section


class McpServerSettings(Section, frozen=True):
    """One server: a command or a URL, and which of its tools may do what.

    Attributes:
        command: The program and its arguments, spoken to over its standard input and output.
        env: Variables for it, beside the few that every program needs.
        url: The endpoint of a server that speaks streamable HTTP.
        plain_http: Whether the URL may be http to another machine of the private network.
        token_file: Holds the token, where it is no systemd credential.
        token_env: The variable in which a command gets its token.
        allow: Names or patterns (`Hass*`) of the tools that are offered; no other is.
        confirm: Those that need a yes at the speaker.
        never_by_voice: Those that the model may not call.
        reading: Those that change nothing, and so run each time that they are called.
        risk: Of all others.
        timeout_s: How long a call may take.
        per_minute: How often each tool may run within a minute.
        prefix: Stands before the name of each tool.
    """

    command: Annotated[tuple[str, ...], Meta(min_length=1)] | None = None
    env: dict[str, str] = field(default_factory=dict)
    url: str | None = None
    plain_http: bool = False
    token_file: Path | None = None
    token_env: str | None = None
    allow: tuple[str, ...] = ()
    confirm: tuple[str, ...] = ()
    never_by_voice: tuple[str, ...] = ()
    reading: tuple[str, ...] = ()
    risk: Risk = "safe"
    timeout_s: Annotated[float, Meta(gt=0, le=30)] = TIME_LIMIT_S
    per_minute: Annotated[int, Meta(ge=1, le=600)] = PER_MINUTE
    prefix: str = ""
