"""Checks of the service and the machine that it runs on."""

from __future__ import annotations

import os
from typing import Final

from myna.doctor.finding import Finding, fail, ok, skipped
from myna.doctor.groups import check_service_groups, check_your_groups
from myna.doctor.machine import check_power, check_state
from myna.doctor.patient import Patient
from myna.doctor.service import exposure_report, judge_exposure, judge_unit, judge_versions


def versions(patient: Patient) -> Finding:
    """Which versions there are, and whether the running one is this one."""
    return judge_versions(None if patient.status is None else patient.status["version"])


def service(patient: Patient) -> Finding:
    """Whether the service runs."""
    return judge_unit(patient.unit)


def daemon(patient: Patient) -> Finding:
    """Whether the daemon that runs answers."""
    if patient.status is not None:
        told = patient.status
        return ok("daemon", f"{told['state']}, runs for {told['uptime_s']} s")
    if patient.refusal is None:
        return skipped("daemon", "none runs: the doctor opens the devices itself")
    if os.access(patient.socket, os.W_OK):
        return fail("daemon", "daemon-does-not-answer", patient.refusal)
    return skipped("daemon", patient.refusal)


def sandbox(patient: Patient) -> Finding:
    """How well the service is locked in."""
    return judge_exposure(exposure_report() if patient.is_service else "")


def your_groups(patient: Patient) -> Finding:
    """Whether whoever asks may talk to the daemon."""
    return check_your_groups(patient.socket)


def service_groups(patient: Patient) -> Finding:
    """Whether the service may use its devices."""
    return check_service_groups(patient.config, patient.pid)


def power(_patient: Patient) -> Finding:
    """Whether there is enough power."""
    return check_power()


def state(patient: Patient) -> Finding:
    """Whether the state can be kept."""
    return check_state(patient.state_folder)


CHECKS: Final = (versions, service, daemon, sandbox, your_groups, service_groups, power, state)
