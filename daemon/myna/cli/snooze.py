"""`myna snooze`."""

from __future__ import annotations

import argparse
import math

from myna.cli.asking import add_daemon_options, answer_of
from myna.control.messages import Snooze

NAME = "snooze"
HELP = "let what rings, or rang a short time ago, ring again later"
EXAMPLE = "myna snooze 5"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    add_daemon_options(parser)
    parser.add_argument(
        "minutes",
        metavar="MINUTES",
        nargs="?",
        type=_minutes,
        help="in how many, 0.5 to 720; without it as timers.snooze_s says",
    )


def execute(arguments: argparse.Namespace) -> int:
    """Ask the daemon, and print when they ring again."""
    for entry in answer_of(arguments, Snooze(arguments.minutes))["snoozed"]:
        print(f"{entry['name']} rings again in {entry['due_in']}")
    return 0


def _minutes(word: str) -> float:
    try:
        minutes = float(word)
    except ValueError:
        minutes = math.nan
    if not 0.5 <= minutes <= 720:
        raise argparse.ArgumentTypeError(f"{word!r} is not a number from 0.5 to 720")
    return minutes
