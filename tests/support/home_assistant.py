"""What answers like Home Assistant's own MCP server: `home_assistant.py TOKEN`.

After `homeassistant/components/mcp_server/http.py` of the 2026 releases: no sessions, one
JSON answer to each POST, 202 to a notification, "Method not found" to methods that its SDK
(1.x) does not know, no GET, and 401 to a wrong token. Its tools declare as Assist's do.
"""

from __future__ import annotations

import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

TOOLS = [
    {
        "name": "HassTurnOn",
        "description": "Turns on/opens/presses a device or entity.",
        "inputSchema": {
            "type": "object",
            "properties": {
                "name": {"type": "string"},
                "area": {"type": "string"},
                "domain": {"type": "array", "items": {"type": "string"}},
                "device_class": {
                    "type": "array",
                    "items": {"type": "string", "enum": ["tv", "outlet"]},
                },
            },
        },
    },
    {
        "name": "GetLiveContext",
        "description": "Provides real-time information about the state of devices.",
        "inputSchema": {"type": "object", "properties": {}},
    },
    {
        "name": "HassUnlock",
        "description": "Unlocks a door.",
        "inputSchema": {"type": "object", "properties": {"name": {"type": "string"}}},
    },
]
lamps = {"kitchen": "off"}


def result_of(method: str, params: dict[str, Any]) -> dict[str, Any] | None:
    """Return the result, or None for a method that is not known."""
    match method:
        case "initialize":
            return {
                "protocolVersion": params["protocolVersion"],
                "capabilities": {"tools": {"listChanged": False}},
                "serverInfo": {"name": "home-assistant", "version": "1.26.0"},
            }
        case "tools/list":
            return {"tools": TOOLS}
        case "tools/call" if params["name"] == "HassTurnOn":
            lamps[params["arguments"]["name"]] = "on"
            return told(
                {"response_type": "action_done", "data": {"success": [params["arguments"]]}}
            )
        case "tools/call":
            return told({"success": True, "result": json.dumps(lamps)})
        case _:
            return None


def told(answer: dict[str, Any]) -> dict[str, Any]:
    """Return an answer as Assist gives it: JSON in a text."""
    return {"content": [{"type": "text", "text": json.dumps(answer)}], "isError": False}


class Api(BaseHTTPRequestHandler):
    """`/api/mcp`."""

    protocol_version = "HTTP/1.1"
    token = ""

    def do_POST(self) -> None:
        """Answer one message."""
        body = self.rfile.read(int(self.headers["content-length"]))
        if self.headers.get("authorization") != f"Bearer {self.token}":
            self._send(401, b"401: Unauthorized", "text/plain")
            return
        message = json.loads(body)
        if self.path != "/api/mcp":
            self._send(404, b"404: Not Found", "text/plain")
        elif "id" not in message:
            self._send(202, b"", "text/plain")
        else:
            result = result_of(message["method"], message.get("params", {}))
            error = {"code": -32601, "message": "Method not found"}
            answer = {"error": error} if result is None else {"result": result}
            whole = {"jsonrpc": "2.0", "id": message["id"], **answer}
            self._send(200, json.dumps(whole).encode(), "application/json; charset=utf-8")

    def _send(self, status: int, body: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_words: object) -> None:
        """Keep quiet."""


if __name__ == "__main__":
    Api.token = sys.argv[1]
    server = ThreadingHTTPServer(("127.0.0.1", 0), Api)
    print(f"listening on http://127.0.0.1:{server.server_port}/api/mcp", flush=True)  # noqa: T201
    server.serve_forever()
