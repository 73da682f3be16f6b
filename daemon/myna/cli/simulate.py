"""`myna simulate`: the embedded Live server, alone."""

from __future__ import annotations

import argparse
import asyncio
import signal
from pathlib import Path

NAME = "simulate"
HELP = "run a Live server on this machine that follows a script"
EXAMPLE = "myna simulate --port 9000 --script my-dialogue.toml"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=int, default=0, help="port; 0 picks a free one")
    parser.add_argument(
        "--script", type=Path, metavar="FILE", help="TOML or JSON; without one, the demo's"
    )
    parser.add_argument(
        "--dialect",
        choices=("reference", "guide"),
        default="reference",
        help="which first message it takes",
    )


def execute(arguments: argparse.Namespace) -> int:
    """Serve until SIGTERM or Ctrl-C."""
    asyncio.run(_serve(arguments))
    return 0


async def _serve(arguments: argparse.Namespace) -> None:
    from myna.simulator.script_file import demo_script, load_script
    from myna.simulator.service import Simulator

    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    script = load_script(arguments.script) if arguments.script else demo_script()
    async with Simulator(
        script, host=arguments.host, port=arguments.port, dialect=arguments.dialect
    ) as simulator:
        print(f"listening on {simulator.url}", flush=True)
        await stopping.wait()
