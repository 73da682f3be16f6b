"""The tools that switch things which speak MQTT."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from myna.errors import BrokerError, ToolError
from myna.mqtt.reports import Wish
from myna.mqtt.things import REPORT_S, Thing, Things
from myna.spoken import spoken_words
from myna.tools.memory import REMEMBERED_S
from myna.tools.things import YES
from myna.tools.tool import Result, Risk, Tool
from myna_hardware.settings import Percent

_SET: Final = "set_thing"


def mqtt_tools(things: Things) -> list[Tool]:
    """Return `set_thing` and `get_things`; none where there are no things."""
    if not things.all:
        return []
    shown = _shown(things)
    needs_yes = any(thing.settings.risk == "confirm" for thing in shown)

    async def set_thing(
        name: str, *, on: bool | None = None, level: Percent | None = None
    ) -> Result:
        """Switch a thing in the house on or off, or dim it. Give exactly one of on and level.

        The answer tells whether the thing has reported that it did so.

        Args:
            name: The thing: its name or its label.
            on: true switches it on, false off.
            level: 0 is off, 100 fully on.
        """
        thing = _named(things, name)
        return await _have(things, thing, _wish(thing, on, level))

    async def get_things() -> Result:
        """Tell which things in the house there are, and how each one last reported to stand."""
        told: dict[str, object] = {
            "things": [_told(things, thing) for thing in things.all.values()]
        }
        if not things.is_reachable:
            told["note"] = "The MQTT broker is away: nobody knows what has changed since"
        return told

    def stands(told: Mapping[str, object]) -> bool:
        return _stands(things, things.all[str(told["name"])], told)

    def risk(values: Mapping[str, object]) -> Risk:
        thing = _found(things, str(values["name"]))
        return "safe" if thing is None else thing.settings.risk

    return [
        Tool.from_function(
            set_thing,
            notes=f"The things: {_introduction(things)}." + (f" {YES}" if needs_yes else ""),
            stands=stands,
            # A person's `myna call` may switch what the model may not: so it is there anyway.
            risk=risk if shown else "never-by-voice",
        ),
        Tool.from_function(get_things, is_reading=True),
    ]


def _shown(things: Things) -> list[Thing]:
    """Return those that the model may know of."""
    return [thing for thing in things.all.values() if thing.settings.risk != "never-by-voice"]


def _wish(thing: Thing, on: bool | None, level: int | None) -> Wish:  # noqa: FBT001 - as called
    if (on is None) == (level is None):
        raise ToolError(_SET, "Give exactly one of on and level, and call it again")
    if level is None:
        return Wish(bool(on))
    if not thing.can_dim:
        raise ToolError(_SET, f"{thing.label} can only be switched: call it again with on")
    return Wish(level > 0, level or None)


async def _have(things: Things, thing: Thing, wish: Wish) -> dict[str, object]:
    try:
        is_reported = await things.have(thing, wish)
    except BrokerError as error:
        raise ToolError(_SET, f"{error}. Tell the user that it did not work") from error
    told = _told(things, thing) | {"wanted": _wanted(wish), "is_confirmed": is_reported}
    if is_reported:
        return told
    told["note"] = (
        f"Sent, but it has not reported within {REPORT_S:g} s that it did so. Tell the user so"
        if thing.reports
        else "Sent; this thing never reports, so nobody knows whether it did so"
    )
    return told


def _stands(things: Things, thing: Thing, told: Mapping[str, object]) -> bool:
    """Whether what was told of a wish is still so; of a mute thing, whether it is the last."""
    if thing.sent is None:
        return False
    wish, sent_s = thing.sent
    if _wanted(wish) != told["wanted"]:
        return False
    if thing.reports:
        return bool(told["is_confirmed"]) and thing.is_as(wish)
    return things.clock() - sent_s < REMEMBERED_S


def _wanted(wish: Wish) -> object:
    return "off" if not wish.is_on else "on" if wish.percent is None else wish.percent


def _found(things: Things, name: str) -> Thing | None:
    """Find a thing by its name, or else by what people call it."""
    if name in things.all:
        return things.all[name]
    words = spoken_words(name)
    for thing in things.all.values():
        if words and words in (spoken_words(thing.name), spoken_words(thing.label)):
            return thing
    return None


def _named(things: Things, name: str) -> Thing:
    thing = _found(things, name)
    if thing is None:
        spoken = f"There is no thing {name!r}. Call it with one of these: {_introduction(things)}"
        raise ToolError(_SET, spoken)
    return thing


def _introduction(things: Things) -> str:
    return "; ".join(map(_introduced, _shown(things))) or "none"


def _introduced(thing: Thing) -> str:
    label = f" ({thing.label})" if thing.label != thing.name else ""
    manner = "dimmable" if thing.can_dim else "on or off only"
    needs_yes = ", needs a yes" if thing.settings.risk == "confirm" else ""
    return f"{thing.name}{label}, {manner}{needs_yes}"


def _told(things: Things, thing: Thing) -> dict[str, object]:
    standing = thing.standing
    told: dict[str, object] = {
        "name": thing.name,
        "label": thing.label,
        "can_dim": thing.can_dim,
        "state": {True: "on", False: "off", None: "unknown"}[standing.is_on],
    }
    if standing.percent is not None:
        told["level"] = standing.percent
    if standing.told_s is not None:
        told["told_s_ago"] = round(things.clock() - standing.told_s)
    elif standing.is_on is not None:
        told["told"] = "before this speaker listened"
    return told
