"""One session with a server, by the SDK. The only file that knows its client.

Imported when a server is configured, by a thread: it takes long (docs/tools.md).
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, Final

import anyio
import httpx2
import mcp_types as types
from mcp.client import Client, Transport
from mcp.client.session import IncomingMessage
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.exceptions import MCPError
from mcp_types.version import MODERN_PROTOCOL_VERSIONS
from pydantic import TypeAdapter, ValidationError

import myna
from myna.errors import CredentialError, McpServerError, ToolError, ToolTimeoutError
from myna.live.credentials import Credential, find_secret
from myna.mcp_servers.choosing import Listed
from myna.mcp_servers.http import http_client
from myna.mcp_servers.process import child_environment
from myna.mcp_servers.reach import shows_token
from myna.mcp_servers.session import Watch
from myna.mcp_servers.settings import McpServerSettings
from myna.mcp_servers.stdio import LONGEST_MESSAGE_BYTES, stdio
from myna.mcp_servers.words import plain_words

MOST_TOOLS: Final = 512
"""Of one server, as many as a session can declare (google-genai 3.4, Tool)."""

_LONGEST_PROBLEM: Final = 300
_ANSWER: Final = TypeAdapter[types.CallToolResult | types.InputRequiredResult](
    types.CallToolResult | types.InputRequiredResult
)

log: Final = logging.getLogger(__name__)

for _library in ("mcp", "client", "httpx2", "httpcore2"):
    # They write whole messages out, and each failure that we survive with its traceback
    # (`client` is `mcp.client.session`'s name). What matters is told once, in our words.
    logging.getLogger(_library).setLevel(logging.CRITICAL)


class SdkSession:
    """A `Session` of the SDK's."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def listing(self) -> list[Listed]:
        """See `Session.listing`."""
        tools: list[Listed] = []
        cursor: str | None = None
        for _page in range(MOST_TOOLS):
            page = await self._client.list_tools(cursor=cursor)
            tools += map(_listed, page.tools)
            cursor = page.next_cursor
            if cursor is None or len(tools) > MOST_TOOLS:
                break
        if cursor is not None or len(tools) > MOST_TOOLS:
            raise McpServerError(f"lists more than {MOST_TOOLS} tools")
        return tools

    async def call(self, name: str, arguments: Mapping[str, object]) -> Mapping[str, Any]:
        """See `Session.call`."""
        params = types.CallToolRequestParams(name=name, arguments=dict(arguments))
        try:
            # Not `call_tool`: it would check the answer against a schema of the server's
            # own, which may take for ever, and let the server ask us back.
            answer = await self._client.session.send_request(
                types.CallToolRequest(params=params), _ANSWER
            )
        except MCPError as error:
            if error.code == types.CONNECTION_CLOSED:
                text = f"the connection broke while {name} ran; whether it was done is not known"
                raise ToolTimeoutError(name, f"{text}. Tell the user so") from error
            words = plain_words(error.message, _LONGEST_PROBLEM)
            raise ToolError(name, f"{name} was not done: {words}") from error
        except (ValidationError, anyio.BrokenResourceError, anyio.ClosedResourceError) as error:
            raise ToolError(name, f"{name} gave an answer that cannot be read") from error
        if isinstance(answer, types.InputRequiredResult):
            text = f"{name} wants to ask something first, which cannot be done here"
            raise ToolError(name, text)
        plain: dict[str, Any] = answer.model_dump(by_alias=True, mode="json", exclude_none=True)
        return plain


class Connector:
    """Connects to one server.

    Args:
        name: The server's.
        settings: Checked.
        environ: Where its token is looked up, and what a child inherits a little of.
        hide: Told the token before anybody else gets it (`Redaction.hide`).
    """

    def __init__(
        self,
        name: str,
        settings: McpServerSettings,
        environ: Mapping[str, str],
        hide: Callable[[str], None],
    ) -> None:
        self._name = name
        self._settings = settings
        self._environ = environ
        self._hide = hide
        self._has_warned = False

    @asynccontextmanager
    async def connected(self, watch: Watch) -> AsyncIterator[SdkSession]:
        """Be connected for as long as the context lasts; leave it in the same task.

        Raises:
            McpServerError: It was not possible, or is not any more.
        """
        try:
            async with AsyncExitStack() as stack:
                transport = await self._transport(stack, watch)
                yield await _session(stack, transport, watch)
        # The library raises what its own libraries raise, in groups; all of it means the same.
        except Exception as error:
            raise McpServerError(_problem(error)) from error

    async def _transport(self, stack: AsyncExitStack, watch: Watch) -> Transport:
        settings, token = self._settings, self._token()
        if settings.url is not None:
            if token is not None and shows_token(settings.url):
                self._warn(settings.url)
            client = await stack.enter_async_context(http_client(settings.url, token, watch.lost))
            return streamable_http_client(
                settings.url,
                http_client=client,
                terminate_on_close=False,  # a request at the end, which a server may let hang
                max_sse_event_size=LONGEST_MESSAGE_BYTES,
            )
        own = dict(settings.env)
        if token is not None and settings.token_env is not None:
            own[settings.token_env] = token.reveal()
        env = child_environment(self._environ, own)
        return stdio(self._name, settings.command or (), env, watch.lost)

    def _warn(self, url: str) -> None:
        if not self._has_warned:
            log.warning("%s: the token goes to %s unencrypted, as configured", self._name, url)
            self._has_warned = True

    def _token(self) -> Credential | None:
        """Read it anew each time, so that a new one needs no restart."""
        credential, file = f"mcp-{self._name}-token", self._settings.token_file
        token = find_secret(
            "token", credential, file, f"mcp.{self._name}.token_file", self._environ
        )
        if token is not None:
            self._hide(token.reveal())
        return token


async def _session(stack: AsyncExitStack, transport: Transport, watch: Watch) -> SdkSession:
    async def note(message: IncomingMessage) -> None:
        if isinstance(message, types.ToolListChangedNotification):
            watch.changed()

    # Without callbacks of ours it declines to be asked: for samples, for roots, for words.
    client = await stack.enter_async_context(
        Client(
            transport,
            message_handler=note,
            client_info=types.Implementation(name="myna", version=myna.__version__),
            cache=None,
        )
    )
    tools = client.server_capabilities.tools
    if client.protocol_version in MODERN_PROTOCOL_VERSIONS and tools and tools.list_changed:
        await stack.enter_async_context(client.listen(tools_list_changed=True))
    return SdkSession(client)


def _listed(tool: types.Tool) -> Listed:
    hints = tool.annotations
    is_destructive = hints is not None and hints.destructive_hint is True
    is_reading = hints is not None and hints.read_only_hint is True
    words = tool.description or tool.title or ""
    return Listed(tool.name, words, tool.input_schema, is_destructive and not is_reading)


def _problem(error: BaseException) -> str:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    match error:
        case McpServerError() | CredentialError():
            return str(error)
        case TimeoutError():
            return "does not answer"
        case httpx2.TransportError():
            return f"cannot be reached: {plain_words(str(error), _LONGEST_PROBLEM)}"
        case MCPError(code=types.METHOD_NOT_FOUND):  # what the SDK makes of HTTP 404
            return f"is not at this address: {plain_words(error.message, _LONGEST_PROBLEM)}"
        case MCPError():
            return f"refuses: {plain_words(error.message, _LONGEST_PROBLEM)}"
        case _:
            log.debug("a server, or its library, failed in a way of its own", exc_info=error)
            words = plain_words(str(error), _LONGEST_PROBLEM)
            return f"does not work: {words or type(error).__name__}"
