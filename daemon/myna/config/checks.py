"""What values of the configuration must be true of each other.

PURE. Each check takes a Config whose values fit one by one, and yields what is wrong.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final, TypeAlias

from myna.config import Config
from myna.errors import Problem
from myna.mcp_servers.checks import mcp_problems
from myna.mqtt.checks import mqtt_problems
from myna.spoken import spoken_words
from myna_hardware.settings import OutputSettings, SensorSettings

SHORTEST_PAUSE_S: Final = 0.3

Check: TypeAlias = Callable[[Config], Iterable[Problem]]


def check_thresholds(config: Config) -> Iterator[Problem]:
    """Every `wake.thresholds` belongs to a word of `wake.words` or `wake.stop_words`."""
    words = (*config.wake.words, *config.wake.stop_words)
    for word in config.wake.thresholds:
        if word in words:
            continue
        close = difflib.get_close_matches(word, words, n=1)
        hint = f"did you mean {close[0]}?" if close else f"those are {', '.join(words)}"
        text = f"is not one of wake.words or wake.stop_words; {hint}"
        yield Problem(f"wake.thresholds.{word}", text)


def check_durations(config: Config) -> Iterator[Problem]:
    """Follow-up listening ends before the conversation does."""
    follow_up_s, limit_s = config.conversation.follow_up_s, config.conversation.limit_s
    if follow_up_s > limit_s:
        text = f"{follow_up_s:g} is longer than the whole conversation (limit_s = {limit_s:g})"
        yield Problem("conversation.follow_up_s", text)


def check_end_silence(config: Config) -> Iterator[Problem]:
    """Nobody speaks without pauses of a quarter of a second."""
    end_silence_s = config.conversation.end_silence_s
    if 0 < end_silence_s < SHORTEST_PAUSE_S:
        text = (
            f"{end_silence_s:g} would cut sentences off: "
            f"at least {SHORTEST_PAUSE_S:g}, or 0 for none"
        )
        yield Problem("conversation.end_silence_s", text)


def check_compression(config: Config) -> Iterator[Problem]:
    """Forgetting leaves less of the history than there was."""
    at, to = config.live.compress_at_tokens, config.live.compress_to_tokens
    if to >= at:
        text = f"{to} is no less than live.compress_at_tokens = {at}: nothing would be forgotten"
        yield Problem("live.compress_to_tokens", text)


def check_camera_size(config: Config) -> Iterator[Problem]:
    """A picture has a width and a height."""
    if min(config.camera.size) < 1:
        yield Problem("camera.size", "width and height are at least 1, like [1024, 768]")
    elif config.camera.driver == "picamera2" and any(side % 2 for side in config.camera.size):
        yield Problem("camera.size", "picamera2 wants even numbers, like [1024, 768]")


def check_labels(config: Config) -> Iterator[Problem]:
    """A person can tell the outputs apart by what they are called, and so the sensors."""
    tables: dict[str, Mapping[str, OutputSettings | SensorSettings]] = {
        "outputs": config.outputs,
        "sensors": config.sensors,
    }
    for table, things in tables.items():
        owners: dict[str, str] = {}
        for name, thing in things.items():
            words = {spoken_words(name), spoken_words(thing.label)} - {""}
            for taken in sorted(words & owners.keys()):
                text = f'{table}.{owners[taken]} is called "{taken}" too: give one another label'
                yield Problem(f"{table}.{name}.label", text)
            owners.update(dict.fromkeys(words, name))


def check_mcp(config: Config) -> Iterable[Problem]:
    """Every server can be reached, in a way that keeps its token."""
    return mcp_problems(config.mcp)


def check_mqtt(config: Config) -> Iterable[Problem]:
    """The broker can be reached, and its topics are topics."""
    return mqtt_problems(config.mqtt)


CHECKS: Final[tuple[Check, ...]] = (
    check_thresholds,
    check_durations,
    check_end_silence,
    check_compression,
    check_camera_size,
    check_labels,
    check_mcp,
    check_mqtt,
)
