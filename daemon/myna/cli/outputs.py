"""`myna outputs`: how they stand, or back to safety with all of them."""

from __future__ import annotations

import argparse
import json
import os

from myna.cli.asking import add_daemon_options, answer_of
from myna.cli.options import loaded
from myna.control.messages import Status
from myna.errors import CommandError, ConfigError
from myna.service.last_good import last_good_of

NAME = "outputs"
HELP = "tell how the outputs stand; or, while no speaker runs, put them to their safe levels"
EXAMPLE = "myna outputs"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    add_daemon_options(parser)
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument(
        "--safe",
        action="store_true",
        help="switch each output of the configuration as its key safe says, and let go of it",
    )


def execute(arguments: argparse.Namespace) -> int:
    """Ask the daemon, or do what it cannot do any more."""
    if arguments.safe:
        _make_safe(arguments)
        return 0
    levels = answer_of(arguments, Status())["outputs"]
    if arguments.json:
        print(json.dumps(levels, indent=2))
        return 0
    width = max(map(len, levels), default=0)
    for name, level in levels.items():
        print(f"{name:<{width}}  {level} %")
    return 0


def _make_safe(arguments: argparse.Namespace) -> None:
    try:
        outputs = loaded(arguments).config.outputs
    except ConfigError as error:
        outputs = last_good_of(os.environ).in_place_of(error).config.outputs
    if not outputs:
        return
    from myna_hardware.outputs import make_safe

    if troubles := make_safe(outputs):
        raise CommandError("\n".join(map(str, troubles)))
