"""What values of `[mqtt]` must be true of each other. PURE."""

from __future__ import annotations

from collections.abc import Iterator

from myna.errors import Problem
from myna.mqtt.settings import MqttSettings, ThingSettings
from myna.mqtt.topics import is_node, topic_problem
from myna.spoken import spoken_words

_THING_TOPICS = ("command_topic", "state_topic", "level_topic", "level_state_topic")


def mqtt_problems(settings: MqttSettings) -> Iterator[Problem]:
    """Yield what is wrong with `[mqtt]`."""
    if settings.host is None and settings != MqttSettings():
        yield Problem("mqtt.host", "is missing: give the broker's name or address")
    if settings.host == "":
        yield Problem("mqtt.host", "is empty: give the broker's name or address")
    yield from _access_problems(settings)
    yield from _name_problems(settings)
    yield from _label_problems(settings)
    for name, thing in settings.things.items():
        yield from _thing_problems(f"mqtt.things.{name}", thing)


def _access_problems(settings: MqttSettings) -> Iterator[Problem]:
    if settings.password_file is not None and settings.username is None:
        yield Problem("mqtt.username", "is missing: a password belongs to a user name")
    if (settings.certificate_file is None) != (settings.key_file is None):
        missing = "key_file" if settings.key_file is None else "certificate_file"
        yield Problem(f"mqtt.{missing}", "is missing: a certificate and its key go together")
    for key in ("ca_file", "certificate_file"):
        if getattr(settings, key) is not None and not settings.tls:
            yield Problem(f"mqtt.{key}", "is used with TLS only: set mqtt.tls = true")


def _name_problems(settings: MqttSettings) -> Iterator[Problem]:
    if settings.node is not None and not is_node(settings.node):
        text = f"{settings.node!r} may hold letters (a to z), digits, _ and - only"
        yield Problem("mqtt.node", text)
    for key in ("base_topic", "discovery_prefix"):
        yield from _topic_problems(f"mqtt.{key}", getattr(settings, key))


def _label_problems(settings: MqttSettings) -> Iterator[Problem]:
    """A person can tell the things apart by what they are called."""
    owners: dict[str, str] = {}
    for name, thing in settings.things.items():
        words = {spoken_words(name), spoken_words(thing.label)} - {""}
        for taken in sorted(words & owners.keys()):
            text = f'mqtt.things.{owners[taken]} is called "{taken}" too: give one another label'
            yield Problem(f"mqtt.things.{name}.label", text)
        owners.update(dict.fromkeys(words, name))


def _thing_problems(key: str, thing: ThingSettings) -> Iterator[Problem]:
    for topic in _THING_TOPICS:
        yield from _topic_problems(f"{key}.{topic}", getattr(thing, topic))
    if thing.on == thing.off:
        yield Problem(f"{key}.off", f"{thing.off!r} switches it on, too: give another word")
    reports = (thing.state_key, thing.level_key, thing.level_state_topic)
    if thing.state_topic is None and any(reports):
        yield Problem(f"{key}.state_topic", "is missing: where does the thing report on and off?")
    if thing.level_topic is None and (thing.level_key or thing.level_state_topic):
        yield Problem(f"{key}.level_topic", "is missing: where does the thing take a level?")


def _topic_problems(key: str, topic: str | None) -> Iterator[Problem]:
    problem = None if topic is None else topic_problem(topic)
    if problem is not None:
        yield Problem(key, problem)
