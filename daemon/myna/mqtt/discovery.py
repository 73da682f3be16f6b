"""How the speaker introduces itself to Home Assistant. PURE.

One device with all its entities in one message (Home Assistant documentation, MQTT,
"Device discovery payload"; the keys are in "Supported abbreviations"). What each platform
takes is in the pages "MQTT sensor", "MQTT switch", "MQTT number", "MQTT notify", "MQTT
button" and "MQTT binary sensor".

The message is retained, so that Home Assistant knows the device also after a restart of its
own in which it sends no birth message; deleting the device there clears it. `say` is a
notify entity: its action takes a text of any length and keeps none, whereas a text entity
holds its last one as a state of at most 255 characters.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from myna.mqtt.topics import Topics

QOS: Final = 1
"""At least once: a lost "off" would stay on the screen, and a second copy changes nothing."""

_ATTRIBUTES_OF_WAKE: Final = "{{ {'word': value_json.word, 'score': value_json.score} | tojson }}"


def announcement(topics: Topics, version: str, states: Sequence[str]) -> dict[str, Any]:
    """Return the discovery payload.

    Args:
        topics: Of the speaker.
        version: Of this software.
        states: The names of all states of a conversation.
    """
    parts = {**_told(topics, states), **_obeyed(topics)}
    return {
        "dev": {
            "ids": [f"myna_{topics.node}"],
            "name": f"Myna {topics.node}",
            "mf": "myna",
            "mdl": "smart speaker",
            "sw": version,
        },
        "o": {"name": "myna", "sw": version},
        "avty_t": topics.availability,
        "qos": QOS,
        "cmps": {
            name: {"uniq_id": f"myna_{topics.node}_{name}", **part} for name, part in parts.items()
        },
    }


def _told(topics: Topics, states: Sequence[str]) -> Mapping[str, Mapping[str, Any]]:
    """Return what can only be read."""
    return {
        "state": {
            "p": "sensor",
            "name": "State",
            "ic": "mdi:account-voice",
            "dev_cla": "enum",
            "ops": list(states),
            "stat_t": topics.told("state"),
        },
        "last_wake": {
            "p": "sensor",
            "name": "Last wake",
            "dev_cla": "timestamp",
            "stat_t": topics.told("last_wake"),
            "val_tpl": "{{ value_json.time }}",
            "json_attr_t": topics.told("last_wake"),
            "json_attr_tpl": _ATTRIBUTES_OF_WAKE,
        },
        "trouble": {
            "p": "binary_sensor",
            "name": "Trouble",
            "dev_cla": "problem",
            "ent_cat": "diagnostic",
            "stat_t": topics.told("trouble"),
            "val_tpl": "{{ 'ON' if value_json.parts else 'OFF' }}",
            "json_attr_t": topics.told("trouble"),
        },
    }


def _obeyed(topics: Topics) -> Mapping[str, Mapping[str, Any]]:
    """Return what can be commanded."""
    return {
        "mute": {
            "p": "switch",
            "name": "Mute",
            "ic": "mdi:microphone-off",
            "stat_t": topics.told("mute"),
            "cmd_t": topics.command("mute"),
        },
        "volume": {
            "p": "number",
            "name": "Volume",
            "ic": "mdi:volume-high",
            "min": 0,
            "max": 100,
            "step": 1,
            "mode": "slider",
            "unit_of_meas": "%",
            "stat_t": topics.told("volume"),
            "cmd_t": topics.command("volume"),
        },
        "say": {
            "p": "notify",
            "name": "Say",
            "ic": "mdi:bullhorn",
            "cmd_t": topics.command("say"),
        },
        "listen": {
            "p": "button",
            "name": "Listen",
            "ic": "mdi:microphone",
            "cmd_t": topics.command("listen"),
        },
        "stop": {
            "p": "button",
            "name": "Stop",
            "ic": "mdi:stop",
            "cmd_t": topics.command("stop"),
        },
    }
