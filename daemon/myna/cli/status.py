"""`myna status`."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from myna.cli.asking import add_daemon_options, answer_of
from myna.cli.words import duration
from myna.control.messages import Status

NAME = "status"
HELP = "tell how the running speaker is"
EXAMPLE = "myna status --json"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    add_daemon_options(parser)
    parser.add_argument("--json", action="store_true", help="print JSON")


def execute(arguments: argparse.Namespace) -> int:
    """Ask the daemon, and print what it answers."""
    status = answer_of(arguments, Status())
    print(json.dumps(status, indent=2) if arguments.json else _words(status))
    return 0


def _words(status: Mapping[str, Any]) -> str:
    wake = status["wake"]
    word = " or ".join(wake["words"]) if wake["words"] else "the button only"
    outputs = ", ".join(f"{name} {level} %" for name, level in status["outputs"].items())
    lines = {
        "state": _state(status),
        **_session(status.get("session")),
        "answers to": f"{word} (engine: {wake['engine']})",
        **_wake(status.get("last_wake")),
        **_latencies(status.get("latencies")),
        "volume": f"{status['volume']} %",
        "model": f"{status['live']['model']} at {status['live']['endpoint']}",
        **_echo(status.get("echo")),
        "outputs": outputs or "none",
        **_question(status.get("waits_for_yes")),
        **_usage(status.get("usage")),
        "running for": f"{duration(status['uptime_s'])} (version {status['version']})",
        **{f"! {what}": why for what, why in status["troubles"].items()},
    }
    width = max(map(len, lines))
    return "\n".join(f"{name:<{width}}  {value}" for name, value in lines.items())


def _state(status: Mapping[str, Any]) -> str:
    since_s = status.get("state_for_s")
    return f"{status['state']}" + ("" if since_s is None else f", for {duration(since_s)}")


def _session(session: Mapping[str, Any] | None) -> dict[str, str]:
    """Return how the session is; an older daemon says nothing."""
    if session is None:
        return {}
    if session["state"] != "none":
        return {"session": f"{session['state']}, for {duration(session['for_s'])}"}
    last = session["last_close"]
    if last is None:
        return {"session": "none so far"}
    words = f"{last['code']} {last['reason']}".rstrip()
    return {"session": f"none; the last one ended {duration(session['for_s'])} ago with {words}"}


def _wake(wake: Mapping[str, Any] | None) -> dict[str, str]:
    if wake is None:
        return {}
    ago_s = (datetime.now(UTC) - datetime.fromisoformat(wake["at"])).total_seconds()
    return {"last wake": f"{wake['word']} (score {wake['score']:.2f}), {duration(ago_s)} ago"}


def _latencies(latencies: Mapping[str, Any] | None) -> dict[str, str]:
    """Return how long people wait; nothing before the first turn."""
    return {
        kind.replace("_", " "): (
            f"{measured['p50_ms']} ms, at worst {measured['p95_ms']} ms (p50, p95 of "
            f"{_number(measured['turns'], 'turn')})"
        )
        for kind, measured in (latencies or {}).items()
        if measured is not None
    }


def _echo(finding: Mapping[str, Any] | None) -> dict[str, str]:
    """Return whether it listens while it speaks, and why; an older daemon says nothing."""
    return {} if finding is None else {"echo": f"{finding['mode']}: {finding['why']}"}


def _question(wish: str | None) -> dict[str, str]:
    """Return what waits for a yes, with the cure; a daemon that does not ask says nothing."""
    return {} if wish is None else {"asks for a yes": f"{wish} (press the button, or myna confirm)"}


def _usage(usage: Mapping[str, Any] | None) -> dict[str, str]:
    """Return what was used today; a daemon that does not count says nothing."""
    if usage is None:
        return {}
    today, budget = usage["today"], usage["budget"]["text"]
    return {
        "usage": f"today {_day(today)}{_conversation(usage['conversation'])}",
        **({"tokens": _tokens(today)} if today["tokens"] else {}),
        **({"budget": budget} if budget else {}),
    }


def _day(counts: Mapping[str, Any]) -> str:
    audio = f"in {counts['minutes_in']:.1f}, out {counts['minutes_out']:.1f}"
    return (
        f"{counts['minutes']:.1f} min in {_number(counts['conversations'], 'conversation')} "
        f"({audio}), {_number(counts['tokens'], 'token')}, {_number(counts['stills'], 'picture')}"
    )


def _conversation(counts: Mapping[str, Any]) -> str:
    return f"; this conversation {counts['minutes']:.1f} min" if counts["is_running"] else ""


def _tokens(counts: Mapping[str, Any]) -> str:
    sides = {"in": counts["tokens_in"], "out": counts["tokens_out"]}
    return "; ".join(f"{side}: {_kinds(kinds)}" for side, kinds in sides.items() if kinds)


def _kinds(kinds: Mapping[str, int]) -> str:
    return ", ".join(f"{count:,} {name.lower()}" for name, count in sorted(kinds.items()))


def _number(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
