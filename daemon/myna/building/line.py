"""The line to the server."""

from __future__ import annotations

from dataclasses import replace

from myna.building.ground import Ground
from myna.config import Config
from myna.errors import CredentialError
from myna.line.dialler import Dialler, Offer
from myna.line.spare import Spare
from myna.live.credential_source import CredentialSource
from myna.live.messages import FunctionDeclaration
from myna.live.profiles import Profile, profile_for
from myna.tools.registry import Registry


def build_dialler(ground: Ground, tools: Registry, *, has_camera: bool) -> Dialler:
    """Build what opens sessions; say early that there is no key, which is no reason to stop."""
    live = ground.config.live
    source = CredentialSource(live, ground.environ, ground.redaction.hide)
    try:
        source.check()
    except CredentialError as error:
        ground.health.degrade("key", str(error))
    offer = Offer(live, lambda: _declarations(tools), has_camera)
    return Dialler(offer, source, Spare(live, source, ground.trace) if live.open_ahead else None)


def chosen_profile(config: Config) -> Profile:
    """Return what the configured model bears, as far as it may be made use of."""
    profile = profile_for(config.live.model)
    if config.conversation.end_silence_s:
        return profile
    return replace(profile, takes_audio_end=False)


def _declarations(tools: Registry) -> list[FunctionDeclaration]:
    return [
        FunctionDeclaration(tool.name, tool.description, dict(tool.parameters), tool.behavior)
        for tool in tools.declarations()
    ]
