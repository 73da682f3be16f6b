"""Find, read and check the configuration file."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from myna.config import Config
from myna.config.checks import CHECKS, Check
from myna.config.lines import key_lines, line_of
from myna.config.overrides import Override, laid_over, parse_override
from myna.config.tree import Walk
from myna.errors import ConfigError, Problem
from myna.redaction import redact

BUILT_IN: Final = "built-in defaults"
SYSTEM_FILE: Final = Path("/etc/myna/myna.toml")
_POSITION: Final = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")


@dataclass(frozen=True, slots=True)
class Loaded:
    """A configuration, and where it came from.

    Attributes:
        config: Checked.
        source: The file's path, or `BUILT_IN`; for people.
    """

    config: Config
    source: str


def load_config(
    path: Path | None,
    overrides: Sequence[str],
    environ: Mapping[str, str],
    *,
    checks: Sequence[Check] = (),
) -> Loaded:
    """Read the configuration.

    Args:
        path: What `--config` named; None to look in the usual places.
        overrides: Each a `KEY=VALUE` of `--set`.
        environ: Where `MYNA_CONFIG`, `XDG_CONFIG_HOME` and `HOME` are looked up.
        checks: Checks beside this package's own, of the body and of the session.

    Raises:
        ConfigError: With every problem that was found.
    """
    path = path or find_config(environ)
    source = str(path) if path else BUILT_IN
    text = _read(path) if path else ""
    tree = _parse(text, source)
    settings = [parse_override(override) for override in overrides]
    bad = [setting for setting in settings if isinstance(setting, Problem)]
    good = [setting for setting in settings if isinstance(setting, Override)]
    set_keys = {".".join(setting.path) for setting in good}
    walk = Walk(lambda key, value: _placed(value, None if ".".join(key) in set_keys else path))
    config = walk.config(laid_over(tree, good))
    problems = walk.problems + _checked(config, walk.problems, (*CHECKS, *checks))
    if bad or problems:
        located = [_located(problem, key_lines(text), set_keys) for problem in problems]
        located.sort(key=lambda problem: problem.line or 0)
        raise ConfigError(source, (*bad, *located))
    return Loaded(config, source)


def find_config(environ: Mapping[str, str], system_file: Path = SYSTEM_FILE) -> Path | None:
    """Return the file to read when none was named, or None for the defaults."""
    if environ.get("MYNA_CONFIG"):
        return Path(environ["MYNA_CONFIG"])
    home = environ.get("XDG_CONFIG_HOME") or (
        environ.get("HOME", "") and environ["HOME"] + "/.config"
    )
    candidates = [system_file, *([Path(home, "myna/myna.toml")] if home else [])]
    return next((candidate for candidate in candidates if _stands(candidate)), None)


def _stands(path: Path) -> bool:
    try:
        return path.exists()
    except PermissionError:  # a folder of somebody else's: as good as not there
        return False


def _read(path: Path) -> str:
    try:
        content = path.read_bytes()
    except IsADirectoryError as error:
        raise _unusable(path, f"is a folder; name the file in it, {path / 'myna.toml'}?") from error
    except FileNotFoundError as error:
        text = "does not exist; `myna config init` writes one with every default"
        raise _unusable(path, text) from error
    except OSError as error:
        raise _unusable(path, f"cannot be read: {error.strerror}") from error
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise _unusable(path, "is not UTF-8 text: save it as UTF-8", line) from error


def _parse(text: str, source: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        position = _POSITION.search(str(error))
        line = int(position[1]) if position and position[1] else None
        if position and line is None:
            line = text.count("\n") + 1
        problem = redact(_POSITION.sub("", str(error)))
        hint = ' (a text stands in "quotes")' if problem == "Invalid value" else ""
        raise ConfigError(source, (Problem("", f"not TOML: {problem}{hint}", line),)) from error


def _unusable(path: Path, text: str, line: int | None = None) -> ConfigError:
    return ConfigError(str(path), (Problem("", text, line),))


def _placed(text: str, file: Path | None) -> Path:
    """The path that `text` means: relative to the file it stands in, else to here."""
    path = Path(text)
    with suppress(RuntimeError):  # no such user: whoever opens the path says so
        path = path.expanduser()
    return file.absolute().parent / path if file else path


def _checked(config: Config, found: Sequence[Problem], checks: Sequence[Check]) -> list[Problem]:
    """Run the checks, without what only follows from a value that was left out."""
    spoiled = {problem.key.partition(".")[0] for problem in found}
    return [
        problem
        for check in checks
        for problem in check(config)
        if problem.key.partition(".")[0] not in spoiled
    ]


def _located(problem: Problem, lines: Mapping[str, int], set_keys: Collection[str]) -> Problem:
    """Say where the problem stands, and mask what a key in the wrong place could show."""
    line, text = problem.line or line_of(lines, problem.key), problem.text
    if any(f"{problem.key}.".startswith(f"{key}.") for key in set_keys):
        line, text = None, f"{text} (given with --set)"
    return Problem(redact(problem.key), redact(text), line)
