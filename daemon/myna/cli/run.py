"""`myna run`: the daemon, in the foreground."""

from __future__ import annotations

import argparse
import gc
from functools import partial
from pathlib import Path

from myna.cli.options import add_config_options, loaded
from myna.config.file_checks import FILE_CHECKS
from myna.errors import ConfigError
from myna.secrecy import forbid_dumps, take_environment
from myna.service.last_good import last_good_of

NAME = "run"
HELP = "run the speaker in the foreground, until SIGTERM or Ctrl-C"
EXAMPLE = "myna run --set lights.driver=terminal"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    add_config_options(parser)
    parser.add_argument(
        "--trace", type=Path, metavar="FILE", help="write what happens, one JSON object per line"
    )
    parser.add_argument(
        "--trace-audio", action="store_true", help="have a line for every chunk of audio sent"
    )


def execute(arguments: argparse.Namespace) -> int:
    """Run the daemon until it is told to stop."""
    # First of all: whatever goes wrong below, there is nothing to be read any more.
    environ = take_environment()
    forbid_dumps()
    memory = last_good_of(environ)
    read = memory.reading(partial(loaded, arguments, FILE_CHECKS))
    mistaken: ConfigError | None = None
    try:
        configuration = read()
    except ConfigError as error:
        configuration, mistaken = memory.in_place_of(error), error
    # Until it is ready (`serving`): all that is made is kept, and looking through it is a
    # sixth of the time that the imports take.
    gc.disable()
    # Imported here, so that `myna status` does not wait for sound libraries.
    from myna.service.serving import Errand, serve

    return serve(
        Errand(
            loaded=configuration,
            mistaken=mistaken,
            read=read,
            environ=environ,
            trace=arguments.trace,
            with_audio=arguments.trace_audio,
        )
    )
