"""Checks of hands and eyes: by the daemon that holds them, or here while none runs."""

from __future__ import annotations

from contextlib import closing
from typing import Final

import msgspec

from myna.doctor.body import (
    CameraFigures,
    check_button,
    check_mute_switch,
    check_pins,
    judge_camera,
    judge_mute,
    measure_camera,
)
from myna.doctor.finding import Finding, fail, ok, skipped, warn
from myna.doctor.groups import uses_pins
from myna.doctor.patient import Patient
from myna.errors import CommandError
from myna_hardware.camera import open_camera
from myna_hardware.errors import HardwareError


def pins(patient: Patient) -> Finding:
    """Whether pins can be used; those of a running daemon are told by its troubles."""
    if not patient.is_running:
        return check_pins(patient.config)
    parts = sorted(uses_pins(patient.config))
    if not parts:
        return skipped("pins", "nothing of the configuration uses any")
    return ok("pins", f"the daemon holds those of {', '.join(parts)}")


def button(patient: Patient) -> Finding:
    """Whether the button is open at rest."""
    settings = patient.config.button
    if not patient.is_running:
        return check_button(settings)
    if trouble := patient.troubles.get("button"):
        ailment = "button-is-pressed" if "pressed" in trouble else "daemon-is-in-trouble"
        return warn("button", ailment, trouble)
    if settings.driver == "none":
        return skipped("button", "driver none")
    return ok("button", "the daemon watches it, and it is open")


def mute_switch(patient: Patient) -> Finding:
    """Whether the microphone is muted."""
    if patient.status is not None:
        return judge_mute(is_muted=patient.status["is_muted"])
    return check_mute_switch(patient.config.mute_switch)


def camera(patient: Patient) -> Finding:
    """Whether the camera gives a picture; it is looked at by nobody, and forgotten."""
    settings = patient.config.camera
    if settings.driver == "none":
        return skipped("camera", "driver none")
    look = _by_daemon if patient.is_running else _by_itself
    try:
        figures = look(patient)
    except (CommandError, HardwareError) as error:
        return fail("camera", "camera-gives-no-picture", str(error))
    return judge_camera(figures)


def _by_daemon(patient: Patient) -> CameraFigures:
    return msgspec.convert(patient.measure("camera")["figures"], CameraFigures)


def _by_itself(patient: Patient) -> CameraFigures:
    settings = patient.config.camera
    opened = open_camera(settings)
    if opened is None:
        raise CommandError(f"driver {settings.driver}")
    with closing(opened):
        return measure_camera(opened.capture)


CHECKS: Final = (pins, button, mute_switch, camera)
