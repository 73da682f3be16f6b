"""`myna say`."""

from __future__ import annotations

import argparse

from myna.cli.asking import add_daemon_options, answer_of
from myna.control.messages import Say

NAME = "say"
HELP = "have the speaker say something to the people in the room"
EXAMPLE = 'myna say "Dinner is ready."'


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    add_daemon_options(parser)
    parser.add_argument("text", metavar="TEXT", type=_text, help="the words")


def execute(arguments: argparse.Namespace) -> int:
    """Ask the daemon."""
    answer_of(arguments, Say(arguments.text))
    return 0


def _text(words: str) -> str:
    if not words.strip():
        raise argparse.ArgumentTypeError("there are no words in it")
    try:
        words.encode()
    except UnicodeEncodeError as error:
        raise argparse.ArgumentTypeError("it is not UTF-8 text") from error
    return words
