"""`myna volume`."""

from __future__ import annotations

import argparse

from myna.cli.asking import add_daemon_options, answer_of
from myna.control.messages import Volume

NAME = "volume"
HELP = "tell the volume, or set it"
EXAMPLE = "myna volume 40"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    add_daemon_options(parser)
    parser.add_argument(
        "percent", metavar="PERCENT", nargs="?", type=_percent, help="0 (silent) to 100"
    )


def execute(arguments: argparse.Namespace) -> int:
    """Ask the daemon, and print the volume as it is now."""
    answer = answer_of(arguments, Volume(arguments.percent))
    print(f"{answer['percent']} %")
    return 0


def _percent(word: str) -> int:
    if not word.isdecimal() or int(word) > 100:
        raise argparse.ArgumentTypeError(f"{word!r} is not a number from 0 to 100")
    return int(word)
