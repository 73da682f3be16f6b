"""What the body, the session and the sound demand of a configuration, as checks.

PURE. The rules themselves live where they are understood; here they become Problems.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from myna.config import Config
from myna.config.checks import Check
from myna.errors import Problem
from myna.live.endpoint import check_endpoint
from myna_hardware.night import parse_night
from myna_hardware.pins import (
    contradictions,
    is_spi_name,
    missing_settings,
    pin_conflicts,
)


def check_pins(config: Config) -> Iterator[Problem]:
    """Every pin has one user."""
    for conflict in pin_conflicts(config.body):
        yield Problem(conflict.keys[-1], str(conflict))


def check_devices(config: Config) -> Iterator[Problem]:
    """Every driver has what it needs to open its device, and no contradiction."""
    for key, text in (*missing_settings(config.body), *contradictions(config.body)):
        yield Problem(key, text)


def check_spi(config: Config) -> Iterator[Problem]:
    """The bus of the lights is one."""
    if not is_spi_name(config.lights.spi):
        yield Problem("lights.spi", f'{config.lights.spi!r} is not a bus and a device, like "0.0"')


def check_live_endpoint(config: Config) -> Iterator[Problem]:
    """The endpoint is one that a key may be sent to."""
    problem = check_endpoint(config.live.endpoint)
    if problem is not None:
        yield Problem("live.endpoint", problem)


def check_nights(config: Config) -> Iterator[Problem]:
    """Quiet and dim hours are hours."""
    for key, hours in (("audio.night", config.audio.night), ("lights.night", config.lights.night)):
        if hours is not None:
            try:
                parse_night(hours)
            except ValueError as error:
                yield Problem(key, str(error))


RULES: Final[tuple[Check, ...]] = (
    check_pins,
    check_devices,
    check_spi,
    check_live_endpoint,
    check_nights,
)
