"""Reads a script from a TOML or JSON file, and reports everything wrong in it at once.

An action is a table with exactly one of the keys of `_ACTIONS`, which says what it
does; the other keys of the table belong to it. Paths are relative to the file.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Final

from msgspec import Meta, Struct, field

import myna.demo
from myna.errors import ConfigError, Problem
from myna.simulator import script
from myna.simulator.options import Options
from myna.simulator.script import AnyAction, Script, Speech, Turn
from myna.simulator.sounds import read_reply, tone
from myna.simulator.tables import TableReader
from myna_hardware.errors import BadFormatError


class _Audio(Struct, frozen=True):
    """`{ audio = "reply.wav", text = "…" }`."""

    audio: str
    text: str = ""


class _ToneShape(Struct, frozen=True, forbid_unknown_fields=True):
    """`{ hz = 440, seconds = 1.5 }`."""

    hz: Annotated[float, Meta(ge=20, le=12_000)]
    seconds: Annotated[float, Meta(gt=0, le=600)]


class _Tone(Struct, frozen=True):
    """`{ tone = { … }, text = "…" }`."""

    tone: _ToneShape
    text: str = ""


class _Head(Struct, frozen=True):
    """The keys of a script beside its turns."""

    turn: Annotated[list[dict[str, object]], Meta(min_length=1)]
    at_end: script.AtEnd = "silence"
    new_session: script.NewSession = "restart"
    server: dict[str, object] = field(default_factory=dict)


class _TurnHead(Struct, frozen=True):
    """The keys of a turn, with its actions unread."""

    on: script.Trigger
    contains: str = ""
    heard: str = ""
    send: list[object] = field(default_factory=list)
    complete: bool = True


_ACTIONS: Final[Mapping[str, type[AnyAction | _Audio | _Tone]]] = MappingProxyType(
    {
        "audio": _Audio,
        "tone": _Tone,
        "says": script.Says,
        "hears": script.Hears,
        "tool_call": script.ToolCall,
        "wait_for": script.WaitFor,
        "pause_s": script.Pause,
        "interrupted": script.Interrupt,
        "close": script.Close,
        "end": script.End,
        "cut": script.Cut,
        "go_away_s": script.GoAway,
        "stall": script.Stall,
        "resumption": script.Resumption,
        "message": script.Message,
        "raw_text": script.RawText,
        "raw_base64": script.RawBinary,
    }
)


def load_script(path: Path) -> Script:
    """Read the script at `path`; JSON when its name ends so, else TOML.

    Raises:
        ConfigError: With every problem of the file.
    """
    text = _read_text(path)
    reader = _ScriptReader(path.parent, _turn_lines(text))
    loaded = reader.script(_parse(path, text))
    if loaded is None or reader.problems:
        raise ConfigError(str(path), reader.problems)
    return loaded


def demo_script() -> Script:
    """Return the dialogue of `myna demo`, which the simulator plays without a script."""
    return load_script(Path(myna.demo.__path__[0]) / "dialogue.toml")


def _read_text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise _unusable(path, f"cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise _unusable(path, "is not UTF-8 text") from error


def _parse(path: Path, text: str) -> dict[str, object]:
    try:
        tree: object = json.loads(text) if path.suffix == ".json" else tomllib.loads(text)
    except json.JSONDecodeError as error:
        raise _unusable(path, f"is not JSON: {error}") from error
    except tomllib.TOMLDecodeError as error:
        raise _unusable(path, f"is not TOML: {error}") from error
    except RecursionError as error:
        raise _unusable(path, "is nested too deeply") from error
    if not isinstance(tree, dict):
        raise _unusable(path, "is not an object with the key turn")
    return tree


def _unusable(path: Path, text: str) -> ConfigError:
    return ConfigError(str(path), (Problem("", text),))


def _turn_lines(text: str) -> list[int]:
    headers = re.compile(r"\s*\[\[\s*turn\s*\]\]")
    return [n for n, line in enumerate(text.splitlines(), 1) if headers.match(line)]


class _ScriptReader:
    """Turns the tables of a script into its values."""

    def __init__(self, folder: Path, turn_lines: list[int]) -> None:
        self._tables = TableReader()
        self._folder = folder
        self._turn_lines = turn_lines

    @property
    def problems(self) -> tuple[Problem, ...]:
        return tuple(self._tables.problems)

    def script(self, table: dict[str, object]) -> Script | None:
        head = self._tables.read(_Head, table, "")
        tables = _list_in(table, "turn")
        turns = [self._turn(number, turn) for number, turn in enumerate(tables, 1)]
        self._tables.line = None
        server = self._tables.read(Options, head.server, "server") if head else None
        if head is None or server is None:
            return None
        return Script(
            turns=tuple(turn for turn in turns if turn),
            at_end=head.at_end,
            new_session=head.new_session,
            server=server,
        )

    def _turn(self, number: int, table: object) -> Turn | None:
        where = f"turn {number}"
        if not isinstance(table, dict):
            return None
        self._tables.line = dict(enumerate(self._turn_lines, 1)).get(number)
        head = self._tables.read(_TurnHead, table, where)
        actions = self._actions(_list_in(table, "send"), where)
        if head is None:
            return None
        if head.contains and head.on != "text":
            self._tables.complain(f"{where}, contains", 'goes with on = "text" only')
        return Turn(
            on=head.on,
            contains=head.contains,
            heard=head.heard,
            send=actions,
            complete=head.complete,
        )

    def _actions(self, tables: list[object], where: str) -> tuple[AnyAction, ...]:
        found = (self._action(f"{where}, send {n}", table) for n, table in enumerate(tables, 1))
        return tuple(action for action in found if action is not None)

    def _action(self, where: str, table: object) -> AnyAction | None:
        keys = [key for key in table if key in _ACTIONS] if isinstance(table, dict) else []
        if not isinstance(table, dict) or len(keys) != 1:
            known = ", ".join(_ACTIONS)
            self._tables.complain(where, f"an action is a table with exactly one of: {known}")
            return None
        action = self._tables.read(_ACTIONS[keys[0]], table, where)
        if isinstance(action, _Audio):
            return self._speech(action, where)
        if isinstance(action, _Tone):
            return Speech(tone(action.tone.hz, action.tone.seconds), action.text)
        if isinstance(action, script.Close) and not script.is_close_code(action.code):
            self._tables.complain(
                f"{where}, close", f"{action.code} is no code that a server sends"
            )
        return action

    def _speech(self, action: _Audio, where: str) -> Speech | None:
        try:
            return Speech(read_reply(self._folder / action.audio), action.text)
        except BadFormatError as error:
            self._tables.complain(f"{where}, audio", str(error))
            return None


def _list_in(table: Mapping[str, object], key: str) -> list[object]:
    """Return the list under `key`; what else stands there was complained of before."""
    value = table.get(key)
    return value if isinstance(value, list) else []
