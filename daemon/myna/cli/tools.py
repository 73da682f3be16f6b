"""`myna tools`: what the model may call, and what only you may."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from myna.cli.asking import add_daemon_options, answer_of
from myna.control.messages import Tools
from myna.errors import CommandError
from myna.tools.introduction import introduced

NAME: Final = "tools"
HELP: Final = "list the tools: what each is allowed, and who brought it"
EXAMPLE: Final = "myna tools"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    add_daemon_options(parser)
    parser.add_argument(
        "--check", metavar="FILE", type=Path, help="load the tools of a file, without a speaker"
    )
    parser.add_argument("--json", action="store_true", help="print JSON, with all that is known")


def execute(arguments: argparse.Namespace) -> int:
    """Ask the daemon, or the file, and print what it answers."""
    if arguments.check:
        answer: Mapping[str, Any] = {"tools": _checked(arguments.check), "idle_rules": ()}
    else:
        answer = answer_of(arguments, Tools())
    tools = answer["tools"]
    print(json.dumps(tools, indent=2) if arguments.json else _table(tools))
    for name in answer["idle_rules"]:
        print(f"! tools.rules.{name}: there is no tool of this name", file=sys.stderr)
    return 0


def _checked(path: Path) -> list[dict[str, Any]]:
    from myna.tools.own import OwnToolError, tools_in_file

    try:
        return [introduced(path.name, tool) for tool in tools_in_file(path)]
    except OwnToolError as error:
        raise CommandError(f"{path}: {error}") from error


def _table(tools: Sequence[Mapping[str, Any]]) -> str:
    """Lay the tools out; a call is shown as `myna call` takes it."""
    rows = [("TOOL", "RISK", "A MINUTE", "FROM")]
    rows += [(_call(tool), tool["risk"], str(tool["per_minute"]), tool["source"]) for tool in tools]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ("  ".join(map(str.ljust, row, widths)) for row in rows)
    return "\n".join(map(str.rstrip, lines))


def _call(tool: Mapping[str, Any]) -> str:
    parameters = tool["parameters"]
    required = parameters.get("required", ())
    names = (name if name in required else f"[{name}]" for name in parameters.get("properties", {}))
    return " ".join((tool["name"], *names))
