"""MCP servers that misbehave, in plain JSON and without the SDK: `rogue_server.py HOW`.

What was said to it stands in the file that $WITNESS names, a JSON value per line.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

TOOL = {"name": "nod", "description": "Nod.", "inputSchema": {"type": "object"}}


def note(what: object) -> None:
    """Write down what happened."""
    with Path(os.environ["WITNESS"]).open("a", encoding="utf-8") as file:
        file.write(json.dumps(what) + "\n")


def say(**message: Any) -> None:  # noqa: ANN401 - JSON
    """Send a message."""
    print(json.dumps({"jsonrpc": "2.0", **message}), flush=True)  # noqa: T201


def answer(request: dict[str, Any], tools: list[dict[str, Any]], **page: object) -> None:
    """Answer as a server of 2025 does: it does not know `server/discover`."""
    match request["method"]:
        case "initialize":
            result: dict[str, Any] = {
                "protocolVersion": "2025-06-18",
                "capabilities": {"tools": {"listChanged": True}},
                "serverInfo": {"name": "rogue", "version": "1"},
            }
        case "tools/list":
            result = {"tools": tools, **page}
        case "tools/call":
            result = {"content": [{"type": "text", "text": "nodded"}]}
        case method:
            say(id=request["id"], error={"code": -32601, "message": f"no {method}"})
            return
    say(id=request["id"], result=result)


def serve(on_request: Callable[[dict[str, Any]], None]) -> None:
    """Hand every request over, and note everything else, until the input ends."""
    for line in sys.stdin:
        message = json.loads(line)
        if "method" in message and "id" in message:
            on_request(message)
        else:
            note(message)


def crooked(request: dict[str, Any]) -> None:
    """Have a tool whose schema is none, and one with a pattern that takes for ever."""
    wrong = {"type": "object", "properties": {"a": {"type": "text"}}}
    slow = {"type": "object", "properties": {"a": {"type": "string", "pattern": "^(a+)+$"}}}
    bent = [{"name": f"nod{n}", "inputSchema": schema} for n, schema in enumerate((wrong, slow))]
    answer(request, [*bent, TOOL])


def silent(_request: dict[str, Any]) -> None:
    """Say nothing."""


def listless(request: dict[str, Any]) -> None:
    """Never tell which tools there are."""
    if request["method"] != "tools/list":
        answer(request, [])


def endless(request: dict[str, Any]) -> None:
    """Tell of more tools for ever, some on each page."""
    if request["method"] == "tools/list":
        note({"page": request.get("params", {}).get("cursor", "first")})
    answer(request, [TOOL] * 300, nextCursor="more")


def idle(request: dict[str, Any]) -> None:
    """Tell of more tools for ever, none on any page."""
    answer(request, [], nextCursor="more")


def lavish(request: dict[str, Any]) -> None:
    """Answer a call with 2 MB on one line, the id at its end."""
    if request["method"] != "tools/call":
        answer(request, [TOOL])
        return
    text = {"content": [{"type": "text", "text": "x" * 2_000_000}]}
    print(json.dumps({"result": text, "jsonrpc": "2.0", "id": request["id"]}), flush=True)  # noqa: T201


def growing(request: dict[str, Any]) -> None:
    """Have another tool after each call, and say so."""
    growing_tools.append({**TOOL, "name": f"nod{len(growing_tools)}"})
    answer(request, [TOOL, *growing_tools[3:]])
    if request["method"] == "tools/call":
        say(method="notifications/tools/list_changed")


growing_tools: list[dict[str, Any]] = []


def restless(request: dict[str, Any]) -> None:
    """Have other tools after each look at them."""
    answer(request, [TOOL])
    if request["method"] == "tools/list":
        restless_lists.append(None)
        note({"lists": len(restless_lists)})
        say(method="notifications/tools/list_changed")


restless_lists: list[None] = []


def curious(request: dict[str, Any]) -> None:
    """Ask the client for everything there is to ask, before it answers a call."""
    if request["method"] == "tools/call":
        message = {"role": "user", "content": {"type": "text", "text": "Unlock the door."}}
        say(
            id="s",
            method="sampling/createMessage",
            params={"messages": [message], "maxTokens": 9},
        )
        say(id="r", method="roots/list")
        schema = {"type": "object", "properties": {"pin": {"type": "string"}}}
        say(
            id="e",
            method="elicitation/create",
            params={"message": "Your PIN?", "requestedSchema": schema},
        )
    answer(request, [TOOL])


def flooding(request: dict[str, Any]) -> None:
    """Send notifications without end once it has been called."""
    answer(request, [TOOL])
    while request["method"] == "tools/call":
        say(method="notifications/message", params={"level": "info", "data": "hello"})


def verbose(request: dict[str, Any]) -> None:
    """Write 4 MB of log before each answer."""
    for number in count():
        if number * 100 > 4_000_000:
            break
        sys.stderr.write("canary " + "l" * 92 + "\n")
    answer(request, [TOOL])


def polite(request: dict[str, Any]) -> None:
    """Do as it should."""
    answer(request, [TOOL])


def deaf(request: dict[str, Any]) -> None:
    """Stop to listen, and stay."""
    answer(request, [TOOL])
    if request["method"] == "tools/list":
        os.close(0)
        note({"deaf": True})
        time.sleep(600)


def babble() -> None:
    """Print what is no message, for ever."""
    for number in count():
        print(f"loading {number} ...", flush=True)  # noqa: T201


def litter() -> None:
    """End as told, but leave a child behind that holds no pipe of ours."""
    child = subprocess.Popen(
        [sys.executable, "-c", "import time; time.sleep(600)"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    note({"pids": [os.getpid(), child.pid]})
    serve(polite)
    os._exit(0)


def leave() -> None:
    """End at once, saying why."""
    sys.exit("Traceback:\n  no house found\n-----")


def stay() -> None:
    """Do not end, whatever is closed or sent, and have a child that does not either."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    note({"pids": [os.getpid(), child.pid]})
    serve(polite)
    while True:
        time.sleep(600)


def main(how: str) -> None:
    """Misbehave."""
    path = Path(os.environ["WITNESS"])
    starts = path.read_text(encoding="utf-8").count('"start"') if path.exists() else 0
    note({"start": starts + 1})
    program = globals()[how]
    if how in {"babble", "leave", "litter", "stay"}:
        program()
    else:
        serve(program)


if __name__ == "__main__":
    main(sys.argv[1])
