from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from myna.mqtt.settings import MqttSettings
from myna.mqtt.topics import is_node, node_of, topic_problem, topics_of


def test_topics_are_made_of_the_hostname_unless_configured() -> None:
    topics = topics_of(MqttSettings(), "raspberry.fritz.box")
    assert topics.base == "myna/raspberry"
    assert topics.availability == "myna/raspberry/availability"
    assert topics.discovery == "homeassistant/device/raspberry/config"
    assert topics.birth == "homeassistant/status"
    assert topics.command("mute") == "myna/raspberry/mute/set"
    named = MqttSettings(node="bath", base_topic="house/bath", discovery_prefix="ha")
    topics = topics_of(named, "raspberry")
    assert topics.told("state") == "house/bath/state"
    assert topics.discovery == "ha/device/bath/config"
    assert topics.birth == "homeassistant/status"


@given(st.text())
def test_node_of_any_hostname_is_one(hostname: str) -> None:
    assert is_node(node_of(hostname))


@pytest.mark.parametrize(
    ("topic", "words"),
    [
        ("", "empty"),
        ("home/+/set", "wildcard"),
        ("home/#", "wildcard"),
        ("$SYS/broker", "broker's own"),
        ("home\x00lamp", "character"),
        ("x" * 65536, "longer"),
    ],
)
def test_topic_problem_says_what_is_wrong(topic: str, words: str) -> None:
    assert words in (topic_problem(topic) or "")


def test_topic_problem_is_none_for_a_topic() -> None:
    assert topic_problem("zigbee2mqtt/küche lamp/set") is None
