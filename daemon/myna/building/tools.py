"""What the model may call."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from myna.building.ground import Ground
from myna.config.places import tools_folder
from myna.music.music import Music
from myna.music.player import pieces_of
from myna.standing import Standing
from myna.timers.clocks import local_time
from myna.timers.keeper import Keeper
from myna.tools.camera import look_tools
from myna.tools.clock import clock_tools
from myna.tools.consent import Consent
from myna.tools.conversation import conversation_tools
from myna.tools.music import music_tools
from myna.tools.outputs import output_tools
from myna.tools.own import own_tools
from myna.tools.registry import Registry
from myna.tools.sensors import sensor_tools
from myna.tools.status import status_tools
from myna.tools.stills import Gaze
from myna.tools.timers import timer_tools
from myna.tools.volume import volume_tools
from myna.volume import Volume
from myna_hardware.interfaces import Outputs, Sensors


@dataclass(frozen=True, slots=True)
class Means:
    """What the tools work with.

    Attributes:
        outputs: What they switch.
        sensors: What they read.
        volume: What they turn up.
        gaze: What they look through, where there is a camera.
        timers: What they set to ring.
        consent: Asks for a yes.
        standing: How the speaker is.
        music: What they play, where there is a player.
        is_muted: Whether its microphone is closed.
    """

    outputs: Outputs
    sensors: Sensors
    volume: Volume
    gaze: Gaze | None
    timers: Keeper
    consent: Consent
    standing: Standing
    music: Music | None
    is_muted: Callable[[], bool]


def build_tools(ground: Ground, means: Means) -> Registry:
    """Build what the model may call."""
    return Registry(
        [
            *output_tools(means.outputs, ground.config.outputs),
            *sensor_tools(means.sensors),
            *volume_tools(means.volume),
            *clock_tools(local_time, lambda: means.timers.now().is_sure),
            *timer_tools(means.timers),
            *(music_tools(means.music, pieces_of(ground.config.music)) if means.music else []),
            *(look_tools(means.gaze) if means.gaze is not None else []),
            *status_tools(means.standing.figures, means.is_muted, means.timers.count),
            *conversation_tools(),
        ],
        clock=time.monotonic,
        consent=means.consent,
        rules=ground.config.tools.rules,
        redact=ground.redaction,
    )


def offer_own_tools(tools: Registry, ground: Ground) -> None:
    """Put the tools of others beside those that come with the speaker, unless it is safe mode."""
    if ground.is_safe_mode:
        return
    health = ground.health
    for bundle in own_tools(tools_folder(ground.config)):
        part = f"tools of {bundle.source}"
        if bundle.problem is not None:
            health.degrade(part, bundle.problem)
        refused = tools.offer(bundle.source, bundle.tools)
        if refused:
            health.degrade(part, f"taken already, so not offered: {', '.join(refused)}")
