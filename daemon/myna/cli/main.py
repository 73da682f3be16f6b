"""The command line: parses, runs one command, and turns errors into exit codes.

0 done    1 it failed    2 usage    69 the daemon is not running    78 configuration
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from typing import Final, Protocol

import myna
from myna.cli import (
    call,
    config,
    confirm,
    demo,
    devices,
    doctor,
    monitor,
    outputs,
    report,
    run,
    say,
    simulate,
    snooze,
    status,
    timers,
    tools,
    volume,
)
from myna.cli.verbs import VERBS
from myna.errors import ConfigError, MynaError, NotRunningError
from myna.redaction import redact
from myna_hardware.errors import HardwareError

EX_FAILED: Final = 1
EX_UNAVAILABLE: Final = 69
EX_CONFIG: Final = 78
EX_INTERRUPTED: Final = 130


class Command(Protocol):
    """What each module of this package offers."""

    @property
    def NAME(self) -> str:  # noqa: N802 - a constant of the module
        """The word that is typed."""
        ...

    @property
    def HELP(self) -> str:  # noqa: N802
        """One line of what it does."""
        ...

    @property
    def EXAMPLE(self) -> str:  # noqa: N802
        """How it is typed."""
        ...

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the command's arguments."""
        ...

    def execute(self, arguments: argparse.Namespace) -> int:
        """Do it; return the exit code."""
        ...


_COMMANDS: Final[tuple[Command, ...]] = (
    run,
    demo,
    simulate,
    status,
    monitor,
    *VERBS,
    say,
    volume,
    confirm,
    timers,
    snooze,
    tools,
    call,
    outputs,
    devices,
    doctor,
    report,
    config,
)


def main(words: Sequence[str]) -> int:
    """Run the command that `words` spell; return its exit code."""
    arguments = _parser().parse_args(words)
    try:
        code: int = arguments.execute(arguments)
        _write_out()
    except (MynaError, HardwareError) as error:
        return _fail(error)
    except OSError as error:
        # Above all our output: a full disk; or its reader has gone, and wants no word.
        _drop_output()
        return EX_FAILED if isinstance(error, BrokenPipeError) else _fail(error)
    except KeyboardInterrupt:
        return EX_INTERRUPTED
    return code


def _write_out() -> None:
    """Write what was printed while its failure can still be told; stdout may be closed."""
    if sys.stdout is not None:
        sys.stdout.flush()


def _drop_output() -> None:
    """Keep the interpreter from writing again, when it exits, what cannot be written."""
    if sys.stdout is not None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _fail(error: Exception) -> int:
    for line in str(error).splitlines():
        print(f"myna: {redact(line)}", file=sys.stderr)
    match error:
        case ConfigError():
            return EX_CONFIG
        case NotRunningError():
            return EX_UNAVAILABLE
    return EX_FAILED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="myna", description=_DESCRIPTION, epilog="example: myna demo"
    )
    parser.add_argument("--version", action="version", version=f"myna {myna.__version__}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    for command in _COMMANDS:
        one = commands.add_parser(
            command.NAME,
            help=command.HELP,
            description=command.HELP,
            epilog=f"example: {command.EXAMPLE}",
        )
        command.add_arguments(one)
        one.set_defaults(execute=command.execute)
    return parser


_DESCRIPTION: Final = "A smart speaker for the Raspberry Pi."
