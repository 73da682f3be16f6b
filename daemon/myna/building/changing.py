"""Which keys of the configuration a running speaker can take up anew, and how."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

from msgspec import structs

from myna.assistant import Assistant
from myna.audio.signals import Signals
from myna.building.conduct import chosen_timing, earcon_rules
from myna.building.ground import Ground
from myna.building.line import build_dialler, chosen_profile
from myna.commands import Commands
from myna.config import Config
from myna.line.link import Link
from myna.logs import set_level
from myna.performer import Performer
from myna.tools.consent import Consent
from myna.tools.registry import Registry
from myna.usage.budget import Budget
from myna.usage.meter import Meter
from myna.volume import Volume
from myna_hardware.interfaces import Lights

Appliers: TypeAlias = Mapping[str, Callable[[Config], None]]
"""By key, or by what keys begin with: takes them up, while no conversation goes on."""


@dataclass(frozen=True, slots=True)
class Changeable:
    """The parts that take up something anew."""

    lights: Lights
    assistant: Assistant
    performer: Performer
    signals: Signals
    volume: Volume
    meter: Meter
    tools: Registry
    consent: Consent
    link: Link
    commands: Commands


def build_appliers(parts: Changeable, ground: Ground, *, has_camera: bool) -> Appliers:
    """Build what puts a changed configuration in force; what is not here needs a restart."""

    def redial(config: Config) -> None:
        # The ears know of it only from the start on.
        live = structs.replace(config.live, open_ahead=ground.config.live.open_ahead)
        changed = replace(ground, config=structs.replace(config, live=live))
        dialler = build_dialler(changed, parts.tools, has_camera=has_camera)
        parts.link.redial(dialler, chosen_profile(config))
        parts.commands.follow(config)

    def follow_timing(config: Config) -> None:
        parts.assistant.follow(chosen_timing(config))

    def follow_rules(config: Config) -> None:
        parts.signals.follow(earcon_rules(config))

    def dim(config: Config) -> None:
        parts.lights.dim(config.lights)

    return {
        "live": redial,
        "conversation.wake_wait_s": follow_timing,
        "conversation.follow_up_s": follow_timing,
        "conversation.limit_s": lambda config: parts.performer.set_limit(
            config.conversation.limit_s
        ),
        "budget": lambda config: parts.meter.follow(budget_of(config)),
        "audio.earcons": follow_rules,
        "audio.night": follow_rules,
        "speaker.volume": lambda config: parts.volume.set_percent(config.speaker.volume),
        "lights.brightness": dim,
        "lights.night": dim,
        "lights.night_brightness": dim,
        "knob.percent_per_step": lambda config: parts.volume.set_step(config.knob.percent_per_step),
        "tools.confirm_wait_s": lambda config: parts.consent.set_wait(config.tools.confirm_wait_s),
        "tools.rules": lambda config: parts.tools.follow(config.tools.rules),
        "log.level": lambda config: set_level(config.log.level),
    }


def budget_of(config: Config) -> Budget:
    """Return how much a day may use."""
    return Budget(config.budget.daily_minutes, config.budget.daily_tokens)
