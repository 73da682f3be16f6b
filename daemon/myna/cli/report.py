"""`myna report`: a bundle for a bug report, without secrets."""

from __future__ import annotations

import argparse
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from myna.cli.doctor import examine
from myna.cli.options import add_config_options, config_or_default
from myna.errors import CommandError

NAME: Final = "report"
HELP: Final = "collect what a bug report needs, keys and passwords masked (you will hear a chirp)"
EXAMPLE: Final = "myna report --output report.tar.gz"
JOURNAL_LINES: Final = 1000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    add_config_options(parser)
    parser.add_argument(
        "--output", type=Path, metavar="FILE", help="without one: myna-report-TIME.tar.gz here"
    )
    parser.add_argument(
        "--lines", type=int, default=JOURNAL_LINES, help="of the journal (default: %(default)s)"
    )


def execute(arguments: argparse.Namespace) -> int:
    """Examine, collect, write, and say where it is."""
    from myna.doctor.patient import Patient
    from myna.doctor.report import Case, write_report
    from myna.doctor.secrets import Mask

    config = config_or_default(arguments)
    findings = tuple(examine(arguments))
    case = Case(Patient(config, os.environ), findings, arguments.lines)
    path = arguments.output or Path(f"myna-report-{datetime.now(UTC):%Y%m%d-%H%M%S}.tar.gz")
    try:
        write_report(path, case, Mask(config, os.environ))
    except OSError as error:
        raise CommandError(f"cannot write {path}: {error.strerror}") from error
    print(f"{path}: keys are masked; look through it before you give it away (tar xzf {path})")
    return 0
