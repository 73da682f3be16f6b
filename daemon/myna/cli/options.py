"""The options that several commands share, and the configuration that they lead to."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from pathlib import Path

from myna.config import Config
from myna.config.checks import Check
from myna.config.file import Loaded, load_config
from myna.errors import ConfigError
from myna.rules import RULES


def add_config_options(parser: argparse.ArgumentParser) -> None:
    """Declare `--config` and `--set`."""
    parser.add_argument("--config", type=Path, metavar="FILE", help="read this TOML file")
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="override one key, like speaker.volume=40 (may be repeated)",
    )


def loaded(arguments: argparse.Namespace, checks: Sequence[Check] = ()) -> Loaded:
    """Read the configuration that `arguments` name.

    Args:
        arguments: What `add_config_options` declared.
        checks: Checks beside those that every command makes.

    Raises:
        ConfigError: With every problem that was found.
    """
    return load_config(arguments.config, arguments.set, os.environ, checks=(*RULES, *checks))


def config_or_default(arguments: argparse.Namespace) -> Config:
    """Return the configuration, or where it has mistakes the built-in one."""
    try:
        return loaded(arguments).config
    except ConfigError:
        return Config()
