"""Home Assistant's documented schema of MQTT discovery, as data; strict.

Sources: www.home-assistant.io/integrations/mqtt ("Device discovery payload", "Supported
abbreviations in MQTT discovery messages", "... for device registry configuration", "... for
origin info") and, for each platform, its page: sensor.mqtt, binary_sensor.mqtt, switch.mqtt,
number.mqtt, notify.mqtt, button.mqtt. Home Assistant itself ignores keys that it does not
know; here they are an error, so that a slip of the pen does not pass for a setting.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

ABBREVIATIONS: Final[Mapping[str, str]] = {
    "avty": "availability",
    "avty_mode": "availability_mode",
    "avty_t": "availability_topic",
    "avty_tpl": "availability_template",
    "cmd_t": "command_topic",
    "cmd_tpl": "command_template",
    "cmps": "components",
    "dev": "device",
    "dev_cla": "device_class",
    "e": "encoding",
    "en": "enabled_by_default",
    "ent_cat": "entity_category",
    "ent_pic": "entity_picture",
    "exp_aft": "expire_after",
    "frc_upd": "force_update",
    "ic": "icon",
    "json_attr_t": "json_attributes_topic",
    "json_attr_tpl": "json_attributes_template",
    "lrst_val_tpl": "last_reset_value_template",
    "o": "origin",
    "obj_id": "object_id",
    "off_dly": "off_delay",
    "ops": "options",
    "opt": "optimistic",
    "p": "platform",
    "pl_avail": "payload_available",
    "pl_not_avail": "payload_not_available",
    "pl_off": "payload_off",
    "pl_on": "payload_on",
    "pl_prs": "payload_press",
    "pl_rst": "payload_reset",
    "ret": "retain",
    "stat_cla": "state_class",
    "stat_off": "state_off",
    "stat_on": "state_on",
    "stat_t": "state_topic",
    "sug_dsp_prc": "suggested_display_precision",
    "uniq_id": "unique_id",
    "unit_of_meas": "unit_of_measurement",
    "val_tpl": "value_template",
}
DEVICE_ABBREVIATIONS: Final[Mapping[str, str]] = {
    "cu": "configuration_url",
    "cns": "connections",
    "ids": "identifiers",
    "mf": "manufacturer",
    "mdl": "model",
    "mdl_id": "model_id",
    "hw": "hw_version",
    "sw": "sw_version",
    "sa": "suggested_area",
    "sn": "serial_number",
}
ORIGIN_ABBREVIATIONS: Final[Mapping[str, str]] = {"sw": "sw_version", "url": "support_url"}

AVAILABILITY: Final = frozenset(
    {
        "availability",
        "availability_mode",
        "availability_template",
        "availability_topic",
        "payload_available",
        "payload_not_available",
    }
)
SHARED: Final = AVAILABILITY | {"command_topic", "state_topic", "qos", "encoding"}
ROOT: Final = SHARED | {"device", "origin", "components"}
DEVICE: Final = frozenset({*DEVICE_ABBREVIATIONS.values(), "name", "via_device"})
ORIGIN: Final = frozenset({*ORIGIN_ABBREVIATIONS.values(), "name"})

_ENTITY: Final = AVAILABILITY | {
    "device",
    "enabled_by_default",
    "encoding",
    "entity_category",
    "entity_picture",
    "icon",
    "json_attributes_template",
    "json_attributes_topic",
    "name",
    "object_id",
    "platform",
    "qos",
    "unique_id",
}
ALLOWED: Final[Mapping[str, frozenset[str]]] = {
    "sensor": _ENTITY
    | {
        "device_class",
        "expire_after",
        "force_update",
        "last_reset_value_template",
        "options",
        "state_class",
        "state_topic",
        "suggested_display_precision",
        "unit_of_measurement",
        "value_template",
    },
    "binary_sensor": _ENTITY
    | {
        "device_class",
        "expire_after",
        "force_update",
        "off_delay",
        "payload_off",
        "payload_on",
        "state_topic",
        "value_template",
    },
    "switch": _ENTITY
    | {
        "command_template",
        "command_topic",
        "device_class",
        "optimistic",
        "payload_off",
        "payload_on",
        "retain",
        "state_off",
        "state_on",
        "state_topic",
        "value_template",
    },
    "number": _ENTITY
    | {
        "command_template",
        "command_topic",
        "device_class",
        "max",
        "min",
        "mode",
        "optimistic",
        "payload_reset",
        "retain",
        "state_topic",
        "step",
        "unit_of_measurement",
        "value_template",
    },
    "notify": _ENTITY | {"command_template", "command_topic", "retain"},
    "button": _ENTITY
    | {"command_template", "command_topic", "device_class", "payload_press", "retain"},
}
REQUIRED: Final[Mapping[str, frozenset[str]]] = {
    platform: frozenset({"platform", "unique_id", topic})
    for platform, topic in {
        "sensor": "state_topic",
        "binary_sensor": "state_topic",
        "switch": "command_topic",
        "number": "command_topic",
        "notify": "command_topic",
        "button": "command_topic",
    }.items()
}
VALUES: Final[Mapping[tuple[str, str], frozenset[object]]] = {
    ("sensor", "device_class"): frozenset({"enum", "timestamp", "duration"}),
    ("sensor", "entity_category"): frozenset({"diagnostic"}),
    ("binary_sensor", "device_class"): frozenset({"problem", "connectivity", "sound"}),
    ("binary_sensor", "entity_category"): frozenset({"diagnostic"}),
    ("number", "mode"): frozenset({"auto", "box", "slider"}),
}
"""What those keys may hold that hold one of a few words; classes as far as they concern us."""

_DISCOVERY_TOPIC: Final = re.compile(r"homeassistant/device/[a-zA-Z0-9_-]+/config")


def entities(topic: str, payload: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the entities that a device discovery message makes, their keys written out.

    Raises:
        AssertionError: The message is not as documented.
    """
    assert _DISCOVERY_TOPIC.fullmatch(topic), topic
    root = _written_out(payload, ABBREVIATIONS)
    _check_keys(root, ROOT, frozenset({"device", "origin", "components"}))
    device = _written_out(root["device"], DEVICE_ABBREVIATIONS)
    _check_keys(device, DEVICE, frozenset())
    assert device.get("identifiers") or device.get("connections")
    _check_keys(_written_out(root["origin"], ORIGIN_ABBREVIATIONS), ORIGIN, frozenset({"name"}))
    found = {name: _entity(part) for name, part in root["components"].items()}
    ids = [entity["unique_id"] for entity in found.values()]
    assert len(ids) == len(set(ids)), "two entities have one unique_id"
    return found


