"""`myna run`: the daemon, in the foreground."""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING

from myna.cli.options import add_config_options, loaded
from myna.config.file import Loaded
from myna.config.file_checks import FILE_CHECKS
from myna.errors import CommandError
from myna.secrecy import forbid_dumps, take_environment

if TYPE_CHECKING:
    from collections.abc import Mapping

    from myna.app import App
    from myna.health import Health
    from myna.notify import Notifier
    from myna.trace import EventName, Observer

NAME = "run"
HELP = "run the speaker in the foreground, until SIGTERM or Ctrl-C"
EXAMPLE = "myna run --set lights.driver=terminal"

log = logging.getLogger("myna")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    add_config_options(parser)
    parser.add_argument(
        "--trace", type=Path, metavar="FILE", help="write what happens, one JSON object per line"
    )
    parser.add_argument(
        "--trace-audio", action="store_true", help="have a line for every chunk of audio sent"
    )


def execute(arguments: argparse.Namespace) -> int:
    """Run the daemon until it is told to stop."""
    # First of all: whatever goes wrong below, there is nothing to be read any more.
    environ = take_environment()
    forbid_dumps()
    configuration = loaded(arguments, FILE_CHECKS)
    asyncio.run(_serve(configuration, environ, arguments.trace, with_audio=arguments.trace_audio))
    return 0


async def _serve(
    configuration: Loaded,
    environ: Mapping[str, str],
    trace_path: Path | None,
    *,
    with_audio: bool,
) -> None:
    # Imported here, so that `myna status` does not wait for sound libraries.
    from myna.app import running
    from myna.logs import log_uncaught, start_logging
    from myna.notify import Notifier
    from myna.redaction import Redaction
    from myna.trace import Trace

    redaction = Redaction()
    start_logging(configuration.config.log.level, redaction, environ)
    log_uncaught(log)
    notifier = Notifier(os.environ)
    trace = Trace(trace_path, with_audio=with_audio, redact=redaction)
    stopping = _stop_signal()
    async with running(configuration.config, environ, trace, redaction) as app:
        log.info("ready (configuration: %s)", configuration.source)
        notifier.status(_words(app.health.troubles))
        notifier.ready()
        trace.subscribe(_status_keeper(notifier, app.health))
        await _until_over(stopping, app)
        notifier.stopping()
    trace.close()
    notifier.close()


def _status_keeper(notifier: Notifier, health: Health) -> Observer:
    def keep(_t: float, event: EventName, _fields: Mapping[str, object]) -> None:
        if event in {"degraded", "recovered"}:
            notifier.status(_words(health.troubles))

    return keep


def _words(troubles: dict[str, str]) -> str:
    return "; ".join(f"{what}: {why}" for what, why in troubles.items()) or "ready"


def _stop_signal() -> asyncio.Event:
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    return stopping


async def _signalled(stopping: asyncio.Event) -> None:
    await stopping.wait()


async def _until_over(stopping: asyncio.Event, app: App) -> None:
    """Wait for a signal, for the end of a microphone that is a file, or for a fatal bug.

    Raises:
        CommandError: There was such a bug; systemd starts a new daemon.
    """

    async def source_over() -> None:
        await app.source_ended.wait()
        await app.assistant.until_at_rest()

    ends = [asyncio.create_task(end) for end in (_signalled(stopping), source_over())]
    awaited: list[asyncio.Future[None]] = [*ends, app.failure]
    await asyncio.wait(awaited, return_when=asyncio.FIRST_COMPLETED)
    for end in ends:
        end.cancel()
    if app.failure.done():
        log.critical("ended by a bug", exc_info=app.failure.exception())
        raise CommandError("the daemon ended by a bug of its own; its log has it") from None
