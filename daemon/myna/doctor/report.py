"""A bundle for a bug report: how the speaker is set up, how it is, what it said. No secrets.

What it consists of is a table; every piece is text, and passes the mask before it is kept.
"""

from __future__ import annotations

import io
import json
import tarfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import distributions
from pathlib import Path
from typing import Final, TypeAlias

from msgspec.structs import replace

from myna.config import Config
from myna.config.text import show
from myna.doctor.commands import output_of
from myna.doctor.finding import Finding
from myna.doctor.patient import Patient
from myna.doctor.service import UNIT, exposure_report, versions
from myna.redaction import MASK
from myna_hardware.discovery import find_devices

README: Final = """\
What `myna report` collected. Keys, tokens and passwords are masked; look through it
before you give it away: names of your rooms, devices and networks may be in it.
"""


@dataclass(frozen=True, slots=True)
class Case:
    """What is reported of.

    Attributes:
        patient: The speaker.
        findings: The doctor's.
        journal_lines: How much of the journal.
    """

    patient: Patient
    findings: tuple[Finding, ...]
    journal_lines: int


Piece: TypeAlias = Callable[[Case], str]

PIECES: Final[Mapping[str, Piece]] = {
    "README.txt": lambda _case: README,
    "configuration.toml": lambda case: show(_without_variables(case.patient.config)),
    "doctor.json": lambda case: _json([each.as_json() for each in case.findings]),
    "status.json": lambda case: _json(case.patient.status),
    "journal.txt": lambda case: _journal(case.journal_lines),
    "versions.json": lambda _case: _json({**versions(), "packages": _packages()}),
    "devices.json": lambda _case: _json(_devices()),
    "unit.txt": lambda _case: output_of("systemctl", "show", UNIT),
    "unit-files.txt": lambda _case: output_of("systemctl", "cat", UNIT),
    "sandbox.txt": lambda _case: exposure_report(),
}


def write_report(
    path: Path, case: Case, mask: Callable[[str], str], pieces: Mapping[str, Piece] = PIECES
) -> None:
    """Write the bundle, readable by its owner only.

    Args:
        path: A .tar.gz that is not there yet.
        case: What it is about.
        mask: Takes every secret out of a text.
        pieces: What it consists of, by file name.

    Raises:
        OSError: It cannot be written, or stands there already.
    """
    made = dict(_made(case, mask, pieces))
    path.touch(mode=0o600, exist_ok=False)
    folder = path.name.removesuffix(".tar.gz")
    with tarfile.open(path, "w:gz") as bundle:
        for name, text in made.items():
            _add(bundle, f"{folder}/{name}", text.encode())


def _made(
    case: Case, mask: Callable[[str], str], pieces: Mapping[str, Piece]
) -> Iterator[tuple[str, str]]:
    for name, make in pieces.items():
        try:
            text = make(case)
        except Exception as error:  # noqa: BLE001 - supervision: a report of trouble bears trouble
            text = f"could not be collected: {type(error).__name__}: {error}"
        yield name, mask(text)


def _add(bundle: tarfile.TarFile, name: str, content: bytes) -> None:
    """Add a file that tells nothing of who made it."""
    member = tarfile.TarInfo(name)
    member.size, member.mtime, member.mode = len(content), int(time.time()), 0o600
    bundle.addfile(member, io.BytesIO(content))


def _without_variables(config: Config) -> Config:
    """Return it without what programs get in their environment, however short it is."""
    servers = {
        name: replace(server, env=dict.fromkeys(server.env, MASK))
        for name, server in config.mcp.items()
    }
    return replace(config, mcp=servers)


def _journal(lines: int) -> str:
    words = ("journalctl", "-u", UNIT, "-n", str(lines), "-o", "short-iso", "--no-hostname")
    return output_of(*words, "--no-pager")


def _packages() -> dict[str, str]:
    return dict(sorted((each.name, each.version) for each in distributions()))


def _devices() -> dict[str, Iterable[str]]:
    return {kind: one.names or [one.trouble or "none"] for kind, one in find_devices().items()}


def _json(content: object) -> str:
    return json.dumps(content, indent=2, ensure_ascii=False, default=str)
