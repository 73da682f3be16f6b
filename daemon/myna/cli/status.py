"""`myna status`."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from typing import Any

from myna.cli.asking import add_daemon_options, answer_of
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
        "state": status["state"],
        "answers to": f"{word} (engine: {wake['engine']})",
        "volume": f"{status['volume']} %",
        "model": f"{status['live']['model']} at {status['live']['endpoint']}",
        "outputs": outputs or "none",
        "running for": f"{status['uptime_s']} s (version {status['version']})",
        **{f"! {what}": why for what, why in status["troubles"].items()},
    }
    width = max(map(len, lines))
    return "\n".join(f"{name:<{width}}  {value}" for name, value in lines.items())
