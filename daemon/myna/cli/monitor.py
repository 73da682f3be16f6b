"""`myna monitor`: watch the running speaker. Nothing of it is kept anywhere."""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Iterable
from typing import Any, Final

from myna.cli.asking import add_daemon_options
from myna.cli.options import loaded
from myna.control.client import follow
from myna.control.finding import running_socket
from myna.control.messages import Monitor

NAME: Final = "monitor"
HELP: Final = "watch the speaker: state, level, lights, what is said, latencies (Ctrl-C ends it)"
EXAMPLE: Final = "myna monitor"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    add_daemon_options(parser)
    parser.add_argument("--json", action="store_true", help="print each moment as a line of JSON")


def execute(arguments: argparse.Namespace) -> int:
    """Watch, until one of the two is ended."""
    moments = follow(running_socket(loaded(arguments).config, os.environ), Monitor())
    if arguments.json:
        for moment in moments:
            print(json.dumps(moment), flush=True)
    else:
        _show(moments)
    return 0


def _show(moments: Iterable[dict[str, Any]]) -> None:
    from rich.live import Live

    from myna.cli.screen import draw

    with Live(auto_refresh=False, transient=False) as live:
        for moment in moments:
            live.update(draw(moment), refresh=True)
