"""Tools of your own: files in a folder, and packages with an entry point.

They run inside the daemon with all that it may do, so a file counts only if nobody but
root, or the speaker's own user, can change it.
"""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from importlib.machinery import SourceFileLoader
from importlib.metadata import EntryPoint, entry_points
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType, TracebackType

from myna.errors import MynaError
from myna.plugin import GROUP
from myna.tools.tool import Tool


class OwnToolError(MynaError):
    """Tools of somebody else cannot be used; the text says why, and the cure."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """Tools that came together.

    Attributes:
        source: Where from: "garage.py", or "package myna-garage".
        tools: All of them; none where there is a problem.
        problem: Why they cannot be used, if so.
    """

    source: str
    tools: tuple[Tool, ...] = ()
    problem: str | None = None


def own_tools(folder: Path) -> Iterator[Bundle]:
    """Load all that there is; what fails keeps nothing else from loading."""
    for path in _files(folder):
        yield _loaded(path.name, partial(tools_in_file, path))
    for entry in entry_points(group=GROUP):
        name = f"package {entry.dist.name if entry.dist else entry.name}"
        yield _loaded(name, partial(_tools_of_entry, entry))


def tools_in_file(path: Path) -> tuple[Tool, ...]:
    """Run the file and return the tools that it makes.

    Raises:
        OwnToolError: Others could have written it, it fails, or there are none in it.
    """
    for place in (path, path.parent):
        _check_hands_off(place)
    name = f"myna_own_tools_{path.stem}"
    spec = spec_from_file_location(name, path, loader=SourceFileLoader(name, str(path)))
    if spec is None or spec.loader is None:
        raise OwnToolError("it cannot be read as Python")
    module = module_from_spec(spec)
    sys.modules[name] = module  # where annotations that are texts are looked up
    try:
        spec.loader.exec_module(module)
    # It is anybody's code, and a mistake in it must not keep the speaker from starting.
    except (Exception, SystemExit) as error:
        del sys.modules[name]
        raise OwnToolError(_told(error, path)) from error
    return _tools_of(module)


def _loaded(source: str, load: Callable[[], tuple[Tool, ...]]) -> Bundle:
    try:
        return Bundle(source, load())
    except OwnToolError as error:
        return Bundle(source, problem=str(error))


def _files(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in folder.glob("*.py") if path.name[0] not in "._")
    except OSError:
        return []


def _check_hands_off(path: Path) -> None:
    try:
        state = path.stat()
    except OSError as error:
        raise OwnToolError(f"{path} cannot be read: {error.strerror}") from error
    if state.st_uid not in (0, os.geteuid()):
        raise OwnToolError(f"{path} belongs to somebody else: sudo chown root {path}")
    if state.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise OwnToolError(f"others may write to {path}: sudo chmod go-w {path}")


def _tools_of_entry(entry: EntryPoint) -> tuple[Tool, ...]:
    try:
        found = entry.load()
    except (Exception, SystemExit) as error:  # as above
        raise OwnToolError(f"{entry.value}: {_told(error)}") from error
    return _tools_of(found)


def _tools_of(found: object) -> tuple[Tool, ...]:
    match found:
        case Tool():
            return (found,)
        case ModuleType():
            tools = tuple(value for value in vars(found).values() if isinstance(value, Tool))
        case _:
            tools = ()
    if not tools:
        raise OwnToolError("there is no tool in it: write @tool() above a function")
    return tools


def _told(error: BaseException, path: Path | None = None) -> str:
    """Say in one line what went wrong, and in which line of the file."""
    line = error.lineno if isinstance(error, SyntaxError) else _line_in(path, error.__traceback__)
    where = f"line {line}: " if line else ""
    words = error.msg if isinstance(error, SyntaxError) else " ".join(str(error).split())
    return f"{where}{type(error).__name__}: {words}"


def _line_in(path: Path | None, trace: TracebackType | None) -> int | None:
    """Return the last line of the file that was being run."""
    line = None
    while trace is not None:
        if path is not None and trace.tb_frame.f_code.co_filename == str(path):
            line = trace.tb_lineno
        trace = trace.tb_next
    return line
