from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from myna.tools.registry import Registry
from myna.tools.status import spoken_duration, spoken_troubles, status_tools


def figures(**changes: object) -> dict[str, Any]:
    return {
        "version": "1.2.3",
        "uptime_s": 93_784,
        "volume": 60,
        "wake": {"engine": "micro", "words": ["okay_nabu", "hey_jarvis"]},
        "usage": {
            "today": {"minutes": 3.26, "conversations": 4},
            "budget": {"text": None},
        },
        "troubles": {},
        **changes,
    }


async def ask(
    now: dict[str, Any], timers: int | None = None, *, is_muted: bool = False
) -> dict[str, Any]:
    count = None if timers is None else lambda: timers
    tools = status_tools(lambda: now, lambda: is_muted, count)
    answer = await Registry(tools).call("get_status", {})
    told: dict[str, Any] = answer.response["output"]
    return told


async def test_status_tells_how_the_speaker_is() -> None:
    assert await ask(figures()) == {
        "version": "1.2.3",
        "running_for": "1 day 2 hours",
        "troubles": "none: all is well",
        "microphone": "open",
        "volume_percent": 60,
        "wake_words": ["okay nabu", "hey jarvis"],
        "wake_engine": "micro",
        "used_today": "3.3 minutes in 4 conversations",
    }


async def test_status_tells_trouble_mute_timers_and_budget_where_there_are_such() -> None:
    usage = {
        "today": {"minutes": 54.0, "conversations": 1},
        "budget": {"text": "90 % of today's 60 minutes used"},
    }
    now = figures(
        troubles={"microphone": "it was unplugged"},
        usage=usage,
        wake={"engine": "none", "words": []},
    )
    told = await ask(now, 2, is_muted=True)
    assert told["troubles"] == ["microphone: it was unplugged"]
    assert told["microphone"] == "muted"
    assert told["timers_set"] == 2
    assert told["used_today"] == "54.0 minutes in 1 conversation"
    assert told["budget"] == "90 % of today's 60 minutes used"
    assert told["wake_words"] == "none: only the button starts a conversation"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "less than a minute"),
        (59.9, "less than a minute"),
        (60, "1 minute"),
        (3600, "1 hour"),
        (3725, "1 hour 2 minutes"),
        (86_400 + 120, "1 day 2 minutes"),
        (3 * 86_400 + 7265, "3 days 2 hours"),
    ],
)
def test_duration_is_spoken_in_its_two_largest_units(seconds: float, words: str) -> None:
    assert spoken_duration(seconds) == words


@pytest.mark.parametrize(
    ("part", "why", "said"),
    [
        ("mute_switch", "GPIO16 is used twice: give it another pin",
         "mute switch: GPIO16 is used twice: give it another pin"),
        ("outputs", "may not open /dev/gpiochip0: join with `sudo usermod -aG gpio $USER`",
         "outputs: may not open a file: join with a command"),
        ("sensor pool", "no bus: add dtoverlay=w1-gpio to /boot/firmware/config.txt and restart",
         "sensor pool: no bus: add dtoverlay=w1-gpio to a file and restart"),
        ("session", "wss://generativelanguage.googleapis.com/ws?key=x does not answer",
         "session: an address does not answer"),
        ("outputs", "no pins (no /dev/gpiochip*)", "outputs: no pins (no a file)"),
        ("usage", "~/.local/state/myna/usage.json is full, 1/2 of it",
         "usage: a file is full, 1/2 of it"),
    ],
)  # fmt: skip
def test_trouble_is_spoken_without_what_only_a_shell_understands(
    part: str, why: str, said: str
) -> None:
    assert spoken_troubles({part: why}) == [said]


@given(st.lists(st.sampled_from(["/etc/myna/key", "`rm -rf`", "ws://h/p", "is", "full:", "~/x"])))
def test_trouble_never_tells_a_path_a_command_or_an_address(words: list[str]) -> None:
    (said,) = spoken_troubles({"part": " ".join(words)})
    assert "/" not in said
    assert "`" not in said
