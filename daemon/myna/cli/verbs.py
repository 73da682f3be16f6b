"""`myna listen`, `stop`, `mute`, `unmute`: a word to the daemon, and nothing to print."""

from __future__ import annotations

import argparse
from dataclasses import dataclass

from myna.cli.asking import add_daemon_options, answer_of
from myna.control.messages import Listen, Mute, Request, Stop, Unmute


@dataclass(frozen=True, slots=True)
class Verb:
    """One such command."""

    NAME: str
    HELP: str
    request: Request

    @property
    def EXAMPLE(self) -> str:  # noqa: N802 - the shape that all commands share
        """How to type it."""
        return f"myna {self.NAME}"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the command's arguments."""
        add_daemon_options(parser)

    def execute(self, arguments: argparse.Namespace) -> int:
        """Ask the daemon."""
        answer_of(arguments, self.request)
        return 0


VERBS = (
    Verb("listen", "start listening, as if the wake word had been said", Listen()),
    Verb("stop", "fall silent and end the conversation", Stop()),
    Verb("mute", "close the microphone until unmute", Mute()),
    Verb("unmute", "open the microphone again", Unmute()),
)
