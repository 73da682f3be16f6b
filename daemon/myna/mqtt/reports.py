"""What a thing reports of itself. PURE.

Things report in plain words ("ON", "57"), or in a JSON object of which one key holds the
word; bridges such as Zigbee2MQTT and Tasmota do the latter.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import msgspec

from myna.mqtt.settings import ThingSettings


@dataclass(frozen=True, slots=True)
class Wish:
    """What a thing is to do.

    Attributes:
        is_on: Whether it is to be on.
        percent: At which level, 1 to 100; None leaves that to the thing.
    """

    is_on: bool
    percent: int | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """How a thing stands, as far as it has told.

    Attributes:
        is_on: None while it has not told.
        percent: Its level, 0 to 100; None while it has not told.
        told_s: When it last told, on a clock that only goes forward; None if it told it
            before we listened, or not at all.
    """

    is_on: bool | None = None
    percent: int | None = None
    told_s: float | None = None


UNKNOWN: Final = Standing()


def heard(
    before: Standing,
    settings: ThingSettings,
    topic: str,
    payload: bytes,
    *,
    told_s: float | None,
) -> Standing | None:
    """Return how the thing stands after a report; None where the report says nothing.

    Args:
        before: How it stood.
        settings: Tell where it reports what.
        topic: Where it reported.
        payload: As it was reported.
        told_s: When; None for what the broker had kept.
    """
    is_on = percent = None
    if topic == settings.state_topic:
        is_on = _switched(settings, _value(payload, settings.state_key))
    if topic == settings.level_reported_at:
        percent = _percent(settings, _value(payload, settings.level_key))
    if is_on is None and percent is None:
        return None
    return Standing(
        is_on=before.is_on if is_on is None else is_on,
        percent=before.percent if percent is None else percent,
        told_s=told_s,
    )


def fulfils(standing: Standing, settings: ThingSettings, wish: Wish) -> bool:
    """Whether a thing has told that it stands as `wish` wants it, as far as it ever tells."""
    if standing.is_on is not wish.is_on:
        return False
    if not wish.is_on or wish.percent is None or settings.level_reported_at is None:
        return True
    # On its way there and back a level is rounded, by a step of the thing's own scale.
    tolerance = max(1, round(100 / settings.level_max))
    return standing.percent is not None and abs(standing.percent - wish.percent) <= tolerance


def messages_for(settings: ThingSettings, wish: Wish) -> list[tuple[str, str]]:
    """Return what to send under which topic, to have `wish` done."""
    messages = [(settings.command_topic, settings.on if wish.is_on else settings.off)]
    if wish.is_on and wish.percent is not None and settings.level_topic is not None:
        level = max(1, round(wish.percent * settings.level_max / 100))
        messages.append((settings.level_topic, str(level)))
    return messages


def _value(payload: bytes, key: str | None) -> object:
    """Return the text of a payload, or what stands at `key` of its JSON object."""
    if key is None:
        return payload.decode(errors="replace").strip()
    try:
        tree = msgspec.json.decode(payload)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return tree.get(key) if isinstance(tree, dict) else None


def _switched(settings: ThingSettings, value: object) -> bool | None:
    text = ("true" if value else "false") if isinstance(value, bool) else str(value)
    return {settings.on: True, settings.off: False}.get(text)


def _percent(settings: ThingSettings, value: object) -> int | None:
    try:
        level = float(value) if isinstance(value, int | float | str) else -1.0
    except ValueError:
        return None
    is_possible = 0 <= level <= settings.level_max
    return round(100 * level / settings.level_max) if is_possible else None
