"""Checks of the way to the server: network, clock, key."""

from __future__ import annotations

import asyncio
import os
from dataclasses import replace
from typing import Final

import msgspec

from myna.doctor.clock import is_clock_synchronised, judge_clock
from myna.doctor.finding import Finding, skipped
from myna.doctor.key import KeyFigures, judge_key, measure_key
from myna.doctor.patient import Patient
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
    path = patient.live.key_file
    if path is not None and path.exists() and not os.access(path, os.R_OK):
        return skipped("key", f"{path} is closed to you: ask with sudo")
    redaction = Redaction()
    source = CredentialSource(patient.live, patient.environ, redaction.hide)
    dialler = Dialler(Offer(patient.live, tuple, has_camera=False), source)
    figures = asyncio.run(measure_key(dialler))
    return judge_key(replace(figures, said=redaction(figures.said)))


CHECKS: Final = (network, clock, key)
