"""`myna config check|show|init|schema`."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Final

from myna.cli.options import add_config_options, loaded
from myna.config.file_checks import FILE_CHECKS
from myna.config.text import default_text, json_schema, show
from myna.errors import CommandError

NAME = "config"
HELP = "check, show or write the configuration"
EXAMPLE = "myna config init --output myna.toml"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    parsers = {}
    for name, act, options, does in _ACTIONS:
        example = f"example: myna {NAME} {name} {options}".rstrip()
        parsers[name] = actions.add_parser(name, help=does, description=does, epilog=example)
        parsers[name].set_defaults(act=act)
    add_config_options(parsers["check"])
    add_config_options(parsers["show"])
    parsers["init"].add_argument(
        "--output", type=Path, metavar="FILE", help="without one: standard output"
    )


def execute(arguments: argparse.Namespace) -> int:
    """Do the action."""
    arguments.act(arguments)
    return 0


def _check(arguments: argparse.Namespace) -> None:
    print(f"{loaded(arguments, FILE_CHECKS).source}: no mistakes found")


def _show(arguments: argparse.Namespace) -> None:
    print(show(loaded(arguments).config), end="")


def _init(arguments: argparse.Namespace) -> None:
    if arguments.output is None:
        sys.stdout.write(default_text())
        return
    try:
        with arguments.output.open("x", encoding="utf-8") as file:
            file.write(default_text())
    except FileExistsError as error:
        text = f"{arguments.output} exists already: name another file, or remove it first"
        raise CommandError(text) from error
    except OSError as error:
        raise CommandError(f"cannot write {arguments.output}: {error.strerror}") from error


def _schema(_arguments: argparse.Namespace) -> None:
    print(json.dumps(json_schema(), indent=2))


_ACTIONS: Final = (
    ("check", _check, "--config myna.toml", "report every mistake, with its line"),
    ("show", _show, "--set speaker.volume=40", "print what is in force"),
    ("init", _init, "--output myna.toml", "write every key with its default and its meaning"),
    ("schema", _schema, "", "print the JSON Schema"),
)
"""Name, function, the options of the example, and help of each action."""
