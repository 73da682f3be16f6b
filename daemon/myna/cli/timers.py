"""`myna timers`."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Mapping
from typing import Any

from myna.cli.asking import add_daemon_options, answer_of
from myna.control.messages import Timers

NAME = "timers"
HELP = "tell which timers, alarms and reminders are set, ring, and have rung today"
EXAMPLE = "myna timers"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    add_daemon_options(parser)
    parser.add_argument("--json", action="store_true", help="print JSON")


def execute(arguments: argparse.Namespace) -> int:
    """Ask the daemon, and print what it answers."""
    told = answer_of(arguments, Timers())
    print(json.dumps(told, indent=2) if arguments.json else "\n".join(_lines(told)))
    return 0


def _lines(told: Mapping[str, Any]) -> Iterator[str]:
    for ring in told.get("ringing", ()):
        yield f"{ring['name']} ({ring['kind']}): rings now{_text(ring)}"
    for entry in told["set"]:
        repeats = f", {entry['repeats']}" if "repeats" in entry else ""
        due = f"in {entry['due_in']}, {entry['due']}{repeats}"
        yield f"{entry['name']} ({entry['kind']}): {due}{_text(entry)}"
    if not told["set"] and "ringing" not in told:
        yield "nothing is set"
    for ring in told.get("past", ()):
        yield (
            f"{ring['name']} ({ring['kind']}): was due {ring['was_due']}: "
            f"{ring['meaning']}{_text(ring)}"
        )


def _text(told: Mapping[str, Any]) -> str:
    return f": {told['text']}" if "text" in told else ""