def _entity(part: Mapping[str, Any]) -> dict[str, Any]:
    entity = _written_out(part, ABBREVIATIONS)
    platform = entity["platform"]
    _check_keys(entity, ALLOWED[platform], REQUIRED[platform])
    for key, value in entity.items():
        allowed = VALUES.get((platform, key))
        assert allowed is None or value in allowed, f"{platform}.{key} = {value!r}"
        if key.endswith("_topic"):
            assert isinstance(value, str)
            assert not set("+#") & set(value), value
    if "options" in entity:
        assert entity["device_class"] == "enum"
        assert entity["options"]
        assert not {"state_class", "unit_of_measurement"} & entity.keys()
    if platform == "number":
        assert entity.get("min", 1) < entity.get("max", 100)
    return entity


def _written_out(part: Mapping[str, Any], abbreviations: Mapping[str, str]) -> dict[str, Any]:
    written = {abbreviations.get(key, key): value for key, value in part.items()}
    assert len(written) == len(part), "a key stands there twice, once abbreviated"
    return written


def _check_keys(part: Mapping[str, Any], allowed: frozenset[str], required: frozenset[str]) -> None:
    assert part.keys() <= allowed, f"unknown: {sorted(part.keys() - allowed)}"
    assert required <= part.keys(), f"missing: {sorted(required - part.keys())}"
