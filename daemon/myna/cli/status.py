"""`myna status`."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Mapping
from typing import Any

from myna.cli.asking import add_daemon_options, answer_of
from myna.cli.words import duration, latency_words, number, session_words, wake_words
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
        **_one("session", session_words, status.get("session")),
        "answers to": f"{word} (engine: {wake['engine']})",
        **_one("last wake", wake_words, status.get("last_wake")),
        **latency_words(status.get("latencies") or {}),
        "volume": f"{status['volume']} %",
        "model": f"{status['live']['model']} at {status['live']['endpoint']}",
        **_echo(status.get("echo")),
        "outputs": outputs or "none",
        **_timers(status.get("timers")),
        **_question(status.get("waits_for_yes")),
        **_usage(status.get("usage")),
        "running for": f"{duration(status['uptime_s'])} (version {status['version']})",
        **{f"! {what}": why for what, why in status["troubles"].items()},
    }
    width = max(map(len, lines))
    return "\n".join(f"{name:<{width}}  {value}" for name, value in lines.items())


def _one(name: str, words: Callable[[Any], str], found: object) -> dict[str, str]:
    """Return a line of what there is; an older daemon says nothing."""
    return {} if found is None else {name: words(found)}


def _state(status: Mapping[str, Any]) -> str:
    since_s = status.get("state_for_s")
    return f"{status['state']}" + ("" if since_s is None else f", for {duration(since_s)}")


def _echo(finding: Mapping[str, Any] | None) -> dict[str, str]:
    """Return whether it listens while it speaks, and why; an older daemon says nothing."""
    return {} if finding is None else {"echo": f"{finding['mode']}: {finding['why']}"}


def _question(wish: str | None) -> dict[str, str]:
    """Return what waits for a yes, with the cure; a daemon that does not ask says nothing."""
    return {} if wish is None else {"asks for a yes": f"{wish} (press the button, or myna confirm)"}


def _timers(timers: Mapping[str, Any] | None) -> dict[str, str]:
    """Return how many timers are set, and the next one; nothing while there is none."""
    if timers is None or not timers["set"]:
        return {}
    following = timers["next"]
    return {"timers": f"{timers['set']} set, next {following['name']} {following['due']}"}


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
        f"{counts['minutes']:.1f} min in {number(counts['conversations'], 'conversation')} "
        f"({audio}), {number(counts['tokens'], 'token')}, {number(counts['stills'], 'picture')}"
    )


def _conversation(counts: Mapping[str, Any]) -> str:
    return f"; this conversation {counts['minutes']:.1f} min" if counts["is_running"] else ""


def _tokens(counts: Mapping[str, Any]) -> str:
    sides = {"in": counts["tokens_in"], "out": counts["tokens_out"]}
    return "; ".join(f"{side}: {_kinds(kinds)}" for side, kinds in sides.items() if kinds)


def _kinds(kinds: Mapping[str, int]) -> str:
    return ", ".join(f"{count:,} {name.lower()}" for name, count in sorted(kinds.items()))
