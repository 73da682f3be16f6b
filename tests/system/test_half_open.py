"""A link that dies without a word is noticed soon: real TCP timers, really lost packets.

In a network namespace every packet is dropped; the fault proxy's socket filter does the
same to one connection where namespaces are not permitted. In each, one session is idle
and one speaks.
"""

from __future__ import annotations

import asyncio
import json
from typing import Final

import pytest

from myna.simulator.service import Simulator
from support import half_open, netns
from support.fault_proxy import FaultProxy
from support.half_open import seconds_until_noticed

LIMIT_S: Final = 12.0
"""Measured: 8 s; WebSocket pings alone took 41 s."""


async def test_dead_link_is_noticed_when_every_packet_is_dropped(
    capsys: pytest.CaptureFixture[str],
) -> None:
    if reason := await asyncio.to_thread(netns.why_not):
        pytest.skip(reason)
    printed = await asyncio.to_thread(netns.run_script, half_open.SCRIPT)
    judge("every packet dropped", json.loads(printed), capsys)


async def test_dead_link_is_noticed_when_nothing_is_acknowledged(
    capsys: pytest.CaptureFixture[str],
) -> None:
    async with Simulator() as server, proxy_to(server) as proxy:
        took_s = await seconds_until_noticed(proxy.url, proxy.vanish)
    judge("nothing acknowledged", took_s, capsys)


def proxy_to(server: Simulator) -> FaultProxy:
    return FaultProxy("127.0.0.1", int(server.url.rpartition(":")[2]))


def judge(how: str, took_s: dict[str, float], capsys: pytest.CaptureFixture[str]) -> None:
    for mode, seconds in took_s.items():
        with capsys.disabled():
            print(f"\n{how}, {mode}: dead link noticed after {seconds:.1f} s")  # noqa: T201
    assert max(took_s.values()) <= LIMIT_S
    assert min(took_s.values()) >= 1, "the link was cut, and not half-open"
