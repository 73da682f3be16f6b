"""What runs beside the conversation: timers, music, MCP servers, MQTT, metrics."""

from __future__ import annotations

import socket
from collections.abc import Sequence
from typing import TYPE_CHECKING

from myna.assistant import Assistant
from myna.building.ground import Ground
from myna.commands import Commands
from myna.config.places import state_dir
from myna.conversation.states import name_of
from myna.errors import PlayerError
from myna.latencies import Latencies
from myna.mcp_servers.servers import McpServers
from myna.music.debts import Debts, DebtStore
from myna.music.ducking import Rules
from myna.music.music import Music
from myna.music.opening import open_player
from myna.music.reach import Reach
from myna.standing import Standing
from myna.timers.clocks import SystemClocks
from myna.timers.keeper import Keeper
from myna.timers.store import Store as TimerStore
from myna.tools.registry import Registry
from myna.tools.tool import Tool
from myna.volume import Volume

if TYPE_CHECKING:
    from myna.metrics.server import MetricsServer
    from myna.mqtt.broker import Broker


def build_timers(ground: Ground) -> Keeper:
    """Build what keeps timers and rings them."""
    settings = ground.config.timers
    return Keeper(
        TimerStore(state_dir(ground.config, ground.environ)),
        SystemClocks(is_trusted=settings.trust_clock),
        settings,
        ground.health,
        ground.trace,
    )


def build_music(ground: Ground) -> Music | None:
    """Build what sees to the music, where that is wanted and can be reached."""
    settings = ground.config.music
    try:
        player = open_player(settings, ground.environ, ground.redaction.hide)
    except PlayerError as error:
        ground.health.degrade("music", str(error))
        return None
    if player is None:
        return None
    reach = Reach(player, ground.health, ground.trace)
    debts = Debts(DebtStore(state_dir(ground.config, ground.environ)), ground.health)
    return Music(reach, Rules(settings.while_talking, settings.duck_percent), debts)


def build_mcp(ground: Ground, tools: Registry) -> McpServers | None:
    """Build what connects to Model Context Protocol servers, where there are any."""
    if not ground.config.mcp:
        return None

    def offer(source: str, offered: Sequence[Tool]) -> list[str]:
        refused = tools.offer(source, offered)
        ground.trace.emit("tools_offered", source=source, tools=len(offered) - len(refused))
        return refused

    hide, health = ground.redaction.hide, ground.health
    return McpServers(ground.config.mcp, ground.environ, hide, health, offer)


def build_mqtt(
    ground: Ground, tools: Registry, assistant: Assistant, volume: Volume, commands: Commands
) -> Broker | None:
    """Build what speaks MQTT, where there is a broker; the rest of it is never imported."""
    settings, health = ground.config.mqtt, ground.health
    if settings.host is None:
        return None
    from myna.mqtt.access import Door
    from myna.mqtt.broker import Broker
    from myna.mqtt.device import Device, Speaker
    from myna.mqtt.things import Things
    from myna.mqtt.topics import topics_of
    from myna.tools.mqtt import mqtt_tools

    topics = topics_of(settings, socket.gethostname())
    door = Door(settings, ground.environ, ground.redaction.hide)
    broker = Broker(settings, topics, door, health)
    Device(broker, topics, Speaker(assistant, volume, health, commands.answer))
    taken = tools.offer("mqtt", mqtt_tools(Things(settings.things, broker)))
    if taken:
        health.degrade("mqtt things", f"other tools are called {', '.join(taken)}, too")
    return broker


def build_metrics(
    ground: Ground, standing: Standing, assistant: Assistant, latencies: Latencies
) -> MetricsServer | None:
    """Build what tells figures to Prometheus, where that is wanted."""
    settings = ground.config.metrics
    if settings.socket is None and settings.port is None:
        return None
    from myna.metrics.exposition import serialize
    from myna.metrics.figures import gauges
    from myna.metrics.server import MetricsServer
    from myna.metrics.tally import Tally

    tally = Tally()
    ground.trace.subscribe(tally.on_event)

    def text() -> str:
        now = gauges(standing.figures(), name_of(assistant.state), latencies.figures())
        return serialize([*now, *tally.families()])

    return MetricsServer(settings, text, ground.health)
