"""The whole daemon at a real broker: a device of the house, whatever becomes of the broker."""

from __future__ import annotations

import json
import logging
import random
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import pytest

from myna.config import ConversationSettings
from myna.mqtt.orders import ORDERS
from myna.mqtt.settings import MqttSettings, ThingSettings
from myna.mqtt.topics import node_of
from myna.simulator.script import Speech, ToolCall, Turn
from myna.simulator.sounds import tone
from support.authority import Authority
from support.broker import PASSWORD, USER, House, Mosquitto, broker, house
from support.mqtt_discovery import entities
from support.scene import Scene, scene, turn
from support.speech import recorded

BASE: Final = f"myna/{node_of(socket.gethostname())}"
DISCOVERY: Final = f"homeassistant/device/{node_of(socket.gethostname())}/config"
SHORT: Final = Speech(tone(440, 0.3))
BRIEF: Final = ConversationSettings(follow_up_s=0.5)
LAMP: Final = ThingSettings(command_topic="lamp/set", state_topic="lamp")


def mqtt_for(at: Mosquitto, folder: Path, **more: Any) -> MqttSettings:  # noqa: ANN401
    password = folder / "password"
    password.write_text(PASSWORD)
    things = {"lamp": LAMP}
    return MqttSettings(
        host="127.0.0.1",
        port=at.port,
        username=USER,
        password_file=password,
        things=things,
        **more,
    )


@asynccontextmanager
async def speaker(
    folder: Path,
    at: Mosquitto,
    *turns: Turn,
) -> AsyncIterator[Scene]:
    async with scene(folder, *turns, mqtt=mqtt_for(at, folder), conversation=BRIEF) as on:
        await on.log.wait("ready")
        yield on


async def caught_up(at: House) -> None:
    """Wait until the speaker has dealt with all that it was sent so far.

    It introduces itself again when Home Assistant starts, so that is the sign.
    """
    so_far = len(at.heard)
    await at.publish("homeassistant/status", "online")
    await at.wait(DISCOVERY, since=so_far)


