from __future__ import annotations

import json
from typing import Any

import pytest

from myna.mqtt.device import STATES
from myna.mqtt.discovery import announcement
from myna.mqtt.orders import ORDERS
from myna.mqtt.topics import Topics
from support.mqtt_discovery import entities

TOPICS = Topics("kitchen", "myna/kitchen", "homeassistant")


def payload() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(json.dumps(announcement(TOPICS, "1.2", STATES)))
    return loaded


def test_announcement_is_as_home_assistant_documents_it() -> None:
    found = entities(TOPICS.discovery, payload())
    assert {name: entity["platform"] for name, entity in found.items()} == {
        "state": "sensor",
        "last_wake": "sensor",
        "trouble": "binary_sensor",
        "mute": "switch",
        "volume": "number",
        "say": "notify",
        "listen": "button",
        "stop": "button",
    }


def test_announcement_offers_every_order_and_every_state() -> None:
    found = entities(TOPICS.discovery, payload())
    commanded = {name for name, entity in found.items() if "command_topic" in entity}
    assert commanded == set(ORDERS)
    for name in commanded:
        assert found[name]["command_topic"] == TOPICS.command(name)
    assert found["state"]["options"] == list(STATES)
    assert "listening" in STATES


@pytest.mark.parametrize(
    "spoil",
    [
        lambda message: message["cmps"]["mute"].update(cmd_topic="x"),
        lambda message: message["cmps"]["mute"].pop("cmd_t"),
        lambda message: message["cmps"]["state"].update(cmd_t="x"),
        lambda message: message["cmps"]["stop"].pop("uniq_id"),
        lambda message: message["cmps"]["stop"].update(uniq_id="myna_kitchen_listen"),
        lambda message: message["cmps"]["trouble"].update(ent_cat="config"),
        lambda message: message.pop("o"),
        lambda message: message["dev"].pop("ids"),
        lambda message: message["dev"].update(version="1"),
    ],
)
def test_schema_sees_what_home_assistant_would_not_take(spoil: Any) -> None:  # noqa: ANN401
    message = payload()
    spoil(message)
    with pytest.raises(AssertionError):
        entities(TOPICS.discovery, message)
