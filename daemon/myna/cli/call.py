"""`myna call`: run a tool by hand, as the model would, without anybody's yes."""

from __future__ import annotations

import argparse
import json
import os
from typing import Final

from myna.cli.asking import add_daemon_options
from myna.cli.options import loaded
from myna.config.overrides import parse_override
from myna.control.client import ask
from myna.control.finding import running_socket
from myna.control.messages import Call
from myna.errors import Problem

NAME: Final = "call"
HELP: Final = "run a tool by hand: to try it, or because the model may not"
EXAMPLE: Final = "myna call set_output name=lamp on=true"

PATIENCE_S: Final = 35.0
"""No tool may take longer than 30 s (`tools.rules.NAME.timeout_s`)."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    add_daemon_options(parser)
    parser.add_argument("tool", metavar="TOOL", help="its name, from `myna tools`")
    parser.add_argument(
        "values", metavar="NAME=VALUE", nargs="*", type=_argument, help="an argument of the tool"
    )


def execute(arguments: argparse.Namespace) -> int:
    """Have the daemon run it, and print what it returned."""
    socket = running_socket(loaded(arguments).config, os.environ)
    answer = ask(socket, Call(arguments.tool, dict(arguments.values)), PATIENCE_S)
    print(json.dumps(answer["output"], indent=2, ensure_ascii=False))
    return 0


def _argument(words: str) -> tuple[str, object]:
    override = parse_override(words)
    if isinstance(override, Problem) or len(override.path) != 1:
        raise argparse.ArgumentTypeError(f"write NAME=VALUE, like name=lamp, not {words!r}")
    return override.path[0], override.value
