"""The visit: every check, in an order in which the first trouble explains the later ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final, TypeAlias

from myna.doctor import body_checks, line_checks, machine_checks, sound_checks
from myna.doctor.finding import Finding, fail, skipped, warn
from myna.doctor.patient import Patient
from myna.errors import CommandError

Check: TypeAlias = Callable[[Patient], Finding]

CHECKS: Final[tuple[Check, ...]] = (
    *machine_checks.CHECKS,
    *line_checks.CHECKS,
    *sound_checks.CHECKS,
    *body_checks.CHECKS,
)
TOLD: Final = frozenset({"microphone", "speaker", "button", "camera", "key"})
"""Parts whose trouble the checks tell themselves."""


def visit(patient: Patient) -> Iterator[Finding]:
    """Yield what each check finds, as it finds it; then what else troubles the daemon."""
    for check in CHECKS:
        yield _careful(check, patient)
    for part, why in patient.troubles.items():
        if part not in TOLD:
            yield warn(part, "daemon-is-in-trouble", why)


def _careful(check: Check, patient: Patient) -> Finding:
    part = getattr(check, "__name__", "?").replace("_", " ")
    try:
        return check(patient)
    except CommandError as refusal:  # of a daemon that has what is to be measured
        return skipped(part, str(refusal))
    except Exception as error:  # noqa: BLE001 - supervision: one check's bug hides no other finding
        return fail(part, "doctor-stumbled", f"{type(error).__name__}: {error}")
