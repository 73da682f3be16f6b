"""`myna confirm`: say yes to what a tool asks, as a press of the button does."""

from __future__ import annotations

import argparse
from typing import Final

from myna.cli.asking import add_daemon_options, answer_of
from myna.control.messages import Confirm

NAME: Final = "confirm"
HELP: Final = "say yes to what the speaker asks, instead of pressing its button"
EXAMPLE: Final = "myna confirm"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    add_daemon_options(parser)


def execute(arguments: argparse.Namespace) -> int:
    """Say yes, and print to what."""
    print(answer_of(arguments, Confirm())["confirmed"])
    return 0
