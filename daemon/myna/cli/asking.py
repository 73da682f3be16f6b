"""Asking the running daemon: what its commands have in common."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import Any

from myna.cli.options import add_config_options, loaded
from myna.config import Config
from myna.control.client import ask
from myna.control.finding import is_answered, running_socket
from myna.control.messages import Request
from myna.errors import ConfigError


def add_daemon_options(parser: argparse.ArgumentParser) -> None:
    """Declare what finds the daemon: its configuration."""
    add_config_options(parser)


def answer_of(arguments: argparse.Namespace, request: Request) -> dict[str, Any]:
    """Return what the daemon answers to `request`.

    Raises:
        ConfigError: The configuration that tells where it listens is wrong.
        NotRunningError: Nobody listens there.
        CommandError: It refused.
    """
    return ask(_socket(arguments), request)


def _socket(arguments: argparse.Namespace) -> Path:
    """Return where the daemon listens; it may have outlived the configuration that it read."""
    try:
        return running_socket(loaded(arguments).config, os.environ)
    except ConfigError:
        usual = running_socket(Config(), os.environ)
        if arguments.config or arguments.set or not is_answered(usual):
            raise
        return usual
