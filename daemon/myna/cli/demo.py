"""`myna demo`: a whole conversation, on any machine."""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path

from myna.errors import CommandError

NAME = "demo"
HELP = "watch the speaker hear its name, talk, look and act, against a Live server of its own"
EXAMPLE = "myna demo --keep /tmp/demo"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument(
        "--microphone", action="store_true", help="talk to it: use the real microphone and speaker"
    )
    parser.add_argument(
        "--keep", type=Path, metavar="DIR", help="leave speaker.wav, microphone.wav, trace.jsonl"
    )


def execute(arguments: argparse.Namespace) -> int:
    """Run the demo; succeed only if the conversation really happened."""
    from myna.demo.show import show

    if arguments.keep is not None:
        _make(arguments.keep)
    asyncio.run(
        show(
            lambda line: print(line, flush=True), keep=arguments.keep, is_real=arguments.microphone
        )
    )
    return 0


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CommandError(f"cannot keep the demo in {folder}: {error.strerror}") from error
