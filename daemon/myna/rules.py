"""What the body, the session and the sound demand of a configuration, as checks.

PURE. The rules themselves live where they are understood; here they become Problems.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from myna.audio.earcon_policy import parse_night
from myna.config import Config
from myna.config.checks import Check
from myna.errors import Problem
from myna.live.endpoint import check_endpoint
from myna_hardware.pins import contradictions, missing_settings, pin_conflicts


def check_pins(config: Config) -> Iterator[Problem]:
    """Every pin has one user."""
    for conflict in pin_conflicts(config.body):
        yield Problem(conflict.keys[-1], str(conflict))


def check_devices(config: Config) -> Iterator[Problem]:
    """Every driver has what it needs to open its device, and no contradiction."""
    for key, text in (*missing_settings(config.body), *contradictions(config.body)):
        yield Problem(key, text)


def check_live_endpoint(config: Config) -> Iterator[Problem]:
    """The endpoint is one that a key may be sent to."""
    problem = check_endpoint(config.live.endpoint)
    if problem is not None:
        yield Problem("live.endpoint", problem)


def check_night(config: Config) -> Iterator[Problem]:
    """The quiet hours are hours."""
    if config.audio.night is not None:
        try:
            parse_night(config.audio.night)
        except ValueError as error:
            yield Problem("audio.night", str(error))


RULES: Final[tuple[Check, ...]] = (check_pins, check_devices, check_live_endpoint, check_night)
