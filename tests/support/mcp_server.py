"""A Model Context Protocol server of the SDK's, with tools that help, hang, lie and die.

Run it as a program: `python -m support.mcp_server stdio`, or `http PORT [TOKEN]`, which
prints `listening on URL` first. What it did stands in the file that $WITNESS names.
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
import sys
from pathlib import Path
from typing import Annotated, Any

import uvicorn
from mcp.server.mcpserver import Context, Image, MCPServer
from mcp_types import (
    CallToolResult,
    EmbeddedResource,
    ResourceLink,
    TextResourceContents,
    ToolAnnotations,
)
from pydantic import BaseModel, Field
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

HUGE = 100_000_000
server = MCPServer("house", log_level="ERROR")
lamp = {"on": False, "level": 0}


class Room(BaseModel):
    """A room with rooms in it."""

    name: str
    rooms: list[Room] = []


class Card(BaseModel):
    """What `ask` would like to know."""

    number: str


def note(**what: object) -> None:
    """Write down what happened, where the test can read it."""
    path = os.environ.get("WITNESS")
    if path:
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(json.dumps(what) + "\n")


@server.tool()
def set_lamp(on: bool, level: Annotated[int, Field(ge=0, le=100)] = 100) -> dict[str, Any]:
    """Switch the lamp."""
    lamp.update(on=on, level=level if on else 0)
    note(tool="set_lamp", on=on, level=level)
    return dict(lamp)


@server.tool()
def get_lamp() -> dict[str, Any]:
    """Tell how the lamp stands."""
    return dict(lamp)


@server.tool()
async def hang() -> str:
    """Never answer."""
    note(tool="hang", began=True)
    try:
        await asyncio.Event().wait()
    except asyncio.CancelledError:
        note(tool="hang", cancelled=True)
        raise
    return ""


@server.tool()
def crash() -> str:
    """End the process."""
    note(tool="crash")
    os._exit(7)


@server.tool()
def huge() -> str:
    """Answer with 100 MB."""
    return "x" * HUGE


@server.tool(structured_output=False)
def nan() -> CallToolResult:
    """Answer with NaN."""
    return CallToolResult(content=[], structured_content={"level": float("nan")})


@server.tool(structured_output=False)
def picture() -> list[Any]:
    """Answer with a picture."""
    return ["Here it is.", Image(data=b"\x89PNG", format="png")]


@server.tool(structured_output=False)
def links() -> CallToolResult:
    """Answer with what would have to be fetched, and what need not be."""
    return CallToolResult(
        content=[
            ResourceLink(uri="http://127.0.0.1:9/secret", name="secret"),
            EmbeddedResource(
                resource=TextResourceContents(uri="note://1", text="Buy milk."),
            ),
        ]
    )


@server.tool()
def count_rooms(house: Room) -> int:
    """Count the rooms of a house."""
    return 1 + sum(map(count_rooms, house.rooms))


@server.tool()
def fail() -> str:
    """Fail with words."""
    raise ValueError("the bulb\nis broken")


@server.tool(annotations=ToolAnnotations(destructive_hint=True))
def wipe() -> str:
    """Wipe the disk."""
    note(tool="wipe")
    return "wiped"


@server.tool(name="turn the radio on!")
def radio() -> str:
    """Play."""
    return "playing"


@server.tool()
async def grow(ctx: Context[Any, Any]) -> str:
    """Get another tool."""

    def fan(on: bool) -> str:
        """Switch the fan."""
        return "on" if on else "off"

    server.add_tool(fan)
    await ctx.session.send_tool_list_changed()
    await ctx.notify_tools_changed()
    return "grown"


@server.tool()
async def ask(ctx: Context[Any, Any]) -> str:
    """Ask the client something."""
    note(tool="ask")
    await ctx.elicit("Your card number?", Card)
    return "got it"


def guarded(app: ASGIApp, token: str) -> ASGIApp:
    """Let nobody in without the token; note what else they bring."""

    async def guard(scope: Scope, receive: Receive, send: Send) -> None:
        headers = {key.decode(): value.decode() for key, value in scope.get("headers", ())}
        if scope["type"] == "http" and headers.get("authorization") != f"Bearer {token}":
            note(refused=headers.get("authorization"))
            await Response("who are you?", 401)(scope, receive, send)
            return
        await app(scope, receive, send)

    return guard


def serve_http(port: int, token: str) -> None:
    """Serve on loopback, until killed."""
    app: ASGIApp = server.streamable_http_app()
    listener = socket.create_server(("127.0.0.1", port))
    print(f"listening on http://127.0.0.1:{listener.getsockname()[1]}/mcp", flush=True)  # noqa: T201
    config = uvicorn.Config(guarded(app, token) if token else app, log_level="error")
    uvicorn.Server(config).run([listener])


def main(how: str, port: str = "0", token: str = "") -> None:
    """Serve as the command line says."""
    note(pid=os.getpid(), environ=dict(os.environ))
    if how == "stdio":
        server.run("stdio")
    else:
        serve_http(int(port), token)


if __name__ == "__main__":
    main(*sys.argv[1:])
