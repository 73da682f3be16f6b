"""Checks of the way to the server: network, clock, key."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Final

import msgspec

from myna.doctor.clock import is_clock_synchronised, judge_clock
from myna.doctor.finding import Finding, skipped
from myna.doctor.key import KeyFigures, judge_key, measure_key
from myna.doctor.key_places import closed_place
from myna.doctor.patient import Patient
from myna.errors import CredentialError
from myna.line.dialler import Dialler, Offer
from myna.live.credential_source import CredentialSource
from myna.redaction import Redaction


def network(patient: Patient) -> Finding:
    """How far one comes towards the server."""
    return patient.way.finding


def clock(patient: Patient) -> Finding:
    """Whether the clock is right."""
    return judge_clock(patient.way.skew_s, is_synchronised=is_clock_synchronised())


def key(patient: Patient) -> Finding:
    """Whether the server takes the key: the daemon's, or the one that is found here."""
    if patient.is_running:
        return judge_key(msgspec.convert(patient.measure("key")["figures"], KeyFigures))
    redaction = Redaction()
    source = CredentialSource(patient.live, patient.environ, redaction.hide)
    closed = closed_place()
    if closed is not None and not _is_found(source):
        return skipped("key", f"{closed} is closed to you: ask with sudo")
    dialler = Dialler(Offer(patient.live, tuple, has_camera=False), source)
    figures = asyncio.run(measure_key(dialler))
    return judge_key(replace(figures, said=redaction(figures.said)))


def _is_found(source: CredentialSource) -> bool:
    try:
        source.check()
    except CredentialError:
        return False
    return True


CHECKS: Final = (network, clock, key)
