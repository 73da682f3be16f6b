"""What a dialler does before anybody calls; the calls are in test_link and its neighbours."""

from __future__ import annotations

import threading

import pytest

from myna.config import LiveSettings
from myna.line.dialler import Dialler, Offer
from myna.live import websocket
from myna.live.credential_source import CredentialSource


@pytest.mark.parametrize(("endpoint", "read"), [("wss://x.example", 1), ("ws://127.0.0.1:9", 0)])
def test_authorities_are_read_before_the_first_call(endpoint: str, read: int) -> None:
    settings = LiveSettings(endpoint=endpoint)
    source = CredentialSource(settings, {}, lambda _: None)
    websocket._read.cache_clear()
    Dialler(Offer(settings, tuple, has_camera=False), source).prepare()
    for thread in threading.enumerate():
        if thread.name == "authorities":
            thread.join()
    assert websocket._read.cache_info().currsize == read
