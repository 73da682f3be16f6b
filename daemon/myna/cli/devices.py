"""`myna devices`: what the configuration can name on this machine."""

from __future__ import annotations

import argparse
import json

NAME = "devices"
HELP = "list sound devices, cameras, sensors, GPIO chips and buses by their configuration names"
EXAMPLE = "myna devices"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("--json", action="store_true", help="print JSON")


def execute(arguments: argparse.Namespace) -> int:
    """Look, and print what is there."""
    from myna_hardware.discovery import find_devices

    found = find_devices()
    if arguments.json:
        troubles = {kind: one.trouble for kind, one in found.items() if one.trouble}
        names = {kind: one.names for kind, one in found.items()}
        print(json.dumps({**names, "troubles": troubles}, indent=2))
        return 0
    for kind, one in found.items():
        print(f"{kind}:")
        for name in one.names or [f"({one.trouble or 'none'})"]:
            print(f"  {name}")
    return 0
