"""`myna doctor`: measure every part, and say how to cure what is not well."""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final

from myna.cli.options import add_config_options, loaded
from myna.config import Config
from myna.errors import ConfigError
from myna.redaction import redact

if TYPE_CHECKING:
    from myna.doctor.finding import Finding

NAME: Final = "doctor"
HELP: Final = "measure every part (you will hear a chirp), and tell how to cure what is not well"
EXAMPLE: Final = "myna doctor --json"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    add_config_options(parser)
    parser.add_argument("--json", action="store_true", help="print JSON")


def execute(arguments: argparse.Namespace) -> int:
    """Examine, print what is found, and fail if something does not work."""
    found = examine(arguments)
    findings = list(found) if arguments.json else _shown(found)
    if arguments.json:
        print(json.dumps([each.as_json() for each in findings], indent=2))
    return int(any(each.verdict == "fail" for each in findings))


def examine(arguments: argparse.Namespace) -> Iterator[Finding]:
    """Yield every finding; mistakes in the configuration are one, and do not end it."""
    from myna.doctor.finding import fail, ok
    from myna.doctor.patient import Patient
    from myna.doctor.visit import visit

    try:
        configuration = loaded(arguments)
    except ConfigError as error:
        words = "; ".join(redact(line) for line in str(error).splitlines())
        yield fail("configuration", "configuration-is-wrong", words)
        config = Config()
    else:
        yield ok("configuration", configuration.source)
        config = configuration.config
    yield from visit(Patient(config, os.environ))


def _shown(findings: Iterable[Finding]) -> list[Finding]:
    """Print each finding as it comes, in a table."""
    from myna.cli.findings import show

    return show(findings)
