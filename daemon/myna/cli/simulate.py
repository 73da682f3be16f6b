"""`myna simulate`: the embedded Live server, alone."""

from __future__ import annotations

import argparse
import asyncio
import signal
from pathlib import Path
from typing import Final

NAME = "simulate"
HELP = "run a Live server on this machine that follows a script"
LARGEST_PORT: Final = 65_535
EXAMPLE = "myna simulate --port 9000 --script my-dialogue.toml --with pong_delay_s=10 --with bursts"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("--host", type=_host, default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=_port, default=0, help="port; 0 picks a free one")
    parser.add_argument(
        "--script", type=Path, metavar="FILE", help="TOML or JSON; without one, the demo's"
    )
    parser.add_argument(
        "--dialect",
        choices=("reference", "guide"),
        default="reference",
        help="which first message it takes",
    )
    parser.add_argument(
        "--with",
        dest="flags",
        metavar="FLAG[=VALUE]",
        type=_flag,
        action="append",
        default=[],
        help="an oddity of the server, see docs/simulator.md; may be given more than once",
    )


def execute(arguments: argparse.Namespace) -> int:
    """Serve until SIGTERM or Ctrl-C."""
    asyncio.run(_serve(arguments))
    return 0


def _host(name: str) -> str:
    try:
        name.encode("idna")
    except UnicodeError as error:
        raise argparse.ArgumentTypeError(f"{name!r} cannot be the name of a machine") from error
    return name


def _port(word: str) -> int:
    if not word.isdecimal() or int(word) > LARGEST_PORT:
        raise argparse.ArgumentTypeError(f"{word!r} is not a number from 0 to {LARGEST_PORT}")
    return int(word)


def _flag(word: str) -> tuple[str, object]:
    from myna.simulator.flags import read_flag

    try:
        return read_flag(word)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


async def _serve(arguments: argparse.Namespace) -> None:
    import msgspec

    from myna.simulator.script_file import demo_script, load_script
    from myna.simulator.service import Simulator

    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    script = load_script(arguments.script) if arguments.script else demo_script()
    async with Simulator(
        script,
        host=arguments.host,
        port=arguments.port,
        dialect=arguments.dialect,
        options=msgspec.structs.replace(script.server, **dict(arguments.flags)),
    ) as simulator:
        print(f"listening on {simulator.url}", flush=True)
        await stopping.wait()