async def test_speaker_is_a_device_of_home_assistant_over_tls(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    async with (
        broker(tmp_path / "b", authority.issue("broker")) as at,
        house(at, authority.certificate) as other,
    ):
        mqtt = mqtt_for(at, tmp_path, tls=True, ca_file=authority.certificate)
        async with scene(tmp_path, turn(SHORT), mqtt=mqtt) as on:
            told = await other.wait(DISCOVERY)
            found = entities(told.topic, json.loads(told.payload))
            await other.wait(f"{BASE}/availability", "online")
            await other.wait(f"{BASE}/state", "idle")
            await other.wait(f"{BASE}/mute", "OFF")
            await other.wait(f"{BASE}/volume", "100")
            trouble = json.loads((await other.wait(f"{BASE}/trouble")).payload)
            assert set(trouble["parts"]) == set(on.app.health.troubles)
            on.app.health.degrade("lamp", "it burns")
            await other.wait(f"{BASE}/trouble", '{"parts": ["lamp"]}')
            on.app.health.recover("lamp")
            await other.wait(f"{BASE}/trouble", '{"parts": []}')
            for entity in found.values():
                if entity["platform"] not in ("button", "notify") and "Last" not in entity["name"]:
                    assert other.last(entity["state_topic"]) is not None
        await other.wait(f"{BASE}/availability", "offline")


async def test_speaker_obeys_home_assistant(tmp_path: Path) -> None:
    async with broker(tmp_path / "b") as at, house(at) as other:
        async with speaker(tmp_path, at, turn(SHORT, on="text")) as on:
            await other.wait(f"{BASE}/availability", "online")
            await other.publish(f"{BASE}/volume/set", "35")
            await other.wait(f"{BASE}/volume", "35")
            await other.publish(f"{BASE}/mute/set", "ON")
            await other.wait(f"{BASE}/mute", "ON")
            await other.wait(f"{BASE}/state", "muted")
            await other.publish(f"{BASE}/mute/set", "OFF")
            await other.wait(f"{BASE}/mute", "OFF", since=len(other.heard) - 1)
            await other.publish(f"{BASE}/say/set", "Dinner is ready.")
            await on.log.wait_state("speaking")
            await other.wait(f"{BASE}/state", "speaking")
            await on.log.wait_state("idle", 2)
            await other.publish(f"{BASE}/listen/set", "PRESS")
            await on.log.wait_state("listening", 1)
            await other.publish(f"{BASE}/stop/set", "PRESS")
            await on.log.wait_state("idle", 3)
            on.knob.turn(-2)
            await other.wait_for(
                lambda heard: heard.topic == f"{BASE}/volume" and heard.payload not in ("35", "100")
            )
        assert "Dinner" not in " ".join(
            heard.payload for heard in other.heard if not heard.topic.endswith("/set")
        )


async def test_speaker_tells_its_last_wake(tmp_path: Path) -> None:
    async with (
        broker(tmp_path / "b") as at,
        house(at) as other,
        speaker(tmp_path, at, turn(SHORT)) as on,
    ):
        on.microphone.say(recorded("okay_nabu"))
        wake = await on.log.wait("wake")
        told = json.loads((await other.wait(f"{BASE}/last_wake")).payload)
    assert told["word"] == wake["word"]
    assert told["score"] == pytest.approx(wake["score"], abs=0.01)
    assert told["time"].endswith("+00:00")


async def test_mute_switch_by_hand_is_stronger_than_home_assistant(tmp_path: Path) -> None:
    async with broker(tmp_path / "b") as at, house(at) as other, speaker(tmp_path, at) as on:
        await other.wait(f"{BASE}/mute", "OFF")
        on.mute_switch.flip()
        await other.wait(f"{BASE}/mute", "ON")
        so_far = len(other.heard)
        await other.publish(f"{BASE}/mute/set", "OFF")
        await other.wait(f"{BASE}/mute", "ON", since=so_far)
        assert on.app.assistant.is_muted


async def test_home_assistant_that_starts_is_told_everything_again(tmp_path: Path) -> None:
    async with broker(tmp_path / "b") as at, house(at) as other, speaker(tmp_path, at):
        await other.wait(f"{BASE}/trouble")
        so_far = len(other.heard)
        await other.publish("homeassistant/status", "offline")
        await other.publish("homeassistant/status", "online")
        for topic in (DISCOVERY, f"{BASE}/availability", f"{BASE}/state", f"{BASE}/volume"):
            await other.wait(topic, since=so_far)


@pytest.mark.parametrize("is_frozen", [False, True], ids=["killed", "frozen"])
async def test_conversation_goes_on_whatever_becomes_of_the_broker(
    tmp_path: Path, is_frozen: bool
) -> None:
    lamp = ToolCall("set_thing", {"name": "lamp", "on": True}, wait=True)
    async with broker(tmp_path / "b") as at, speaker(tmp_path, at, turn(lamp, SHORT)) as on:
        async with house(at) as other:
            await other.wait(f"{BASE}/availability", "online")
            if is_frozen:
                at.freeze()
            else:
                await at.kill()
            on.microphone.say(recorded("wake_lamp"))
            result = await on.log.wait("tool_result")
            assert result["ok"] is False
            await on.log.wait_state("speaking")
            await on.log.wait_state("idle")
            assert "mqtt" in on.app.health.troubles
        if is_frozen:
            at.thaw()
        else:
            await at.start()
        async with house(at) as again:
            await again.wait(f"{BASE}/availability", "online")
            await again.wait(f"{BASE}/state", "idle")
            await again.wait(DISCOVERY)
    parts = [line["what"] for line in (*on.log.of("degraded"), *on.log.of("recovered"))]
    assert parts.count("mqtt") == 2


async def test_orders_from_while_it_was_away_are_not_obeyed(tmp_path: Path) -> None:
    async with broker(tmp_path / "b") as at, house(at) as other:
        for name, payload in {"listen": "PRESS", "mute": "ON", "say": "Boo", "volume": "1"}.items():
            await other.publish(f"{BASE}/{name}/set", payload, retain=True)
        async with speaker(tmp_path, at) as on:
            await other.wait(f"{BASE}/availability", "online")
            await caught_up(other)
            assert on.log.states() == []
            assert on.app.assistant.is_muted is False
            await other.wait(f"{BASE}/volume")
            assert other.last(f"{BASE}/volume") == "100"


async def test_flood_of_orders_is_held_and_told_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    async with broker(tmp_path / "b") as at, house(at) as other, speaker(tmp_path, at):
        await other.wait(f"{BASE}/availability", "online")
        for number in range(200):
            await other.publish(f"{BASE}/volume/set", str(number % 100))
        await caught_up(other)
        await other.wait(f"{BASE}/volume", "59")
        assert other.last(f"{BASE}/volume") == "59"
    assert sum("orders in a minute" in record.message for record in caplog.records) == 1


async def test_any_message_does_nothing_outside_the_rules(tmp_path: Path) -> None:
    chance = random.Random(4711)  # noqa: S311 - the same messages each time
    words = [b"ON", b"OFF", b"PRESS", b"50", b"hello", b"-1", b"null", b"", bytes(2100)]
    async with (
        broker(tmp_path / "b") as at,
        house(at) as other,
        speaker(tmp_path, at) as on,
    ):
        on.mute_switch.flip()
        await other.wait(f"{BASE}/mute", "ON")
        for _ in range(50):
            payload = chance.choice([*words, chance.randbytes(chance.randrange(30))])
            await other.publish(f"{BASE}/{chance.choice(ORDERS)}/set", payload)
        await caught_up(other)
        assert on.log.states() == ["muted"], "the switch is stronger than any message"
        assert on.app.assistant.is_muted
        assert "mqtt" not in on.app.health.troubles
        assert other.last(f"{BASE}/volume") in ("50", "100")
